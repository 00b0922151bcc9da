"""The firmware end to end: samples into the simulated sensor, packets out of a real MicroPython process."""

from __future__ import annotations

import os
import signal
import threading
import time
from itertools import pairwise

import numpy as np
import pytest
import repband_wire as wire
from conftest import Run
from repband.errors import SourceError, UsageError
from repband.source import Frame, firmware
from repband.source.firmware import FirmwareSource

COUNT = 400
FAST = 20.0


def motion(count: int = COUNT, rate_hz: float = 52.0) -> np.ndarray:
    """A thigh that swings: every sample differs from the one before."""
    angle = np.sin(np.arange(count) / rate_hz * 2.0) * 0.5
    return np.stack([np.sin(angle), np.arange(count) % 997 / 8192, np.cos(angle)], axis=1)


def received(source: FirmwareSource) -> tuple[dict[int, tuple[int, ...]], list[wire.Gap], list[wire.Stream]]:
    decoder = wire.Decoder()
    samples: dict[int, tuple[int, ...]] = {}
    gaps: list[wire.Gap] = []
    streams: list[wire.Stream] = []
    for frame in source:
        message = decoder.decode(frame.data)
        if isinstance(message, wire.Gap):
            gaps.append(message)
        elif isinstance(message, wire.Stream):
            streams.append(message)
            samples.update(enumerate(message.samples(), message.index))
    return samples, gaps, streams


@pytest.mark.usefixtures("micropython")
class TestStream:
    def test_every_sample_comes_out_in_order(self):
        accel_g = motion()
        samples, gaps, streams = received(FirmwareSource(accel_g, 52.0, speed=FAST))
        assert not gaps
        assert list(samples) == list(range(COUNT))  # in the order of arrival, too
        counts = np.array(list(samples.values()))
        assert np.array_equal(counts, np.rint(accel_g * 8192))
        assert {stream.session for stream in streams} == {streams[0].session}

    def test_with_gyroscope(self):
        gyro_dps = np.linspace(-600, 600, COUNT * 3).reshape(COUNT, 3)
        samples, gaps, streams = received(FirmwareSource(motion(), 100.0, gyro_dps=gyro_dps, speed=10))
        assert not gaps
        counts = np.array([samples[index] for index in range(COUNT)])
        assert np.array_equal(counts[:, 3:], np.clip(np.rint(gyro_dps * 32768 / 500), -32768, 32767))
        assert streams[0].axes == 6
        assert wire.gyro_range_dps(streams[0].ranges) == 500

    @pytest.mark.parametrize("chip", ["mpu6050", "mpu6500", "lsm6ds3", "lsm6ds3tr-c", "lsm6dsox"])
    def test_every_part_gives_every_sample(self, chip: str):
        samples, gaps, streams = received(
            FirmwareSource(motion(), 52.0, speed=FAST, environment={"REPBAND_SIM_CHIP": chip})
        )
        assert not gaps
        assert np.array_equal(np.array(list(samples.values())), np.rint(motion() * 8192))
        family = wire.SCALE_FULL if chip.startswith("mpu") else wire.SCALE_ST
        assert streams[0].ranges == wire.pack_ranges(4, 0, family)

    def test_device_times_follow_the_true_rate(self):
        # 51 Hz from a part set to 52.63 Hz: its oscillator is 3 % slow, and the device finds out.
        samples, _, streams = received(FirmwareSource(motion(1600), 51.0, speed=FAST))
        assert len(samples) == 1600
        late = [stream for stream in streams if stream.index > 800]
        seconds = wire.time_diff_us(late[-1].time_us, late[0].time_us) / 1e6
        assert (late[-1].index - late[0].index) / seconds == pytest.approx(51.0, rel=0.005)

    def test_device_time_may_wrap(self):
        start_us = str(wire.TIME_WRAP_US - 6_000_000)
        source = FirmwareSource(motion(), 52.0, speed=FAST, environment={"REPBAND_SIM_START": start_us})
        samples, gaps, streams = received(source)
        assert len(samples) == COUNT
        assert not gaps
        steps = [wire.time_diff_us(b.time_us, a.time_us) for a, b in pairwise(streams)]
        assert all(0 < step < 1_000_000 for step in steps)
        assert streams[0].time_us > streams[-1].time_us

    def test_payload_of_20_bytes(self):
        source = FirmwareSource(motion(), 52.0, speed=10, config={"serial_payload": 20})
        frames = list(source)
        assert max(len(frame.data) for frame in frames) == 20
        assert any(isinstance(wire.decode(frame.data), wire.Short) for frame in frames)
        decoder = wire.Decoder()
        streams = [message for frame in frames if isinstance(message := decoder.decode(frame.data), wire.Stream)]
        indexes = [stream.index + k for stream in streams for k in range(stream.count)]
        assert indexes == list(range(COUNT))

    def test_an_overflow_is_a_gap_with_its_length(self):
        source = FirmwareSource(motion(1200), 52.0, speed=FAST, environment={"REPBAND_SIM_STALL": "10,6"})
        samples, gaps, _ = received(source)
        assert [gap.cause for gap in gaps] == [wire.GAP_OVERFLOW]
        gap = gaps[0]
        # 128 fit the FIFO, and are given up where the stall comes in the middle of a drain; on a busy machine it lasts
        # longer. That the length is exact shows below.
        assert 6 * 52 - 128 - 10 <= gap.missing <= 7 * 52
        assert sorted([*samples, *range(gap.index, gap.index + gap.missing)]) == list(range(max(samples) + 1))
        assert max(samples) + 1 == pytest.approx(1200, abs=3)
        wanted = np.rint(motion(1200) * 8192)
        before = np.array([samples[index] for index in range(gap.index)])
        after = np.array([samples[index] for index in range(gap.index + gap.missing, max(samples) + 1)])
        assert np.array_equal(before, wanted[: gap.index])
        assert np.array_equal(after, wanted[-len(after) :])

    def test_arrivals_keep_step_with_device_time(self):
        frames = list(FirmwareSource(motion(), 52.0, speed=10))
        times = [frame.arrival_s for frame in frames]
        assert times == sorted(times)
        assert times[-1] - times[0] == pytest.approx(COUNT / 52.0, abs=2.0)

    def test_a_slow_consumer_loses_nothing(self):
        source = FirmwareSource(motion(3000), 52.0, speed=60)
        frames = iter(source)
        first = [next(frames)]
        time.sleep(1.5)  # the device goes on meanwhile
        decoder = wire.Decoder()
        messages = [decoder.decode(frame.data) for frame in [*first, *frames]]
        assert sum(message.count for message in messages if isinstance(message, wire.Stream)) == 3000


@pytest.mark.usefixtures("micropython")
class TestTrouble:
    def test_a_mistake_in_the_config_is_named(self):
        with pytest.raises(SourceError, match=r"(?s)config file has a mistake.*\"accel_range_g\" must be one of"):
            list(FirmwareSource(motion(), 52.0, config={"accel_range_g": 3}))

    def test_another_motion_sensor_than_configured(self):
        with pytest.raises(SourceError, match=r"is a mpu6886, config.json says"):
            list(FirmwareSource(motion(), 52.0, config={"imu": "lsm6dsox"}))

    def test_a_process_that_dies(self):
        source = FirmwareSource(motion(), 52.0)
        frames = iter(source)
        next(frames)
        assert source._board is not None  # pyright: ignore[reportPrivateUsage]
        os.kill(source._board._process.pid, signal.SIGKILL)  # pyright: ignore[reportPrivateUsage]
        with pytest.raises(SourceError, match=r"(?s)process ended.*RepBand 0\.1\.0"):
            list(frames)

    def test_a_process_that_hangs(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(firmware, "_SILENCE_S", 0.7)
        source = FirmwareSource(motion(), 52.0, environment={"REPBAND_SIM_HANG": "0.5"})
        with pytest.raises(SourceError, match=r"silent for 0\.7 s"):
            list(source)

    def test_close_ends_the_process_at_once_and_twice_does_no_harm(self):
        source = FirmwareSource(motion(5000), 52.0)
        frames = iter(source)
        next(frames)
        process = source._board._process  # pyright: ignore
        source.close()
        source.close()
        assert process.poll() is not None
        assert list(frames) == []
        assert list(source) == []

    def test_close_from_another_thread_ends_the_iteration(self):
        source = FirmwareSource(motion(5000), 52.0)
        threading.Timer(0.6, source.close).start()
        frames = list(source)
        assert frames
        assert all(isinstance(frame, Frame) for frame in frames)

    def test_an_abandoned_iteration_leaves_no_process(self):
        source = FirmwareSource(motion(5000), 52.0)
        for _ in source:
            break
        assert source._board._process.poll() is not None  # pyright: ignore


class TestWithoutInterpreter:
    def test_says_what_to_install(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(firmware, "find_interpreter", lambda: None)
        with pytest.raises(SourceError, match=r"no MicroPython interpreter.*; (pip install|there is none)"):
            list(FirmwareSource(motion(), 52.0))

    def test_looks_on_path(self, monkeypatch: pytest.MonkeyPatch, tmp_path):
        monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
        monkeypatch.setenv("PATH", str(tmp_path))
        assert firmware.find_interpreter() is None

    @pytest.mark.parametrize(
        ("accel_g", "rate_hz", "gyro_dps", "word"),
        [
            (np.zeros((5, 2)), 52.0, None, r"shape \(n, 3\)"),
            (np.zeros((0, 3)), 52.0, None, r"shape \(n, 3\)"),
            (np.zeros((5, 3)), 52.0, np.zeros((4, 3)), "gyro_dps"),
            (np.full((5, 3), np.nan), 52.0, None, "finite"),
            (np.zeros((5, 3)), 5.0, None, "10 and 400"),
            (np.zeros((5, 3)), 400.0, None, r"resample to"),
        ],
    )
    def test_bad_arguments(self, accel_g, rate_hz, gyro_dps, word):
        with pytest.raises(UsageError, match=word):
            FirmwareSource(accel_g, rate_hz, gyro_dps=gyro_dps)


def test_micropython_is_1_25_or_newer(micropython: Run):
    done = micropython("-c", "import sys; print(sys.implementation[1])")
    assert done.stdout.strip() >= "(1, 25"

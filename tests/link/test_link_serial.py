"""Serial from end to end: the real firmware behind a pseudo-terminal, the commands as a person gives them."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import repband_wire as wire
from pty_board import RATE_HZ, PtyBoard, counts_of
from pty_terminal import Terminal
from repband.driver.base import Command
from repband.exercise import load_exercise
from repband.exercise.table import device_table
from repband.journal import read_recording
from repband.link import LinkState
from repband.link.known import known_path
from repband.link.serialport import SerialTransport
from repband.link.source import LinkSource
from repband.simulate import SetPlan, Tempo, simulate_set
from repband.source.firmware import find_interpreter

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.name == "nt" or find_interpreter() is None,
        reason="needs a MicroPython interpreter (pip install 'repband[firmware]') and pseudo-terminals",
    ),
]
SPEED = 6.0
REPS = 5


def bridge(lead_s: float = 16.0) -> np.ndarray:
    """Five bridges after a rest that lets the host connect."""
    plan = SetPlan(
        "bridge", REPS, tempo_s=Tempo(1.5, 2.0, 1.5, 1.5), lead_s=lead_s, tail_s=10.0, rate_hz=RATE_HZ, gyro=False
    )
    return counts_of(simulate_set(plan, 3).accel_g)


def tried_out_and_bridge() -> np.ndarray:
    """One bridge as the leg is seen to move, three to practise, and, when that was asked about, two of the set."""
    tempo = Tempo(1.2, 1.0, 1.2, 1.0)
    waits_s = ((12.0, 1.0), (1.5, 24.0), (1.5, 6.0))
    plans = [
        SetPlan("bridge", reps, tempo_s=tempo, lead_s=lead_s, tail_s=tail_s, rate_hz=RATE_HZ, gyro=False)
        for reps, (lead_s, tail_s) in zip((1, 3, 2), waits_s, strict=True)
    ]
    return counts_of(np.concatenate([simulate_set(plan, 3).accel_g for plan in plans]))


def ramp(seconds: float) -> np.ndarray:
    """Samples that say which they are."""
    index = np.arange(int(seconds * RATE_HZ)) % 30000
    return np.stack([index, -index, np.full_like(index, 8192)], axis=1).astype("<i2")


@pytest.fixture
def boards(tmp_path: Path) -> Iterator[list[PtyBoard]]:
    made: list[PtyBoard] = []
    yield made
    for board in made:
        board.close()


def repband(tmp_path: Path, *args: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "REPBAND_HOME": str(tmp_path / "home"), "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "repband", *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


def finish(run: subprocess.Popen[str], seconds: float = 60) -> tuple[str, str]:
    try:
        out, err = run.communicate(timeout=seconds)
    finally:
        run.kill()
    assert run.returncode == 0, out + err
    return out, err


def samples_in(recording: Path) -> dict[int, tuple[int, ...]]:
    """What a recording's frames hold, by index in the device's session; checks that it says so in order."""
    decoder, found = wire.Decoder(), {}
    for arrival in read_recording(recording).arrivals():
        message = decoder.decode(arrival.data)
        if isinstance(message, wire.Stream):
            found.update({message.index + k: sample for k, sample in enumerate(message.samples())})
    return found


class Meddler:
    """Noise between frames, and now and then half a frame."""

    def __init__(self, seed: int, *, noise: float = 0.0, halves: float = 0.0) -> None:
        self._dice = random.Random(seed)
        self._noise, self._halves = noise, halves
        self.halved = self.noisy = 0

    def __call__(self, data: bytes) -> bytes:
        return re.sub(rb"\x00[^\x00]+\x00", lambda found: self._meddled(found[0]), data)

    def _meddled(self, frame: bytes) -> bytes:
        before = b""
        if self._dice.random() < self._noise:
            self.noisy += 1
            before = bytes(self._dice.randrange(1, 256) for _ in range(self._dice.randrange(1, 300)))
        if len(frame) > 6 and self._dice.random() < self._halves:
            self.halved += 1
            frame = frame[: self._dice.randrange(3, len(frame) - 1)]
        return before + frame


class TestLive:
    def test_counts_a_set_and_keeps_every_sample(self, boards, tmp_path):
        counts = bridge()
        (tmp_path / "exercises").mkdir()
        (tmp_path / "exercises" / "bridge.table").write_bytes(device_table(load_exercise("bridge")))
        board = PtyBoard(tmp_path, counts, speed=SPEED, config={"exercise": "bridge"})
        boards.append(board)
        run = repband(tmp_path, "live", "bridge", "--serial", str(board.port), "--reps", str(REPS), "--plain")
        out, err = finish(run)
        assert f"set 1: the sensor itself counted {REPS} too" in out
        shown, _ = finish(repband(tmp_path, "sessions", "show", "last", "--plain"))
        assert f"the sensor itself counted {REPS} too" in shown
        assert "link: never lost" in shown
        assert "clock known to" in shown
        assert "this sensor is new here: add --check" in err  # nobody is there to practise
        assert f"set 1 over: {REPS} of {REPS} reps, target reached" in out
        assert "none missing" in out
        assert "link: never lost" in out
        (recording,) = (tmp_path / "home" / "recordings").glob("*.mcap")
        found = samples_in(recording)
        assert sorted(found) == list(range(min(found), max(found) + 1))
        assert all(found[index] == tuple(counts[index]) for index in found)

    def test_counts_right_while_the_port_vanishes_in_mid_rep_and_comes_back(self, boards, tmp_path):
        counts = bridge()
        board = PtyBoard(tmp_path, counts, speed=SPEED)
        boards.append(board)
        run = repband(tmp_path, "live", "bridge", "--serial", str(board.port), "--reps", str(REPS), "--plain")
        lines = _read_until(run, r"rep 2$")
        board.unplug()
        time.sleep(1.5)  # nine seconds of the wearer's time: more than a rep
        board.plug_in()
        out, err = finish(run)
        out = lines + out
        assert f"set 1 over: {REPS} of {REPS} reps" in out
        assert "none missing" in out
        assert "link: lost once" in out
        assert "asked for again" not in out  # what the device sends by itself is not asked for
        assert "the link to the sensor is lost" in err
        (recording,) = (tmp_path / "home" / "recordings").glob("*.mcap")
        found = samples_in(recording)
        assert sorted(found) == list(range(min(found), max(found) + 1))
        assert all(found[index] == tuple(counts[index]) for index in found)


class TestFirstMinutes:
    def test_a_new_sensor_is_tried_out_and_known_afterwards(self, boards, tmp_path, monkeypatch):
        monkeypatch.setenv("REPBAND_HOME", str(tmp_path / "home"))
        board = PtyBoard(tmp_path, tried_out_and_bridge(), speed=SPEED, config={"name": "left thigh"})
        boards.append(board)
        args = ("live", "bridge", "--serial", str(board.port), "--reps", "2", "--plain")
        with Terminal(*args) as terminal:
            terminal.until("the line moves")
            terminal.until("Did you do three?")
            terminal.press("y")
            terminal.until("3 practice reps counted, as you did: now the set")
            terminal.until("set 1 over: 2 of 2 reps, target reached")
            assert terminal.ended() == 0
        assert known_path().read_text(encoding="utf-8") == "left thigh | generic | mpu6886\n"
        with Terminal(*args, "--no-keep") as terminal:
            terminal.until("set 1: Bridge, 2 reps")
            terminal.press("\x03")
            assert "the line moves" not in terminal.seen
            assert terminal.ended() == 0


class TestRecord:
    def test_keeps_every_sample_through_noise_and_interrupt_bytes(self, boards, tmp_path):
        counts, out_file = ramp(40), tmp_path / "out.mcap"
        meddler = Meddler(1, noise=0.3)
        dice = random.Random(2)

        def to_board(data: bytes) -> bytes:
            where = dice.randrange(len(data))
            return data[:where] + b"\x03\x03" + data[where:] if dice.random() < 0.2 else data

        board = PtyBoard(tmp_path, counts, speed=SPEED, to_host=meddler, to_board=to_board)
        boards.append(board)
        run = repband(tmp_path, "record", str(out_file), "--serial", str(board.port))
        assert board.done.wait(30)
        time.sleep(0.5)
        run.send_signal(signal.SIGINT)
        out, _ = finish(run, 20)
        assert "link: never lost" in out
        assert meddler.noisy > 20
        found = samples_in(out_file)
        real = {index: found[index] for index in found if index < len(counts)}
        assert sorted(real) == list(range(min(real), len(counts)))
        assert all(real[index] == tuple(counts[index]) for index in real)

    def test_half_frames_are_asked_for_again(self, boards, tmp_path):
        counts = ramp(40)
        meddler = Meddler(4, halves=0.05)
        board = PtyBoard(tmp_path, counts, speed=2.0, to_host=meddler)
        boards.append(board)
        found, stats = _collect(board, seconds=8)
        assert meddler.halved > 5
        assert stats.resends > 3
        assert stats.bad_messages > 3
        last = max(found) - 100  # what is halved last has not come again yet
        assert [index for index in range(min(found), last) if index not in found] == []
        assert all(found[index] == tuple(counts[index]) for index in found)

    def test_the_firmware_killed_and_restarted_is_a_named_restart(self, boards, tmp_path):
        board = PtyBoard(tmp_path, ramp(60), speed=2.0)
        boards.append(board)
        out_file = tmp_path / "out.mcap"
        run = repband(tmp_path, "record", str(out_file), "--serial", str(board.port))
        time.sleep(4)
        board.kill()
        time.sleep(5)
        run.send_signal(signal.SIGINT)
        out, _ = finish(run, 20)
        assert "1 restart of the sensor" in out
        assert "the sensor restarted once" in out
        items = list(read_recording(out_file).items())
        assert any(getattr(item, "cause", None) == "restart" for item in items)

    def test_a_board_that_never_comes_back_ends_the_session_with_what_was_kept(self, boards, tmp_path):
        board = PtyBoard(tmp_path, ramp(60), speed=2.0)
        boards.append(board)
        source = LinkSource(SerialTransport(str(board.port)), give_up_s=1.0)
        frames = []
        with pytest.raises(Exception, match=r"has been away for \d+ s .*what was done is kept"):
            for frame in source:
                frames.append(frame)
                if len(frames) == 10:
                    board.unplug()
        board.plug_in()
        assert source.state is LinkState.CLOSED
        assert len(frames) >= 10


class TestButton:
    @pytest.mark.parametrize("halves", [0.0, 0.2], ids=["clean", "damaged"])
    def test_a_long_press_ends_the_session_and_it_is_kept(self, boards, tmp_path, monkeypatch, halves):
        monkeypatch.setenv("REPBAND_SIM_PRESS", "37,24,1.8")
        meddler = Meddler(5, halves=halves)
        board = PtyBoard(tmp_path, bridge(), speed=2.0, to_host=meddler, config={"button": 37})
        boards.append(board)
        out, _ = finish(repband(tmp_path, "live", "bridge", "--serial", str(board.port), "--plain", "--reps", "20"))
        assert not board.done.is_set()  # the button ended it, not the end of the samples
        assert "kept: " in out
        (recording,) = (tmp_path / "home" / "recordings").glob("*.mcap")
        commands = [record.name for record in read_recording(recording).records() if isinstance(record, Command)]
        assert commands == ["start", "stop"]
        assert (meddler.halved > 0) == (halves > 0)


def _collect(board: PtyBoard, seconds: float):
    source = LinkSource(SerialTransport(str(board.port)))
    threading.Timer(seconds, source.close).start()
    decoder, found = wire.Decoder(), {}
    for frame in source:
        message = decoder.decode(frame.data)
        if isinstance(message, wire.Stream):
            found.update({message.index + k: sample for k, sample in enumerate(message.samples())})
    return found, source.stats


def _read_until(run: subprocess.Popen[str], pattern: str) -> str:
    seen = ""
    assert run.stdout is not None
    for line in run.stdout:
        seen += line
        if re.search(pattern, line.rstrip()):
            return seen
    raise AssertionError(f"{pattern} never came; {seen}; {run.stderr.read() if run.stderr else ''}")

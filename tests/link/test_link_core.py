"""The conduct of a link, in simulated time, against a sensor written from the spec."""

from __future__ import annotations

import random

import numpy as np
import pytest
import repband_wire as wire
from fake_world import World, is_samples
from hypothesis import given, settings
from hypothesis import strategies as st
from repband.errors import SourceError
from repband.link import Link, LinkState
from repband.link.clock import ClockExchange
from repband.link.refusals import NoAnswerError, RefusedError, VersionError
from repband.stream import GapCause
from repband_wire import control
from sensor_double import SensorDouble

KEY = bytes(range(16))
WRAP_S = wire.TIME_WRAP_US * 1e-6


def streaming(sensor: SensorDouble | None = None, **options) -> World:
    world = World(sensor or SensorDouble(), **options)
    world.connect()
    world.until(lambda: world.link.state is LinkState.STREAMING)
    return world


class TestConnecting:
    def test_goes_through_its_states_and_streams_every_sample(self):
        world = streaming()
        world.run(10)
        assert world.states == [LinkState.CONNECTING, LinkState.PROVING, LinkState.STREAMING]
        assert world.received() > 500
        assert not world.gaps
        assert world.link.stats.drops == 0

    def test_each_transition_says_how_long_the_state_before_lasted(self, caplog: pytest.LogCaptureFixture):
        with caplog.at_level("INFO", "repband.link"):
            world = streaming()
        assert 0 < world.changes[-1].lasted_s < 1
        assert "proving -> streaming after 0." in caplog.text

    def test_an_impossible_transition_is_a_fault(self):
        with pytest.raises(RuntimeError, match="can't go from closed to proving"):
            Link().opened(0.0)

    def test_asks_again_while_the_board_still_boots(self):
        world = World(SensorDouble())
        world.sensor.deaf = True
        world.connect()
        world.run(4)
        world.sensor.deaf = False
        world.until(lambda: world.link.state is LinkState.STREAMING, 2.0)

    def test_what_never_answers_is_not_ours(self):
        world = World(SensorDouble())
        world.sensor.deaf = True
        world.connect()
        with pytest.raises(NoAnswerError, match="nothing there answers as a RepBand"):
            world.run(20)

    def test_a_sensor_that_still_streams_to_a_dead_host_is_stopped_first(self):
        sensor = SensorDouble()
        sensor.streaming, sensor._floor = True, 0
        world = streaming(sensor)
        assert sensor.asked[:3] == ["info", "stop", "start"]
        world.run(3)
        world.received()

    @pytest.mark.parametrize(("versions", "word"), [((2, 3), "pip install"), ((3, 255), "pip install")])
    def test_a_newer_sensor_asks_for_a_newer_host(self, versions, word):
        with pytest.raises(VersionError, match=word):
            streaming(SensorDouble(versions=versions))

    def test_speaks_the_newest_version_both_know(self):
        world = streaming(SensorDouble(versions=(1, 9)))
        assert world.link.state is LinkState.STREAMING

    def test_a_fault_ends_it_with_what_to_do(self):
        with pytest.raises(SourceError, match="no motion sensor answers; check the wiring"):
            streaming(SensorDouble(fault=2))


class TestButton:
    def test_a_press_goes_to_the_session_and_is_no_sample(self):
        world = streaming()
        world.run(2)
        press = wire.Press(1, 50, 0, wire.PRESS_SHORT).encode()
        world.link.received(press, world.now_s)
        assert [frame.data for frame in world.link.take_frames()] == [press]
        world.run(2)
        assert not world.gaps
        assert world.link.stats.bad_messages == 0
        assert world.received() > 150

    def test_a_press_before_the_stream_has_begun_is_not_for_the_session(self):
        world = World(SensorDouble())
        world.connect()
        world.link.received(wire.Press(1, 50, 0, wire.PRESS_SHORT).encode(), world.now_s)
        assert not world.link.take_frames()


class TestOwnership:
    def test_proves_itself_to_a_claimed_sensor(self):
        world = streaming(SensorDouble(key=KEY), key=KEY)
        assert world.sensor.asked == ["info", "challenge", "prove", "info", "start"]

    def test_without_a_key_it_says_whose_the_sensor_is(self):
        with pytest.raises(SourceError, match=r"belongs to another computer; .*hold the sensor's button"):
            streaming(SensorDouble(key=KEY))

    def test_with_another_key_it_is_refused(self):
        with pytest.raises(RefusedError, match='refused "prove"') as caught:
            streaming(SensorDouble(key=KEY), key=bytes(16))
        assert caught.value.reason == control.NOT_ALLOWED

    def test_proves_itself_again_after_a_drop(self):
        world = streaming(SensorDouble(key=KEY), key=KEY)
        world.run(2)
        world.cut()
        world.run(1)
        world.connect()
        world.until(lambda: world.link.state is LinkState.STREAMING)
        assert world.sensor.asked.count("prove") == 2


class TestLoss:
    @pytest.mark.parametrize("payload", [20, 182, 244])
    def test_lost_packets_come_again(self, payload):
        dice = random.Random(payload)
        sensor = SensorDouble(payload=payload)
        world = streaming(sensor, loses=lambda message: is_samples(message) and dice.random() < 0.1)
        world.run(30)
        world.loses = lambda _: False
        world.run(2)
        assert not world.gaps
        assert world.received() > 1500
        assert world.link.stats.resends > 5
        assert world.link.stats.missing == 0

    @pytest.mark.parametrize("away_s", [0.5, 5, 60])
    def test_a_cut_is_filled_when_the_link_is_back(self, away_s):
        world = streaming()
        world.run(3)
        world.cut()
        assert world.link.state is LinkState.RECOVERING
        world.run(away_s)
        world.connect()
        world.run(5)
        assert world.link.state is LinkState.STREAMING
        assert not world.gaps
        assert world.received() == pytest.approx((8 + away_s) * 52, abs=15)
        assert world.link.stats.drops == 1
        assert world.link.stats.away_s == pytest.approx(away_s, abs=0.3)

    def test_what_the_sensor_no_longer_keeps_is_a_named_gap(self):
        world = streaming(SensorDouble(keep=520))
        world.run(3)
        world.cut()
        world.run(30)
        world.connect()
        world.run(3)
        assert [gap.cause for gap in world.gaps] == [GapCause.LOST]
        assert world.gaps[0].missing == pytest.approx(20 * 52, abs=20)

    def test_what_the_sensor_never_had_is_a_gap_and_is_not_asked_for(self):
        sensor = SensorDouble()
        world = streaming(sensor)
        sensor.gaps.append((sensor.head(world.now_s) + 50, 26, wire.GAP_OVERFLOW))
        world.run(5)
        assert [(gap.cause, gap.missing) for gap in world.gaps] == [(GapCause.OVERFLOW, 26)]
        assert "resend" not in sensor.asked

    def test_a_restart_behind_an_open_port_is_noticed_and_streaming_goes_on(self):
        world = streaming()
        world.run(3)
        world.sensor.restart(world.now_s)
        world.run(6)
        assert world.link.stats.restarts == 1
        assert [gap.cause for gap in world.gaps] == [GapCause.RESTART]
        assert world.stream.stats.samples > 350

    def test_what_a_restarted_sensor_felt_before_it_was_reached_comes_too(self):
        world = streaming()
        world.run(3)
        world.cut()
        world.sensor.restart(world.now_s)
        world.run(10)
        world.connect()
        world.run(3)
        before = world.stream.stats.samples
        world.run(3)
        assert before > 3 * 50 + 13 * 50
        assert [(gap.cause, gap.missing) for gap in world.gaps] == [(GapCause.RESTART, None)]

    def test_silence_asks_for_another_opening(self):
        world = streaming()
        world.run(1)
        world.sensor.deaf = True
        world.sensor.streaming = False
        world.until(lambda: world.link.dead is not None, 10)
        assert world.link.dead.startswith("nothing has come for")

    def test_flow_control_gets_its_acknowledgements_in_time(self):
        world = streaming(SensorDouble(window=60), delay=lambda: 0.1)
        world.run(20)
        assert not world.gaps
        assert world.received() > 950

    def test_acknowledges_only_what_is_complete(self):
        lost: list[bytes] = []

        def loses(message: bytes) -> bool:
            decoded = wire.decode(message)
            if isinstance(decoded, wire.Stream) and decoded.index > 40 and not lost:
                lost.append(message)
                return True
            return False

        world = streaming(SensorDouble(boot_us=wire.TIME_WRAP_US - 2_000_000), loses=loses)
        before = len(world.sensor.acks)
        world.until(lambda: bool(lost))
        hole = wire.decode(lost[0]).index
        world.run(0.25)
        assert all(index <= hole for index in world.sensor.acks[before:])
        world.run(2)
        assert max(world.sensor.acks) > hole


class TestCounting:
    def test_the_devices_reps_are_kept_and_passed_on(self):
        world = streaming()
        rep = wire.Rep(7, 3, 200, 100, 100, 100, 100, 150)
        world.link.received(rep.encode(), world.now_s)
        assert world.link.stats.device_count == 3
        assert world.link.take_frames()[0].data == rep.encode()

    def test_battery_and_interval_are_asked_for_now_and_then(self):
        world = streaming()
        world.sensor.battery, world.sensor.interval_units = 20, 80
        world.run(31)
        assert world.link.stats.battery_percent == 20
        assert world.link.stats.interval_ms == 100.0


class TestClock:
    @pytest.mark.parametrize("drift_ppm", [-200.0, 0.0, 200.0])
    @pytest.mark.parametrize("boot_us", [0, wire.TIME_WRAP_US - 30_000_000])
    def test_offset_and_drift_are_within_the_stated_uncertainty(self, drift_ppm, boot_us):
        dice = random.Random(5)
        sensor = SensorDouble(drift_ppm=drift_ppm, boot_us=boot_us)
        # Trips of 7.5 to 110 ms, each way for itself, as connection events, bunching and a busy host make them.
        world = streaming(sensor, delay=lambda: 0.0075 + min(0.1, dice.expovariate(30)))
        misses = []
        for _ in range(20):
            world.run(10)
            clock = world.link.stats.clock
            device_s = sensor.device_us(world.now_s) * 1e-6
            device_s -= round((device_s - clock.at_s) / WRAP_S) * WRAP_S  # the host can't know of earlier wraps
            error_s = clock.host_s(device_s) - world.now_s
            misses.append(abs(error_s) / clock.within_s(device_s))
        assert max(misses) < 1.0
        assert clock.uncertainty_s < 0.025
        assert clock.drift_ppm == pytest.approx(drift_ppm, abs=clock.drift_uncertainty_ppm)
        assert clock.drift_uncertainty_ppm < 80

    def test_exchanges_that_agree_are_believed_more_than_what_is_usual(self):
        misses = []
        for seed in range(40):
            dice, clock = random.Random(seed), ClockExchange()
            for at_s in range(0, 70, 2):
                there_s, back_s = (0.01 + min(0.02, dice.expovariate(500)) for _ in "ab")
                device_us = round((at_s + there_s) * (1 + 200e-6) * 1e6)
                clock.add(at_s, device_us, 0, at_s + there_s + back_s)
            estimate = clock.estimate()
            misses.append(abs(estimate.drift_ppm + 200) / estimate.drift_uncertainty_ppm)
        assert np.mean(np.array(misses) < 1.0) >= 0.95  # what is stated is twice the standard error

    def test_bunching_does_not_move_sample_times(self):
        dice = random.Random(2)
        steady, bunched = streaming(), streaming(delay=lambda: dice.choice([0.01, 0.01, 0.4]))
        for world in (steady, bunched):
            world.run(20)
        period_s = np.diff(np.concatenate([item.t_s for item in bunched.items]))
        assert np.abs(period_s - 1 / 52).max() < 1e-4
        assert not bunched.gaps

    def test_a_restart_begins_the_clock_anew(self):
        world = streaming()
        world.run(20)
        world.sensor.restart(world.now_s)
        world.run(20)
        clock = world.link.stats.clock
        assert abs(clock.host_s(world.sensor.device_us(world.now_s) * 1e-6) - world.now_s) < clock.uncertainty_s + 0.02


class TestAnything:
    @given(st.lists(st.binary(max_size=60), max_size=30))
    @settings(max_examples=200, deadline=None)
    def test_bytes_never_raise_and_never_make_a_sample(self, noise):
        link = Link()
        link.connect(0.0)
        link.opened(0.0)
        for at, data in enumerate(noise):
            link.received(data, at * 0.01)
            link.tick(at * 0.01)
        assert link.take_frames() == []

    @given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 255)), max_size=8), st.randoms(use_true_random=False))
    @settings(max_examples=60, deadline=None)
    def test_mutated_messages_never_raise_while_it_streams(self, changes, dice):
        world = streaming()
        world.run(0.5)
        for message in [*world.sensor.tick(world.now_s + 1), *world.sensor.info().encode().splitlines()]:
            data = bytearray(message)
            for at, value in changes:
                if at < len(data):
                    data[at] = value
            world.link.received(bytes(data), world.now_s)
            world.link.tick(world.now_s)
        assert dice is not None

    @given(st.lists(st.sampled_from(["run", "cut", "restart", "deaf"]), max_size=12), st.integers(0, 5))
    @settings(max_examples=60, deadline=None)
    def test_whatever_happens_samples_are_true_and_in_order(self, happenings, seed):
        dice = random.Random(seed)
        lossy = lambda message: is_samples(message) and dice.random() < 0.05  # noqa: E731
        world = streaming(SensorDouble(window=114), loses=lossy)
        for what in happenings:
            if what == "cut":
                world.cut()
                world.run(dice.random() * 8)
                world.connect()
            elif what == "restart":
                world.sensor.restart(world.now_s)
            elif what == "deaf":
                world.sensor.deaf = True
                world.run(1.0)
                world.sensor.deaf = False
            world.run(dice.random() * 4)
        world.loses = lambda _: False
        world.until(lambda: world.link.state is LinkState.STREAMING)
        world.run(5)
        assert world.stream.stats.samples > 0
        if "restart" not in happenings:
            world.received()
            assert not world.gaps

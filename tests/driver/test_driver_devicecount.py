"""The sensor's own count of each set, beside the host's."""

from __future__ import annotations

from dataclasses import replace

import pytest
import repband_wire as wire
from repband.driver.devicecount import DeviceCounts
from repband.driver.driver import Driver
from repband.exercise import load_exercise
from repband.screen.phrases import counts_differ, link_text, samples_text
from repband.source import Frame
from repband.workout import EndReason, SetArmed, SetEnded, SetSummary, Target, routine_of

TASK = routine_of(load_exercise("bridge"), Target(2, 3)).tasks[0]


def told(number: int, session: int = 7) -> Frame:
    return Frame(wire.Rep(session, number, 100 * number, 90, 100, 200, 100, 150).encode(), 0.0)


def armed(number: int) -> SetArmed:
    return SetArmed(number, 0.0, 3, TASK)


def ended(number: int, counted: int) -> SetEnded:
    return SetEnded(
        SetSummary(number, "bridge", 3, counted, counted, counted, counted, 0.0, 30.0, EndReason.TARGET, (), ())
    )


def heard(*things: object) -> DeviceCounts:
    device = DeviceCounts()
    for thing in things:
        if isinstance(thing, Frame):
            device(thing, [])
        else:
            device(None, [thing])
    return device


def test_reps_belong_to_the_set_that_was_armed_last_each_once() -> None:
    things = (armed(1), told(1), told(2), told(2), ended(1, 3), told(3), armed(2), told(4), ended(2, 1))
    device = heard(told(9), *things)
    assert [device.count(1), device.count(2)] == [3, 1]
    assert not device.waits


def test_a_sensor_that_does_not_count_has_no_count_and_is_not_waited_for() -> None:
    device = heard(armed(1), ended(1, 3))
    assert device.count(1) is None
    assert not device.waits


def test_a_rep_that_is_still_to_be_told_is_waited_for() -> None:
    device = heard(armed(1), told(1), ended(1, 2))
    assert device.waits
    device(told(2), [])
    assert not device.waits


def test_damaged_messages_are_passed_over() -> None:
    device = heard(armed(1), Frame(told(1).data[:5], 0.0), told(1), ended(1, 1))
    assert device.count(1) == 1


@pytest.mark.parametrize(
    ("host", "sensor", "known", "said"),
    [
        (8, 8, {}, "counted 8 too"),
        (8, 7, {"other": "squat"}, "it is set to squat"),
        (8, 7, {"lost": True}, "repband device sync"),
        (8, 7, {"missing": True}, "here it may be wrong"),
        (7, 8, {"missing": True}, "the sensor has them"),
        (7, 8, {"rejected": ["too-small", "too-small"]}, "2 more movements were not counted (too-small)"),
        (7, 8, {}, "why is not known"),
    ],
)
def test_a_difference_is_said_with_its_reason(host: int, sensor: int, known: dict, said: str) -> None:
    text = counts_differ(host, sensor, **known)
    assert said in text
    assert str(sensor) in text


def test_figures_as_a_person_reads_them() -> None:
    assert samples_text({}) == "0 samples, none missing"
    assert samples_text({"samples": 5.0, "gaps": 1, "missing": 2, "restarts": 1, "rate_hz": 52.04}) == (
        "5 samples at 52.0 Hz, 2 and an unknown number missing in 1 gap, 1 restart of the sensor"
    )
    assert link_text({}) is None
    assert link_text({"link_drops": 1, "link_away_s": 5.04, "link_interval_ms": 30.0, "clock_sd_s": 0.0012}) == (
        "lost once, 5.0 s in all, connection interval 30 ms, clock known to 1.2 ms"
    )


class _Source:
    """Gives frames."""

    name = "a sensor"

    def __init__(self, frames: list[Frame]) -> None:
        self._frames = frames

    def __iter__(self):
        return iter(self._frames)

    def close(self) -> None:
        pass


class _Done:
    """A session that is done from the beginning."""

    def __init__(self) -> None:
        self.fed: list[object] = []
        self.next_index = 0

    @property
    def done(self) -> bool:
        return True

    def feed(self, record: object):
        from repband.driver.session import Outcome

        self.fed.append(record)
        return Outcome((), ())

    def finish(self):
        from repband.driver.session import Outcome

        return Outcome((), ())


@pytest.mark.parametrize("wanted", [0, 2, 9])
def test_the_driver_hears_out_what_is_waited_for_and_no_more(wanted: int) -> None:
    frames = [replace(told(number), arrival_s=0.0) for number in range(1, 6)]
    session = _Done()
    Driver(session, waits=lambda: len(session.fed) < wanted).run(_Source(frames))  # type: ignore[arg-type]
    assert [record for record in session.fed if isinstance(record, Frame)] == frames[: min(wanted, 5)]

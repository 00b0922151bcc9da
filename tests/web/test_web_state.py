"""The page's state: what it says of the sensor, which sound belongs to what, and what it never plays."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from repband.cue import Cue
from repband.driver.base import Tick
from repband.driver.session import Event
from repband.mount import MountKind, MountWarning
from repband.reps import Phase, PhaseTimes, Rep, RepCounted, RepMeasured, RepProgress
from repband.simulate.wearer import VirtualWearer
from repband.source import Frame
from repband.web.sounds import LATE_S, Sounds
from repband.web.state import LOST_S, PageState
from repband.workout import (
    Corrected,
    CountIn,
    EndReason,
    RestTick,
    SetArmed,
    SetEnded,
    SetReady,
    SetSummary,
    SetTask,
    State,
    TargetChanged,
)
from web_watch import three_bridges

ROUTINE = three_bridges(reps=8)


@dataclass
class FakeSession:
    """What the state asks of a session."""

    state: State = State.SET
    next_task: SetTask | None = None


def fresh(**options: object) -> PageState:
    return PageState(ROUTINE, "test", FakeSession(), wall_ms=lambda: 5.0, **options)  # type: ignore[arg-type]


def a_rep(number: int, deg: float) -> Rep:
    tempo = PhaseTimes(None, 1.0, 1.0, 1.0)
    return Rep(number, 5.0, 5.5, 1.0, 1.5, 2.0, 4.0, 4.5, deg, tempo, tempo)


def summary(ended: EndReason) -> SetSummary:
    return SetSummary(1, "bridge", 8, 8, 8, 8, 8, 0.0, 60.0, ended, (), ())


def sounds(state: PageState) -> list[str]:
    return [sound["name"] for sound in state.plain["sounds"]]


def test_nothing_in_it_is_more_than_plain_values() -> None:
    state = fresh()
    state.apply(
        None, [SetArmed(1, 8, 0.0, ROUTINE.tasks[0]), RepMeasured(a_rep(1, 20.0)), SetEnded(summary(EndReason.TARGET))]
    )
    assert json.loads(json.dumps(state.plain)) == state.plain


def test_the_sensor_is_lost_after_silence_and_back_with_the_next_packet() -> None:
    state = fresh()
    frames = iter(VirtualWearer(1, speed=1000.0))
    assert state.plain["sensor"]["state"] == "waiting"
    state.apply(Tick(3.0), ())
    assert state.plain["sensor"]["state"] == "waiting"
    state.apply(Frame(next(frames).data, 10.0), ())
    assert state.plain["sensor"] | {"name": ""} == {
        "name": "", "state": "ok", "battery_percent": 86, "missing": 0, "silent_s": 0.0,
    }  # fmt: skip
    assert state.apply(Tick(10.0 + LOST_S - 0.1), ()) is False
    assert state.apply(Tick(10.0 + LOST_S), ()) is True
    assert (state.plain["sensor"]["state"], sounds(state)) == ("lost", ["lost"])
    state.apply(Tick(20.0), ())
    assert sounds(state) == ["lost"]
    state.apply(Frame(next(frames).data, 21.0), ())
    assert (state.plain["sensor"]["state"], sounds(state)) == ("ok", ["lost", "back"])


def progress(t_s: float) -> RepProgress:
    return RepProgress(t_s, Phase.REST, 0.0, 3.0)


def test_a_rep_found_in_backfilled_data_changes_the_number_without_a_sound() -> None:
    state = fresh()
    state.apply(None, [SetArmed(1, 8, 0.0, ROUTINE.tasks[0])])
    state.apply(None, [RepCounted(1, 4.0), progress(4.0 + LATE_S + 1.0)])
    assert (state.plain["said"], sounds(state)) == (1, [])
    state.apply(None, [RepCounted(2, 8.0), progress(8.5)])
    assert (state.plain["said"], sounds(state)) == (2, ["rep"])


def heard(events: Sequence[Event], target: int | None = 8) -> list[str]:
    state = fresh()
    state.apply(None, [SetArmed(1, target, 0.0, ROUTINE.tasks[0])])
    for event in events:
        state.apply(None, [event])
    return sounds(state)


def test_each_rep_has_one_tone_and_half_way_and_the_last_two_have_their_own() -> None:
    reps = [RepCounted(n, 4.0 * n) for n in range(1, 11)]
    assert heard(reps) == ["rep"] * 3 + ["half-way"] + ["rep"] + ["last-two"] * 2 + ["rep"] * 3
    assert heard(reps[:3], target=None) == ["rep"] * 3


def test_a_correction_and_a_new_target_move_the_tones() -> None:
    reps = [RepCounted(n, 4.0 * n) for n in (1, 2, 3)]
    assert heard([*reps, Corrected(1, 3, 5), RepCounted(4, 16.0)])[-1] == "last-two"
    assert heard([TargetChanged(1, 8, 4), *reps]) == ["rep", "last-two", "last-two"]


@pytest.mark.parametrize(
    ("event", "sound"),
    [
        (SetReady(1, 1.0), "go"),
        (SetEnded(summary(EndReason.TARGET)), "set-done"),
        (SetEnded(summary(EndReason.SKIPPED)), "set-over"),
        (Cue("too-fast", "Slower.", "", 1.0), "too-fast"),
        (Cue("hold-short", "Longer.", "", 1.0), "hold-on"),
        (Cue("hold-sagging", "Higher.", "", 1.0), "hold-on"),
        (Cue("no-movement", "Go on.", "", 1.0), "cue"),
        (MountWarning(MountKind.SLIPPED, 1.0, "the sensor has turned", "check the strap"), "cue"),
    ],
)
def test_what_happens_has_its_sound(event: Event, sound: str) -> None:
    assert heard([event]) == [sound]


def test_the_last_three_seconds_are_counted_once_each() -> None:
    chooses = Sounds()
    ticks = [name for n in range(41) for name in chooses.of(RestTick(10.0 - n * 0.25), 0.0)]
    assert ticks == ["tick"] * 3
    assert [*chooses.of(CountIn(3.0), 0.0)] == ["tick"]


def test_the_usual_range_is_the_wearers_own() -> None:
    state = fresh()
    assert state.plain["usual"] is None
    state.apply(None, [RepMeasured(a_rep(n, deg)) for n, deg in enumerate((18.0, 20.0, 22.0), 1)])
    usual = state.plain["usual"]
    assert 16.0 < usual["low_deg"] < 20.0 < usual["high_deg"] < 24.0
    earlier = fresh(usual_deg={"bridge": [30.0] * 10, "squat": [80.0] * 10})
    assert earlier.plain["usual"]["low_deg"] == earlier.plain["usual"]["high_deg"] == 30.0


def test_the_sound_list_does_not_grow() -> None:
    state = fresh()
    for n in range(500):
        state.apply(None, [SetReady(1, float(n))])
    assert len(state.plain["sounds"]) <= 12
    assert state.plain["sounds"][-1]["id"] == 500
    state.apply(None, [progress(0.04 * n) for n in range(5000)])
    assert len(state.trace) <= 500

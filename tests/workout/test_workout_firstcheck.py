"""The first check of a new sensor: practice is no set, a wrong count is noticed, and it is the same in a replay."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from repband.driver.base import Command, Record, Tick
from repband.driver.driver import replay
from repband.driver.recorded import recorded_session
from repband.driver.session import Event, Session
from repband.exercise import load_exercise
from repband.journal import Recorder, RecordingMeta
from repband.mount import MountKind, MountWarning
from repband.reps import RepCounted, RepMeasured
from repband.simulate import SetPlan, Tempo, simulate_set
from repband.source import TimedSamples
from repband.workout import CheckAt, Practice, SetArmed, SetEnded, Step, Target, routine_of

BRIDGE = load_exercise("bridge")
RATE_HZ = 50.0
BLOCK = 10


@cache
def worn(*sets: int, still_s: float = 0.0) -> np.ndarray:
    """The thigh of somebody who keeps still and then does so many reps, set by set; shape (n, 3), in g."""
    tempo = Tempo(1.2, 1.0, 1.2, 1.0)
    plans = [SetPlan("bridge", n, tempo_s=tempo, rate_hz=RATE_HZ, gyro=False, lead_s=2.0, tail_s=6.0) for n in sets]
    done = [simulate_set(plan, 3).accel_g for plan in plans]
    lies = np.repeat(done[0][:1] if done else [[0.0, 0.0, 1.0]], round(still_s * RATE_HZ), axis=0)
    return np.concatenate([lies, *done])


def records(accel_g: np.ndarray, said: dict[float, Command]) -> list[Record]:
    """Arrivals with the wearer's commands between them, by the time at which they are given, in s."""
    found: list[Record] = []
    for start in range(0, len(accel_g), BLOCK):
        block = accel_g[start : start + BLOCK]
        for at_s in [at_s for at_s in said if at_s <= start / RATE_HZ]:
            command = said.pop(at_s)
            found.append(Command(command.name, start, command.args))
        t_s = (start + np.arange(len(block))) / RATE_HZ
        found += [Tick(float(t_s[-1])), TimedSamples(t_s, block, None, float(t_s[-1]) + 0.01, "a test")]
    return found


def lived(accel_g: np.ndarray, said: dict[float, Command], keeper: Recorder | None = None) -> list[Event]:
    session = Session(routine_of(BRIDGE, Target(1, 4)))
    events: list[Event] = []
    for record in records(accel_g, said):
        if keeper:
            keeper.write(record)
        events += session.feed(record).events
    return [*events, *session.finish().events]


def check(*, asks: bool) -> dict[float, Command]:
    return {0.0: Command("check", 0, {"asks": asks})}


def steps(events: Sequence[Event]) -> list[Step]:
    return [event.step for event in events if isinstance(event, CheckAt)]


def at(events: Sequence[Event], step: Step) -> CheckAt:
    return next(event for event in events if isinstance(event, CheckAt) and event.step is step)


def test_three_practice_reps_then_the_set_and_practice_is_not_in_it() -> None:
    events = lived(worn(1, 3, 4), check(asks=False))
    assert steps(events) == [Step.MOVE, Step.GET_READY, Step.REPS, Step.OVER]
    assert at(events, Step.GET_READY).moved_deg > 10
    over = at(events, Step.OVER)
    assert (over.counted, over.right) == (3, True)
    assert sum(isinstance(event, Practice) and isinstance(event.event, RepCounted) for event in events) == 3
    assert [event.number for event in events if isinstance(event, RepCounted)] == [1, 2, 3, 4]
    (ended,) = [event.summary for event in events if isinstance(event, SetEnded)]
    assert (ended.number, ended.counted, len(ended.reps)) == (1, 4, 4)
    first = next(event.rep for event in events if isinstance(event, RepMeasured))
    assert first.start_s > over.at_s


def test_a_replay_gives_the_same(tmp_path: Path) -> None:
    said = check(asks=True) | {32.0: Command("check-no", 0), 33.0: Command("check-did", 0, {"reps": 4})}
    said |= {34.0: Command("check-on", 0)}
    with Recorder(tmp_path / "a.mcap", RecordingMeta(exercise="bridge", target_reps=4, detector="1")) as keeper:
        live = lived(worn(1, 3, 4), said, keeper)
    recorded = recorded_session(tmp_path / "a.mcap")
    again: list[Event] = []
    replay(recorded.records, Session(routine_of(BRIDGE, Target(1, 4))), [lambda _, events: again.extend(events)])
    assert steps(live)[-4:] == [Step.ASK, Step.HOW_MANY, Step.HELP, Step.OVER]
    assert repr(again) == repr(live)


def test_a_sensor_that_does_not_move_is_said_and_waited_for() -> None:
    asked = lived(worn(still_s=45.0), check(asks=True))
    assert steps(asked) == [Step.MOVE]
    (warning,) = [event for event in asked if isinstance(event, MountWarning)]
    assert (warning.kind, round(warning.t_s)) == (MountKind.STILL, 10)
    alone = lived(worn(still_s=45.0), check(asks=False))
    assert steps(alone) == [Step.MOVE, Step.OVER]
    assert not at(alone, Step.OVER).right
    assert any(isinstance(event, SetArmed) for event in alone)


def test_practice_that_nobody_does_ends_in_a_question() -> None:
    quiet = np.repeat(worn(1)[-1:], round(40 * RATE_HZ), axis=0)
    asked = at(lived(np.concatenate([worn(1), quiet]), check(asks=True)), Step.ASK)
    assert (asked.counted, asked.right) == (0, False)


ANSWERS = [
    ([("check-did", {"reps": 0})], [Step.OVER]),  # nobody has moved: as counted
    ([("check-did", {"reps": 3})], [Step.HELP]),
    ([("check-did", {"reps": 10})], []),
    ([("check-did", {})], []),
    ([("toggle", {})], [Step.HELP]),  # the sensor's button says yes
    ([("check-on", {})], []),
    ([("check-no", {}), ("check-did", {"reps": 2}), ("check-again", {})], [Step.HOW_MANY, Step.HELP, Step.GET_READY]),
    ([("check-again", {})], [Step.GET_READY]),
    ([("check-skip", {})], [Step.OVER]),
]


@pytest.mark.parametrize(("said", "expected"), ANSWERS)
def test_answers(said: list[tuple[str, dict[str, int]]], expected: list[Step]) -> None:
    session = Session(routine_of(BRIDGE, Target(1, 4)))
    events: list[Event] = []
    for name, args in [("check", {}), ("check-on", {}), ("check-on", {}), *said]:
        events += session.feed(Command(name, 0, args)).events
    assert steps(events) == [Step.MOVE, Step.GET_READY, Step.ASK, *expected]
    assert any(isinstance(event, SetArmed) for event in events) == (Step.OVER in expected)


def test_the_words_of_the_check_mean_nothing_in_a_set() -> None:
    session = Session(routine_of(BRIDGE, Target(1, 4)))
    session.feed(Command("start", 0))
    for name in ("check", "check-on", "check-skip", "check-again"):
        assert session.feed(Command(name, 0)).events == ()


def test_the_end_of_the_samples_and_stop_end_the_check() -> None:
    session = Session(routine_of(BRIDGE, Target(1, 4)))
    session.feed(Command("check", 0))
    assert not session.done
    session.feed(Command("stop", 0))
    assert session.done

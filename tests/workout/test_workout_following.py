"""A virtual wearer who follows a session; what was recorded of it gives the same sets again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
from repband.driver.base import Record
from repband.driver.driver import Driver, replay
from repband.driver.recorded import recorded_session
from repband.driver.session import Event, Session
from repband.exercise import load_exercise, load_safety
from repband.journal import Recorder, RecordingMeta
from repband.plan import load_plan, plan_names, planned_sets
from repband.reps import RepCounted
from repband.simulate.wearer import VirtualWearer
from repband.workout import Answered, Corrected, Paused, Routine, SetEnded, SetTask, SideChange, WorkoutDone
from repband.workout.following import Following
from repband.workout.prescribed import routine_of_plan

BRIDGE, CLAMSHELL = load_exercise("bridge"), load_exercise("clamshell")


def two_exercises() -> Routine:
    sides = tuple(
        SetTask(CLAMSHELL, "Clamshell", 3, CLAMSHELL.tempo_s, 1, 1, side, rest_after_s=5.0, item=1)
        for side in ("left", "right")
    )
    bridge = SetTask(BRIDGE, "Bridge", 4, BRIDGE.tempo_s, rest_after_s=6.0)
    return Routine("Two", (bridge, *sides), load_safety().pain, guided=True)


class Person:
    """Answers what the session asks, and once takes a rep back and pauses."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.driver: Driver | None = None

    def __call__(self, record: Record | None, events: Sequence[Event]) -> None:
        self.events += events
        assert self.driver is not None
        for event in events:
            match event:
                case SetEnded():
                    self.driver.ask("pain", score=1)
                    self.driver.ask("effort", score=4)
                case SideChange():
                    self.driver.ask("confirm", side=event.side)
                case RepCounted(number=2):
                    self.driver.ask("undo")
                    self.driver.ask("pause")
                case Paused():
                    self.driver.ask("resume")
                    self.driver.ask("add")
                case _:
                    pass

    def of(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]


def test_a_recorded_session_replays_to_the_same_sets(tmp_path: Path) -> None:
    routine, path, person = two_exercises(), tmp_path / "led.mcap", Person()
    wearer = VirtualWearer(5, speed=60.0)
    kept = {"routine": msgspec.json.encode(routine).decode()}
    with Recorder(path, RecordingMeta(exercise="bridge", detector="test", extra=kept)) as recorder:
        person.driver = Driver(Session(routine), recorder, [Following(wearer.ask), person])
        person.driver.ask("start")
        person.driver.run(wearer)
    (done,) = person.of(WorkoutDone)
    assert [(s.exercise, s.side) for s in done.sets] == [
        ("bridge", None),
        ("clamshell", "left"),
        ("clamshell", "right"),
    ]
    assert all(s.said >= s.target_reps for s in done.sets)
    assert [(s.effort, s.pain) for s in done.sets] == [(4, 1)] * 3
    assert person.of(Corrected) and person.of(Answered) and person.of(Paused)

    recorded, again = recorded_session(path), Person()
    again.driver = Driver(Session(recorded.routine))  # what it asks for goes nowhere: the recording has the commands
    replay(recorded.records, Session(recorded.routine), [again])
    assert recorded.routine == routine
    assert again.events == person.events


def test_every_shipped_plan_becomes_a_routine_set_for_set() -> None:
    for name in plan_names():
        plan = load_plan(name)
        routine = routine_of_plan(plan)
        planned = planned_sets(plan)
        assert [(t.reps, t.side, t.rest_after_s) for t in routine.tasks] == [
            (p.reps, p.side, p.rest_after_s) for p in planned
        ]
        assert routine.revision == plan.revision
        assert routine.guided


def test_a_wearer_outlives_the_wrap_of_the_devices_clock() -> None:
    wearer = VirtualWearer(1, speed=1e6)
    wearer.ask(None)
    times_s = [frame.arrival_s for frame, _ in zip(wearer, range(13_000), strict=False)]
    assert times_s[-1] > 1200.0  # 30 bits of microseconds last 1074 s
    assert times_s == sorted(times_s)

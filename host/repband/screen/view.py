"""What a screen shows, folded from events: one plain object that any screen can draw."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import msgspec

from repband.cue import Cue
from repband.driver.base import Record
from repband.driver.session import Event
from repband.driver.watch import LooksLike
from repband.exercise import Exercise
from repband.mount import MountWarning
from repband.reps import Phase, Rep, RepCounted, RepMeasured, RepProgress, RepRejected
from repband.stream import Gap, GapCause
from repband.workout import (
    CheckAt,
    Corrected,
    Practice,
    RestTick,
    SetArmed,
    SetEnded,
    SetSummary,
    Step,
    Target,
    TargetChanged,
    WorkoutDone,
)

_LINE_POINTS, _LINE_EVERY_S = 100, 0.12
_MOVES_DEG = 5.0

_GAP_TEXT = {
    GapCause.LOST: "samples lost on the way",
    GapCause.OVERFLOW: "the sensor's buffer overflowed",
    GapCause.RESTART: "the sensor restarted",
    GapCause.SOURCE: "the recording has a hole",
    GapCause.CLOCK: "the sensor's clock jumped",
}


def gap_text(gap: Gap) -> str:
    """A gap as a person reads it."""
    return f"{_GAP_TEXT[gap.cause]}: {gap.end_s - gap.start_s:.1f} s at {gap.start_s:.1f} s"


def warning_text(warning: MountWarning) -> str:
    """A warning about the mount, and what to do."""
    return f"{warning.text}: {warning.cure}"


def suggestion_text(looks: LooksLike) -> str:
    """What the reps look like."""
    share = looks.recognition.confidence
    return f"this looks like a {looks.recognition.exercise} ({share:.0%} sure): is the right exercise chosen?"


@dataclass
class View:
    """The state of a session as people see it.

    Attributes:
        exercise, target, source: what is done, how much of it, and who sends the samples.
        set_number: the set under way or last over; 0 before the first.
        counted, said: the engine's number and the wearer's; equal unless corrected.
        phase, phase_s, excursion_deg: where the thigh is, since when, and how far from rest.
        reps: the measured reps of the set.
        sets: the finished sets.
        rest_left_s: seconds of rest left, or None when no rest runs.
        notes: what went wrong or was not counted, newest last.
        alert: what the wearer should look at in this set: a sensor worn wrong, or another exercise than the chosen.
        check: the step of the first check of a new sensor, while it runs.
        practised: practice reps counted in it so far.
        line_deg: the excursion of the last seconds, about eight points a second.
        done: the workout is over.
        waits_for: what the first set waits for.
    """

    exercise: Exercise
    target: Target
    source: str
    set_number: int = 0
    counted: int = 0
    said: int = 0
    phase: Phase = Phase.REST
    phase_s: float = 0.0
    excursion_deg: float = 0.0
    reps: list[Rep] = field(default_factory=list[Rep])
    sets: list[SetSummary] = field(default_factory=list[SetSummary])
    rest_left_s: float | None = None
    notes: list[str] = field(default_factory=list[str])
    alert: str | None = None
    check: CheckAt | None = None
    practised: int = 0
    line_deg: deque[float] = field(default_factory=lambda: deque[float](maxlen=_LINE_POINTS))
    done: bool = False
    waits_for: str = "the sensor"
    _line_s: float = 0.0

    def apply(self, _record: Record | None, events: Sequence[Event]) -> None:
        """Folds in what one record led to; a driver's listener."""
        for event in events:
            self._apply(event)

    def _apply(self, event: Event) -> None:
        match event:
            case RepProgress():
                self.phase, self.phase_s, self.excursion_deg = event.phase, event.phase_s, event.excursion_deg
                self._draw(event)
            case RepCounted():
                self.said += event.number - self.counted
                self.counted = event.number
            case RepMeasured():
                self.reps.append(event.rep)
            case RepRejected():
                self.notes.append(f"not counted: {event.reason} at {event.start_s:.1f} s")
            case SetArmed():
                self.set_number, self.counted, self.said, self.rest_left_s = event.number, 0, 0, None
                self.reps, self.alert = [], None
                if event.task is not None:
                    self.exercise = msgspec.structs.replace(event.task.exercise, tempo_s=event.task.tempo_s)
                    self.target = replace(self.target, reps=event.target_reps)
            case CheckAt():
                self._checked(event)
            case Practice(RepCounted()):
                self.practised += 1
            case TargetChanged() if event.set_number == self.set_number:
                self.target = replace(self.target, reps=event.reps)
            case Cue():
                self.notes.append(event.say)
            case Corrected():
                self.said = event.said
            case SetEnded():
                self.sets.append(event.summary)
            case RestTick():
                self.rest_left_s = event.left_s
            case WorkoutDone():
                self.done = True
            case Gap():
                self.notes.append(gap_text(event))
            case MountWarning():
                self.alert = warning_text(event)
            case LooksLike():
                self.alert = suggestion_text(event)
            case _:
                pass

    def _draw(self, event: RepProgress) -> None:
        if self.check is not None and self.check.step is Step.MOVE and event.excursion_deg >= _MOVES_DEG:
            self.alert = None  # that nothing moved
        if event.t_s - self._line_s >= _LINE_EVERY_S:
            self.line_deg.append(event.excursion_deg)
            self._line_s = event.t_s

    def _checked(self, at: CheckAt) -> None:
        self.check = None if at.step is Step.OVER else at
        if at.step in (Step.MOVE, Step.GET_READY, Step.OVER):
            self.practised, self.alert, self.excursion_deg = 0, None, 0.0
            self.line_deg.clear()

"""Watches the set under way beside the count: is the sensor worn right, and which exercise does it look like."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from repband.motion import MotionItem
from repband.mount import MountCheck, MountWarning
from repband.recognise import Recognition
from repband.reps import RepCounted, RepMeasured, RepProgress, RepRejected
from repband.workout import CheckAt, Practice, SetArmed, SetEnded, SetTask, Step
from repband.workout.runner import Event as SetEvent

_REP_EVENTS = (RepCounted, RepMeasured, RepRejected, RepProgress)


@dataclass(frozen=True, slots=True)
class LooksLike:
    """The reps look like another exercise than the chosen one: a suggestion, never a choice.

    Attributes:
        at_s: stream time at which it is said, in s.
        recognition: what it looks like, how surely and why.
    """

    at_s: float
    recognition: Recognition


WatchEvent = MountWarning | LooksLike


class Watch:
    """One mount check and one suggestion for each armed set, and for practice; says nothing between sets."""

    def __init__(self) -> None:
        self._check: MountCheck | None = None
        self._chosen = ""
        self._suggested: str | None = None

    def begun(self, events: Iterable[SetEvent]) -> None:
        """Takes what commands and ticks led to: an armed set is watched afresh."""
        for event in events:
            match event:
                case SetArmed():
                    self._begin(event.task)
                case CheckAt(step=Step.MOVE | Step.GET_READY):
                    self._begin(event.task)
                case SetEnded() | CheckAt(step=Step.ASK | Step.OVER):
                    self._check = None
                case _:
                    pass

    def _begin(self, task: SetTask | None) -> None:
        self._chosen = task.exercise.name if task else "generic"
        self._check, self._suggested = MountCheck(self._chosen), None

    def feed(self, moved: MotionItem, events: Iterable[SetEvent]) -> list[WatchEvent]:
        """Takes one motion frame or gap and what it led to; gives warnings and suggestions."""
        said: list[WatchEvent] = []
        if self._check is not None:
            told = [event.event if isinstance(event, Practice) else event for event in events]
            reps = [event for event in told if isinstance(event, _REP_EVENTS)]
            said += self._check.feed((moved,), reps)
            for rep in reps:
                if isinstance(rep, RepMeasured):
                    said += self._suggestion(self._check, rep.rep.measured_s)
        self.begun(events)
        return said

    def _suggestion(self, check: MountCheck, at_s: float) -> list[WatchEvent]:
        recognition = check.recognition()
        seen = recognition.instead_of(self._chosen)
        if seen in (None, self._suggested):
            return []
        self._suggested = seen
        return [LooksLike(at_s, recognition)]

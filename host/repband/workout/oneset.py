"""One set under way: counts it in one or more stretches, keeps what was counted beside what the wearer says."""

from __future__ import annotations

from dataclasses import replace

from repband.motion import MotionItem
from repband.reps import Rep, RepCounted, RepCounter, RepEvent, RepMeasured, RepProgress, RepRejected
from repband.workout.base import EndReason, SetSummary
from repband.workout.routine import SetTask


class CountedSet:
    """The reps of one set. A pause ends a stretch: the counter behind it learns the rest posture afresh.

    Attributes:
        number: 1 for the first set of the session.
        task: what is to be done.
        target_reps: the target that holds now.
        counted: reps the engine announced.
        correction: what the wearer added or took away.
        reps: the measured reps.
        last_rep_s: stream time of the last announcement, or None.
        longest_rest_s: longest rest between two reps so far.
        answers: what the wearer answered while it was under way, by question.
    """

    def __init__(self, number: int, task: SetTask, target_reps: int | None, armed_s: float) -> None:
        self.number = number
        self.task = task
        self.target_reps = target_reps
        self.counted = 0
        self.correction = 0
        self.reps: list[Rep] = []
        self.last_rep_s: float | None = None
        self.longest_rest_s = 0.0
        self.answers: dict[str, int] = {}
        self._armed_s = armed_s
        self._rejected: list[RepRejected] = []
        self._counter = RepCounter(task.exercise)
        self._before = 0
        self._before_min = 0
        self._before_max = 0

    @property
    def said(self) -> int:
        """Reps as the wearer says."""
        return self.counted + self.correction

    @property
    def reached(self) -> bool:
        """Whether the target is reached."""
        return self.target_reps is not None and self.said >= self.target_reps

    @property
    def all_measured(self) -> bool:
        """Whether every announced rep has its numbers."""
        return len(self.reps) >= self.counted

    def feed(self, item: MotionItem) -> list[RepEvent]:
        """Takes one motion frame or gap; gives what the counter says, numbered through the set."""
        return [self._noted(event) for event in self._counter.feed((item,))]

    def pause(self) -> list[RepEvent]:
        """Ends the stretch under way; the next frame begins another."""
        events = self._finish_stretch()
        self._counter = RepCounter(self.task.exercise)
        return events

    def finish(self) -> list[RepEvent]:
        """Measures what was announced already."""
        return [self._noted(event) for event in self._counter.finish()]

    def correct(self, by: int) -> bool:
        """Keeps a correction; False where it would leave less than no rep."""
        if self.said + by < 0:
            return False
        self.correction += by
        return True

    def summary(self, ended_s: float, reason: EndReason) -> SetSummary:
        """The set as it stands."""
        return SetSummary(
            number=self.number,
            exercise=self.task.exercise.name,
            target_reps=self.target_reps,
            counted=self.counted,
            said=self.said,
            count_min=self._before_min + self._counter.count_min,
            count_max=self._before_max + self._counter.count_max,
            started_s=self._armed_s,
            ended_s=ended_s,
            ended=reason,
            reps=tuple(self.reps),
            rejected=tuple(self._rejected),
            side=self.task.side,
            planned_reps=self.task.reps,
            effort=self.answers.get("effort"),
            pain=self.answers.get("pain"),
        )

    def _finish_stretch(self) -> list[RepEvent]:
        events = self.finish()
        self._before = self.counted
        self._before_min += self._counter.count_min
        self._before_max += self._counter.count_max
        return events

    def _noted(self, event: RepEvent) -> RepEvent:
        match event:
            case RepCounted():
                event = replace(event, number=event.number + self._before)
                self.counted = event.number
                self.last_rep_s = event.announced_s
            case RepMeasured():
                event = RepMeasured(replace(event.rep, number=event.rep.number + self._before))
                self.reps.append(event.rep)
                self.longest_rest_s = max(self.longest_rest_s, event.rep.tempo_s.rest_before or 0.0)
            case RepRejected():
                self._rejected.append(event)
            case RepProgress():
                pass
        return event

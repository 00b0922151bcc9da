"""What a session wants of a virtual wearer, told to them as it changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from repband.reps import RepCounted
from repband.simulate import Tempo
from repband.simulate.wearer import Wanted
from repband.workout.base import Corrected, Paused, SetArmed, SetEnded, SetReady, TargetChanged
from repband.workout.firstcheck import PRACTICE_REPS, CheckAt, Practice, Step
from repband.workout.routine import SetTask

_USUAL_REPS = 8


class Following:
    """A driver's listener that tells a virtual wearer what to do.

    Args:
        ask: the wearer's ear.
        guided: whether the session says when reps of a set begin to count; without, they do from the first.
    """

    def __init__(self, ask: Callable[[Wanted | None], None], *, guided: bool = True) -> None:
        self._ask = ask
        self._guided = guided
        self._task: SetTask | None = None
        self._target = 0
        self._said = 0
        self._counts = False

    def __call__(self, record: object, events: Sequence[object]) -> None:
        """Tells the wearer where an event changes what they should do."""
        for event in events:
            if self._changed_by(event):
                self._tell()

    def _changed_by(self, event: object) -> bool:
        match event:
            case SetArmed():
                self._task, self._target = event.task, event.target_reps or _USUAL_REPS
                self._said, self._counts = 0, not self._guided
            case CheckAt():
                self._task, self._target = event.task, PRACTICE_REPS
                self._said, self._counts = event.counted, event.step is Step.REPS
            case SetReady():
                self._counts = True
            case RepCounted() | Practice(RepCounted()):
                self._said += 1
            case Corrected():
                self._said = event.said
            case TargetChanged():
                self._target = event.reps
            case Paused():
                self._counts = False
            case SetEnded():
                self._task = None
            case _:
                return False
        return True

    def _tell(self) -> None:
        task = self._task
        if task is None:
            self._ask(None)
            return
        tempo = task.tempo_s
        missing = max(0, self._target - self._said) if self._counts else 0
        self._ask(Wanted(task.exercise.name, Tempo(tempo.out, tempo.hold, tempo.back, max(tempo.rest, 1.0)), missing))

"""Which sound belongs to which event. The page plays them; this place decides."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from repband.cue import Cue
from repband.driver.session import Event
from repband.mount import MountWarning
from repband.reps import RepCounted
from repband.workout import (
    CheckAt,
    CountIn,
    EndReason,
    PainStop,
    Practice,
    RestTick,
    SetEnded,
    SetReady,
    SideChange,
    Step,
    WorkoutDone,
)

# A rep announced this long before the newest sample was found in backfilled data: it changes the number in silence.
LATE_S = 2.0
# The last seconds of a rest or a count-in are counted aloud.
_COUNTED_ALOUD = (3, 2, 1)
_CUE_SOUNDS = {"too-fast": "too-fast", "hold-short": "hold-on", "hold-sagging": "hold-on"}


class Sounds:
    """Chooses the sounds of a session.

    Attributes:
        said, target: the wearer's number and target, kept up to date by the owner before each call.
    """

    def __init__(self) -> None:
        self.said = 0
        self.target: int | None = None
        self._second: int | None = None

    def of(self, event: Event, newest_s: float) -> Iterator[str]:
        """The sounds of one event, in order.

        Args:
            event: what happened; a counted rep is in `said` already.
            newest_s: stream time of the newest sample, in s.
        """
        match event:
            case RepCounted():
                if newest_s - event.announced_s <= LATE_S:
                    yield self._rep()
            case Practice(RepCounted() as counted):
                if newest_s - counted.announced_s <= LATE_S:
                    yield "rep"
            case SetReady() | CheckAt(step=Step.REPS):
                yield "go"
            case SetEnded():
                yield "set-done" if event.summary.ended is EndReason.TARGET else "set-over"
            case Cue():
                yield _CUE_SOUNDS.get(event.when, "cue")
            case MountWarning():
                yield "cue"
            case CountIn() | RestTick():
                yield from self._countdown(event.left_s)
            case SideChange() | CheckAt(step=Step.ASK):
                yield "cue"
            case PainStop():
                yield "stop"
            case WorkoutDone():
                yield "workout-done"
            case _:
                pass

    def _rep(self) -> str:
        """One tone for each rep: the half-way and the last-two tone take the place of the plain one."""
        if self.target is not None:
            if self.target - self.said in (2, 1):
                return "last-two"
            if self.target >= 4 and self.said == ceil(self.target / 2):
                return "half-way"
        return "rep"

    def _countdown(self, left_s: float) -> Iterator[str]:
        second = ceil(left_s)
        if second in _COUNTED_ALOUD and second != self._second:
            yield "tick"
        self._second = second

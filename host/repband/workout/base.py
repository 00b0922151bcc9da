"""What the workout says: sets begin and end, rests run, corrections are kept beside the count."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from repband.reps import Rep, RepRejected


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be done.

    Attributes:
        sets: number of sets.
        reps: reps a set, or None to count until told to stop.
        rest_s: rest between two sets, in s.
    """

    sets: int = 1
    reps: int | None = None
    rest_s: float = 60.0


class EndReason(StrEnum):
    """Why a set ended."""

    TARGET = "target"  # the target was reached and the thigh is back in rest
    RESTED = "rested"  # no rep for a good while, in rest
    STOPPED = "stopped"  # the wearer stopped it
    SOURCE = "source"  # the samples ended


@dataclass(frozen=True, slots=True)
class SetArmed:
    """A set waits for its first rep; moving into position is no rep."""

    number: int
    target_reps: int | None
    armed_s: float


@dataclass(frozen=True, slots=True)
class SetSummary:
    """One finished set.

    Attributes:
        number: 1 for the first set of the session.
        exercise: the exercise's name.
        target_reps: what was to be done, or None.
        counted: reps the engine announced.
        said: reps the wearer says it was; equal to `counted` unless corrected.
        count_min, count_max: bounds of the count where samples are missing.
        started_s, ended_s: stream time of the arming and of the end, in s.
        ended: why it ended.
        reps: the measured reps.
        rejected: movements looked at and not counted.
    """

    number: int
    exercise: str
    target_reps: int | None
    counted: int
    said: int
    count_min: int
    count_max: int
    started_s: float
    ended_s: float
    ended: EndReason
    reps: tuple[Rep, ...]
    rejected: tuple[RepRejected, ...]


@dataclass(frozen=True, slots=True)
class SetEnded:
    """A set is over."""

    summary: SetSummary


@dataclass(frozen=True, slots=True)
class Corrected:
    """The wearer corrected the number of a set: both numbers are kept."""

    set_number: int
    counted: int
    said: int


@dataclass(frozen=True, slots=True)
class RestTick:
    """The rest between two sets runs; `left_s` counts down to 0."""

    left_s: float


@dataclass(frozen=True, slots=True)
class WorkoutDone:
    """All sets are done, or the wearer ended the session."""

    sets: tuple[SetSummary, ...]


WorkoutEvent = SetArmed | SetEnded | Corrected | RestTick | WorkoutDone

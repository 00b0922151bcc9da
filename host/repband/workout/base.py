"""What the workout says: sets begin and end, rests run, corrections are kept beside the count."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from repband.exercise import PainBand
from repband.reps import Rep, RepRejected
from repband.workout.routine import SetTask


class State(Enum):
    """Where in the workout the wearer is."""

    IDLE = "nothing is armed yet"
    CHECK = "a new sensor is tried out before the first set"
    COUNT_IN = "a set is armed and counts down to its start"
    READY = "a set is armed; the wearer gets into position"
    SET = "reps count"
    PAUSED = "the wearer paused; nothing counts, no timer runs"
    REST = "between two sets"
    SIDE = "the rest is over; the strap has to be on the other thigh, and the wearer says so"
    STOPPED = "pain stopped the exercise; the safety text is shown"
    CLOSING = "all sets are over; the last questions are open"
    DONE = "the workout is over"


class EndReason(StrEnum):
    """Why a set ended."""

    TARGET = "target"  # the target was reached and the thigh is back in rest
    RESTED = "rested"  # no rep for a good while, in rest
    STOPPED = "stopped"  # the wearer stopped it
    SKIPPED = "skipped"  # the wearer went on to what comes next
    PAIN = "pain"  # the wearer named a pain that stops the exercise
    SOURCE = "source"  # the samples ended


@dataclass(frozen=True, slots=True)
class SetArmed:
    """A set waits for its first rep; moving into position is no rep.

    Attributes:
        number: 1 for the first set of the session.
        target_reps: reps to be done, or None.
        armed_s: stream time, in s.
        task: what is to be done, in full.
    """

    number: int
    target_reps: int | None
    armed_s: float
    task: SetTask | None = None


@dataclass(frozen=True, slots=True)
class SetReady:
    """From here on reps count: the wearer is in position, or the count-in is over."""

    number: int
    ready_s: float


@dataclass(frozen=True, slots=True)
class CountIn:
    """The count-in runs; `left_s` counts down to 0."""

    left_s: float


@dataclass(frozen=True, slots=True)
class Paused:
    """The wearer paused: nothing counts and no timer runs."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """The pause is over."""


@dataclass(frozen=True, slots=True)
class TargetChanged:
    """The wearer changed the target of one set; `planned` is what it was before any change."""

    set_number: int
    planned: int | None
    reps: int


@dataclass(frozen=True, slots=True)
class SideChange:
    """The strap has to move to the other thigh; the next set waits until the wearer confirms the side."""

    side: str


@dataclass(frozen=True, slots=True)
class SideConfirmed:
    """The wearer says that the sensor is on this thigh."""

    side: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The wearer answered a question about a finished set; what is not answered is never 0.

    Attributes:
        set_number: the set it is about.
        question: "effort" (0 none, 10 could not do one more) or "pain" (0 none, 10 the worst imaginable).
        score: 0 to 10.
        band: what the pain rule says of the score, None for effort.
    """

    set_number: int
    question: str
    score: int
    band: PainBand | None = None


@dataclass(frozen=True, slots=True)
class PainStop:
    """Pain stopped the exercise: the safety text is due, and the rest of its sets is left out."""

    score: int
    left_out: int
    goes_on: bool


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
        side: the thigh the sensor was on, where it matters.
        planned_reps: the target before the wearer changed it.
        effort, pain: what the wearer answered afterwards; None is no answer.
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
    side: str | None = None
    planned_reps: int | None = None
    effort: int | None = None
    pain: int | None = None


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


WorkoutEvent = (
    SetArmed
    | SetReady
    | CountIn
    | Paused
    | Resumed
    | TargetChanged
    | SideChange
    | SideConfirmed
    | Answered
    | PainStop
    | SetEnded
    | Corrected
    | RestTick
    | WorkoutDone
)

"""What the rep counter says, and when."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """Where in a rep the thigh is."""

    REST = "rest"  # in the rest posture
    OUT = "out"  # leaving it
    HOLD = "hold"  # held at the far end
    BACK = "back"  # returning


class Flag(StrEnum):
    """What a reader should know about one rep."""

    GAP = "gap"  # samples are missing inside it
    HOLD_CUT = "hold-cut"  # a gap or the end of the stream cut its hold
    FAST = "fast"  # shorter than the exercise's plausible duration
    PARTIAL = "partial"  # much smaller than the wearer's own reps
    LATE = "late"  # announced late: it had to be confirmed first


@dataclass(frozen=True, slots=True)
class PhaseTimes:
    """Named phases of one rep, each in s. `rest_before` is None for the first rep of a set."""

    rest_before: float | None
    out: float
    hold: float
    back: float


@dataclass(frozen=True, slots=True)
class Rep:
    """One finished rep. All times are stream times in s; `out + hold + back == end_s - start_s`.

    Attributes:
        number: 1 for the first rep of the count.
        announced_s: the stream time at which a live session speaks it.
        measured_s: the stream time at which these numbers are final.
        start_s, end_s: onset and return of the movement.
        half_up_s, half_down_s: half-height crossings on the way out and back.
        turn_s: the farthest point.
        excursion_deg: thigh excursion from rest to the farthest point, in degrees.
        tempo_s, tempo_sd_s: phase times and their standard uncertainties.
        flags: what a reader should know.
    """

    number: int
    announced_s: float
    measured_s: float
    start_s: float
    half_up_s: float
    turn_s: float
    half_down_s: float
    end_s: float
    excursion_deg: float
    tempo_s: PhaseTimes
    tempo_sd_s: PhaseTimes
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class RepCounted:
    """A rep is announced, once, and never taken back by the engine."""

    number: int
    announced_s: float


@dataclass(frozen=True, slots=True)
class RepMeasured:
    """The numbers of an announced rep are final."""

    rep: Rep


@dataclass(frozen=True, slots=True)
class RepRejected:
    """A movement that was looked at and not counted.

    Attributes:
        start_s, end_s: its span, in s.
        reason: a short machine-readable reason, such as "too-small".
        decided_s: the stream time of the decision, in s.
    """

    start_s: float
    end_s: float
    reason: str
    decided_s: float


@dataclass(frozen=True, slots=True)
class RepProgress:
    """Where the thigh is now; for screens. At most 25 a second of stream time.

    Attributes:
        t_s: stream time, in s.
        phase: the phase as far as it is known now.
        phase_s: time spent in it so far, in s.
        excursion_deg: angle from the rest posture, in degrees.
    """

    t_s: float
    phase: Phase
    phase_s: float
    excursion_deg: float


RepEvent = RepCounted | RepMeasured | RepRejected | RepProgress

"""What the self-check of the mount says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MountKind(StrEnum):
    """What is wrong with the way the sensor is worn."""

    STILL = "still"  # the set is armed, and the sensor does not move at all
    WRONG_LEG = "wrong-leg"  # it moves far less than the working leg would
    SLIPPED = "slipped"  # rest and far end both lie elsewhere than in the first reps
    ELSEWHERE = "elsewhere"  # it moves as no thigh does in this exercise


@dataclass(frozen=True, slots=True)
class MountWarning:
    """One warning; each is said once until what it says is over.

    Attributes:
        kind: what is wrong.
        t_s: the stream time at which it is known, in s.
        text: one sentence without a full stop.
        cure: what the wearer can do about it, in one sentence without a full stop.
    """

    kind: MountKind
    t_s: float
    text: str
    cure: str

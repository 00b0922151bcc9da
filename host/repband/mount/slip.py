"""The sensor has turned on the leg, or slipped down it, since the first reps."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from repband.mount.base import MountKind, MountWarning
from repband.recognise.shape import RepShape
from repband.recognise.vectors import Vector, angle_deg, cross, total, unit

SLIPPED_DEG = 12.0
"""Limit of `largest_move_deg`, in two reps running. In sets where nothing slipped it was at most 6.6 degrees (bridges,
15 people), 3.1 (sit-to-stand, 9 people) and 10.3 (clamshells, 15 people); README.md gives both halves of the people."""

ALIKE = 2
"""Reps in a row that must agree with each other, at the beginning and behind a slip: one odd rep is no slip."""


class SlipCheck:
    """Compares each rep with the first ones.

    A turn of the sensor turns rest and far end alike. A smaller rep moves the far end only, a new rest posture rest
    only, and both stay in the plane of the movement.
    """

    def __init__(self) -> None:
        self.first: list[RepShape] = []
        self._odd: list[RepShape] = []

    def restart(self) -> None:
        """Forgets the first reps."""
        self.first.clear()
        self._odd.clear()

    def rep(self, t_s: float, shape: RepShape) -> MountWarning | None:
        """Takes the next rep; warns once for each slip and then takes the new place as right."""
        if len(self.first) < ALIKE:
            self.first = self._joined(self.first, shape)
            return None
        moved_deg = _moved_deg(self.first, shape)
        if moved_deg < SLIPPED_DEG:
            self._odd.clear()
            return None
        self._odd = self._joined(self._odd, shape)
        if len(self._odd) < ALIKE:
            return None
        self.first, self._odd = self._odd, []
        return MountWarning(
            MountKind.SLIPPED,
            t_s,
            f"The sensor lies about {moved_deg:.0f} degrees otherwise than in the first reps",
            "Tighten the strap; if only you have moved, carry on",
        )

    def _joined(self, reps: list[RepShape], shape: RepShape) -> list[RepShape]:
        """The reps with this one if it is like them; else this one alone, as a new beginning."""
        return [*reps, shape] if reps and _moved_deg(reps, shape) < SLIPPED_DEG else [shape]


def largest_move_deg(shapes: Sequence[RepShape]) -> float | None:
    """The largest limit at which this set would still be warned of, in degrees; None for too few reps to tell.

    The first reps are those that would be the first at the shipped limit.
    """
    check = SlipCheck()
    moves_deg: list[float] = []
    for shape in shapes:
        if len(check.first) >= ALIKE:
            moves_deg.append(_moved_deg(check.first, shape))
        else:
            check.rep(shape.start_s, shape)
    pairs = [min(a, b) for a, b in pairwise(moves_deg)]
    return max(pairs) if pairs else None


def _moved_deg(reps: list[RepShape], shape: RepShape) -> float:
    """How far a rep lies from these, in degrees, counting only what a rep itself does not do.

    The lesser of the two ways that rest and far end went, or how far either left the plane of the movement: about the
    direction of gravity at rest (a thigh that stands) a turn of the strap leaves rest where it was.
    """
    rest, turn = _middle([s.rest for s in reps]), _middle([s.turn for s in reps])
    straight = min(angle_deg(shape.rest, rest), angle_deg(shape.turn, turn))
    # A counter that has begun in the hold may take rest for the far end: that is no slip.
    swapped = max(angle_deg(shape.rest, turn), angle_deg(shape.turn, rest))
    hinge = unit(cross(rest, turn))
    aside = 0.0 if hinge is None else max(abs(90.0 - angle_deg(d, hinge)) for d in (shape.rest, shape.turn))
    return max(min(straight, swapped), aside)


def _middle(directions: list[Vector]) -> Vector:
    return unit(total(directions)) or directions[0]

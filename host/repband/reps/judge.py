"""Decides what an excursion is: a rep, one that has to wait for another like it, or neither and why."""

from __future__ import annotations

from collections import deque
from enum import Enum, auto

from repband.exercise.base import Exercise
from repband.motion import FRAME_S
from repband.reps.excursion import Excursion, Vector, chord_of, dot, minus
from repband.reps.limits import Limits

DEGREE = 0.017453292519943295


class Verdict(Enum):
    """What becomes of an excursion."""

    COUNT = auto()  # a rep
    WAIT = auto()  # a rep if a second one like it follows
    REJECT = auto()  # not a rep


class Judge:
    """Knows the wearer's own reps so far."""

    def __init__(self, exercise: Exercise | None = None, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.longer_stay = exercise.movement.longer_stay if exercise else "unsure"
        self.most_angle = exercise.movement.excursion_deg.most * DEGREE * 1.25 if exercise else 3.0
        self.least_chord_g = _least_chord_g(exercise, self.limits)
        self.sure_chord_g = _sure_chord_g(exercise, self.limits)
        self._angles: deque[float] = deque(maxlen=5)
        self._widths: deque[float] = deque(maxlen=5)
        self._last: Excursion | None = None
        self._active = 0  # the frame at which the wearer's own movement was last seen
        self._period_s: float | None = None

    @property
    def angle(self) -> float | None:
        """Median angle of the wearer's last five reps, in rad; None before the first."""
        return sorted(self._angles)[(len(self._angles) - 1) // 2] if self._angles else None

    @property
    def width(self) -> float | None:
        """Median time beyond half height of the same reps, in frames."""
        return sorted(self._widths)[(len(self._widths) - 1) // 2] if self._widths else None

    def leave_g(self) -> float:
        """Distance from rest beyond which a movement has begun, in g."""
        angle = self.angle
        if angle is None:
            return self.least_chord_g
        return max(self.limits.least_known_g, chord_of(self.limits.leave_share * angle))

    def weigh(self, e: Excursion, smooth_jerk_g: float) -> tuple[Verdict, str]:
        """The verdict on an excursion, with the reason if it is not a rep."""
        limits = self.limits
        if e.width < limits.least_width:
            return Verdict.REJECT, "too-short"
        if e.width > limits.most_width:
            return Verdict.REJECT, "too-long"
        if e.jerk_g > limits.most_jerk_g or smooth_jerk_g > limits.most_smooth_jerk_g:
            return Verdict.REJECT, "too-dynamic"
        last = self._last
        if last is None:
            return (Verdict.WAIT, "unconfirmed") if self._doubtful(e) else (Verdict.COUNT, "")
        apart = e.half_up - last.half_up
        if e.half_up < last.half_down - 0.25 * last.width or (
            apart < limits.least_apart and e.chord_g > 0.5 * last.chord_g
        ):
            return Verdict.REJECT, "too-soon"
        if not self._like_the_last(e):
            if e.end - self._active < limits.switch and self._on_the_way(e, last):
                return Verdict.REJECT, ""
            return Verdict.WAIT, "unlike"
        self._active = e.end
        if self._aborted(e):
            return Verdict.REJECT, "partial"
        return Verdict.COUNT, ""

    def precise(self, e: Excursion, here: Vector) -> bool:
        """Whether a waiting first excursion is confirmed by a halt at the very place where it began."""
        if self.angle is not None or not self.sizeable(e) or not self.brief(e):
            return False
        off = minus(here, e.rest_g)
        return dot(off, off) < (self.limits.precise * e.chord_g) ** 2

    def small(self, e: Excursion) -> bool:
        """Much smaller than the wearer's own reps."""
        return len(self._angles) > 1 and e.angle < self.limits.small_share * (self.angle or 0.0)

    def _aborted(self, e: Excursion) -> bool:
        """Small and short beside the wearer's own reps: real small reps take as long as the large ones."""
        size, width = e.angle / (self.angle or e.angle), e.width / (self.width or e.width)
        limits = self.limits
        return size < limits.least_share or (size < limits.small_share and size * width < limits.small_effort)

    def _on_the_way(self, e: Excursion, last: Excursion) -> bool:
        """Whether an excursion from elsewhere is a piece of the wearer's own reps, read another way."""
        off, axis, square = minus(e.rest_g, last.rest_g), last.axis_g, last.chord_g * last.chord_g
        along = dot(off, axis) / square
        aside2 = dot(off, off) - along * along * square
        if not 0.15 < along < 1.4 or aside2 > 0.3 * 0.3 * square or e.chord_g > 1.5 * last.chord_g:
            return False
        return abs(dot(e.axis_g, axis)) > 0.6 * e.chord_g * last.chord_g

    def _doubtful(self, e: Excursion) -> bool:
        """Whether a first excursion may be something else: a fidget, or getting into position."""
        if not self.sizeable(e):
            return True
        return self.longer_stay != "turn" and e.stay > self.limits.most_stay

    def sizeable(self, e: Excursion) -> bool:
        """Neither as small as a fidget nor larger than the exercise asks for."""
        return e.chord_g >= self.sure_chord_g and e.angle <= self.most_angle

    def brief(self, e: Excursion) -> bool:
        """Not so long at the far end that, in an exercise with its rest before it, that end must be the rest."""
        return self.longer_stay != "rest" or e.stay < self.limits.most_turn

    def prefers(self, mine: Excursion, my_missed_g: float, other: Excursion, other_missed_g: float) -> bool:
        """Whether, of two readings of the same movement (work and rest swapped), mine is the likelier.

        Exactly one of the two is, whichever is asked. A wearer begins at rest, so the earlier reading is right unless
        it came back much less well than the other, or the stays at both ends say clearly otherwise: the more clearly
        where the earlier one came back to the very place, as a change of posture hardly does.
        """
        longer, shorter = max(mine.stay, other.stay), min(mine.stay, other.stay)
        chord_g, earlier = max(mine.chord_g, other.chord_g), mine.half_up < other.half_up
        clear = 3.0 if (my_missed_g if earlier else other_missed_g) < 0.05 * chord_g else 1.67
        if self.longer_stay == "rest" and longer > clear * shorter:
            return mine.stay < other.stay
        faint = min(mine.chord_g, other.chord_g) < 2.0 * self.least_chord_g
        if self.longer_stay == "turn" and longer > 2.0 * shorter and faint:
            return mine.stay > other.stay  # so small that a first excursion may not have been noticed
        margin_g = 0.2 * chord_g
        return my_missed_g < other_missed_g + margin_g if earlier else my_missed_g <= other_missed_g - margin_g

    def _like_the_last(self, e: Excursion) -> bool:
        last, angle = self._last, self.angle
        if last is None or angle is None:
            return False
        if e.angle > self.limits.afresh_share * angle:
            return False
        off = minus(e.rest_g, last.rest_g)
        if dot(off, off) > (0.5 * max(chord_of(angle), e.chord_g)) ** 2:
            return False
        return dot(e.axis_g, last.axis_g) > 0.7 * e.chord_g * last.chord_g

    def at_turn(self, here: Vector) -> bool:
        """Whether a place is where the wearer's reps turn."""
        last = self._last
        if last is None:
            return False
        off = minus(here, last.far_g)
        return dot(off, off) < (0.5 * last.chord_g) ** 2

    def alike(self, a: Excursion, b: Excursion) -> bool:
        """Whether two excursions are reps of one set, `b` before `a`."""
        if not 0.5 < a.chord_g / b.chord_g < 2.0 or a.half_up < b.half_down:
            return False
        off, chord = minus(a.rest_g, b.rest_g), max(a.chord_g, b.chord_g)
        if dot(off, off) > (0.5 * chord) ** 2:
            return False
        return dot(a.axis_g, b.axis_g) > 0.8 * a.chord_g * b.chord_g

    def complementary(self, a: Excursion, b: Excursion) -> bool:
        """Whether two excursions are one movement with work and rest swapped."""
        if not 0.5 < a.chord_g / b.chord_g < 2.0:
            return False
        return dot(a.axis_g, b.axis_g) < -0.7 * a.chord_g * b.chord_g

    def accept(self, e: Excursion) -> None:
        """Learns from a counted rep."""
        angle = self.angle
        if angle is not None and e.angle > self.limits.afresh_share * angle:
            self._angles.clear()
            self._widths.clear()
        self._angles.append(e.angle)
        self._widths.append(e.width)
        if self._last is not None:
            self._period_s = (e.half_up - self._last.half_up) * FRAME_S
        self._last = e
        self._active = e.end

    @property
    def period_s(self) -> float | None:
        """Time between the starts of the last two reps, in s; None before the second."""
        return self._period_s

    def tick(self, index: int) -> None:
        """Forgets the wearer's size after a while without a rep."""
        if self._last is not None and index - self._last.end > self.limits.forget:
            self._angles.clear()
            self._widths.clear()
            self._last = None


def _least_chord_g(exercise: Exercise | None, limits: Limits) -> float:
    """The chord from which a first movement is looked at: well below what people show in this exercise."""
    if exercise is None or exercise.name == "generic":
        return limits.plain_chord_g
    least = chord_of(exercise.movement.excursion_deg.least * DEGREE)
    return min(max(limits.below_least * least, limits.least_known_g), limits.plain_chord_g)


def _sure_chord_g(exercise: Exercise | None, limits: Limits) -> float:
    """The chord from which a first movement needs no second one: no fidget, and as large as people show in it."""
    least = exercise.movement.excursion_deg.least * DEGREE if exercise else 0.0
    return max(chord_of(least), limits.sure_chord_g)

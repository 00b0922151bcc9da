"""Decides what an excursion is: a rep, one that has to wait for another like it, or neither and why."""

from __future__ import annotations

from collections import deque
from enum import Enum, auto

from repband.motion import FRAME_S
from repband.reps.excursion import Excursion
from repband.reps.limits import Limits


class Verdict(Enum):
    """What becomes of an excursion."""

    COUNT = auto()  # a rep
    WAIT = auto()  # a rep if a second one like it follows
    REJECT = auto()  # not a rep


class Judge:
    """Knows the wearer's own reps so far."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._chords: deque[float] = deque(maxlen=5)
        self._last: Excursion | None = None
        self._period_s: float | None = None

    @property
    def chord_g(self) -> float | None:
        """Median chord of the wearer's last five reps, in g; None before the first."""
        return sorted(self._chords)[len(self._chords) // 2] if self._chords else None

    def leave_g(self) -> float:
        """Distance from rest beyond which a movement has begun, in g."""
        chord = self.chord_g
        least = self.limits.least_chord_g
        return least if chord is None else max(least, self.limits.least_share * chord)

    def weigh(self, e: Excursion, smooth_jerk_g: float) -> tuple[Verdict, str]:
        """The verdict on an excursion, with the reason if it is not a rep."""
        limits = self.limits
        if e.width < limits.least_width:
            return Verdict.REJECT, "too-short"
        if e.width > limits.most_width:
            return Verdict.REJECT, "too-long"
        if e.jerk_g > limits.most_jerk_g or smooth_jerk_g > limits.most_smooth_jerk_g:
            return Verdict.REJECT, "too-dynamic"
        if self._last is not None:
            apart = e.half_up - self._last.half_up
            if e.half_up < self._last.half_down or (
                apart < limits.least_apart and e.chord_g > 0.5 * self._last.chord_g
            ):
                return Verdict.REJECT, "too-soon"
        if self.chord_g is None and e.chord_g < limits.sure_chord_g:
            return Verdict.WAIT, "too-small"
        return Verdict.COUNT, ""

    def alike(self, a: Excursion, b: Excursion) -> bool:
        """Whether two excursions are reps of one set."""
        return 0.5 < a.chord_g / b.chord_g < 2.0

    def accept(self, e: Excursion) -> None:
        """Learns from a counted rep."""
        chord = self.chord_g
        if chord is not None and e.chord_g > self.limits.afresh_share * chord:
            self._chords.clear()
        self._chords.append(e.chord_g)
        if self._last is not None:
            self._period_s = (e.half_up - self._last.half_up) * FRAME_S
        self._last = e

    def period_s(self) -> float | None:
        """Time between the starts of the last two reps, in s; None before the second."""
        return self._period_s

    def tick(self, index: int) -> None:
        """Forgets the wearer's size after a while without a rep."""
        if self._last is not None and index - self._last.end > self.limits.forget:
            self._chords.clear()
            self._last = None

"""Excursions that become reps if another one like them follows."""

from __future__ import annotations

from typing import NamedTuple

from repband.motion import FRAME_S
from repband.reps.excursion import Excursion
from repband.reps.judge import Judge
from repband.reps.track import Track

KEPT = round(30.0 / FRAME_S)
"""Frames for which an excursion waits: two of the slowest reps and the rest between them."""


class Waiter(NamedTuple):
    """One excursion that waits, the posture it left, and why it has to."""

    found: Excursion
    track: Track
    reason: str


class Waiting:
    """The excursions that wait, in the order of their return."""

    def __init__(self) -> None:
        self.waiters: list[Waiter] = []

    def add(self, found: Excursion, track: Track, reason: str) -> None:
        """One more has to wait."""
        self.waiters.append(Waiter(found, track, reason))

    def expire(self, number: int) -> list[Waiter]:
        """Takes out and gives those that have waited too long."""
        old = [w for w in self.waiters if number - w.found.end >= KEPT]
        if old:
            self.waiters = [w for w in self.waiters if w not in old]
        return old

    def clear(self) -> list[Waiter]:
        """Takes out and gives all."""
        waiters, self.waiters = self.waiters, []
        return waiters

    def like(self, found: Excursion, judge: Judge) -> list[Waiter]:
        """Those that a new excursion confirms: like it, and one after the other."""
        kept: list[Waiter] = []
        for waiter in self.waiters:
            e = waiter.found
            if judge.alike(found, e) and (not kept or e.half_up >= kept[-1].found.half_down):
                kept.append(waiter)
        return kept

    def rival(self, found: Excursion, track: Track, judge: Judge) -> bool:
        """Whether the same movement makes better reps with work and rest swapped; the earliest of each is compared."""
        others = (w for w in self.waiters if w.track is not track and judge.complementary(found, w.found))
        other = next(others, None)
        return other is not None and not judge.prefers(found, track.missed_g, other.found, other.track.missed_g)

    def contested(self, found: Excursion, track: Track, judge: Judge) -> bool:
        """Whether the other reading of the movement waits as well, so that a second rep has to tell.

        Where the exercise says that the wearer stays longer at rest, the stays tell at once.
        """
        if judge.longer_stay == "rest":
            return self.rival(found, track, judge)
        return any(judge.complementary(found, w.found) for w in self.waiters)

    def dwarfs(self, found: Excursion) -> bool:
        """Whether a much larger movement waits already: then this one is no first rep."""
        return any(w.found.angle > 2.0 * found.angle for w in self.waiters)

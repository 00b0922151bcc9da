"""Excursions that become reps if another one like them follows."""

from .excursion import Excursion
from .judge import Judge
from .track import Track

MOST_WAITERS = 6
_KEPT = 750  # frames, 30 s: two of the slowest reps and the rest between them
_ENOUGH = 3  # with a fourth like them they are reps, even if nobody can say which end is rest


class Waiter:
    """A place for one excursion that waits, and the posture it left."""

    def __init__(self, track: Track) -> None:
        self.found = Excursion()
        self.track = track
        self.chosen = False


class Waiting:
    """The excursions that wait, in the order of their return; the host keeps any number, here the oldest has to go.

    Attributes:
        waiters: their places; the first `count` are taken.
    """

    def __init__(self, track: Track) -> None:
        self.waiters = [Waiter(track) for _ in range(MOST_WAITERS)]
        self.count = 0

    def clear(self) -> None:
        """Forgets all."""
        self.count = 0

    def add(self, track: Track) -> None:
        """What the track has found has to wait."""
        if self.count == MOST_WAITERS:
            self._remove(0)
        waiter = self.waiters[self.count]
        self.count += 1
        waiter.found, track.found = track.found, waiter.found
        waiter.track = track

    def expire(self, number: int) -> None:
        """Forgets those that have waited too long."""
        while self.count and number - self.waiters[0].found.end >= _KEPT:
            self._remove(0)

    def uses(self, track: Track) -> bool:
        """Whether one of them left this posture."""
        for i in range(self.count):  # noqa: SIM110 - any() over a generator costs memory
            if self.waiters[i].track is track:
                return True
        return False

    def drop(self, track: Track) -> None:
        """Forgets those that left this posture."""
        i = 0
        while i < self.count:
            if self.waiters[i].track is track:
                self._remove(i)
            else:
                i += 1

    def choose(self, found: Excursion, judge: Judge) -> bool:
        """Marks those that a new excursion confirms: like it, and one after the other. Whether it does confirm them."""
        first = last = -1
        chosen = 0
        for i in range(self.count):
            waiter = self.waiters[i]
            e = waiter.found
            waiter.chosen = judge.alike(found, e) and (last < 0 or e.up_behind_down(self.waiters[last].found) >= 0)
            if waiter.chosen:
                last = i
                first = i if first < 0 else first
                chosen += 1
        if chosen >= _ENOUGH or not chosen:
            return chosen > 0
        w = self.waiters[first]
        return not self.rival(w.found, w.track, judge)

    def rival(self, found: Excursion, track: Track, judge: Judge) -> bool:
        """Whether the same movement makes better reps with work and rest swapped; the earliest of each is compared."""
        at = self._swapped(found, track, judge)
        if at < 0:
            return False
        other = self.waiters[at]
        return not judge.prefers(found, track.missed, other.found, other.track.missed)

    def _swapped(self, found: Excursion, track: "Track | None", judge: Judge) -> int:
        """The first that is the same movement with work and rest swapped, from another posture; -1 if none."""
        for i in range(self.count):
            waiter = self.waiters[i]
            if waiter.track is not track and judge.complementary(found, waiter.found):
                return i
        return -1

    def dwarfs(self, found: Excursion) -> bool:
        """Whether a much larger movement waits already: then this one is no first rep."""
        for i in range(self.count):  # noqa: SIM110 - any() over a generator costs memory
            if self.waiters[i].found.angle > 2 * found.angle:
                return True
        return False

    def halted(self, judge: Judge, x: int, y: int, z: int) -> int:
        """A first excursion that came back to this very place, and halts here, needs no second one; -1 if none."""
        for i in range(self.count):
            w = self.waiters[i]
            if judge.precise(w.found, x, y, z) and not self._contested(w, judge):
                return i
        return -1

    def _contested(self, w: Waiter, judge: Judge) -> bool:
        """Whether the other reading of the movement waits as well, so that a second rep has to tell."""
        if judge.rests_longer:
            return self.rival(w.found, w.track, judge)
        return self._swapped(w.found, None, judge) >= 0

    def _remove(self, at: int) -> None:
        """Takes one out; its place goes to the end."""
        waiters = self.waiters
        gone = waiters[at]
        self.count -= 1
        for i in range(at, self.count):
            waiters[i] = waiters[i + 1]
        waiters[self.count] = gone

"""Samples in, reps out: the host's RepCounter in whole numbers of 31 bits, without a byte of memory a sample."""

from .grid import Grid
from .judge import COUNT, REJECT, Judge
from .motion import Motion
from .rep import LATE, PARTIAL, Rep
from .table import Table
from .track import Track
from .tracks import Tracks
from .waiting import Waiting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..ring import Ring
    from .excursion import Excursion

KEPT_REPS = 5  # four counted at once are the most that ever are in practice, and one may still be unmeasured


class Counter:
    """Counts the reps of one exercise.

    Args:
        table: the exercise, compiled by the host (`repband.exercise.table`).
        rate_chz: nominal sampling rate, 0.01 Hz.
        range_g: the accelerometer's range.

    Attributes:
        count: reps announced so far; never falls.
        measured: how many of them have their times.
        rejected: movements that were looked at and not counted.
        exercise: what the table says.
    """

    def __init__(self, table: bytes, rate_chz: int, range_g: int) -> None:
        self.exercise = Table(table)
        self._motion = Motion()
        self._judge = Judge(self.exercise)
        self._tracks = Tracks()
        self._waiting = Waiting(self._tracks.any)
        self._reps = [Rep() for _ in range(KEPT_REPS)]
        self._grid = Grid(rate_chz, range_g, self._frame)
        self._first = 0
        self.reset()

    def reset(self, first: int = 0) -> None:
        """A new count; the next sample has index `first`, and nothing before it is remembered."""
        self.count = self.measured = self.rejected = 0
        self._first = self._ended = first
        for rep in self._reps:
            rep.clear()
        self._grid.reset()
        self._motion.reset()
        self._judge.clear()
        self._tracks.clear()
        self._waiting.clear()

    @property
    def next_index(self) -> int:
        """Index of the sample that comes next."""
        return self._first + self._grid.samples + self._grid.hole

    def feed(self, data: "bytes | bytearray | memoryview", at: int, count: int, stride: int = 6) -> int:
        """Takes samples; gives how many reps that completes.

        Args:
            data: int16 x, y, z, little endian.
            at: byte at which the first one lies.
            count: of samples.
            stride: bytes from one to the next: 12 with a gyroscope.
        """
        before = self.count
        self._grid.feed(data, at, count, stride)
        return self.count - before

    def skip(self, missing: int) -> None:
        """Samples that were never read."""
        hole = self._grid.skip(missing)
        if hole:
            self._broken(hole)

    def follow(self, ring: "Ring") -> int:
        """Takes everything that is new in the ring; gives how many reps that completes."""
        before = self.count
        while self.next_index < ring.head:
            index = self.next_index
            missing = ring.first - index if index < ring.first else min(ring.gap_missing(index), ring.head - index)
            if missing > 0:
                self.skip(missing)
                continue
            at = ring.offset(index)
            self.feed(ring.data, at, ring.run(index, ring.capacity - at // ring.stride), ring.stride)
        return self.count - before

    def rep(self, number: int) -> Rep:
        """One of the last KEPT_REPS reps; its `number` is another where it is too old."""
        return self._reps[number % KEPT_REPS]

    def finish(self) -> None:
        """Measures what is counted with what there is."""
        self._grid.rest()
        while self.measured < self.count:
            self._measure()

    def _broken(self, hole: int) -> None:
        """A hole too long for a line; behind 20 s the wearer may lie anywhere."""
        self._motion.break_off()
        if hole >= self._grid.forget:
            self.finish()
            self._motion.forget(self._grid.number)
            self._tracks.clear()
            self._waiting.clear()

    def _frame(self, x: int, y: int, z: int) -> None:
        m, judge = self._motion, self._judge
        tracks, waiting = self._tracks, self._waiting
        m.step(self._grid.number, x, y, z, self._grid.bridged)
        judge.tick(m.number)
        leave = judge.leave
        tracks.step(m, leave, waiting)
        for i in range(tracks.found):
            self._weigh(tracks.completed[i])
        if m.still and waiting.count:
            at = waiting.halted(judge, m.x, m.y, m.z)
            if at >= 0:
                self._count_waiter(at)
        if m.slow and not judge.at_turn(m.x, m.y, m.z):
            tracks.halt(m, leave, waiting)
        waiting.expire(m.number)
        tracks.drop_lost(m.number)
        while self.measured < self.count and self.rep(self.measured + 1).settled(m):
            self._measure()

    def _weigh(self, track: Track) -> None:
        judge, waiting = self._judge, self._waiting
        found = track.found
        verdict = judge.weigh(found, self._motion.lively)
        if verdict == REJECT:
            self.rejected += 1
        elif verdict == COUNT and (judge.angle or not (waiting.dwarfs(found) or waiting.rival(found, track, judge))):
            self._count(track)
            self._counted(track)
        else:
            if waiting.choose(found, judge):
                self._count_chosen()
                self._count(track)
                self._counted(track)
            else:
                waiting.add(track)

    def _count(self, track: Track) -> None:
        """What the track has found is a rep."""
        track.found = self._announce(track.found, 0)

    def _count_chosen(self) -> None:
        """Reps that waited for one like them."""
        for i in range(self._waiting.count):
            waiter = self._waiting.waiters[i]
            if waiter.chosen:
                waiter.found = self._announce(waiter.found, LATE)

    def _count_waiter(self, at: int) -> None:
        waiter = self._waiting.waiters[at]
        waiter.found = self._announce(waiter.found, LATE)
        self._counted(waiter.track)

    def _counted(self, track: Track) -> None:
        """Reps were counted from this posture: the other hypotheses were wrong."""
        track.prove(self._judge.last)
        self._tracks.keep(track)
        self._waiting.clear()

    def _announce(self, found: "Excursion", flags: int) -> "Excursion":
        """Counts a rep, which keeps `found`; gives another excursion for it."""
        if self._judge.small(found):
            flags |= PARTIAL
        self.count += 1
        if self.count - self.measured > KEPT_REPS:  # its place is needed
            self._measure()
        self._judge.accept(found)
        return self.rep(self.count).fill(self.count, self.next_index - 1, found, flags)

    def _measure(self) -> None:
        self.measured += 1
        rep = self.rep(self.measured)
        rep.measure(self._motion, self._grid, self._first, self._ended, self.exercise.least_rep)
        self._ended = rep.index

"""Several rest postures at once: wherever the thigh halts there may be rest."""

from .motion import Motion
from .track import Track
from .waiting import Waiting

MOST_TRACKS = 4
_SPARE = 1  # postures given up whose excursions still wait


class Tracks:
    """The rest postures under consideration, the oldest first.

    Attributes:
        active: their places; the first `count` are taken.
        completed: those that completed an excursion in the last step; the first `found` are taken.
    """

    def __init__(self) -> None:
        self._all = [Track() for _ in range(MOST_TRACKS + _SPARE)]
        self.active = [self._all[0]] * MOST_TRACKS
        self.completed = [self._all[0]] * MOST_TRACKS
        self.count = self.found = 0

    @property
    def any(self) -> Track:
        """One of them: something to begin with."""
        return self._all[0]

    def clear(self) -> None:
        """Forgets them all."""
        self.count = self.found = 0

    def step(self, m: Motion, leave: int, waiting: Waiting) -> None:
        """Takes the next frame."""
        if not self.count:
            self._begin(m, waiting)
        self.found = 0
        for i in range(self.count):
            track = self.active[i]
            if track.step(m, leave):
                self.completed[self.found] = track
                self.found += 1

    def halt(self, m: Motion, leave: int, waiting: Waiting) -> None:
        """The thigh halts here: rest may be here, unless a known rest posture is near."""
        oldest = 0
        for i in range(self.count):
            track = self.active[i]
            dx, dy, dz = m.x - track.rest_x, m.y - track.rest_y, m.z - track.rest_z
            if dx * dx + dy * dy + dz * dz <= leave * leave:
                return
            if track.seen < self.active[oldest].seen:
                oldest = i
        if self.count == MOST_TRACKS:
            self._remove(oldest)
        self._begin(m, waiting)

    def keep(self, track: Track) -> None:
        """A rep was counted from this one: the others were wrong."""
        self.active[0] = track
        self.count = 1

    def drop_lost(self, number: int) -> None:
        """Gives up the postures that the thigh left too long ago, but never the last one."""
        if self.count < 2:
            return
        last = self.active[self.count - 1]
        i = 0
        while i < self.count:
            if self.active[i].lost(number):
                self._remove(i)
            else:
                i += 1
        if not self.count:
            self.keep(last)

    def _begin(self, m: Motion, waiting: Waiting) -> None:
        track = self._free(waiting)
        track.begin(m.x, m.y, m.z, m.number)
        self.active[self.count] = track
        self.count += 1

    def _free(self, waiting: Waiting) -> Track:
        """A track that nobody needs; if there is none, the one whose excursions wait longest gives up."""
        unused = self._all[0]
        for i in range(len(self._all)):
            track = self._all[i]
            if not self._is_active(track):
                if not waiting.uses(track):
                    return track
                unused = track
        for i in range(waiting.count - 1, -1, -1):
            if not self._is_active(waiting.waiters[i].track):
                unused = waiting.waiters[i].track
        waiting.drop(unused)
        return unused

    def _is_active(self, track: Track) -> bool:
        for i in range(self.count):  # noqa: SIM110 - any() over a generator costs memory
            if self.active[i] is track:
                return True
        return False

    def _remove(self, at: int) -> None:
        self.count -= 1
        for i in range(at, self.count):
            self.active[i] = self.active[i + 1]

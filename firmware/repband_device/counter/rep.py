"""A counted rep, and its times."""

from .excursion import Excursion
from .grid import Grid
from .halfheight import crossing
from .motion import Motion
from .whole import angle_of, root

PARTIAL = 1  # flags, as the wire has them
FAST = 2
LATE = 4
GAP = 8

_DELAY = 360  # of the low-pass, 0.225 s, in 64ths of a frame
_SETTLE = 10  # frames after its end at which a rep is measured at the earliest
_WAIT = 38  # and at the latest: the next rep may begin


class Rep:
    """One counted rep. Made once and filled again and again.

    Attributes:
        number: 1 for the first; 0 while empty.
        announced: index of the sample at which it was counted.
        start, turn, index: samples at onset, farthest point and return of the movement.
        out, hold, back: in 0.01 s.
        excursion: by how much the thigh turned, in 0.1 degrees.
        flags: PARTIAL, FAST, LATE, GAP.
        measured: whether it is final; number, announced and excursion are at once.
        e: the movement.
    """

    def __init__(self) -> None:
        self.e = Excursion()
        self.clear()

    def clear(self) -> None:
        """Makes it empty."""
        self.number = self.announced = 0
        self.start = self.turn = self.index = 0
        self.out = self.hold = self.back = 0
        self.excursion = self.flags = 0
        self.measured = False

    def fill(self, number: int, announced: int, e: Excursion, flags: int) -> Excursion:
        """It is counted; gives the excursion that it held before, free to be filled again."""
        old, self.e = self.e, e
        self.number = number
        self.announced = announced
        self.excursion = _excursion(e)
        self.flags = flags | GAP if e.missing else flags
        self.measured = False
        return old

    def settled(self, m: Motion) -> bool:
        """The movement has settled, so that its end can be measured."""
        waited = m.number - self.e.end
        if waited < _SETTLE:
            return False
        near = self.e.chord // 20
        return waited >= _WAIT or m.speed2 < near * near

    def measure(self, m: Motion, grid: Grid, first: int, earliest: int, least: int) -> None:
        """Finds its times: swings take their 20 to 80 % for 0.3468 of their length, as minimum jerk does.

        Args:
            m: frames up to now.
            grid: how frames and samples go together.
            first: index of the grid's first sample.
            earliest: index of the sample before which it can't have begun: the last one has ended there.
            least: a quicker rep is flagged FAST, in 64ths of a frame.
        """
        e = self.e  # all times in 64ths of a frame before its end
        half = e.along(e) >> 1
        if m.oldest <= e.end - e.start:
            low, high = half // 5 * 2, half // 5 * 8
            up, down = e.end + (-e.up >> 6), e.end + (-e.down >> 6)
            early, arrived = _early(e, m, up, low), _arrived(e, m, up, high)
            left = _left(e, m, down, high)
            returned = _returned(e, m, down, low, 2 * e.down - left)
            start, out_end = _beyond(early, arrived), _beyond(arrived, early)
            back_start, end = _beyond(left, returned), _beyond(returned, left)
            turn = _farthest(e, m, up, down)
        else:  # confirmed so late that its frames are overwritten: twice the ways to half height
            start, out_end = e.start * 64, 2 * e.up - e.start * 64
            back_start, end = 2 * e.down, 0
            turn = (e.up + e.down) >> 1
        now = (m.number - e.end) * 64 + _DELAY  # what the low-passed end shows was _DELAY before it
        # Extrapolated as they are: not before the last rep, nor after now.
        start = max(min(start, _ago(earliest - first, grid) - now), e.up)
        end = min(max(end, -now), e.down)
        if out_end < back_start:  # without a hold they may seem to overlap
            out_end = back_start = max(min((out_end + back_start) >> 1, start), end)
        turn = max(min(turn, out_end), back_start)
        self.out = (start - out_end) >> 4
        self.hold = (out_end - back_start) >> 4
        self.back = (back_start - end) >> 4
        if start - end < least:
            self.flags |= FAST
        self.start = max(first + _sample(now + start, grid), earliest)
        self.turn = max(first + _sample(now + turn, grid), self.start)
        self.index = max(first + _sample(now + end, grid), self.turn)
        self.measured = True


def _sample(ago: int, grid: Grid) -> int:
    """The sample taken `ago` 64ths of a frame before the middle of the newest frame."""
    frame, period = grid.frame, grid.period
    ticks = (ago >> 6) * frame + (ago & 63) * frame // 64 + frame // 2 + grid.late  # 1500 frames of 16000
    return max(min(grid.samples - 1 - (ticks + period // 2) // period, grid.samples - 1), 0)


def _ago(sample: int, grid: Grid) -> int:
    """How many 64ths of a frame before the middle of the newest frame that sample was taken; at most 60 s at 400 Hz."""
    ticks = min(grid.samples - 1 - sample, 24000) * grid.period - grid.late - grid.frame // 2
    return ticks // grid.frame * 64 + ticks % grid.frame * 64 // grid.frame


def _beyond(first: int, last: int) -> int:
    """A swing's end on the side of `first`: 0.3266 of its length beyond the crossing that 0.3468 lie behind."""
    return first + ((first - last) * 241 >> 8)


def _early(e: Excursion, m: Motion, number: int, low: int) -> int:
    while number > m.oldest and e.height(m, number) > low:
        number -= 1
    return crossing(e, m, number, low)


def _arrived(e: Excursion, m: Motion, number: int, high: int) -> int:
    while number + 1 < e.end and e.height(m, number + 1) < high:
        number += 1
    return crossing(e, m, number, high)


def _left(e: Excursion, m: Motion, number: int, high: int) -> int:
    while number > e.end - e.start and e.height(m, number) < high:
        number -= 1
    return crossing(e, m, number, high)


def _returned(e: Excursion, m: Motion, number: int, low: int, otherwise: int) -> int:
    while number + 1 < m.number:
        if e.height(m, number + 1) <= low:
            return crossing(e, m, number, low)
        number += 1
    return otherwise


def _farthest(e: Excursion, m: Motion, first: int, last: int) -> int:
    best, farthest = first, -1
    for number in range(first, last + 1):
        height = e.height(m, number)
        if height > farthest:
            best, farthest = number, height
    return (e.end - best) * 64


def _excursion(e: Excursion) -> int:
    """Angle between gravity at rest and at the farthest point, each made one g long, in 0.1 degrees."""
    rest = max(root(e.rest_x * e.rest_x + e.rest_y * e.rest_y + e.rest_z * e.rest_z), 1)
    far_x, far_y, far_z = e.rest_x + e.x, e.rest_y + e.y, e.rest_z + e.z
    far = max(root(far_x * far_x + far_y * far_y + far_z * far_z), 1)
    # 2**15 * 2**12; the differences of two vectors of length 2**12 have squares below 2**27.
    dx = far_x * 4096 // far - e.rest_x * 4096 // rest
    dy = far_y * 4096 // far - e.rest_y * 4096 // rest
    dz = far_z * 4096 // far - e.rest_z * 4096 // rest
    return min(angle_of(root(dx * dx + dy * dy + dz * dz)) * 573 >> 12, 1800)

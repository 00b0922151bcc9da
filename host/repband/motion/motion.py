"""Samples in, frames out."""

from __future__ import annotations

from math import sqrt

from repband.motion.base import FRAME_S, MotionFrame, MotionGap, MotionItem
from repband.motion.grid import Bin, Grid
from repband.motion.lowpass import LowPass
from repband.stream import Gap, GapCause, SampleBlock, StreamItem

BRIDGE_S = 1.2
"""Holes up to this long are bridged: no one finishes a rep in less, so none can hide in them."""


class Motion:
    """Turns the stream into frames of `FRAME_S`, the same whatever the block size, rate (10-400 Hz) or mounting."""

    def __init__(self) -> None:
        self._grid = Grid()
        self._lowpass = LowPass()
        self._bridged_to = -1  # last frame that holds a bridged hole
        self._bridged_from = 0
        self._before: tuple[Bin, Bin] | None = None
        self._previous: Bin | None = None

    def feed(self, item: StreamItem) -> list[MotionItem]:
        """Takes the next block or gap; gives the frames it completes, in order."""
        if isinstance(item, Gap):
            return self._gap(item)
        return self._block(item)

    def _gap(self, gap: Gap) -> list[MotionItem]:
        if gap.cause is not GapCause.CLOCK and gap.end_s - gap.start_s <= BRIDGE_S:
            self._bridged_from = self._grid.frame_of(gap.start_s)
            self._bridged_to = self._grid.frame_of(gap.end_s)
            return []
        self._grid.break_line()
        self._lowpass = LowPass()
        self._before = self._previous = None
        return [MotionGap(gap.start_s, gap.end_s, gap.cause is not GapCause.CLOCK)]

    def _block(self, block: SampleBlock) -> list[MotionItem]:
        return [self._frame(b) for b in self._grid.feed(block.t_s, block.accel_g)]

    def _frame(self, new: Bin) -> MotionFrame:
        number, known_s, ux, uy, uz = new
        x, y, z = self._lowpass.step(ux, uy, uz)
        bridged = self._bridged_from <= number <= self._bridged_to
        t_s = (self._grid.origin_s or 0.0) + (number + 0.5) * FRAME_S
        return MotionFrame(number, t_s, known_s, ux, uy, uz, x, y, z, self._jerk(new), bridged)

    def _jerk(self, new: Bin) -> float:
        jerk = 0.0
        if self._before is not None:
            first, middle = self._before
            jx = new.x - middle.x - middle.x + first.x
            jy = new.y - middle.y - middle.y + first.y
            jz = new.z - middle.z - middle.z + first.z
            jerk = sqrt(jx * jx + jy * jy + jz * jz)
        if self._previous is not None:
            self._before = (self._previous, new)
        self._previous = new
        return jerk

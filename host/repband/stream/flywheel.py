"""Keeps time at the sensor's measured rate where stamps can't be taken as they are."""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

from repband.stream.firstlook import LEAST_RATE_HZ, MOST_RATE_HZ, RATE_SLACK, center, is_regular
from repband.stream.lowerline import Line, lower_line

Floats = npt.NDArray[np.float64]

SHORTEST_S = 1.0 / (MOST_RATE_HZ * RATE_SLACK)
LONGEST_S = RATE_SLACK / LEAST_RATE_HZ

_BLOCK_S = 1.0
_MEMORY = 32  # blocks: half a minute, in which a crystal does not drift by a sample
_MOST_SLEW = 0.05  # of a period for each sample: slow enough to leave tempo alone
_MOST_BRAKE = 0.2  # when time is ahead of the stamps, which is certainly wrong
_FEWEST_BLOCKS = 3  # that tell a rate
_LATE_BLOCKS = 3  # stalls of 1.8 s that were caught up again are seen in phone and watch recordings
_LATE_PERIODS = 2.0
_MOST_BURST_S = 0.5
_CENTER_GAIN = 0.25


class Flywheel:
    """Even time, steered toward the earliest stamps of each second.

    Args:
        start_s: the time of the sample before the next one.
        period_s: time between samples.
        burst_s: how late stamps are known to come.
    """

    def __init__(self, start_s: float, period_s: float, burst_s: float = 0.0) -> None:
        self.period_s = period_s
        self.burst_s = min(max(burst_s, period_s), _MOST_BURST_S)
        self.last_s = start_s
        self.even = False  # the stamps of the last block follow their samples again
        self.missed = 0  # samples found missing only afterwards
        self._total = 0
        self._points: deque[tuple[int, float]] = deque(maxlen=_MEMORY)
        self._count = 0
        self._centered = False
        self._center_s = 0.0  # how far samples lie above the line beneath their stamps
        self.jump(0, start_s)

    def jump(self, missing: int | None, last_s: float) -> None:
        """Goes on after a hole; None forgets how stamps lay, as after a clock was set.

        Args:
            missing: samples in the hole.
            last_s: the time at which the next sample comes, less one period.
        """
        if missing is None:
            self._points.clear()
        self._total += self._count + (missing or 0)
        self.last_s = last_s
        self._begin_block(self.period_s)

    def expect_burst(self, late_s: float) -> None:
        """Stamps have been seen to come that late."""
        self.burst_s = min(max(self.burst_s, late_s), _MOST_BURST_S)

    def times(self, count: int) -> Floats:
        """Times of the next samples, at most to the end of the block, shape (<= count,), in s."""
        here = min(count, self._block_length() - self._count)
        ahead = np.arange(self._count + 1, self._count + here + 1, dtype=np.float64)
        return self._block_start_s + self._block_step_s * ahead

    def take(self, stamps: Floats, times_s: Floats) -> None:
        """Gives samples those times; NaN for stamps that say nothing."""
        self._count += len(times_s)
        self.last_s = float(times_s[-1])
        self._stamps.append(stamps)
        if self._count >= self._block_length():
            self._end_block()

    def _block_length(self) -> int:
        return max(16, int(_BLOCK_S / self._block_step_s))

    def _begin_block(self, step_s: float) -> None:
        self._block_start_s, self._block_step_s = self.last_s, step_s
        self._count = 0
        self._stamps: list[Floats] = []

    def _end_block(self) -> None:
        stamps = np.concatenate(self._stamps)
        self._look_if_even(stamps)
        even_s = self._block_start_s + self.period_s * np.arange(1, len(stamps) + 1)
        late_s = np.where(np.isfinite(stamps), stamps - even_s, np.inf)
        lowest = low_point(late_s, self.period_s)
        self._total += len(stamps)
        if np.isfinite(late_s[lowest]):
            self._learn(stamps, late_s, lowest)
        self._steer()

    def _look_if_even(self, stamps: Floats) -> None:
        steps_s = np.diff(stamps)
        own_s = float(np.median(steps_s))
        self.even = SHORTEST_S <= own_s <= LONGEST_S and bool(is_regular(steps_s, own_s).all())
        if self.even:
            self.period_s = float(np.mean(steps_s))
        self.even = self.even and abs(float(stamps[-1]) - self.last_s) <= 0.25 * self.period_s

    def _learn(self, stamps: Floats, late_s: Floats, lowest: int) -> None:
        position, stamp_s = self._total - len(stamps) + lowest + 1, float(stamps[lowest])
        good = np.isfinite(late_s)
        spread_s = float(np.max(late_s[good]) - np.min(late_s))
        self._points.append((position, stamp_s))
        line = self._line()
        self.period_s = min(max(line.slope, SHORTEST_S), LONGEST_S)
        self._find_center(line, stamps[good], np.flatnonzero(good) + position - lowest)
        self.burst_s = min(max(spread_s, 0.7 * self.burst_s, self.period_s), _MOST_BURST_S)
        self._find_missed(line)

    def _find_center(self, line: Line, stamps: Floats, positions: npt.NDArray[np.intp]) -> None:
        new_s = center(stamps, stamps - line.start - line.slope * positions, self.period_s)
        self._center_s += (new_s - self._center_s) * (_CENTER_GAIN if self._centered else 1.0)
        self._centered = True

    def _line(self) -> Line:
        """Position to time, as the earliest stamps of the last blocks have it."""
        positions, stamps = _columns(self._points)
        if len(positions) >= _FEWEST_BLOCKS:
            return lower_line(positions, stamps)
        return Line(float(np.min(stamps - self.period_s * positions)), self.period_s)

    def _find_missed(self, line: Line) -> None:
        """Stamps that have been late for long, and all by the same, say that samples are missing.

        When they are ever later it is the rate that is not known well yet.
        """
        if len(self._points) < 2 * _LATE_BLOCKS:
            return
        late_s = [stamp_s - line.at(position) for position, stamp_s in list(self._points)[-_LATE_BLOCKS:]]
        # Where stamps scatter widely their lowest scatter, too.
        least_s = max(_LATE_PERIODS * self.period_s, 0.5 * self.burst_s)
        if min(late_s) < least_s or max(late_s) - min(late_s) > 0.5 * least_s:
            return
        self.missed = round(min(late_s) / self.period_s)
        for back in range(1, _LATE_BLOCKS + 1):
            position, stamp_s = self._points[-back]
            self._points[-back] = (position + self.missed, stamp_s)

    def _steer(self) -> None:
        if not self._points:
            self._begin_block(self.period_s)
            return
        line = self._line()
        behind_s = line.at(self._total + self.missed) + self._center_s - self.missed * self.period_s - self.last_s
        brake = _MOST_BRAKE if behind_s < -_LATE_PERIODS * self.period_s else _MOST_SLEW
        slew_s = min(max(behind_s / self._count, -brake * self.period_s), _MOST_SLEW * self.period_s)
        self._begin_block(self.period_s + slew_s)


def low_point(late_s: Floats, period_s: float) -> int:
    """Position of the least late stamp, but not of a lone one far below all others: that one is bad."""
    if len(late_s) < 3:
        return int(np.argmin(late_s))
    first, second = np.argsort(late_s, kind="stable")[:2].tolist()
    return second if late_s[second] > late_s[first] + 1.5 * period_s else first


def _columns(points: deque[tuple[int, float]]) -> tuple[Floats, Floats]:
    """Positions and stamps; of points at one position the lower counts."""
    lowest: dict[int, float] = {}
    for position, stamp_s in points:
        lowest[position] = min(stamp_s, lowest.get(position, stamp_s))
    order = sorted(lowest)
    return np.array(order, dtype=np.float64), np.array([lowest[position] for position in order], dtype=np.float64)

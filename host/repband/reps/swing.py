"""When a movement between two levels begins and ends, as a minimum-jerk swing."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

from repband.motion import FRAME_S

Heights = list[float]

# Minimum jerk, 10 s^3 - 15 s^4 + 6 s^5, passes 20 % at 0.3266 of its time and 80 % at 0.6734
# (Flash and Hogan 1985, doi 10.1523/JNEUROSCI.05-07-01688.1985); its speed there is 1.451 of the mean.
LOW, HIGH = 0.2, 0.8
SPREAD = 0.6734 - 0.3266
AHEAD = 0.3266 / SPREAD
SLOPE = 1.451
_VARIANCE = 1.0 / 28.0  # of its speed over time, as a share of its length squared

SMOOTH = 5
SMOOTH_VARIANCE = 2 * (SMOOTH * SMOOTH - 1) / 12.0
"""Variance of `smooth`'s window, in frames squared."""

_LEVER_S2 = 0.010
_LEVER = 73.0 * _LEVER_S2 / FRAME_S**2
# A thigh that swings above its pivot accelerates along the very way that gravity turns, and that makes the swing look
# shorter by about 18 k / length, with k = lever / g. A lever of 0.1 m (half a thigh is 0.2 m, less what the pivot
# itself moves) takes the bias out of all five simulated exercises; 73 = 4 * 18.2 solves for the length.

_AT_REST = 0.15  # height within which the thigh is at rest
_REST_FRAMES = 5

_STAYED = 0.10  # height within which it halts on its way; 0.6 to 1.6 s give the same sets
_STAYED_FRAMES = round(1.0 / FRAME_S)

_SETTLED = 0.10  # share of the peak speed below which a swing is over


class Swing(NamedTuple):
    """A movement between two levels; times in frames, heights as shares of the chord.

    `stepped` where it went in several steps, so that its beginning is far less certain.
    """

    start: float
    half: float
    end: float
    rise: float
    stepped: bool = False

    @property
    def length(self) -> float:
        """How long it takes, in frames."""
        return self.end - self.start


def smooth(values: Heights) -> Heights:
    """Two running means over `SMOOTH` frames: delays nothing, and keeps the length."""
    return _box(_box(values))


def _box(values: Heights) -> Heights:
    side = SMOOTH // 2
    padded = [values[0]] * side + values + [values[-1]] * side
    return [sum(padded[i : i + SMOOTH]) / SMOOTH for i in range(len(values))]


def find_swing(heights: Heights, first: int, last: int) -> Swing:
    """The swing that rises through the fastest point of `heights[first:last + 1]`; the smoothing's spread taken off.

    Args:
        heights: smoothed heights.
        first, last: where its steepest place is to be sought, 1 <= first <= last < len(heights).
    """
    steepest = max(range(first, last + 1), key=lambda i: heights[i] - heights[i - 1])
    speed = heights[steepest] - heights[steepest - 1]
    begin = steepest - 1
    while begin > 0 and heights[begin] - heights[begin - 1] > _SETTLED * speed:
        begin -= 1
    end = steepest
    while end + 1 < len(heights) and heights[end + 1] - heights[end] > _SETTLED * speed:
        end += 1
    low, rise = heights[begin], heights[end] - heights[begin]
    early = _crossing(heights, begin, end, low + LOW * rise)
    late = _crossing(heights, begin, end, low + HIGH * rise)
    middle = (early + late) / 2.0
    length = _without_smoothing((late - early) / SPREAD)
    length = (length + sqrt(length * length + _LEVER)) / 2.0
    return Swing(middle - length / 2.0, _crossing(heights, begin, end, low + rise / 2.0), middle + length / 2.0, rise)


def find_onset(heights: Heights, swing: Swing) -> Swing:
    """The same swing from where the thigh left rest, if it went out in several steps (as a step forward does).

    Steps follow each other: what happened before a halt (a fidget, a rest posture that shifted) is no part of it.
    """
    begin = min(max(int(swing.start), 0), len(heights) - 1)
    still = [abs(h) < _AT_REST for h in heights[: begin + 1]]
    if still[-1]:
        return swing
    left = begin
    while left > 0 and not all(still[max(0, left - _REST_FRAMES) : left + 1]):
        left -= 1
        stay = heights[left : left + _STAYED_FRAMES]
        if left + _STAYED_FRAMES <= begin and max(stay) - min(stay) < _STAYED:
            return swing
    if left < _REST_FRAMES:
        return swing
    first = find_swing(heights, left, min(left + 3 * _REST_FRAMES, begin))
    return swing._replace(start=min(first.start, swing.start), stepped=True)


def _without_smoothing(length: float) -> float:
    square = length * length - SMOOTH_VARIANCE / _VARIANCE
    return sqrt(max(square, 1.0))


def _crossing(heights: Heights, begin: int, end: int, level: float) -> float:
    for i in range(begin, end):
        if heights[i] <= level < heights[i + 1]:
            return i + (level - heights[i]) / (heights[i + 1] - heights[i])
    return float(end)

"""When each sample was taken, on the sensor's own clock."""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt
from repband_wire import TIME_WRAP_US

Floats = npt.NDArray[np.float64]

_ANCHOR_EVERY_S = 1.0
_ANCHORS = 30
_TRUSTED_SPAN_S = 1.0  # before that the nominal rate knows better than two stamps do
_MOST_BEND = 0.25  # of a period for each sample: how fast time follows a stamp that disagrees


class DeviceTime:
    """Stamps each packet's samples; fed in the order of the samples.

    A packet's first sample has the time the packet says. The others follow at the measured rate, which is not the
    nominal one: the motion sensor's oscillator may be some per cent off. A stamp that disagrees with the numbering
    by more than half a sample only bends time, so that time always rises, whatever a device sends.

    Args:
        index: number of the sample that has time `start_s`.
        time_us: its device time, in us modulo TIME_WRAP_US.
        period_s: nominal time between samples, in s.
        start_s: stream time of that sample.
    """

    def __init__(self, index: int, time_us: int, period_s: float, start_s: float = 0.0) -> None:
        self.period_s = period_s
        self._base_us = time_us
        self._start_s = start_s
        self._index = index - 1
        self._last_s = start_s - period_s
        self._stamp_index, self._stamp_us = index, time_us
        self._anchors: deque[tuple[int, float]] = deque([(index, start_s)], maxlen=_ANCHORS)

    def at(self, index: int) -> float:
        """The time that a sample later than all before will have, as far as is known; in s."""
        return self._last_s + (index - self._index) * self.period_s

    def times(self, index: int, count: int, stamp_index: int, time_us: int) -> Floats:
        """Times of the next samples, shape (count,), in s.

        Args:
            index: number of the first of them.
            count: how many.
            stamp_index: number of the sample that the packet's stamp belongs to.
            time_us: the stamp, in us modulo TIME_WRAP_US.
        """
        stamp_s = self._unwrapped_s(stamp_index, time_us)
        first_s = stamp_s + (index - stamp_index) * self.period_s
        expected_s = self.at(index)
        bend_s = 0.0
        if abs(first_s - expected_s) > 0.5 * self.period_s:
            bend_s = _clip((first_s - expected_s) / count, _MOST_BEND * self.period_s)
            first_s = expected_s + bend_s
        else:
            self._measure(stamp_index, stamp_s)
        times_s = first_s + (self.period_s + bend_s) * np.arange(count, dtype=np.float64)
        self._index, self._last_s = index + count - 1, float(times_s[-1])
        return times_s

    def _unwrapped_s(self, index: int, time_us: int) -> float:
        expected_us = self._stamp_us + (index - self._stamp_index) * self.period_s * 1e6
        behind_us = (time_us - round(expected_us) + TIME_WRAP_US // 2) % TIME_WRAP_US - TIME_WRAP_US // 2
        self._stamp_index, self._stamp_us = index, round(expected_us) + behind_us
        return self._start_s + (self._stamp_us - self._base_us) * 1e-6

    def _measure(self, index: int, stamp_s: float) -> None:
        first_index, first_s = self._anchors[0]
        if stamp_s - first_s >= _TRUSTED_SPAN_S and index > first_index:
            self.period_s = (stamp_s - first_s) / (index - first_index)
        if stamp_s - self._anchors[-1][1] >= _ANCHOR_EVERY_S:
            self._anchors.append((index, stamp_s))


def _clip(value: float, most: float) -> float:
    return min(max(value, -most), most)

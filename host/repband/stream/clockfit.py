"""The sensor's clock against the host's, from arrivals alone."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from repband.stream.lowerline import Line, lower_line

_BLOCK_S = 1.0
_BLOCKS = 600  # ten minutes
_FEWEST_BLOCKS = 3
_MANY_BLOCKS = 10  # with fewer, most lie on the line and their median says nothing


@dataclass(frozen=True, slots=True)
class ClockFit:
    """Stream time to host time: `host_s = stream_s + offset_s + drift_ppm * 1e-6 * (stream_s - at_s)`.

    Fitted beneath the arrivals, since a packet can come late but not early. The least delay of the link can't be seen
    from one side, so it is part of the offset; a two-way exchange is needed to part them.

    Attributes:
        offset_s: host time less stream time at `at_s`, in s.
        drift_ppm: how much faster host time runs, in parts per million; 0 until three seconds have been seen.
        at_s: stream time for which the offset is given, in s.
        uncertainty_s: standard uncertainty of the offset, not counting the link's least delay, in s. Twice the scatter
            of each second's earliest packet over the square root of the seconds: in 200 simulated links with delays
            of 0 to 100 ms the true error was 0.6 (300 s) to 1.2 (20 s) times that.
    """

    offset_s: float
    drift_ppm: float
    at_s: float
    uncertainty_s: float

    def host_s(self, stream_s: float) -> float:
        """Host time of a stream time, in s."""
        return stream_s + self.offset_s + self.drift_ppm * 1e-6 * (stream_s - self.at_s)


class ClockFitter:
    """Collects when samples were taken and when they arrived."""

    def __init__(self) -> None:
        self._lows: deque[tuple[float, float]] = deque(maxlen=_BLOCKS)  # of each second: stream time, least lateness
        self._block_end_s = -np.inf

    def add(self, stream_s: float, arrival_s: float) -> None:
        """A packet whose last sample was taken at `stream_s` arrived at `arrival_s`."""
        late_s = arrival_s - stream_s
        if stream_s >= self._block_end_s:
            self._lows.append((stream_s, late_s))
            self._block_end_s = stream_s + _BLOCK_S
        elif late_s < self._lows[-1][1] and stream_s > self._previous_s():
            self._lows[-1] = (stream_s, late_s)

    def fit(self) -> ClockFit | None:
        """The clock as it is known now; None before the first packet."""
        if not self._lows:
            return None
        stream_s, late_s = (np.array(column) for column in zip(*self._lows, strict=True))
        line = Line(float(np.min(late_s)), 0.0)
        if len(stream_s) >= _FEWEST_BLOCKS:
            line = lower_line(stream_s, late_s)
        above_s = late_s - line.start - line.slope * stream_s
        at_s = float(stream_s[-1])
        scatter_s = 1.4826 * float(np.median(above_s)) if len(above_s) >= _MANY_BLOCKS else float(np.max(above_s))
        uncertainty_s = 2.0 * scatter_s / float(np.sqrt(len(above_s)))
        return ClockFit(line.at(at_s), line.slope * 1e6, at_s, uncertainty_s)

    def _previous_s(self) -> float:
        return self._lows[-2][0] if len(self._lows) > 1 else -np.inf

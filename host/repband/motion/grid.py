"""Puts samples of any rate on one uniform grid, in exact integer arithmetic."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from repband.motion.base import FRAME_S

_FRAME_US = round(FRAME_S * 1e6)
_UNITS_PER_G = 1 << 20
_LIMIT_G = 256.0  # no IMU goes beyond 200 g; keeps the sums below within 63 bits
_SLICE = 4096  # samples handled at once, for the same reason

_Ints = npt.NDArray[np.int64]
_Floats = npt.NDArray[np.float64]


class Bin(NamedTuple):
    """The mean of the signal over one frame, and the time of the sample that completed it."""

    number: int
    known_s: float
    x: float
    y: float
    z: float


class Grid:
    """Averages a piecewise linear signal over frames of `FRAME_S`, whatever its rate.

    Times become whole microseconds since the first sample and values whole 2**-20 g, so that the trapezoid sums are
    integers: however the samples are cut into blocks, each frame comes out bit for bit the same. Above 25 Hz this
    is a frame average, below it linear interpolation.
    """

    def __init__(self) -> None:
        self.origin_s: float | None = None
        self._last_us = 0
        self._last = np.zeros(3, np.int64)
        self._area = np.zeros(3, np.int64)
        self._joined = False  # there is a sample before the next one to draw a line from
        self._whole = False  # the frame under way is covered from its very start

    def feed(self, t_s: _Floats, values_g: _Floats) -> list[Bin]:
        """Adds samples: times of shape (n,) in s, rising; values of shape (n, 3) in g. Gives the frames done."""
        if self.origin_s is None:
            self.origin_s = float(t_s[0])
        t_us = np.rint((t_s - self.origin_s) * 1e6).astype(np.int64)
        limited = np.clip(values_g, -_LIMIT_G, _LIMIT_G)
        values = np.rint(limited * _UNITS_PER_G).astype(np.int64)
        bins: list[Bin] = []
        for start in range(0, len(t_us), _SLICE):
            cut = slice(start, start + _SLICE)
            bins += self._slice(t_us[cut], values[cut], t_s[cut])
        return bins

    def break_line(self) -> None:
        """Forgets the last sample: no line is drawn from it to the next."""
        self._joined = False

    def frame_of(self, t_s: float) -> int:
        """The index of the frame that holds stream time `t_s`."""
        return round((t_s - (self.origin_s or 0.0)) * 1e6) // _FRAME_US

    def _slice(self, t_us: _Ints, values: _Ints, t_s: _Floats) -> list[Bin]:
        if not self._joined:
            self._begin(t_us, values)
        times = np.concatenate(([self._last_us], t_us))
        points = np.concatenate((self._last[None], values))
        self._last_us, self._last = int(t_us[-1]), values[-1]
        area = np.zeros_like(points)  # twice the area under the line up to each point
        np.cumsum((points[1:] + points[:-1]) * np.diff(times)[:, None], axis=0, out=area[1:])
        first, last = int(times[0]) // _FRAME_US + 1, int(times[-1]) // _FRAME_US
        if last < first:
            self._area += area[-1]
            return []
        edges = np.arange(first, last + 1) * _FRAME_US
        after = np.searchsorted(times, edges, side="left")
        before = after - 1
        past = (edges - times[before])[:, None]
        at_edge = points[before] + (points[after] - points[before]) * past // (times[after] - times[before])[:, None]
        area_to_edge = area[before] + (points[before] + at_edge) * past
        sums = np.diff(area_to_edge, axis=0, prepend=-self._area[None])
        self._area = area[-1] - area_to_edge[-1]
        means = (sums / (2 * _FRAME_US * _UNITS_PER_G)).tolist()
        known_s = t_s[after - 1].tolist()
        skip = 0 if self._whole else 1
        self._whole = True
        return [Bin(first - 1 + i, known_s[i], *means[i]) for i in range(skip, len(means))]

    def _begin(self, t_us: _Ints, values: _Ints) -> None:
        self._last_us, self._last = int(t_us[0]), values[0]
        self._area = np.zeros(3, np.int64)
        self._joined = True
        self._whole = self._last_us % _FRAME_US == 0

"""The line beneath points that can only be late: how a clock is read through delays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Line:
    """`y = start + slope * x`."""

    start: float
    slope: float

    def at(self, x: float) -> float:
        """Its height at `x`."""
        return self.start + self.slope * x


def lower_line(x: Floats, y: Floats) -> Line:
    """The line that no point lies below and that lies closest to all of them.

    Stamps and arrivals come late, never early, so the earliest show the clock. Of all lines beneath the points the
    one with the least sum of distances is the edge of the lower convex hull under the mean of `x`: S. B. Moon,
    P. Skelly, D. Towsley, "Estimation and removal of clock skew from network delay measurements", INFOCOM 1999.

    Args:
        x: strictly rising, shape (n,), n >= 2.
        y: shape (n,).
    """
    hull = _lower_hull(x, y)
    right = int(np.searchsorted(x[hull], float(np.mean(x)), side="right"))
    right = min(max(right, 1), len(hull) - 1)
    low, high = hull[right - 1], hull[right]
    slope = float((y[high] - y[low]) / (x[high] - x[low]))
    return Line(float(y[low]) - slope * float(x[low]), slope)


def _lower_hull(x: Floats, y: Floats) -> list[int]:
    """Positions of the corners, from left to right (Andrew's monotone chain)."""
    px, py = x.tolist(), y.tolist()
    hull: list[int] = []
    for new in range(len(px)):
        while len(hull) >= 2 and _above(px, py, hull[-2], hull[-1], new):
            hull.pop()
        hull.append(new)
    return hull


def _above(x: list[float], y: list[float], left: int, middle: int, right: int) -> bool:
    """Whether the middle point lies on or above the line between the outer two."""
    return (y[middle] - y[left]) * (x[right] - x[left]) >= (y[right] - y[left]) * (x[middle] - x[left])

"""Along which directions points are spread, and how far, in plain floats."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from repband.recognise.vectors import Vector, dot, total

Matrix = tuple[Vector, Vector, Vector]

_SQUARINGS = 9  # as good as 512 power iterations


def centred(points: Sequence[Vector]) -> list[Vector]:
    """The points less their mean."""
    sx, sy, sz = total(points)
    n = len(points)
    return [(p[0] - sx / n, p[1] - sy / n, p[2] - sz / n) for p in points]


def main_axis(away: Sequence[Vector]) -> Vector:
    """Direction of the largest spread of centred points: eigenvector of their scatter, found by squaring it."""
    xx = sum(a[0] * a[0] for a in away)
    xy = sum(a[0] * a[1] for a in away)
    xz = sum(a[0] * a[2] for a in away)
    yy = sum(a[1] * a[1] for a in away)
    yz = sum(a[1] * a[2] for a in away)
    zz = sum(a[2] * a[2] for a in away)
    m: Matrix = ((xx, xy, xz), (xy, yy, yz), (xz, yz, zz))
    for _ in range(_SQUARINGS):
        size = m[0][0] + m[1][1] + m[2][2]
        if size <= 0.0:
            break
        rows = [(row[0] / size, row[1] / size, row[2] / size) for row in m]
        x, y, z = rows
        m = (
            (dot(x, x), dot(x, y), dot(x, z)),
            (dot(y, x), dot(y, y), dot(y, z)),
            (dot(z, x), dot(z, y), dot(z, z)),
        )
    longest = max(m, key=lambda row: dot(row, row))
    size = sqrt(dot(longest, longest))
    return (longest[0] / size, longest[1] / size, longest[2] / size) if size > 0.0 else (1.0, 0.0, 0.0)


def two_spreads(points: Sequence[Vector]) -> tuple[float, float]:
    """Standard deviations along the direction of the largest spread and along the next one across it."""
    away = centred(points)
    axis = main_axis(away)
    along = [dot(a, axis) for a in away]
    rest = [(a[0] - h * axis[0], a[1] - h * axis[1], a[2] - h * axis[2]) for a, h in zip(away, along, strict=True)]
    across = main_axis(rest)
    return spread(along), spread([dot(r, across) for r in rest])


def spread(values: Sequence[float]) -> float:
    """Standard deviation."""
    mean = sum(values) / len(values)
    return sqrt(sum((v - mean) * (v - mean) for v in values) / len(values))


def median(values: Sequence[float]) -> float:
    """The middle value; of an even number the mean of the middle two."""
    ordered = sorted(values)
    n = len(ordered)
    return (ordered[n // 2] + ordered[(n - 1) // 2]) / 2.0

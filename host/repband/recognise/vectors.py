"""Arithmetic of three numbers in plain floats, so that every machine gets the same."""

from __future__ import annotations

from collections.abc import Iterable
from math import acos, degrees, sqrt

Vector = tuple[float, float, float]


def dot(a: Vector, b: Vector) -> float:
    """Inner product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vector, b: Vector) -> Vector:
    """Outer product."""
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def unit(a: Vector) -> Vector | None:
    """The same direction with length 1; None for (almost) nothing."""
    size = sqrt(dot(a, a))
    return None if size < 1e-6 else (a[0] / size, a[1] / size, a[2] / size)


def total(vectors: Iterable[Vector]) -> Vector:
    """Their sum."""
    x = y = z = 0.0
    for vector in vectors:
        x, y, z = x + vector[0], y + vector[1], z + vector[2]
    return x, y, z


def angle_deg(a: Vector, b: Vector) -> float:
    """The angle between two unit vectors, in degrees."""
    return degrees(acos(max(-1.0, min(1.0, dot(a, b)))))

"""Joins stretches of acceleration that were never one: same rate, gravity turned to agree, a short cross-fade."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def resampled(t_s: Floats, accel_g: Floats, start_s: float, end_s: float, rate_hz: float) -> Floats:
    """Means over 1 / rate_hz from `start_s` to `end_s`, shape (n, 3); of the interpolated line, so none is empty."""
    edges = start_s + np.arange(int((end_s - start_s) * rate_hz) + 1) / rate_hz
    step = np.concatenate([[0.0], np.diff(t_s)])[:, None]
    middle = np.vstack([accel_g[:1], (accel_g[1:] + accel_g[:-1]) / 2])
    area = np.cumsum(middle * step, axis=0)
    return np.diff(np.column_stack([np.interp(edges, t_s, area[:, k]) for k in range(3)]), axis=0) * rate_hz


def join(pieces: Sequence[Floats], fade: int) -> Floats:
    """All pieces, shape (n, 3) each, as one; every piece turned by the least rotation that fits it to the one before.

    Each must be longer than `fade`, the samples over which one passes into the next.
    """
    whole = pieces[0]
    for piece in pieces[1:]:
        whole = append(whole, piece @ least_turn(piece[:fade].mean(axis=0), whole[-fade:].mean(axis=0)).T, fade)
    return whole


def append(whole: Floats, piece: Floats, fade: int) -> Floats:
    """The piece behind the whole: the last `fade` samples of one pass smoothly into the first of the other."""
    weight = (0.5 - 0.5 * np.cos(np.pi * (np.arange(fade) + 0.5) / fade))[:, None]
    seam = whole[-fade:] * (1 - weight) + piece[:fade] * weight
    return np.vstack([whole[:-fade], seam, piece[fade:]])


def least_turn(a: Floats, b: Floats) -> Floats:
    """The smallest rotation that takes the direction of `a` to that of `b`, shape (3, 3)."""
    across = np.cross(a, b)
    if np.linalg.norm(across) < 1e-9 * np.linalg.norm(a) * np.linalg.norm(b):
        across = np.eye(3)[int(np.argmin(np.abs(a)))]  # parallel or opposite: any axis will do
    return turn_to_fit(a, across, b, across, 0.0)


def turn_to_fit(down: Floats, beside: Floats, to_down: Floats, to_beside: Floats, apart_rad: float) -> Floats:
    """The rotation that takes `down` to the direction of `to_down` and leaves `beside` `apart_rad` from `to_beside`.

    Both are seen along `to_down`, as compass headings are. Shape (3, 3).
    """
    cos, sin = math.cos(apart_rad), math.sin(apart_rad)
    spin = np.array([[1.0, 0.0, 0.0], [0.0, cos, -sin], [0.0, sin, cos]])
    return _frame(to_down, to_beside) @ spin @ _frame(down, beside).T


def _frame(down: Floats, beside: Floats) -> Floats:
    """Columns: `down`, the part of `beside` across it, and what is square to both."""
    first = down / np.linalg.norm(down)
    across = beside - first * float(beside @ first)
    second = across / np.linalg.norm(across)
    return np.column_stack([first, second, np.cross(first, second)])


def random_turn(draw: random.Random) -> Floats:
    """A rotation drawn evenly over all (Shoemake 1992: uniform random rotations), shape (3, 3)."""
    u, v, w = draw.random(), 2 * math.pi * draw.random(), 2 * math.pi * draw.random()
    p, q = math.sqrt(1 - u), math.sqrt(u)
    x, y, z, s = p * math.sin(v), p * math.cos(v), q * math.sin(w), q * math.cos(w)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * s), 2 * (x * z + y * s)],
            [2 * (x * y + z * s), 1 - 2 * (x * x + z * z), 2 * (y * z - x * s)],
            [2 * (x * z - y * s), 2 * (y * z + x * s), 1 - 2 * (x * x + y * y)],
        ]
    )

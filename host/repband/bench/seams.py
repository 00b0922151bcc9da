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


def join(pieces: Sequence[Floats], fade: int) -> tuple[Floats, list[int]]:
    """All pieces, shape (n, 3) each, as one; every piece turned by the least rotation that fits it to the one before.

    Args:
        pieces: in order; each longer than `fade`.
        fade: samples over which one passes into the next.

    Returns:
        The whole, and the place of each piece's first sample in it.
    """
    whole, starts = pieces[0], [0]
    weight = (0.5 - 0.5 * np.cos(np.pi * (np.arange(fade) + 0.5) / fade))[:, None]
    for piece in pieces[1:]:
        turned = piece @ least_turn(piece[:fade].mean(axis=0), whole[-fade:].mean(axis=0)).T
        seam = whole[-fade:] * (1 - weight) + turned[:fade] * weight
        starts.append(len(whole) - fade)
        whole = np.vstack([whole[:-fade], seam, turned[fade:]])
    return whole, starts


def least_turn(a: Floats, b: Floats) -> Floats:
    """The smallest rotation that takes the direction of `a` to that of `b`, shape (3, 3)."""
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    cos = float(a @ b)
    if cos < -1 + 1e-9:
        # Opposite: half a turn about any axis across.
        across = np.cross(a, np.eye(3)[int(np.argmin(np.abs(a)))])
        across /= np.linalg.norm(across)
        return np.asarray(2 * np.outer(across, across) - np.eye(3), dtype=np.float64)
    x, y, z = np.cross(a, b)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.asarray(np.eye(3) + cross + cross @ cross / (1 + cos), dtype=np.float64)


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

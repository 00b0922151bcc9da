"""Smooth paths that can be asked at any instant: the body moves the same at every sampling rate."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def smooth_step(share: Floats, skew: float = 0.0) -> Floats:
    """Minimum-jerk step from 0 to 1 (Flash and Hogan 1985, doi 10.1523/JNEUROSCI.05-07-01688.1985).

    Args:
        share: time as a share of the movement; outside [0, 1] the step rests at its ends.
        skew: -1..1, moves the peak of the speed earlier (positive) or later, keeping both ends smooth.
    """
    x = np.clip(share, 0.0, 1.0)
    x = x + skew * x * (1.0 - x)
    return x * x * x * (10.0 + x * (6.0 * x - 15.0))


@dataclass(frozen=True, slots=True)
class Move:
    """One smooth step of a vector: by `delta` from `start_s` on, in `span_s`."""

    start_s: float
    span_s: float
    delta: Floats
    skew: float = 0.0


def _no_moves() -> list[Move]:
    return []


@dataclass(slots=True)
class Path:
    """A vector over time: where it begins, and the sum of its moves."""

    origin: Floats
    moves: list[Move] = field(default_factory=_no_moves)

    def add(self, start_s: float, span_s: float, delta: Floats, skew: float = 0.0) -> None:
        """Adds a move; moves may overlap."""
        self.moves.append(Move(start_s, span_s, delta, skew))

    def at(self, t_s: Floats) -> Floats:
        """Values at times of shape (n,), any order: shape (n, k)."""
        value = np.tile(self.origin, (len(t_s), 1))
        for move in self.moves:
            value += smooth_step((t_s - move.start_s) / move.span_s, move.skew)[:, None] * move.delta
        return value


@dataclass(frozen=True, slots=True)
class Hum:
    """A sum of steady sinusoids in three axes: breathing, sway, unsteadiness, tremor.

    Attributes:
        hz: frequencies, shape (k,).
        phase_rad: phases, shape (k, 3).
        size: amplitudes, shape (k, 3).
    """

    hz: Floats
    phase_rad: Floats
    size: Floats

    def at(self, t_s: Floats) -> Floats:
        """Values at times of shape (n,): shape (n, 3)."""
        value = np.zeros((len(t_s), 3))
        for hz, phase, size in zip(self.hz, self.phase_rad, self.size, strict=True):
            value += size * np.sin(2.0 * np.pi * hz * t_s[:, None] + phase)
        return value


@dataclass(frozen=True, slots=True)
class Ring:
    """One damped oscillation, as soft tissue answers a jolt.

    Attributes:
        start_s: when it begins, from nothing.
        hz, damping: its frequency, and its damping as a share of critical.
        size: amplitude in three axes, shape (3,).
    """

    start_s: float
    hz: float
    damping: float
    size: Floats

    def at(self, t_s: Floats) -> Floats:
        """Values at times of shape (n,): shape (n, 3)."""
        angle = 2.0 * np.pi * self.hz * np.maximum(t_s - self.start_s, 0.0)
        shape = (1.0 - np.exp(-angle)) * np.exp(-self.damping * angle) * np.sin(angle)
        return shape[:, None] * self.size


def sum_of(parts: list[Ring], t_s: Floats) -> Floats:
    """The sum of rings at times of shape (n,): shape (n, 3)."""
    total = np.zeros((len(t_s), 3))
    for part in parts:
        near = (t_s >= part.start_s) & (t_s < part.start_s + 3.0)  # damped to nothing long before 3 s
        total[near] += part.at(t_s[near])
    return total


def rotations(vectors: Floats) -> Floats:
    """Rotation matrices of rotation vectors (Rodrigues), shape (n, 3) in rad -> (n, 3, 3)."""
    angle = np.sqrt(np.sum(vectors * vectors, axis=1))
    safe = np.where(angle > 1e-12, angle, 1.0)
    x, y, z = (vectors / safe[:, None]).T
    c, s = np.cos(angle), np.sin(angle)
    d = 1.0 - c
    rows = (
        (c + x * x * d, x * y * d - z * s, x * z * d + y * s),
        (y * x * d + z * s, c + y * y * d, y * z * d - x * s),
        (z * x * d - y * s, z * y * d + x * s, c + z * z * d),
    )
    return np.stack([np.stack(row, axis=1) for row in rows], axis=1)


def rotation(vector: Floats) -> Floats:
    """The rotation matrix of one rotation vector, shape (3,) in rad -> (3, 3)."""
    return rotations(vector[None, :])[0]


def chain(*parts: Floats) -> Floats:
    """The product of rotations, each (3, 3) or (n, 3, 3); einsum, because BLAS differs between machines."""
    product = parts[0]
    for part in parts[1:]:
        product = np.einsum("...ij,...jk->...ik", product, part)
    return product


def turned(rotation_matrices: Floats, vectors: Floats) -> Floats:
    """Vectors turned by rotations: (n, 3, 3) and (3,) or (n, 3) -> (n, 3)."""
    return np.einsum("...ij,...j->...i", rotation_matrices, vectors)


def turned_back(rotation_matrices: Floats, vectors: Floats) -> Floats:
    """Vectors turned by the inverse rotations, that is, seen from the turned frame."""
    return np.einsum("...ji,...j->...i", rotation_matrices, vectors)

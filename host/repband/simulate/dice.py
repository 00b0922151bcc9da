"""Seeded draws that give the same numbers on every machine and with every numpy."""

from __future__ import annotations

import hashlib
import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class Dice:
    """Draws made from the raw words of PCG64, whose stream numpy promises never to change.

    numpy promises that for bit generators only, not for the distributions of `Generator` (NEP 19), so the few
    distributions needed here are made from the raw words.
    """

    def __init__(self, bits: np.random.BitGenerator) -> None:
        self._bits = bits

    @classmethod
    def of(cls, seed: int, purpose: str) -> Dice:
        """Dice of their own for each purpose, so that another mount does not change the tremor."""
        digest = hashlib.sha256(f"{seed}/{purpose}".encode()).digest()
        return cls(np.random.PCG64(int.from_bytes(digest[:16], "little")))

    def uniforms(self, n: int) -> Floats:
        """Evenly spread over [0, 1), shape (n,)."""
        words = np.asarray(self._bits.random_raw(n), dtype=np.uint64)
        return (words >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def normals(self, n: int) -> Floats:
        """Standard normal (Box and Muller 1958), shape (n,)."""
        half = (n + 1) // 2
        radius = np.sqrt(-2.0 * np.log1p(-self.uniforms(half)))
        turn = 2.0 * np.pi * self.uniforms(half)
        return np.concatenate((radius * np.cos(turn), radius * np.sin(turn)))[:n]

    def between(self, least: float, most: float) -> float:
        """Evenly spread over [least, most)."""
        return least + (most - least) * float(self.uniforms(1)[0])

    def whole(self, least: int, most: int) -> int:
        """A whole number from least to most, both included."""
        return min(int(self.between(least, most + 1)), most)

    def chance(self, probability: float) -> bool:
        """True that often."""
        return self.between(0.0, 1.0) < probability

    def normal(self, mean: float, sd: float) -> float:
        """One normal draw."""
        return mean + sd * float(self.normals(1)[0])

    def spread(self, median: float, log_sd: float, least: float, most: float) -> float:
        """Lognormal around a median, drawn again until it lies within [least, most]."""
        for _ in range(1000):
            value = median * math.exp(self.normal(0.0, log_sd))
            if least <= value <= most:
                return value
        return min(max(median, least), most)

    def direction(self) -> Floats:
        """A unit vector, even over the sphere, shape (3,)."""
        vector = self.normals(3)
        return vector / np.sqrt(np.sum(vector * vector))

    def rotation(self) -> Floats:
        """A rotation matrix, even over SO(3) (a normal quaternion, normalised), shape (3, 3)."""
        quaternion = self.normals(4)
        w, x, y, z = (float(q) for q in quaternion / np.sqrt(np.sum(quaternion * quaternion)))
        return np.array(
            [
                [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
                [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
                [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
            ]
        )

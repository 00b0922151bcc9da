"""A sensor that reads what is true with errors of its own."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from repband.simulate.dice import Dice
from repband.simulate.plan import Counts, SensorModel

Floats = npt.NDArray[np.float64]

FULL_COUNT = 32768


def read_accel(true_g: Floats, model: SensorModel, dice: Dice) -> Counts:
    """16-bit samples of specific force, shape (n, 3) in g -> (n, 3)."""
    off = _with_errors(true_g, model.accel_scale, model.accel_bias_g, model.accel_noise_g, dice)
    return quantised(off, model.accel_range_g)


def read_gyro(true_dps: Floats, model: SensorModel, dice: Dice) -> Counts:
    """16-bit samples of rotation rate, shape (n, 3) in deg/s -> (n, 3)."""
    off = _with_errors(true_dps, model.gyro_scale, model.gyro_bias_dps, model.gyro_noise_dps, dice)
    return quantised(off, model.gyro_range_dps)


def quantised(values: Floats, full_scale: float) -> Counts:
    """Rounds to whole counts and clips at the range."""
    return np.clip(np.rint(values * (FULL_COUNT / full_scale)), -FULL_COUNT, FULL_COUNT - 1).astype(np.int16)


def in_units(counts: Counts, full_scale: float) -> Floats:
    """Counts as values."""
    return counts.astype(np.float64) * (full_scale / FULL_COUNT)


def _with_errors(
    true: Floats,
    scale: tuple[float, float, float],
    bias: tuple[float, float, float],
    noise: float,
    dice: Dice,
) -> Floats:
    jitter = dice.normals(true.size).reshape(true.shape)
    return true * (1.0 + np.array(scale)) + np.array(bias) + noise * jitter

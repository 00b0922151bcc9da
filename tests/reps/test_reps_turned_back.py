"""A rep is announced before the movement is quite over: what if the wearer turns round on the way back?"""

from __future__ import annotations

import numpy as np
import pytest
from repband.reps import count_items
from repband.stream import SampleBlock
from repsets import exercise

RATE_HZ, REPS = 52, 5


def turned_back(angle_deg: float, back_s: float, height: float) -> SampleBlock:
    """Reps of minimum jerk; the way back of the third goes down to `height` only, up again, and then all the way."""
    rep = [(1.2, 0.0, 1.0), (0.6, 1.0, 1.0), (back_s, 1.0, 0.0), (1.0, 0.0, 0.0)]
    part_s = back_s * max(1.0 - height, 0.2) ** 0.5
    dip = [(part_s, 1.0, height), (part_s, height, 1.0), (0.6, 1.0, 1.0)]
    ways = [(3.0, 0.0, 0.0), *rep, *rep, *rep[:2], *dip, *rep[2:], *rep * (REPS - 3), (3.0, 0.0, 0.0)]
    turn = np.concatenate([a + (b - a) * _minimum_jerk(round(s * RATE_HZ)) for s, a, b in ways]) * np.radians(angle_deg)
    accel_g = np.stack([0.6 * np.sin(turn), np.cos(turn), 0.8 * np.sin(turn)], axis=1)
    noise = np.random.default_rng(0).normal(0.0, 0.004, accel_g.shape)
    return SampleBlock(0, np.arange(len(turn)) / RATE_HZ, accel_g + noise)


def _minimum_jerk(n: int) -> np.ndarray:
    x = np.arange(n) / n
    return x**3 * (10.0 - 15.0 * x + 6.0 * x * x)


@pytest.mark.parametrize(("name", "angle_deg"), [("bridge", 16.0), ("squat", 65.0)])
@pytest.mark.parametrize(("back_s", "height"), [(0.7, 0.6), (1.2, 0.55), (2.0, 0.5), (3.0, 0.5), (3.0, 0.8)])
def test_who_turns_round_half_way_back_has_done_no_rep(name: str, angle_deg: float, back_s: float, height: float):
    assert count_items([turned_back(angle_deg, back_s, height)], exercise(name)).count == REPS


@pytest.mark.parametrize("back_s", [0.7, 3.0])
def test_who_turns_round_close_to_rest_has_done_one(back_s: float):
    assert count_items([turned_back(65.0, back_s, 0.2)], exercise("squat")).count == REPS + 1

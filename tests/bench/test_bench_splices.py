"""Splices: seams that do not show, truth that travels along, the same every time."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from repband.bench.seams import append, join, least_turn, random_turn, resampled, turn_to_fit

vectors = st.tuples(*[st.floats(-1, 1)] * 3).map(np.array).filter(lambda v: np.linalg.norm(v) > 0.1)


def angle_deg(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(a, b)), a @ b)))


@given(vectors, vectors)
def test_least_turn_is_a_rotation_onto_the_other(a: np.ndarray, b: np.ndarray) -> None:
    turn = least_turn(a, b)
    assert np.allclose(turn @ turn.T, np.eye(3)) and np.linalg.det(turn) == pytest.approx(1)
    assert angle_deg(turn @ a, b) < 1e-3
    # It turns by no more than the angle between them.
    assert np.trace(turn) == pytest.approx(1 + 2 * np.cos(np.radians(angle_deg(a, b))), abs=1e-3)


@given(vectors)
def test_opposite_directions_have_a_least_turn_too(a: np.ndarray) -> None:
    assert angle_deg(least_turn(a, -a) @ a, -a) < 1e-3
    assert np.allclose(least_turn(a, a) @ a, a)


@pytest.mark.parametrize("apart_deg", [0.0, 60.0, 180.0, 300.0])
def test_turn_to_fit_leaves_the_headings_apart(apart_deg: float) -> None:
    down, beside, to_down, to_beside = (np.array(v, float) for v in ((1, 0, 0), (1, 1, 0), (0, 0, 2), (3, 0, 1)))
    turn = turn_to_fit(down, beside, to_down, to_beside, np.radians(apart_deg))
    assert angle_deg(turn @ down, to_down) < 1e-6
    flat = np.array([1.0, 1.0, 0.0])
    expected = min(apart_deg, 360 - apart_deg)
    assert angle_deg((turn @ beside) * flat, to_beside * flat) == pytest.approx(expected, abs=1e-6)


def test_random_turns_are_rotations_and_go_everywhere() -> None:
    draw = random.Random(1)
    ends = np.array([random_turn(draw) @ np.array([0.0, 0.0, 1.0]) for _ in range(2000)])
    assert np.abs(ends.mean(axis=0)).max() < 0.06
    assert np.allclose(np.linalg.norm(ends, axis=1), 1)


def test_a_seam_does_not_jump() -> None:
    rng = np.random.default_rng(3)
    pieces = [np.array([0.0, 0.0, 1.0]) + 0.01 * rng.standard_normal((60, 3)) for _ in range(3)]
    turned = [pieces[0], pieces[1] @ random_turn(random.Random(1)).T, pieces[2] @ random_turn(random.Random(2)).T]
    whole = join(turned, 15)
    assert len(whole) == 3 * 60 - 2 * 15
    assert np.abs(np.diff(whole, axis=0)).max() < 0.08


def test_append_keeps_both_ends() -> None:
    a, b = np.zeros((50, 3)), np.ones((50, 3))
    whole = append(a, b, 20)
    assert (whole[:30] == 0).all() and (whole[50:] == 1).all()
    assert (np.diff(whole[:, 0]) >= 0).all()


def test_resampling_keeps_the_mean_and_the_times() -> None:
    t_s = np.arange(10, 20, 0.005) + np.random.default_rng(5).uniform(0, 0.002, 2000)
    ramp = np.column_stack([t_s, 2 * t_s, 0 * t_s])
    even = resampled(t_s, ramp, 12, 14, 50)
    assert even.shape == (100, 3)
    assert even[:, 0] == pytest.approx(12 + (np.arange(100) + 0.5) / 50, abs=5e-3)


@pytest.mark.parametrize("number", [0, 1, 2, 17])
def test_a_splice_is_the_same_every_time_and_knows_its_reps(recordings: Path, number: int) -> None:
    from repband.bench.splices import choose, splice

    once, again = splice(recordings, number), splice(recordings, number)
    (block,), (same,) = once.items, again.items
    assert np.array_equal(block.accel_g, same.accel_g) and once.truth == again.truth  # type: ignore[union-attr]
    assert once.subject == choose(recordings, number).subject
    assert once.truth.reps is not None and len(once.truth.reps) >= 4
    assert once.truth.reps[0].start_s > 5 and once.truth.reps[-1].end_s < block.t_s[-1] - 3  # type: ignore[union-attr]
    assert np.linalg.norm(block.accel_g, axis=1).mean() == pytest.approx(1, abs=0.06)  # type: ignore[union-attr]


def test_another_number_is_another_splice(recordings: Path) -> None:
    from repband.bench.splices import splice

    assert splice(recordings, 0).truth != splice(recordings, 3).truth

"""The simulated set is physically possible, seeded, and tells the truth about itself."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from repband.simulate import EXERCISES, PostureChange, SensorModel, SetPlan, Tempo, hard_plan, plain_plan, simulate_set

PERFECT = SensorModel(accel_range_g=16, gyro_range_dps=2000, accel_noise_g=0.0, gyro_noise_dps=0.0)


def rng(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


@pytest.mark.parametrize("exercise", EXERCISES)
@pytest.mark.parametrize("draw", [plain_plan, hard_plan])
def test_the_truth_lies_in_order_and_inside_the_recording(exercise, draw):
    for seed in range(4):
        plan = draw(exercise, rng(seed))
        made = simulate_set(plan, seed)
        assert made.count == plan.reps
        assert len(made.truth) == plan.reps + plan.partials
        ends = [0.0]
        for rep in made.truth:
            times = [rep.start_s, rep.half_up_s, rep.hold_start_s, rep.hold_end_s, rep.half_down_s, rep.end_s]
            assert times == sorted(times)
            assert rep.half_up_s < rep.turn_s < rep.half_down_s
            assert rep.start_s >= ends[-1] - 1e-9
            ends.append(rep.end_s)
        assert ends[-1] <= made.t_s[-1]
        assert np.all(np.diff(made.t_s) > 0)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_gravity_measures_one_g_while_still(exercise):
    made = simulate_set(SetPlan(exercise, unsteady=0.0, sensor=PERFECT), 5)
    lead = made.t_s < made.truth[0].start_s - 0.1
    assert np.linalg.norm(made.accel_g[lead], axis=1) == pytest.approx(1.0, abs=0.002)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_accelerometer_turns_by_the_true_excursion(exercise):
    long_hold = Tempo(1.0, 1.0, 1.0, 1.0)
    plan = SetPlan(exercise, tempo_s=long_hold, sag=0.0, unsteady=0.0, wobble=0.0, reps=1, sensor=PERFECT)
    made = simulate_set(plan, 2)
    rep = made.truth[0]
    rest = made.accel_g[np.searchsorted(made.t_s, rep.start_s - 0.5)]
    turn = made.accel_g[np.searchsorted(made.t_s, rep.hold_start_s + 0.4)]
    cosine = rest @ turn / np.linalg.norm(rest) / np.linalg.norm(turn)
    assert np.degrees(np.arccos(cosine)) == pytest.approx(rep.excursion_deg, abs=0.5)


def turned_by_gyro(made) -> np.ndarray:
    """Gravity as the gyroscope alone would have it, from the first sample on."""
    gravity = [made.accel_g[0] / np.linalg.norm(made.accel_g[0])]
    for rate in np.radians(0.5 * (made.gyro_dps[:-1] + made.gyro_dps[1:])) / made.rate_hz:
        angle = np.linalg.norm(rate)
        axis = rate / max(angle, 1e-12)
        g = gravity[-1]
        step = g * np.cos(angle) - np.cross(axis, g) * np.sin(angle) + axis * (axis @ g) * (1 - np.cos(angle))
        gravity.append(step)
    return np.array(gravity)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_gyroscope_and_accelerometer_tell_of_one_movement(exercise):
    change = PostureChange(80.0)
    plan = SetPlan(exercise, rate_hz=200.0, before=change, unsteady=0.0, wobble=0.0, sensor=PERFECT)
    made = simulate_set(plan, 9)
    moving = np.linalg.norm(made.gyro_dps, axis=1) > 0.5
    still = np.convolve(moving, np.ones(41), "same") < 0.5  # a movement that begins accelerates before it turns
    assert still.sum() > 200
    assert np.abs(turned_by_gyro(made) - made.accel_g)[still].max() < 0.01


def test_another_mount_turns_the_signals_and_nothing_else():
    plan = SetPlan("squat", sensor=PERFECT, mount="aligned")
    straight = simulate_set(plan, 4)
    turned = simulate_set(dataclasses.replace(plan, mount="random"), 4)
    one_count = 2 * PERFECT.accel_range_g / 32768
    assert np.abs(turned.accel_g @ turned.mount.T - straight.accel_g).max() < one_count
    assert turned.truth == straight.truth
    assert np.abs(turned.mount - np.eye(3)).max() > 0.1


def test_the_movement_does_not_depend_on_the_rate():
    plan = SetPlan("bridge", sensor=PERFECT)
    slow, fast = (simulate_set(dataclasses.replace(plan, rate_hz=hz), 4) for hz in (50.0, 100.0))
    assert fast.truth == slow.truth
    assert np.array_equal(fast.accel_counts[::2][: len(slow.t_s) - 1], slow.accel_counts[:-1])


def test_a_seed_gives_the_same_set_again_and_another_seed_another():
    plan = hard_plan("clamshell", rng(3))
    first, again, other = (simulate_set(plan, seed) for seed in (1, 1, 2))
    assert np.array_equal(first.accel_counts, again.accel_counts)
    assert first.truth == again.truth
    assert first.truth != other.truth


def test_posture_changes_turn_gravity_by_their_angle():
    plan = SetPlan("bridge", before=PostureChange(90.0), after=PostureChange(60.0), unsteady=0.0, sensor=PERFECT)
    made = simulate_set(plan, 8)
    first, last = (span for span in made.spans if span.kind == "posture")
    rest = made.accel_g[np.searchsorted(made.t_s, made.truth[0].start_s - 0.2)]
    settled = made.accel_g[np.searchsorted(made.t_s, last.start_s - 0.2)]

    def angle(a, b):
        return np.degrees(np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b)))

    assert angle(made.accel_g[0], rest) == pytest.approx(90.0, abs=1.0)
    assert angle(made.accel_g[-1], settled) == pytest.approx(60.0, abs=1.0)
    assert first.end_s < made.truth[0].start_s < made.truth[-1].end_s < last.start_s


def test_partials_are_much_smaller_than_the_smallest_rep():
    for seed in range(8):
        plan = hard_plan("bridge", rng(seed))
        made = simulate_set(plan, seed)
        partials = [rep.excursion_deg for rep in made.truth if rep.kind == "partial"]
        reps = [rep.excursion_deg for rep in made.reps]
        assert max(partials, default=0.0) < 0.5 * np.median(reps)


def test_a_range_too_small_clips():
    tight = SensorModel(accel_range_g=1, accel_bias_g=(0.2, 0.2, 0.2), gyro_range_dps=10)
    made = simulate_set(SetPlan("squat", sensor=tight), 1)
    assert made.accel_counts.max() == 32767 or made.accel_counts.min() == -32768
    assert np.abs(made.gyro_dps).max() <= 10.0


def test_a_fast_clock_stamps_the_truth_later():
    true = simulate_set(SetPlan("squat"), 1)
    fast = simulate_set(SetPlan("squat", sensor=SensorModel(clock_ppm=10_000.0)), 1)
    assert fast.truth[-1].end_s == pytest.approx(1.01 * true.truth[-1].end_s)
    assert len(fast.t_s) == pytest.approx(1.01 * len(true.t_s), abs=2)


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        (SetPlan("sprint"), "does not know"),
        (SetPlan("bridge", style="step"), "does not know"),
        (SetPlan("bridge", rate_hz=0.0), "rate_hz must be positive"),
        (SetPlan("bridge", excursion_deg=0.0), "excursion_deg must lie"),
        (SetPlan("bridge", excursion_deg=float("nan")), "excursion_deg must lie"),
        (SetPlan("bridge", reps=-1), "can't be negative"),
        (SetPlan("bridge", tempo_s=Tempo(1.0, -1.0, 1.0, 1.0)), "can't be negative"),
    ],
)
def test_what_nobody_can_do_is_refused(plan, says):
    with pytest.raises(ValueError, match=says):
        simulate_set(plan, 1)


@settings(max_examples=30, deadline=None)
@given(
    exercise=st.sampled_from(EXERCISES),
    reps=st.integers(0, 4),
    tempo=st.builds(Tempo, *[st.floats(0.0, 5.0)] * 4),
    excursion_deg=st.floats(1.0, 130.0),
    partials=st.integers(0, 2),
    fidgets=st.integers(0, 3),
    pauses=st.integers(0, 1),
    slip_deg=st.floats(-90.0, 90.0),
    seed=st.integers(0, 2**40),
)
def test_any_plan_gives_finite_samples_and_its_own_count(exercise, reps, tempo, excursion_deg, seed, **extras):
    plan = SetPlan(exercise, reps, tempo, excursion_deg, rate_hz=25.0, **extras)
    made = simulate_set(plan, seed)
    assert made.count == reps
    assert np.isfinite(made.accel_g).all()
    assert np.isfinite(made.gyro_dps).all()
    assert all(0.0 < rep.start_s < rep.turn_s < rep.end_s < made.t_s[-1] for rep in made.truth)


def test_a_slipping_strap_turns_the_sensor_and_not_the_thigh():
    plan = SetPlan("squat", mount="aligned", unsteady=0.0, wobble=0.0, sensor=PERFECT)
    still, slipped = simulate_set(plan, 3), simulate_set(dataclasses.replace(plan, slip_deg=90.0), 3)
    (slip,) = (span for span in slipped.spans if span.kind == "slip")
    before, after = still.t_s < slip.start_s, still.t_s > slip.end_s
    assert slipped.truth == still.truth
    assert np.array_equal(slipped.accel_counts[before], still.accel_counts[before])
    assert slipped.accel_g[after][:, 1] == pytest.approx(still.accel_g[after][:, 2], abs=0.001)

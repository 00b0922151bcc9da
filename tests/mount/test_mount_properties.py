from __future__ import annotations

import numpy as np
import pytest
from repband.motion import Motion
from repband.mount import MountCheck, MountKind
from repband.mount.measure import rotation
from repband.simulate import hard_plan, simulate_set
from repband.stream import Gap, GapCause, SampleBlock
from sets_for_mount import Floats, play, random_rotation, simulated, slipped

THIGH_AXIS = np.array([1.0, 0.0, 0.0])  # an aligned sensor's x runs from hip to knee
EXERCISES = ("bridge", "clamshell", "squat", "deadlift", "lunge")


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_plain_set_is_hardly_ever_warned_of(exercise: str):
    warned = [bool(play(exercise, r.t_s, r.accel_g)) for r in (simulated(exercise, seed) for seed in range(8))]
    assert sum(warned) <= 1


@pytest.mark.parametrize("exercise", EXERCISES)
def test_getting_into_position_and_out_of_it_is_hardly_ever_warned_of(exercise: str):
    warned = 0
    for seed in range(8):
        r = simulate_set(hard_plan(exercise, np.random.default_rng(seed)), seed)
        warned += any(w.kind is not MountKind.STILL for w in play(exercise, r.t_s, r.accel_g))
    assert warned <= 2


@pytest.mark.parametrize("exercise", ["bridge", "clamshell", "squat"])
def test_a_turn_of_the_strap_is_noticed_within_about_two_reps(exercise: str):
    noticed = 0
    for seed in range(6):
        r = simulated(exercise, seed)
        accel_g, at_s = slipped(r, rotation(THIGH_AXIS + 0.3, 40.0))
        slips = [w.t_s for w in play(exercise, r.t_s, accel_g) if w.kind is MountKind.SLIPPED]
        third = r.reps[6].end_s + 2.0
        noticed += bool(slips) and at_s < slips[0] <= third
    assert noticed >= 5


def test_a_slip_is_said_once():
    r = simulated("bridge", 1)
    accel_g, _ = slipped(r, rotation(THIGH_AXIS, 60.0), after_rep=3)
    slips = [w for w in play("bridge", r.t_s, accel_g) if w.kind is MountKind.SLIPPED]
    assert len(slips) == 1
    assert "Tighten" in slips[0].cure


@pytest.mark.parametrize("seed", range(3))
def test_how_the_sensor_is_turned_on_the_thigh_changes_nothing(seed: int):
    r = simulated("clamshell", seed)
    accel_g, _ = slipped(r, rotation(np.array([0.2, 1.0, 0.1]), 45.0))
    straight, turned = (play("clamshell", r.t_s, a) for a in (accel_g, accel_g @ random_rotation(seed).T))
    assert [(w.kind, w.t_s) for w in turned] == [(w.kind, w.t_s) for w in straight]


@pytest.mark.parametrize("block", [1, 13, 100])
def test_the_size_of_the_blocks_changes_nothing(block: int):
    r = simulated("bridge", 2)
    accel_g, _ = slipped(r, rotation(THIGH_AXIS, 60.0))
    assert play("bridge", r.t_s, accel_g, block) == play("bridge", r.t_s, accel_g)


def test_cutting_the_recording_changes_no_warning_before_the_cut():
    r = simulated("bridge", 3)
    accel_g, _ = slipped(r, rotation(THIGH_AXIS, 60.0), after_rep=3)
    whole = play("bridge", r.t_s, accel_g)
    assert whole
    for share in (0.5, 0.7, 0.9):
        n = int(len(r.t_s) * share)
        cut = play("bridge", r.t_s[:n], accel_g[:n])
        until_s = float(r.t_s[n - 1]) - 0.1
        assert [w for w in cut if w.t_s <= until_s] == [w for w in whole if w.t_s <= until_s]


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_sensor_that_lies_still_is_noticed_in_ten_seconds(exercise: str):
    t_s = np.arange(1500) / 50.0
    noise = np.random.default_rng(0).normal(scale=0.003, size=(1500, 3))
    warnings = play(exercise, t_s, np.array([0.0, 0.6, 0.8]) + noise)
    assert [w.kind for w in warnings] == [MountKind.STILL]
    assert 10.0 <= warnings[0].t_s <= 10.5
    assert ("leg that works" in warnings[0].cure) == (exercise in ("clamshell", "lunge"))


def still_then_moved(times: int) -> tuple[Floats, Floats]:
    t_s = np.arange(times * 15 * 50) / 50.0
    angle = np.radians(30.0) * np.floor(t_s / 15.0)
    return t_s, np.stack((np.sin(angle), np.zeros_like(angle), np.cos(angle)), axis=1)


def test_stillness_is_said_again_only_after_a_movement():
    t_s, accel_g = still_then_moved(3)
    warnings = play("bridge", t_s, accel_g)
    assert [round(w.t_s / 15.0) for w in warnings if w.kind is MountKind.STILL] == [1, 2, 3]


def test_the_resting_leg_of_a_clamshell_is_noticed_by_its_small_reps():
    r = simulated("clamshell", 4, excursion_deg=9.0)
    assert MountKind.WRONG_LEG in {w.kind for w in play("clamshell", r.t_s, r.accel_g)}
    assert MountKind.WRONG_LEG not in {w.kind for w in play("bridge", r.t_s, r.accel_g)}


def heaving(period_s: float, heave_g: float, tilt_deg: float) -> tuple[Floats, Floats]:
    """A sensor that goes up and down far more than it turns, as a wrist that holds a bar does."""
    t_s = np.arange(3000) / 50.0
    phase = 2 * np.pi * t_s / period_s
    tilt = np.radians(tilt_deg) * np.sin(phase)
    size = 1.0 + heave_g * np.sin(2 * phase)
    return t_s, size[:, None] * np.stack((np.sin(tilt), 0.02 * np.cos(phase), np.cos(tilt)), axis=1)


@pytest.mark.parametrize("exercise", ["squat", "deadlift", "lunge"])
def test_a_wrist_that_heaves_is_noticed_in_ten_seconds(exercise: str):
    warnings = play(exercise, *heaving(3.0, 0.4, 6.0))
    assert warnings[0].kind is MountKind.ELSEWHERE
    assert warnings[0].t_s <= 10.5
    assert "wrist" in warnings[0].cure


def test_a_thigh_that_walks_is_no_wrist():
    t_s = np.arange(3000) / 50.0
    phase = 2 * np.pi * t_s * 0.9
    swing = np.radians(25.0) * np.sin(phase)
    impact = 1.0 * np.sin(8 * phase)
    accel_g = np.stack((np.sin(swing), 0.3 * np.sin(3 * phase), np.cos(swing) + impact), axis=1)
    assert MountKind.ELSEWHERE not in {w.kind for w in play("squat", t_s, accel_g)}


def test_reps_that_are_another_exercise_are_doubted():
    doubted = 0
    for seed in range(4):
        r = simulated("clamshell", seed, excursion_deg=60.0)
        doubted += MountKind.ELSEWHERE in {w.kind for w in play("bridge", r.t_s, r.accel_g)}
    assert doubted >= 3


def test_a_hole_forgets_where_the_sensor_was():
    motion, mount = Motion(), MountCheck("bridge")
    t_s = np.arange(480) / 50.0
    accel_g = np.tile([0.0, 0.6, 0.8], (480, 1))
    assert mount.feed(motion.feed(SampleBlock(0, t_s, accel_g))) == []
    assert mount.feed(motion.feed(Gap(9.58, 20.0, 520, GapCause.LOST))) == []
    assert mount.feed(motion.feed(SampleBlock(1000, t_s + 20.0, accel_g))) == []


@pytest.mark.parametrize("junk", ["noise", "free fall", "huge", "unknown exercise"])
def test_junk_breaks_nothing(junk: str):
    rng = np.random.default_rng(0)
    accel = {"noise": rng.normal(size=(3000, 3)), "free fall": np.zeros((3000, 3))}.get(junk)
    accel = rng.normal(size=(3000, 3)) * 1e5 if accel is None else accel
    warnings = play("generic" if junk == "unknown exercise" else "squat", np.arange(3000) / 50.0, accel, block=250)
    assert all(w.text and w.cure and not w.text.endswith(".") for w in warnings)

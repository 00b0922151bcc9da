from __future__ import annotations

import numpy as np
import pytest
from repband.motion import MotionGap
from repband.recognise import Recogniser, recognise_result
from repband.recognise.base import DOUBT
from repband.reps import RepCounter, RepMeasured
from sets_for_recognition import frames_of, play, random_rotation, simulated


@pytest.mark.parametrize("exercise", ["bridge", "clamshell"])
def test_most_simulated_sets_are_recognised_and_none_mistaken_for_the_other(exercise: str):
    other = {"bridge": "clamshell", "clamshell": "bridge"}[exercise]
    called = [play(r.t_s, r.accel_g)[-1].exercise for r in (simulated(exercise, seed) for seed in range(12))]
    assert called.count(exercise) >= 9
    assert called.count(other) <= 2


@pytest.mark.parametrize("exercise", ["bridge", "clamshell"])
@pytest.mark.parametrize("seed", range(3))
def test_turning_the_sensor_changes_nothing(exercise: str, seed: int):
    r = simulated(exercise, seed)
    straight = play(r.t_s, r.accel_g)[-1]
    turned = play(r.t_s, r.accel_g @ random_rotation(seed).T)[-1]
    assert turned.exercise == straight.exercise
    assert turned.confidence == pytest.approx(straight.confidence, abs=0.02)


@pytest.mark.parametrize("block", [1, 7, 52])
def test_the_size_of_the_blocks_changes_nothing(block: int):
    r = simulated("clamshell", 1, reps=4)
    assert play(r.t_s, r.accel_g, block)[-1] == play(r.t_s, r.accel_g)[-1]


def test_a_live_session_says_the_same_as_the_recording_up_to_there():
    r = simulated("bridge", 2)
    live = play(r.t_s, r.accel_g, block=260)
    for k in range(0, len(live) - 1, 3):
        cut = slice(0, (k + 1) * 260)
        motion = frames_of(r.t_s[cut], r.accel_g[cut])
        counter, recogniser = RepCounter(), Recogniser()
        recogniser.feed(motion, counter.feed(motion))
        assert recogniser.result() == live[k]


def test_nothing_is_said_before_two_reps():
    r = simulated("bridge", 3)
    motion = frames_of(r.t_s, r.accel_g)
    reps = [e.rep for e in RepCounter().feed(motion) if isinstance(e, RepMeasured)]
    early = recognise_result(
        [f for f in motion if not isinstance(f, MotionGap) and f.known_s <= reps[0].measured_s], reps[:1]
    )
    assert early.exercise is None
    assert early.confidence == 0.0
    assert early.because.startswith("1 reps")
    assert early.as_plain() == {"exercise": "unknown", "confidence": 0.0}


def test_a_whole_recording_at_once_says_what_a_live_session_says():
    r = simulated("clamshell", 4)
    motion = frames_of(r.t_s, r.accel_g)
    counter = RepCounter()
    events = [*counter.feed(motion), *counter.finish()]
    reps = [e.rep for e in events if isinstance(e, RepMeasured)]
    assert recognise_result(motion, reps) == play(r.t_s, r.accel_g, block=100)[-1]


def test_shares_add_up_and_the_confidence_is_one_of_them():
    r = simulated("clamshell", 5)
    last = play(r.t_s, r.accel_g)[-1]
    shares = dict(last.likely)
    assert sum(shares.values()) == pytest.approx(1.0, abs=0.02)
    assert shares[last.exercise or "unknown"] == last.confidence
    assert last.speaks_against("bridge") == (shares["bridge"] <= DOUBT)


def test_an_exercise_that_cannot_be_recognised_is_never_doubted():
    r = simulated("clamshell", 5)
    assert not play(r.t_s, r.accel_g)[-1].speaks_against("squat")


@pytest.mark.parametrize(("hole_s", "known", "kept"), [(5.0, True, True), (60.0, True, False), (5.0, False, False)])
def test_a_short_hole_leaves_what_was_known_and_a_long_one_nothing(hole_s: float, known: bool, kept: bool):
    r = simulated("clamshell", 6)
    motion = frames_of(r.t_s, r.accel_g)
    recogniser = Recogniser()
    recogniser.feed(motion, RepCounter().feed(motion))
    before = recogniser.result()
    assert before.exercise == "clamshell"
    end_s = float(r.t_s[-1])
    recogniser.feed([MotionGap(end_s, end_s + hole_s, known)])
    assert recogniser.reps == 0
    assert recogniser.result().exercise == ("clamshell" if kept else None)


def test_getting_up_after_the_set_changes_nothing():
    r = simulated("clamshell", 7)
    whole = play(r.t_s, r.accel_g)[-1]
    n = int(r.rate_hz * 12)
    t_s = np.arange(n) / r.rate_hz + r.t_s[-1] + 1 / r.rate_hz
    angle = np.minimum(np.arange(n) / n * 3.0, 1.0) * 1.4
    axis = r.accel_g[-1] / np.linalg.norm(r.accel_g[-1])
    side = np.cross(axis, [0.3, 0.9, 0.1])
    side /= np.linalg.norm(side)
    rising = np.cos(angle)[:, None] * axis + np.sin(angle)[:, None] * side
    after = play(np.concatenate((r.t_s, t_s)), np.concatenate((r.accel_g, rising)))[-1]
    assert after.exercise == whole.exercise == "clamshell"


@pytest.mark.parametrize("junk", ["nothing", "still", "noise", "free fall", "huge"])
def test_junk_is_unknown(junk: str):
    rng = np.random.default_rng(0)
    n = 3000
    accel = {
        "nothing": np.zeros((0, 3)),
        "still": np.tile([0.0, 0.0, 1.0], (n, 1)),
        "noise": rng.normal(size=(n, 3)),
        "free fall": np.zeros((n, 3)),
        "huge": rng.normal(size=(n, 3)) * 1e6,
    }[junk]
    if not len(accel):
        assert recognise_result([], []).exercise is None
        return
    result = play(np.arange(n) / 50.0, accel, block=500)[-1]
    assert result.exercise is None
    assert 0.0 <= result.confidence <= 1.0

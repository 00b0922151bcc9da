"""What counts, what doesn't, and what is said about it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from repband.motion import Motion
from repband.reps import Flag, Rep, RepCounter, RepProgress, count_items
from repband.simulate import PostureChange, SetPlan
from repband.stream import Gap, GapCause, SampleBlock
from repsets import block, events, exercise, made, measured, plain, rejected, without


def test_a_still_sensor_counts_nothing_and_says_nothing():
    n = 52 * 60
    noise = np.random.default_rng(0).normal(0.0, 0.004, (n, 3))
    counter, heard = events([SampleBlock(0, np.arange(n) / 52.0, noise + np.array([0.0, 0.6, 0.8]))], "bridge")
    assert counter.count == 0
    assert heard == []


@pytest.mark.parametrize("name", ["bridge", "clamshell", "squat", "deadlift", "lunge"])
def test_getting_into_position_and_out_of_it_does_not_count(name: str):
    change = PostureChange(angle_deg=80.0)
    recording = made(SetPlan(name, reps=5, before=change, after=change), seed=7)
    found = count_items([block(recording)], exercise(name))
    assert found.count == 5
    for rep, true in zip(found.reps, recording.reps, strict=True):
        assert rep.half_up_s == pytest.approx(true.half_up_s, abs=0.25)
        assert rep.half_down_s == pytest.approx(true.half_down_s, abs=0.25)


def test_a_change_of_posture_alone_is_no_rep():
    recording = made(SetPlan("bridge", reps=0, before=PostureChange(70.0), after=PostureChange(90.0)), seed=3)
    assert count_items([block(recording)], exercise("bridge")).count == 0


def test_partials_are_rejected_with_their_times_and_a_reason():
    recording = made(SetPlan("squat", reps=6, partials=2, partial_share=(0.33, 0.38)), seed=5)
    counter, heard = events([block(recording)], "squat")
    assert counter.count == 6
    partials = [t for t in recording.truth if t.kind == "partial"]
    found = [r for r in rejected(heard) if r.reason == "partial"]
    assert len(found) == 2
    for true, said in zip(partials, found, strict=True):
        assert said.start_s < true.turn_s < said.end_s
        assert said.decided_s <= true.end_s + 1.5


def test_walking_is_too_lively_for_reps():
    t_s = np.arange(60 * 100) / 100.0
    swing = 0.35 * np.sin(2 * np.pi * 0.9 * t_s)  # the thigh swings 20 degrees to each side
    impact = 2.5 * np.exp(-((t_s * 1.8) % 1.0) * 25.0)  # and every step jolts
    accel = np.stack([np.sin(swing), impact, np.cos(swing)], axis=1)
    counter, _ = events([SampleBlock(0, t_s, accel)], None)
    assert counter.count == 0


def test_a_small_first_rep_waits_for_a_second_and_is_announced_late():
    recording = made(SetPlan("bridge", reps=4, excursion_deg=10.0), seed=2)
    counter, heard = events([block(recording)], "bridge")
    reps = [m.rep for m in measured([*heard, *counter.finish()])]
    assert [Flag.LATE in r.flags for r in reps] == [True, False, False, False]
    assert reps[0].announced_s == reps[1].announced_s


def test_reps_are_announced_near_their_end_and_measured_soon_after():
    recording = plain("clamshell", 6, reps=6)
    found = count_items([block(recording)], exercise("clamshell"))
    assert found.count == 6
    for rep, true in zip(found.reps, recording.reps, strict=True):
        if Flag.LATE not in rep.flags:
            assert -1.0 < rep.announced_s - true.end_s < 0.5
        assert rep.announced_s <= rep.measured_s < rep.announced_s + 2.0


def test_phases_add_up_and_numbers_run():
    found = count_items([block(plain("bridge", 8, reps=5))], exercise("bridge"))
    assert [r.number for r in found.reps] == [1, 2, 3, 4, 5]
    assert found.reps[0].tempo_s.rest_before is None
    for rep in found.reps:
        tempo = rep.tempo_s
        assert tempo.out + tempo.hold + tempo.back == pytest.approx(rep.end_s - rep.start_s, abs=1e-9)
        assert rep.start_s < rep.half_up_s < rep.turn_s < rep.half_down_s < rep.end_s
        assert min(rep.tempo_sd_s.out, rep.tempo_sd_s.hold, rep.tempo_sd_s.back) > 0.01
    for before, rep in zip(found.reps, found.reps[1:], strict=False):
        assert rep.tempo_s.rest_before == pytest.approx(max(rep.start_s - before.end_s, 0.0), abs=1e-9)


def test_nothing_given_counts_anything_that_goes_out_and_comes_back():
    for name in ("clamshell", "squat"):
        assert count_items([block(plain(name, 1, reps=5))]).count == 5


def hole_in_hold(length_s: float) -> tuple[Rep, Rep]:
    recording = made(SetPlan("bridge", reps=4), seed=4)
    whole, middle_s = block(recording), recording.reps[1].turn_s + 0.3
    gap = Gap(middle_s, middle_s + length_s, None, GapCause.LOST)
    items = without(whole, gap.start_s, gap.end_s, gap)
    with_hole, plainly = count_items(items, exercise("bridge")), count_items([whole], exercise("bridge"))
    assert with_hole.count == plainly.count == 4
    return with_hole.reps[1], plainly.reps[1]


def test_a_gap_inside_a_rep_is_flagged_and_widens_its_uncertainty():
    cut, whole = hole_in_hold(0.8)
    assert Flag.GAP in cut.flags
    assert Flag.HOLD_CUT in cut.flags
    assert cut.tempo_sd_s.hold > whole.tempo_sd_s.hold + 0.1
    assert not {Flag.GAP, Flag.HOLD_CUT} & set(whole.flags)


@pytest.mark.parametrize(("length_s", "hidden"), [(0.5, 0), (9.0, 1)])
def test_a_gap_that_could_hide_a_rep_widens_the_count(length_s: float, hidden: int):
    recording = made(dataclasses.replace(plain("squat", 2).plan, reps=8, tail_s=20.0), seed=2)
    end_s = recording.reps[-1].end_s + 1.5
    gap = Gap(end_s, end_s + length_s, None, GapCause.LOST)
    found = count_items(without(block(recording), gap.start_s, gap.end_s, gap), exercise("squat"))
    assert found.count == found.count_min == 8
    assert (found.count_max > 8) == bool(hidden)


def test_a_gap_of_unknown_length_forgets_where_rest_was_and_leaves_the_count_open():
    recording = made(SetPlan("squat", reps=4), seed=6)
    middle_s = (recording.reps[1].end_s + recording.reps[2].start_s) / 2
    gap = Gap(middle_s, middle_s + 0.04, None, GapCause.CLOCK)
    found = count_items(without(block(recording), gap.start_s, gap.end_s, gap), exercise("squat"))
    assert found.count == 4
    assert found.count_max == 5


def test_progress_comes_with_every_frame_and_follows_the_excursion():
    recording = plain("squat", 4)
    motion, counter = Motion(), RepCounter(exercise("squat"))
    frames = motion.feed(block(recording))
    progress = [e for e in counter.feed(frames) if isinstance(e, RepProgress)]
    assert len(progress) == len(frames)
    assert max(p.excursion_deg for p in progress) == pytest.approx(recording.reps[0].excursion_deg, rel=0.25)

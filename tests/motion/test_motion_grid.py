"""The uniform grid: exact, whatever the blocks, and right at every rate."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from repband.motion import BRIDGE_S, FRAME_S, Motion, MotionFrame, MotionGap, MotionItem
from repband.stream import Gap, GapCause, SampleBlock


def samples(rate_hz: float, seconds: float, seed: int = 0, start_s: float = 0.0) -> SampleBlock:
    rng = np.random.default_rng(seed)
    t_s = start_s + np.arange(round(rate_hz * seconds)) / rate_hz
    slow = np.stack([np.sin(0.9 * t_s), np.cos(0.7 * t_s), 0.2 * t_s], axis=1)
    return SampleBlock(0, t_s, slow + rng.normal(0.0, 0.01, slow.shape))


def cut(block: SampleBlock, places: list[int]) -> list[SampleBlock]:
    edges = [0, *sorted({p % len(block.t_s) for p in places} - {0}), len(block.t_s)]
    return [SampleBlock(a, block.t_s[a:b], block.accel_g[a:b]) for a, b in pairwise(edges)]


def frames(items: list[SampleBlock | Gap]) -> list[MotionItem]:
    motion = Motion()
    return [frame for item in items for frame in motion.feed(item)]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 10_000), max_size=30), st.sampled_from([10.0, 23.7, 52.0, 103.1, 400.0]))
def test_frames_are_the_same_to_the_bit_however_the_samples_are_cut(places: list[int], rate_hz: float):
    whole = samples(rate_hz, 8.0)
    assert frames(list(cut(whole, places))) == frames([whole])


@pytest.mark.parametrize("rate_hz", [10.0, 12.5, 25.0, 50.0, 52.0, 100.0, 208.0, 400.0])
def test_every_rate_gives_the_same_signal(rate_hz: float):
    t_s = np.arange(round(rate_hz * 10)) / rate_hz
    block = SampleBlock(0, t_s, np.stack([np.sin(2.0 * t_s), np.full_like(t_s, 1.0), 0.1 * t_s], axis=1))
    for frame in frames([block]):
        assert isinstance(frame, MotionFrame)
        # A frame's mean of sin(2 t) differs from its middle by 0.03 %, a chord at 10 Hz by 0.5 %.
        assert frame.ux == pytest.approx(math.sin(2.0 * frame.t_s), abs=0.006)
        assert frame.uy == pytest.approx(1.0, abs=3e-6)
        assert frame.uz == pytest.approx(0.1 * frame.t_s, abs=3e-6)


def test_frames_stand_in_the_middle_of_their_time_and_name_the_sample_that_completed_them():
    found = [f for f in frames([samples(100.0, 2.0, start_s=7.0)]) if isinstance(f, MotionFrame)]
    assert [f.number for f in found] == list(range(len(found)))
    assert found[0].t_s == pytest.approx(7.0 + FRAME_S / 2)
    assert found[0].known_s == pytest.approx(7.0 + FRAME_S)
    assert all(f.known_s >= f.t_s for f in found)


def test_a_constant_stays_what_it_is_and_has_no_jerk():
    block = SampleBlock(0, np.arange(300) / 100.0, np.tile([0.25, -0.5, 0.75], (300, 1)))
    for frame in frames([block]):
        assert isinstance(frame, MotionFrame)
        assert (frame.ux, frame.uy, frame.uz) == (0.25, -0.5, 0.75)
        assert (frame.x, frame.y, frame.z) == pytest.approx((0.25, -0.5, 0.75), abs=1e-9)
        assert frame.jerk_g == 0.0


def with_hole(length_s: float, cause: GapCause = GapCause.LOST) -> list[MotionItem]:
    before, after = samples(50.0, 4.0), samples(50.0, 4.0, seed=1, start_s=3.98 + length_s)
    return frames([before, Gap(3.98, 3.98 + length_s, None, cause), after])


def test_a_short_hole_is_bridged_by_a_straight_line_and_marked():
    found = with_hole(0.6)
    assert all(isinstance(f, MotionFrame) for f in found)
    marked = [f.t_s for f in found if isinstance(f, MotionFrame) and f.bridged]
    assert min(marked) == pytest.approx(3.98, abs=FRAME_S)
    assert max(marked) == pytest.approx(4.58, abs=FRAME_S)
    assert [f.number for f in found if isinstance(f, MotionFrame)] == list(range(len(found)))


def test_a_long_hole_is_named_and_the_low_pass_starts_afresh_behind_it():
    found = with_hole(BRIDGE_S + 1.0)
    gaps = [f for f in found if isinstance(f, MotionGap)]
    assert gaps == [MotionGap(3.98, 3.98 + BRIDGE_S + 1.0, True)]
    first = found[found.index(gaps[0]) + 1]
    assert isinstance(first, MotionFrame)
    assert (first.x, first.y, first.z) == pytest.approx((first.ux, first.uy, first.uz), abs=1e-9)
    assert first.t_s >= gaps[0].end_s


def test_nobody_bridges_a_hole_of_unknown_length():
    gaps = [f for f in with_hole(0.3, GapCause.CLOCK) if isinstance(f, MotionGap)]
    assert [g.length_known for g in gaps] == [False]


def test_a_single_sample_gives_nothing_and_breaks_nothing():
    motion = Motion()
    assert motion.feed(SampleBlock(0, np.array([3.0]), np.ones((1, 3)))) == []
    assert len(motion.feed(SampleBlock(1, np.array([3.09]), np.ones((1, 3))))) == 2

"""Swings between two levels: found where they are, corrected for the smoothing and the lever."""

from __future__ import annotations

import pytest
from repband.motion import FRAME_S
from repband.reps.excursion import angle_of, chord_of
from repband.reps.swing import find_onset, find_swing, smooth

LEVER_FRAMES2 = 0.010 / FRAME_S**2


def minimum_jerk(start: float, length: float, n: int = 200) -> list[float]:
    shares = [min(max((i - start) / length, 0.0), 1.0) for i in range(n)]
    return [x**3 * (10 - 15 * x + 6 * x * x) for x in shares]


def levered(heights: list[float]) -> list[float]:
    """As an accelerometer on a swinging lever reads it."""
    inside = [h - LEVER_FRAMES2 * (a - 2 * h + b) for a, h, b in zip(heights, heights[1:], heights[2:], strict=False)]
    return [heights[0], *inside, heights[-1]]


@pytest.mark.parametrize("length", [20.0, 32.5, 60.0])
@pytest.mark.parametrize("start", [60.0, 61.37])
def test_a_swing_is_found_within_a_frame_and_a_half(start: float, length: float):
    swing = find_swing(smooth(levered(minimum_jerk(start, length))), 40, 150)
    assert swing.start == pytest.approx(start, abs=1.5)
    assert swing.end == pytest.approx(start + length, abs=1.5)
    assert swing.half == pytest.approx(start + length / 2, abs=0.1)
    assert swing.rise == pytest.approx(1.0, abs=0.1)


def test_a_swing_in_two_steps_begins_with_the_first():
    first, second = minimum_jerk(50.0, 20.0), minimum_jerk(85.0, 30.0)
    heights = smooth([0.4 * a + 0.6 * b for a, b in zip(first, second, strict=True)])
    main = find_swing(heights, 80, 130)
    assert main.start > 75.0
    assert find_onset(heights, main).start == pytest.approx(50.0, abs=3.0)


def test_what_came_before_a_halt_is_no_part_of_a_swing():
    shifted, later = minimum_jerk(50.0, 20.0), minimum_jerk(105.0, 30.0)
    heights = smooth([0.2 * a + 0.8 * b for a, b in zip(shifted, later, strict=True)])
    main = find_swing(heights, 100, 150)
    assert find_onset(heights, main) == main
    assert main.start == pytest.approx(105.0, abs=3.0)


def test_smoothing_keeps_length_and_level():
    assert smooth([2.0] * 30) == pytest.approx([2.0] * 30)
    heights = minimum_jerk(60.0, 30.0)
    assert len(smooth(heights)) == len(heights)


@pytest.mark.parametrize("angle", [0.05, 0.3, 0.9, 1.6])
def test_chord_and_angle_are_each_other_s_inverse(angle: float):
    assert angle_of(chord_of(angle)) == pytest.approx(angle, rel=0.01)

"""The times of a finished rep, from the frames before any low-pass."""

from __future__ import annotations

from math import acos, degrees, sqrt
from typing import NamedTuple

from repband.motion import FILTER_DELAY_S, FRAME_S, MotionFrame
from repband.reps.excursion import Excursion, dot, minus
from repband.reps.swing import Heights, Swing, find_onset, find_swing, smooth

DELAY = FILTER_DELAY_S / FRAME_S
BEFORE = round(2.5 / FRAME_S)
"""Frames looked at before a movement was noticed: the slowest way out is noticed within two seconds."""


class Measured(NamedTuple):
    """Times in frames (fractions of an index), and what they rest on.

    Attributes:
        out, back: the swings out and back; `back` is as seen forward in time.
        turn: the farthest point.
        excursion_deg: angle of gravity from rest to the farthest point.
        noise: standard deviation of the height that is no movement, as a share of the chord.
        hold_cut: frames are missing between the two swings.
    """

    out: Swing
    back: Swing
    turn: float
    excursion_deg: float
    noise: float
    hold_cut: bool


def measure(frames: list[MotionFrame], found: Excursion) -> Measured:
    """Measures an excursion.

    Args:
        frames: from before its start (`BEFORE`) to a moment after its return.
        found: what the track saw.
    """
    raw, first = _heights(frames, found)
    heights = smooth(raw)
    up = _within(found.half_up - DELAY - first, heights)
    down = _within(found.half_down - DELAY - first, heights)
    top = max(range(up, down + 1), key=lambda i: heights[i])
    out = _swing(heights, max(1, up - 15), max(up, min(top, up + 15), 1))
    back = _backward(heights, max(top, down - 15), min(down + 15, len(heights) - 1))
    out, back = _apart(out, back)
    residue = [raw[i] - heights[i] for i in range(up, down + 1)]
    noise = sqrt(sum(r * r for r in residue) / len(residue))
    out, back = _moved(out, first), _moved(back, first)
    whole = {f.number for f in frames if not f.bridged}
    hold_cut = not whole.issuperset(range(round(out.end), round(back.start) + 1))
    return Measured(out, back, top + first, _angle_deg(found), noise, hold_cut)


def _heights(frames: list[MotionFrame], found: Excursion) -> tuple[Heights, int]:
    """Height along the chord for every frame index, holes filled by straight lines; and the first index."""
    axis = found.axis_g
    square = dot(axis, axis)
    heights: Heights = []
    for frame in frames:
        height = dot(minus((frame.ux, frame.uy, frame.uz), found.rest_g), axis) / square
        missing = frame.number - frames[0].number - len(heights)
        last = heights[-1] if heights else height
        heights += [last + (height - last) * (k + 1) / (missing + 1) for k in range(missing)]
        heights.append(height)
    return heights, frames[0].number


def _within(index: float, heights: Heights) -> int:
    return min(max(round(index), 1), len(heights) - 1)


def _swing(heights: Heights, first: int, last: int) -> Swing:
    return find_onset(heights, find_swing(heights, first, last))


def _backward(heights: Heights, first: int, last: int) -> Swing:
    """The swing that falls, found on the reversed signal."""
    n = len(heights)
    turned = heights[::-1]
    low = min(max(n - 1 - last, 1), n - 1)
    high = min(max(n - 1 - first, low), n - 1)
    swing = _swing(turned, low, high)
    return swing._replace(start=n - 1 - swing.end, half=n - 1 - swing.half, end=n - 1 - swing.start)


def _apart(out: Swing, back: Swing) -> tuple[Swing, Swing]:
    """Without a hold the two swings may seem to overlap: they meet in the middle."""
    if out.end <= back.start:
        return out, back
    middle = (out.end + back.start) / 2.0
    middle = min(max(middle, out.start), back.end)
    return out._replace(end=middle), back._replace(start=middle)


def _moved(swing: Swing, by: int) -> Swing:
    return swing._replace(start=swing.start + by, half=swing.half + by, end=swing.end + by)


def _angle_deg(found: Excursion) -> float:
    """Angle between gravity at rest and at the farthest point; for the report only, never for a decision."""
    a, b = found.rest_g, found.far_g
    size = sqrt(dot(a, a) * dot(b, b))
    return degrees(acos(max(-1.0, min(1.0, dot(a, b) / size)))) if size else 0.0

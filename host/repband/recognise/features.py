"""The last reps in six numbers that no turn of the sensor changes."""

from __future__ import annotations

from collections.abc import Sequence
from math import asin, degrees, log

from repband.motion import FRAME_S
from repband.recognise.axes import centred, main_axis, median, spread
from repband.recognise.shape import RepShape, Still
from repband.recognise.vectors import dot, total

FEATURES = ("period", "excursion", "lively", "shake", "rest_share", "rep_share")
"""Natural logarithms of: time of one cycle, in s; angle between the ends of gravity's path, in degrees; mean second
difference of the specific force, in g, by the path's length as a chord; standard deviation of the specific force's
size, in g, by the same; share of the time within a fifth of the path from its resting end; median excursion of a
rep by that of the whole path (a swing to both sides has two reps in it)."""

FEWEST_S = 6.0
"""Motion without which nothing is said: two reps of the quickest kind with their rests."""

_FEWEST_CROSSINGS = 4  # two cycles have four
_LEAST_CHORD = 0.02  # about one degree
_HYSTERESIS = 0.15  # of the path: a cycle crosses its middle by this much on both sides
_ENDS = 0.05  # share of the time beyond either end of the path: outliers
_REST = 0.2  # of the path from its resting end counts as rest

# Added before the logarithm so that hardly anything and nothing are alike.
_FLOOR = 0.01
_SHARE_FLOOR = 0.02


def features_of(motion: Sequence[Still], shapes: Sequence[RepShape]) -> tuple[float, ...] | None:
    """The features of a stretch of motion, in the order of FEATURES; None where it holds no two cycles.

    Args:
        motion: consecutive frames of a set.
        shapes: its last reps, at least one.
    """
    if len(motion) * FRAME_S < FEWEST_S:
        return None
    along, chord = _along(motion, shapes)
    if chord < _LEAST_CHORD:
        return None
    crossings = _crossings(along, chord)
    if len(crossings) < _FEWEST_CROSSINGS:
        return None
    cycles_s = [(b - a) * FRAME_S for a, b in zip(crossings, crossings[2:], strict=False)]
    resting = sum(height < _REST * chord for height in along) / len(along)
    path_deg = degrees(2.0 * asin(min(1.0, chord / 2.0)))
    return (
        log(median(cycles_s)),
        log(path_deg),
        log(sum(f.jerk_g for f in motion) / len(motion) / chord + _FLOOR),
        log(spread([f.size_g for f in motion]) / chord + _FLOOR),
        log(resting + _SHARE_FLOOR),
        log(median([s.excursion_deg for s in shapes]) / path_deg),
    )


def _along(motion: Sequence[Still], shapes: Sequence[RepShape]) -> tuple[list[float], float]:
    """Heights along the direction in which gravity moves most, 0 at the resting end; and the path's length."""
    away = centred([f.down for f in motion])
    axis = main_axis(away)
    # Reps go from rest to the working end: their sum says which end of the path that is.
    if dot(axis, total(s.turn for s in shapes)) < dot(axis, total(s.rest for s in shapes)):
        axis = -axis[0], -axis[1], -axis[2]
    heights = [dot(a, axis) for a in away]
    ordered = sorted(heights)
    low, high = ordered[int(_ENDS * (len(ordered) - 1))], ordered[int((1.0 - _ENDS) * (len(ordered) - 1))]
    return [h - low for h in heights], high - low


def _crossings(along: Sequence[float], chord: float) -> list[int]:
    """Where the path passes its middle, up and down in turn, with hysteresis."""
    upper, lower = (0.5 + _HYSTERESIS) * chord, (0.5 - _HYSTERESIS) * chord
    up: bool | None = None
    found: list[int] = []
    for i, height in enumerate(along):
        side = True if height > upper else False if height < lower else up
        if up is not None and side != up:
            found.append(i)
        up = side
    return found

"""From measured frames to a `Rep` in seconds, with its uncertainty and flags."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

from repband.motion import FRAME_S
from repband.reps.base import Flag, PhaseTimes, Rep
from repband.reps.excursion import Excursion
from repband.reps.measure import Measured
from repband.reps.swing import AHEAD, SLOPE, Swing

CLOCK_SHARE = 1e-4
"""Clock error of a common quartz over its range of temperature: 100 parts in a million."""

SHAPE_SHARE = 0.06
"""How far swings stray from minimum jerk: error of an instant as a share of the swing's length. Taken from 500
simulated sets with unsteadiness and soft tissue, on which errors then come out as large as promised."""

STEPPED_SHARE = 0.20
"""The same for a swing in several steps, whose first and last are told from the rest by a threshold only."""


@dataclass(frozen=True, slots=True)
class Announced:
    """A counted rep that waits to be measured."""

    number: int
    announced_s: float
    found: Excursion
    flags: tuple[Flag, ...]


def report(
    rep: Announced,
    m: Measured,
    origin_s: float,
    measured_s: float,
    previous_end_s: float | None,
    least_rep_s: float,
) -> Rep:
    """The rep in seconds.

    Args:
        rep: what was announced.
        m: its times in frames.
        origin_s: the stream time at which frame 0 begins.
        measured_s: the stream time now.
        previous_end_s: the return of the rep before it.
        least_rep_s: the quickest that people do this exercise.
    """

    when = _instants(m, origin_s, previous_end_s, measured_s)
    out_sd, back_sd = instant_sd_s(m.out, m.noise, rep.found), instant_sd_s(m.back, m.noise, rep.found)
    rest = None if previous_end_s is None else max(when.start - previous_end_s, 0.0)
    return Rep(
        number=rep.number,
        announced_s=rep.announced_s,
        measured_s=measured_s,
        start_s=when.start,
        half_up_s=when.half_up,
        turn_s=when.turn,
        half_down_s=when.half_down,
        end_s=when.end,
        excursion_deg=m.excursion_deg,
        tempo_s=PhaseTimes(rest, when.arrived - when.start, when.left - when.arrived, when.end - when.left),
        tempo_sd_s=PhaseTimes(
            None if rest is None else sqrt(2.0) * out_sd,
            sqrt(2.0) * out_sd,
            sqrt(out_sd * out_sd + back_sd * back_sd),
            sqrt(2.0) * back_sd,
        ),
        flags=_flags(rep, m, when.end - when.start < least_rep_s),
    )


class _Instants(NamedTuple):
    """The moments of a rep in s, each at or after the one before it."""

    start: float
    half_up: float
    arrived: float
    turn: float
    left: float
    half_down: float
    end: float


def _instants(m: Measured, origin_s: float, previous_end_s: float | None, latest_s: float) -> _Instants:
    """Puts the measured moments in order, within what has been recorded.

    Each swing is measured by itself, and beside a hole it may be drawn out over it. The onset is extrapolated: it
    gives way to the return of the rep before it.
    """
    frames = (m.out.start, m.out.half, m.out.end, m.turn, m.back.start, m.back.half, m.back.end)
    start, half_up, arrived, turn, left, half_down, end = (
        min(max(origin_s + (frame + 0.5) * FRAME_S, origin_s), latest_s) for frame in frames
    )
    half_down = max(half_down, half_up)
    arrived = min(max(arrived, half_up), half_down)
    left = min(max(left, arrived), half_down)
    turn = min(max(turn, arrived), left)
    start = min(max(start, origin_s if previous_end_s is None else previous_end_s), half_up)
    return _Instants(start, half_up, arrived, turn, left, half_down, max(end, half_down))


def instant_sd_s(swing: Swing, noise: float, found: Excursion) -> float:
    """Standard uncertainty of a swing's beginning or end, in s.

    Four parts, independent of each other: noise of the height at the 20 and 80 % crossings, carried through the
    extrapolation; the grid; the shape, as people's swings are not quite minimum-jerk; and frames that are missing.
    """
    length_s = swing.length * FRAME_S
    crossing_s = noise / max(swing.rise, 0.1) * length_s / SLOPE
    carried = sqrt((1.0 + AHEAD) ** 2 + AHEAD**2)
    grid_s = FRAME_S / sqrt(12.0)
    shape_s = (STEPPED_SHARE if swing.stepped else SHAPE_SHARE) * length_s
    gap_s = found.gap_frames * FRAME_S / sqrt(12.0)
    clock_s = CLOCK_SHARE * (found.end - found.start) * FRAME_S
    return sqrt((carried * crossing_s) ** 2 + grid_s**2 + shape_s**2 + gap_s**2 + clock_s**2)


def _flags(rep: Announced, m: Measured, fast: bool) -> tuple[Flag, ...]:
    found = {Flag.GAP: rep.found.gap_frames > 0, Flag.HOLD_CUT: m.hold_cut, Flag.FAST: fast}
    return (*(flag for flag, is_so in found.items() if is_so), *rep.flags)

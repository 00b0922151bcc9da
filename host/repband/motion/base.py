"""What motion gives: one frame each 40 ms, and every hole too long to bridge."""

from __future__ import annotations

from typing import NamedTuple

FRAME_S = 0.04
"""Length of one frame, in s."""

FILTER_DELAY_S = 0.225
"""Group delay of the low-pass behind `MotionFrame.x, y, z` below 0.5 Hz, in s; stamps are not corrected for it."""


class MotionFrame(NamedTuple):
    """The sensor over one frame of `FRAME_S`.

    Attributes:
        number: of the frame, counted from the first sample's time; rises by one, or by more across a `MotionGap`.
        t_s: stream time of the frame's middle, in s.
        known_s: stream time of the sample that completed it, in s: nothing can be known of it earlier.
        ux, uy, uz: specific force averaged over the frame, in g.
        x, y, z: the same through a causal low-pass (gravity, hardly any movement), in g.
        jerk_g: size of the second difference of u over three frames, in g: how lively the movement is.
        bridged: True where samples are missing and u was interpolated over the hole.
    """

    number: int
    t_s: float
    known_s: float
    ux: float
    uy: float
    uz: float
    x: float
    y: float
    z: float
    jerk_g: float
    bridged: bool


class MotionGap(NamedTuple):
    """A hole too long to bridge: the low-pass starts afresh behind it.

    Attributes:
        start_s: stream time of the last sample before it, in s.
        end_s: stream time of the first sample after it, in s.
        length_known: False where the source's clock jumped and nobody can know how long the hole was.
    """

    start_s: float
    end_s: float
    length_known: bool


MotionItem = MotionFrame | MotionGap

"""How the thigh moves just now: still, slow, how fast, and where it is heading."""

from __future__ import annotations

from collections import deque

from repband.motion import FILTER_DELAY_S, FRAME_S, MotionFrame
from repband.reps.excursion import Vector, dot, minus

STILL_FRAMES = round(0.4 / FRAME_S)
STILL_G = 0.03
"""The thigh is still when gravity turns by less than this (1.7 degrees) in `STILL_FRAMES`: sway stays below it."""

SLOW_SHARE = 0.15
"""It turns or halts when its speed falls to this share of the fastest of the last seconds."""

_FADES = 0.96  # a frame: the remembered fastest square speed falls to a third in about a second
_LIVELY = FRAME_S / 2.0  # time constant of 2 s: two strides
_AHEAD_FRAMES = 3
_AHEAD = FILTER_DELAY_S / (_AHEAD_FRAMES * FRAME_S)
_SPEED_FRAMES = 5


class Pace:
    """Follows the last frames.

    Attributes:
        still: the thigh has hardly moved for `STILL_FRAMES`.
        speed2: square of the way it went in the last five frames, in g.
        peak2: the largest `speed2` of the last seconds, fading.
        ahead_g: where the low-passed force will be when the filter's delay is over, in g.
        lively_g: `MotionFrame.jerk_g` smoothed over two seconds, in g.
    """

    def __init__(self) -> None:
        self.still = False
        self.speed2 = 0.0
        self.peak2 = 0.0
        self.ahead_g: Vector = (0.0, 0.0, 0.0)
        self.lively_g = 0.0
        self._recent: deque[MotionFrame] = deque(maxlen=STILL_FRAMES + 1)

    @property
    def slow(self) -> bool:
        """It turns, or halts."""
        return self.still or self.speed2 < SLOW_SHARE * SLOW_SHARE * self.peak2

    def step(self, frame: MotionFrame) -> None:
        """Takes the next frame."""
        recent = self._recent
        recent.append(frame)
        full = len(recent) > STILL_FRAMES
        self.still = full and _way2(frame, recent[0]) < STILL_G * STILL_G
        self.speed2 = _way2(frame, recent[-1 - _SPEED_FRAMES]) if len(recent) > _SPEED_FRAMES else 0.0
        self.peak2 = max(self.speed2, self.peak2 * _FADES)
        self.lively_g += (frame.jerk_g - self.lively_g) * _LIVELY
        old = recent[-1 - _AHEAD_FRAMES] if len(recent) > _AHEAD_FRAMES else frame
        self.ahead_g = (
            frame.x + _AHEAD * (frame.x - old.x),
            frame.y + _AHEAD * (frame.y - old.y),
            frame.z + _AHEAD * (frame.z - old.z),
        )

    def break_off(self) -> None:
        """Frames are missing: nothing is known of how the thigh came here."""
        self._recent.clear()


def _way2(new: MotionFrame, old: MotionFrame) -> float:
    way = minus((new.x, new.y, new.z), (old.x, old.y, old.z))
    return dot(way, way)

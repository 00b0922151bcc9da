"""Movements too small to be followed: noted, so that the wearer learns why nothing was counted."""

from __future__ import annotations

from math import sqrt

from repband.motion import MotionFrame
from repband.reps.excursion import dot, minus
from repband.reps.track import State, Track

_NOTED = 0.5  # of the distance from which a movement is followed
_OVER = 0.25


class Stirring:
    """Watches one rest posture for movements that go out and back without being followed."""

    def __init__(self) -> None:
        self._track: Track | None = None
        self._start: int | None = None

    def step(self, frame: MotionFrame, track: Track, leave_g: float) -> tuple[int, int] | None:
        """Takes the next frame; gives first and last frame of a small movement that is over."""
        if track is not self._track or track.state is not State.REST:
            self._track, self._start = track, None
            return None
        away = minus((frame.x, frame.y, frame.z), track.rest_g)
        distance_g = sqrt(dot(away, away))
        if self._start is None:
            if distance_g > _NOTED * leave_g:
                self._start = frame.number
        elif distance_g < _OVER * leave_g:
            start, self._start = self._start, None
            return start, frame.number
        return None

"""The sensor moves as no thigh does in this exercise."""

from __future__ import annotations

from collections import deque
from math import log, sqrt

from repband.motion import FRAME_S
from repband.mount.base import MountKind, MountWarning
from repband.recognise import Recogniser
from repband.recognise.axes import spread, two_spreads
from repband.recognise.shape import Still

WINDOW_S = 10.0
"""A stretch looked at: two quick reps."""

STEP_S = 2.5
"""How often it is looked at."""

LIMITS = {"squat": 0.6, "deadlift": 0.6, "lunge": 1.25}
"""Limit of `strangeness` for exercises done standing; README.md says what people's thighs and wrists reach."""

_USUAL_FLATNESS = 0.2  # second spread of gravity's path by the first; thighs in squats: 0.09-0.26
_USUAL_SHAKE = 0.2  # spread of the force's size, in g, by the first spread in rad; thighs in squats: 0.03-0.40
_LEAST_SPREAD = 0.05  # rad: below it nothing is done
_PARTS = 5  # of a window, each of which must hold some movement: getting into position has stillness beside it
_MOVES_RAD, _MOVES_G = 0.05, 0.05  # spread that is some movement; 0.02 to 0.08 find the same wrists
_GAIT_G = 0.6  # root mean square second difference, in g: walking on a thigh has 0.7 and more, squats at most 0.25

_CURE = "RepBand can count with the sensor on the thigh only: not on the shin, the lower back or the wrist"


class StandingCheck:
    """A thigh in a squat, lunge or deadlift turns far, in one plane; a wrist or a pelvis heaves, turns and wobbles."""

    def __init__(self, exercise: str) -> None:
        self._limit = LIMITS.get(exercise)
        self._frames: deque[Still] = deque(maxlen=round(WINDOW_S / FRAME_S))
        self._next_s: float | None = None
        self._said = False

    def restart(self) -> None:
        """Begins a new window."""
        self._frames.clear()
        self._next_s = None

    def frame(self, frame: Still) -> MountWarning | None:
        """Takes the next frame; warns once in a set."""
        if self._limit is None or self._said:
            return None
        self._frames.append(frame)
        if self._next_s is None:
            self._next_s = frame.t_s + WINDOW_S - 1.5 * FRAME_S
        if frame.t_s < self._next_s:
            return None
        self._next_s += STEP_S
        strange = strangeness(list(self._frames))
        if strange is None or strange < self._limit:
            return None
        self._said = True
        return MountWarning(MountKind.ELSEWHERE, frame.t_s, "The sensor does not move like a thigh", _CURE)


def strangeness(frames: list[Still]) -> float | None:
    """How unlike a thigh in a squat a stretch of motion is; None where there is nothing to judge, or someone walks."""
    jerk_g = sqrt(sum(f.jerk_g * f.jerk_g for f in frames) / len(frames))
    first, second = two_spreads([f.down for f in frames])
    if first < _LEAST_SPREAD or jerk_g > _GAIT_G:
        return None
    part = len(frames) // _PARTS
    if not all(_moves(frames[i * part : (i + 1) * part]) for i in range(_PARTS)):
        return None
    shake = spread([f.size_g for f in frames]) / (first + 0.01)
    return log(max(second / first, 0.01) / _USUAL_FLATNESS) + 0.5 * log(max(shake, 0.01) / _USUAL_SHAKE)


def _moves(frames: list[Still]) -> bool:
    return two_spreads([f.down for f in frames])[0] > _MOVES_RAD or spread([f.size_g for f in frames]) > _MOVES_G


class UnlikeCheck:
    """For exercises that recognition knows: the reps are hardly that exercise, in two reps running."""

    def __init__(self, exercise: str) -> None:
        self._exercise = exercise
        self._doubts = 0
        self._said = False

    def rep(self, t_s: float, recogniser: Recogniser) -> MountWarning | None:
        """Takes what recognition knows after a rep; warns once in a set."""
        if self._said:
            return None
        seen = recogniser.result()
        self._doubts = self._doubts + 1 if seen.speaks_against(self._exercise) else 0
        if self._doubts < 2:
            return None
        self._said = True
        like = f", more like a {seen.exercise}" if seen.exercise else ""
        return MountWarning(
            MountKind.ELSEWHERE, t_s, f"These reps do not look like a {self._exercise} on the thigh{like}", _CURE
        )

"""One hypothesis: "this posture is rest". Follows the thigh out of it and back, on the chord of the gravity vector."""

from __future__ import annotations

from enum import Enum, auto
from math import sqrt

from repband.motion import FRAME_S, MotionFrame
from repband.reps.excursion import Excursion, Vector, dot, minus
from repband.reps.history import History
from repband.reps.pace import Pace

LEAK = FRAME_S / 4.0
"""Share by which rest follows the thigh in each still frame: a time constant of 4 s, slower than any hold's wobble."""

RETURN = 0.40
"""Progress along the chord below which the thigh has come back; low enough that a dip in a hold does not count."""

SLOWED = 0.8
"""Share of its fastest speed to which a first return has to slow down: a change of posture may pass through rest."""

PASSED = -0.35
"""Progress below which it has passed through rest to the other side."""

BEFORE_RETURN = 0.65
"""Height that must have been passed before the return is foretold: a quick dip in a hold stays above it."""

NEAR = 0.60
"""Distance from rest, in chords, within which it has come back: a posture change passes by farther away."""

STAY = 0.85
"""Height above which the thigh stays at the far end."""

TOO_LONG = round(20.0 / FRAME_S)
"""Frames after which an excursion is given up: no rep takes so long, the wearer has changed posture."""


class State(Enum):
    """Where a track is."""

    REST = auto()  # in its rest posture, which follows slow drift
    OUT = auto()  # away from it: the farthest point is followed
    BACK = auto()  # near rest again, not yet at it: the next excursion may begin from here


class Track:
    """Follows the thigh from one rest posture.

    Args:
        rest_g: the low-passed specific force of that posture, in g.
        index: the frame at which it was seen.
    """

    def __init__(self, rest_g: Vector, index: int) -> None:
        self.rest_g = rest_g
        self.seen = index  # the last frame at rest
        self.state = State.REST
        self.working_g: Vector | None = None  # unit vector of the last rep counted from here
        self._far = rest_g
        self._chord2 = 0.0
        self._left = index
        self._nearest = rest_g
        self._nearest2 = 0.0
        self.missed_g = 0.0  # how far from rest the last excursion ended at its nearest
        self._jerk_sum = 0.0
        self._bridged = 0
        self._frames = 0
        self._peak2 = 0.0

    @property
    def left(self) -> int:
        """The frame at which it was left, while the thigh is out."""
        return self._left

    def step(self, frame: MotionFrame, pace: Pace, leave_g: float, history: History) -> Excursion | None:
        """Takes the next frame; gives the excursion that it completes, if any.

        Args:
            frame: the newest frame.
            pace: how the thigh moves just now.
            leave_g: distance from rest beyond which a movement has begun, in g.
            history: frames up to and with this one.
        """
        rx, ry, rz = self.rest_g
        dx, dy, dz = frame.x - rx, frame.y - ry, frame.z - rz
        distance2 = dx * dx + dy * dy + dz * dz
        if self.state is State.OUT:
            return self._out(frame, pace, leave_g, history)
        if distance2 < self._nearest2:
            self._nearest = frame.x, frame.y, frame.z
            self._nearest2 = distance2
        if self.state is State.BACK:
            self._back(frame, distance2, leave_g)
        elif distance2 > leave_g * leave_g:
            self._leave(frame, distance2)
            self.seen = frame.number
        elif pace.still:
            self.rest_g = rx + LEAK * dx, ry + LEAK * dy, rz + LEAK * dz
        elif self.working_g is not None:
            self._follow_away(dx, dy, dz)
        return None

    def prove(self, found: Excursion) -> None:
        """A rep was counted from here."""
        ax, ay, az = found.axis_g
        self.working_g = ax / found.chord_g, ay / found.chord_g, az / found.chord_g

    def _leave(self, frame: MotionFrame, distance2: float) -> None:
        self.state = State.OUT
        self.missed_g = sqrt(self._nearest2)
        self._nearest2 = distance2
        self._peak2 = 0.0
        self._far = frame.x, frame.y, frame.z
        self._chord2 = distance2
        self._left = frame.number
        self._jerk_sum = frame.jerk_g
        self._bridged = int(frame.bridged)
        self._frames = 1

    def _out(self, frame: MotionFrame, pace: Pace, leave_g: float, history: History) -> Excursion | None:
        self._jerk_sum += frame.jerk_g
        self._bridged += frame.bridged
        self._frames += 1
        self._peak2 = max(pace.speed2, self._peak2)
        here = frame.x, frame.y, frame.z
        away = minus(here, self.rest_g)
        distance2 = dot(away, away)
        if distance2 > self._chord2:
            self._chord2 = self._nearest2 = distance2
            self._far = here
            return None
        if distance2 <= self._nearest2:
            self._nearest, self._nearest2 = here, distance2
        if self._returned(away, pace):
            return self._complete(frame, history)
        if dot(away, minus(self._far, self.rest_g)) < PASSED * self._chord2:
            self._leave(frame, distance2)
            return None
        if self._turned(here, leave_g):
            found = self._complete(frame, history)
            self._set_out_again(frame)
            return found
        return None

    def _returned(self, away: Vector, pace: Pace) -> bool:
        """It has come back; from a proven rest posture its return is foretold."""
        chord2, axis = self._chord2, minus(self._far, self.rest_g)
        height = dot(away, axis)
        if self.working_g is not None:
            if height > BEFORE_RETURN * chord2:
                return False
            away = minus(pace.ahead_g, self.rest_g)
            return dot(away, axis) < RETURN * chord2 and dot(away, away) < NEAR * NEAR * chord2
        slowed = pace.still or pace.speed2 < SLOWED * SLOWED * self._peak2
        return slowed and height < RETURN * chord2 and dot(away, away) < NEAR * NEAR * chord2

    def _turned(self, here: Vector, leave_g: float) -> bool:
        """It came near rest, and is off again."""
        if self._nearest2 >= NEAR * NEAR * self._chord2:
            return False
        off = minus(here, self._nearest)
        if dot(off, off) < leave_g * leave_g:
            return False
        return dot(minus(self._nearest, self.rest_g), minus(self._far, self.rest_g)) < RETURN * self._chord2

    def _complete(self, frame: MotionFrame, history: History) -> Excursion:
        chord2, rest = self._chord2, self.rest_g
        axis = minus(self._far, rest)
        span = history.since(self._left - round(1.0 / FRAME_S))
        start, up, down, stay = half_height(span, rest, axis, self._left)
        holes = frame.number - self._left + 1 - self._frames
        found = Excursion(
            start,
            up,
            down,
            frame.number,
            rest,
            self._far,
            sqrt(chord2),
            self._jerk_sum / self._frames,
            stay,
            self._bridged + holes,
        )
        self.state = State.BACK
        return found

    def _back(self, frame: MotionFrame, distance2: float, leave_g: float) -> None:
        if distance2 <= 0.25 * leave_g * leave_g:
            self.state = State.REST
            return
        nx, ny, nz = self._nearest
        ox, oy, oz = frame.x - nx, frame.y - ny, frame.z - nz
        if ox * ox + oy * oy + oz * oz > leave_g * leave_g:
            self._set_out_again(frame)

    def _set_out_again(self, frame: MotionFrame) -> None:
        """The next excursion begins from where the last one came nearest: rest lies half-way there."""
        (rx, ry, rz), (nx, ny, nz) = self.rest_g, self._nearest
        self._leave(frame, self._nearest2)
        self.rest_g = (rx + nx) / 2, (ry + ny) / 2, (rz + nz) / 2
        off = minus(self._far, self.rest_g)
        self._chord2 = self._nearest2 = dot(off, off)

    def _follow_away(self, dx: float, dy: float, dz: float) -> None:
        """Past rest, away from the working side: that is where rest is now."""
        wx, wy, wz = self.working_g or (0.0, 0.0, 0.0)
        past = dx * wx + dy * wy + dz * wz
        if past < 0.0:
            rx, ry, rz = self.rest_g
            self.rest_g = rx + wx * past, ry + wy * past, rz + wz * past

    def lost(self, number: int) -> bool:
        """Whether the thigh has been away so long that this is no rest posture any more."""
        return self.state is State.OUT and number - self._left > TOO_LONG


def half_height(frames: list[MotionFrame], rest: Vector, axis: Vector, left: int) -> tuple[int, float, float, int]:
    """First frame of a movement, its half-height crossings and its stay, in frames, on the low-passed signal.

    Args:
        frames: from a second before it was noticed to the newest.
        rest: rest posture, in g.
        axis: from rest to the farthest point, in g.
        left: the frame at which it was noticed.
    """
    square = dot(axis, axis)
    heights = [dot(minus((f.x, f.y, f.z), rest), axis) / square for f in frames]
    first = next((i for i, f in enumerate(frames) if f.number >= left), 0)
    start = first
    while start > 0 and heights[start] > 0.1 and heights[start - 1] < heights[start]:
        start -= 1
    up = next((i for i in range(start, len(heights)) if heights[i] >= 0.5), start)
    down = next((i for i in range(len(heights) - 2, up, -1) if heights[i] >= 0.5), up)
    stay = sum(h > STAY for h in heights[up:])
    return frames[start].number, _crossing(frames, heights, up - 1), _crossing(frames, heights, down), stay


def _crossing(frames: list[MotionFrame], heights: list[float], i: int) -> float:
    """The frame, with its fraction, at which height passes one half between i and i + 1."""
    if i < 0:
        return float(frames[0].number)
    step = heights[i + 1] - heights[i]
    share = min((0.5 - heights[i]) / step, 10.0) if step else 0.0
    return frames[i].number + share * (frames[i + 1].number - frames[i].number)

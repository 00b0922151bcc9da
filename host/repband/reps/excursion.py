"""One movement out of a posture and back to it: what tracks find and the judge weighs."""

from __future__ import annotations

from dataclasses import dataclass

Vector = tuple[float, float, float]


def minus(a: Vector, b: Vector) -> Vector:
    """The vector from `b` to `a`."""
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


def dot(a: Vector, b: Vector) -> float:
    """The scalar product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def angle_of(chord: float) -> float:
    """The angle under a chord of the unit circle, in rad: a series, because asin() differs between machines."""
    c2 = min(chord, 1.8) ** 2
    return chord * (1.0 + c2 * (1.0 / 24.0 + c2 * (3.0 / 640.0 + c2 * (5.0 / 7168.0 + c2 * 35.0 / 294912.0))))


def chord_of(angle: float) -> float:
    """The chord over an angle in rad, on the unit circle."""
    a2 = angle * angle
    return angle * (1.0 - a2 * (1.0 / 24.0 - a2 * (1.0 / 1920.0 - a2 / 322560.0)))


@dataclass(frozen=True, slots=True)
class Excursion:
    """A movement away from `rest_g` as far as `far_g` and back.

    Attributes:
        start: index of the first frame of the movement.
        half_up, half_down: frames at which half the height is passed on the way out and back, in fractions of a frame.
        end: index of the frame at which the return was noticed.
        rest_g, far_g: low-passed specific force at rest and at the farthest point, in g.
        chord_g: distance between the two, in g.
        jerk_g: mean liveliness of the movement (`MotionFrame.jerk_g`), in g.
        stay: frames spent beyond 85 % of the height.
        gap_frames: how many of its frames are missing or interpolated.
    """

    start: int
    half_up: float
    half_down: float
    end: int
    rest_g: Vector
    far_g: Vector
    chord_g: float
    jerk_g: float
    stay: int
    gap_frames: int

    @property
    def angle(self) -> float:
        """By how much gravity turned, in rad."""
        return angle_of(self.chord_g)

    @property
    def axis_g(self) -> Vector:
        """From rest to the farthest point, in g."""
        return minus(self.far_g, self.rest_g)

    @property
    def width(self) -> float:
        """Time beyond half height, in frames."""
        return self.half_down - self.half_up

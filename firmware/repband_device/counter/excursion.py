"""One movement out of a posture and back to it."""

from .motion import Motion


class Excursion:
    """A movement away from rest as far as a turn, and back. Made once and filled again and again.

    Attributes:
        end: frame at which its return was noticed.
        start: frames before `end` at which it began.
        up, down: 64ths of a frame before `end` at which half the height is passed on the way out and back; `down` may
            lie a little behind `end`.
        rest_x...: low-passed acceleration at rest, in units.
        x, y, z: from there to the farthest point, in units.
        chord: length of that, in units.
        angle: the angle under it, in 2**-12 rad.
        jerk: mean liveliness, in units.
        stay: frames spent beyond 85 % of the height.
        missing: how many of its frames are missing or bridged.
    """

    def __init__(self) -> None:
        self.end = self.start = self.up = self.down = 0
        self.rest_x = self.rest_y = self.rest_z = 0
        self.x = self.y = self.z = 0
        self.chord = self.angle = 0
        self.jerk = self.stay = self.missing = 0

    def width(self) -> int:
        """Time beyond half height, in 64ths of a frame."""
        return self.up - self.down

    def height(self, m: Motion, number: int) -> int:
        """Height at that frame: a share of `along(self)`, its own square."""
        return m.along(number, self.rest_x, self.rest_y, self.rest_z, self.x, self.y, self.z)

    def along(self, other: "Excursion") -> int:
        """Scalar product of the two ways out."""
        return self.x * other.x + self.y * other.y + self.z * other.z

    def rest_apart2(self, other: "Excursion") -> int:
        """Square of the distance between the two rest postures."""
        dx = self.rest_x - other.rest_x
        dy = self.rest_y - other.rest_y
        dz = self.rest_z - other.rest_z
        return dx * dx + dy * dy + dz * dz

    def up_behind_up(self, other: "Excursion") -> int:
        """By how much this one's way out is later than the other's, in 64ths of a frame."""
        return (self.end - other.end) * 64 - self.up + other.up

    def up_behind_down(self, other: "Excursion") -> int:
        """By how much this one's way out is later than the other's way back, in 64ths of a frame."""
        return (self.end - other.end) * 64 - self.up + other.down

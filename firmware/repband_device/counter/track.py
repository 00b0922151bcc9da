"""One hypothesis: "this posture is rest". The host's Track, step for step."""

from .excursion import Excursion
from .halfheight import fill
from .motion import Motion
from .whole import LIMIT, root

REST = 0  # in its rest posture, which follows slow drift
OUT = 1  # away from it: the farthest point is followed
BACK = 2  # near rest again, not yet at it: the next excursion may begin from here

_TOO_LONG = 500  # frames, 20 s
_MOST_FRAMES = 16384  # then the sum of jerks, at most 28378 each, is below 2**29; far too long for a rep
_LIMIT_FINE = LIMIT * 64


class Track:
    """Follows the thigh from one rest posture.

    Attributes:
        found: the excursion completed last; whoever keeps it puts another one in its place.
        state: REST, OUT or BACK.
        seen: the last frame at rest.
        proven: a rep was counted from here.
        missed: how far from rest the last excursion ended at its nearest, in units.
        rest_x...: the rest posture, in units.
    """

    def __init__(self) -> None:
        self.found = Excursion()
        self.begin(0, 0, 0, 0)

    def begin(self, x: int, y: int, z: int, number: int) -> None:
        """Rest is thought to be here, at frame `number`."""
        self.state = REST
        self.seen = self.left = number
        self.proven = False
        self.missed = 0
        self.rest_x = self.rest_y = self.rest_z = 0
        self._set_rest(x * 64, y * 64, z * 64)
        self._work_x = self._work_y = self._work_z = 0  # unit vector of the last rep counted from here, in 2**-14
        self._far_x, self._far_y, self._far_z = x, y, z
        self._near_x, self._near_y, self._near_z = x, y, z
        self._chord2 = self._near2 = self._peak2 = 0
        self._jerks = self._bridged = self._frames = 0

    def step(self, m: Motion, leave: int) -> bool:
        """Takes the newest frame; whether it completes an excursion, which is then `found`.

        Args:
            m: frames up to and with this one.
            leave: distance from rest beyond which a movement has begun, in units.
        """
        dx, dy, dz = m.x - self.rest_x, m.y - self.rest_y, m.z - self.rest_z
        distance2 = dx * dx + dy * dy + dz * dz
        if self.state == OUT:
            return self._out(m, distance2, leave)
        if distance2 < self._near2:
            self._come_near(m, distance2)
        if self.state == BACK:
            if distance2 <= leave * leave >> 2:
                self.state = REST
            elif self._off2(m) > leave * leave:
                self._set_out_again(m)
        elif distance2 > leave * leave:
            self._leave(m, distance2)
            self.seen = m.number
        elif m.still:
            # A hundredth a frame, in 64ths: a time constant of 4 s. 2**15 * 16.
            self._set_rest(self._fine_x + dx * 16 // 25, self._fine_y + dy * 16 // 25, self._fine_z + dz * 16 // 25)
        elif self.proven:
            self._follow_away(dx, dy, dz)
        return False

    def prove(self, found: Excursion) -> None:
        """A rep was counted from here: 2**15 * 2**14."""
        self.proven = True
        self._work_x = found.x * 16384 // found.chord
        self._work_y = found.y * 16384 // found.chord
        self._work_z = found.z * 16384 // found.chord

    def lost(self, number: int) -> bool:
        """Whether the thigh has been away so long that this is no rest posture any more."""
        return self.state == OUT and number - self.left > _TOO_LONG

    def _leave(self, m: Motion, distance2: int) -> None:
        self.state = OUT
        self.missed = root(self._near2)
        self._near2 = self._chord2 = distance2
        self._peak2 = 0
        self._far_x = m.x
        self._far_y = m.y
        self._far_z = m.z
        self.left = m.number
        self._jerks = m.jerk
        self._bridged = int(m.bridged)
        self._frames = 1

    def _out(self, m: Motion, distance2: int, leave: int) -> bool:
        if self._frames < _MOST_FRAMES:
            self._jerks += m.jerk
            self._bridged += int(m.bridged)
            self._frames += 1
        self._peak2 = max(m.speed2, self._peak2)
        if distance2 > self._chord2:
            self._chord2 = self._near2 = distance2
            self._far_x = m.x
            self._far_y = m.y
            self._far_z = m.z
            return False
        if distance2 <= self._near2:
            self._come_near(m, distance2)
        along = self._along(m.x, m.y, m.z)
        if self._returned(m, along, distance2):
            self._complete(m)
            return True
        if along < -(self._chord2 // 20 * 7):
            self._leave(m, distance2)
            return False
        if self._turned(m, leave):
            self._complete(m)
            self._set_out_again(m)
            return True
        return False

    def _returned(self, m: Motion, along: int, distance2: int) -> bool:
        """It has come back; from a proven rest posture its return is foretold."""
        chord2 = self._chord2
        if self.proven:
            if along > chord2 // 20 * 13:
                return False
            along = self._along(m.ahead_x, m.ahead_y, m.ahead_z)
            dx, dy, dz = m.ahead_x - self.rest_x, m.ahead_y - self.rest_y, m.ahead_z - self.rest_z
            distance2 = dx * dx + dy * dy + dz * dz
        elif not m.still and m.speed2 >= self._peak2 // 25 * 16:
            return False
        return along < chord2 // 5 * 2 and distance2 < chord2 // 25 * 9

    def _turned(self, m: Motion, leave: int) -> bool:
        """It came near rest, and is off again."""
        if self._near2 >= self._chord2 // 25 * 9 or self._off2(m) < leave * leave:
            return False
        return self._along(self._near_x, self._near_y, self._near_z) < self._chord2 // 5 * 2

    def _complete(self, m: Motion) -> None:
        found = self.found
        found.end = m.number
        found.rest_x = self.rest_x
        found.rest_y = self.rest_y
        found.rest_z = self.rest_z
        found.x = self._far_x - self.rest_x
        found.y = self._far_y - self.rest_y
        found.z = self._far_z - self.rest_z
        found.jerk = self._jerks // self._frames
        found.missing = self._bridged + m.number - self.left + 1 - self._frames
        fill(found, m, self.left)
        self.state = BACK

    def _set_out_again(self, m: Motion) -> None:
        """The next excursion begins from where the last one came nearest: rest lies half-way there."""
        near_x, near_y, near_z = self._near_x, self._near_y, self._near_z
        self._leave(m, self._near2)
        self._set_rest(
            (self._fine_x + near_x * 64) >> 1, (self._fine_y + near_y * 64) >> 1, (self._fine_z + near_z * 64) >> 1
        )
        dx, dy, dz = m.x - self.rest_x, m.y - self.rest_y, m.z - self.rest_z
        self._chord2 = self._near2 = dx * dx + dy * dy + dz * dz

    def _follow_away(self, dx: int, dy: int, dz: int) -> None:
        """Past rest, away from the working side: that is where rest is now."""
        wx, wy, wz = self._work_x, self._work_y, self._work_z
        past = dx * wx + dy * wy + dz * wz  # 2**15 * 2**14
        if past < 0:
            past >>= 10  # 2**-16 g, below 2**19; times 2**10 it is 2**-26 g
            self._set_rest(
                self._fine_x + (past * (wx >> 4) >> 8),
                self._fine_y + (past * (wy >> 4) >> 8),
                self._fine_z + (past * (wz >> 4) >> 8),
            )

    def _set_rest(self, x: int, y: int, z: int) -> None:
        """Rest in 64ths of a unit; limited, as following may lead a little beyond what was ever read."""
        self._fine_x = max(-_LIMIT_FINE, min(x, _LIMIT_FINE))
        self._fine_y = max(-_LIMIT_FINE, min(y, _LIMIT_FINE))
        self._fine_z = max(-_LIMIT_FINE, min(z, _LIMIT_FINE))
        self.rest_x = (self._fine_x + 32) >> 6
        self.rest_y = (self._fine_y + 32) >> 6
        self.rest_z = (self._fine_z + 32) >> 6

    def _come_near(self, m: Motion, distance2: int) -> None:
        self._near_x = m.x
        self._near_y = m.y
        self._near_z = m.z
        self._near2 = distance2

    def _off2(self, m: Motion) -> int:
        """Square of the distance from where it came nearest."""
        dx, dy, dz = m.x - self._near_x, m.y - self._near_y, m.z - self._near_z
        return dx * dx + dy * dy + dz * dz

    def _along(self, x: int, y: int, z: int) -> int:
        """Scalar product of a place, seen from rest, with the farthest one."""
        rx, ry, rz = self.rest_x, self.rest_y, self.rest_z
        return (x - rx) * (self._far_x - rx) + (y - ry) * (self._far_y - ry) + (z - rz) * (self._far_z - rz)

"""Gravity, and how the thigh moves just now: the host's low-pass and pace, frame by frame."""

from array import array

from .whole import limited, root

KEPT = 576
"""Frames kept, 23 s: the longest excursion of 20 s, a second before it and the time until it is measured."""

_RECENT = 10  # frames back for "still"
_STILL2 = 15099  # (0.03 g) squared


class LowPass:
    """Butterworth, 2nd order, 1 Hz at 25 frames a second, one axis; values in 2**-18 g.

    Written by its steps: the step shrinks to a2 = 0.700897 of itself and grows by c = 1 + a1 + a2 = 0.053437 of what is
    left to go, so its gain at rest is exactly one whatever the rounding. 157 / 224 and 7 / 131 are that to 5 and 36
    parts in a million. The sensor ends at 16 g, 2**22; 2**23 * 7 and 2**22 * 157 stay below 2**30.

    Attributes:
        y: the filtered value.
        x1, x2: the last two inputs.
    """

    def __init__(self) -> None:
        self.start(0)

    def start(self, x: int) -> None:
        """As if this value had always been there."""
        self.x1 = self.x2 = self.y = x
        self._step = 0

    def step(self, x: int) -> int:
        """Takes the next input; gives the filtered value in units of 2**-12 g, limited."""
        left = ((x + self.x1 + self.x1 + self.x2) >> 2) - self.y
        self._step = self._step * 157 // 224 + left * 7 // 131
        self.y += self._step
        self.x2 = self.x1
        self.x1 = x
        return limited((self.y + 32) >> 6)


class Motion:
    """The last frames, low-passed.

    Attributes:
        number: of the newest frame.
        x, y, z: low-passed acceleration, in units.
        bridged: samples are missing in it.
        jerk: size of the second difference of the frames before any low-pass, in units.
        lively: the same smoothed over two seconds, in 64ths of a unit.
        still, slow: as the host's Pace has them.
        speed2, peak2: square of the way of the last five frames, and its fading maximum.
        ahead_x, ahead_y, ahead_z: where the low-passed value will be when its delay is over, limited.
    """

    def __init__(self) -> None:
        self._low_x, self._low_y, self._low_z = LowPass(), LowPass(), LowPass()
        self._past_x = array("h", bytes(2 * KEPT))
        self._past_y = array("h", bytes(2 * KEPT))
        self._past_z = array("h", bytes(2 * KEPT))
        self.reset()

    def reset(self) -> None:
        """Forgets everything."""
        self.number = -1
        self.oldest = 0
        self.x = self.y = self.z = 0
        self.ahead_x = self.ahead_y = self.ahead_z = 0
        self.bridged = False
        self.jerk = self.lively = self.speed2 = self.peak2 = 0
        self.still = self.slow = False
        self._since = 0  # frames since the start or the last gap

    def break_off(self) -> None:
        """Frames are missing: the low-pass starts afresh, and nothing is known of how the thigh came here."""
        self._since = 0

    def forget(self, number: int) -> None:
        """What lies before frame `number` has nothing to do with what follows."""
        self.number = number - 1
        self.oldest = number

    def step(self, number: int, x: int, y: int, z: int, bridged: bool) -> None:
        """Takes the next frame: x, y, z in 2**-18 g."""
        if self._since == 0:
            self._low_x.start(x)
            self._low_y.start(y)
            self._low_z.start(z)
        self.jerk = self._jerk(x, y, z) if self._since > 1 else 0
        self.lively += (self.jerk * 64 - self.lively) // 50  # jerk is below 2**15
        self._append(number, self._low_x.step(x), self._low_y.step(y), self._low_z.step(z))
        self.bridged = bridged
        self._since = min(self._since + 1, _RECENT + 1)
        self._pace()

    def along(self, number: int, rest_x: int, rest_y: int, rest_z: int, x: int, y: int, z: int) -> int:
        """Scalar product of the way from rest to that frame with (x, y, z)."""
        at = number % KEPT
        return (self._past_x[at] - rest_x) * x + (self._past_y[at] - rest_y) * y + (self._past_z[at] - rest_z) * z

    def _jerk(self, x: int, y: int, z: int) -> int:
        jx = self._bend(self._low_x, x)
        jy = self._bend(self._low_y, y)
        jz = self._bend(self._low_z, z)
        return root(jx * jx + jy * jy + jz * jz)

    def _bend(self, low: LowPass, x: int) -> int:
        """Second difference in units, limited to 4 g: three squares of 2**28 stay below 2**30."""
        bend = (x - low.x1 - low.x1 + low.x2) >> 6
        return 16384 if bend > 16384 else -16384 if bend < -16384 else bend

    def _append(self, number: int, x: int, y: int, z: int) -> None:
        missing = number - self.number - 1
        if 0 < missing < KEPT and self.number >= self.oldest:
            from_x, from_y, from_z = self.x, self.y, self.z
            for i in range(1, missing + 1):  # a hole becomes a straight line: 2**15 * 576
                at_x = from_x + (x - from_x) * i // (missing + 1)
                at_y = from_y + (y - from_y) * i // (missing + 1)
                self._keep(self.number + i, at_x, at_y, from_z + (z - from_z) * i // (missing + 1))
        self._keep(number, x, y, z)
        self.number = number
        self.x = x
        self.y = y
        self.z = z
        self.oldest = max(self.oldest, number - KEPT + 1)

    def _keep(self, number: int, x: int, y: int, z: int) -> None:
        at = number % KEPT
        self._past_x[at] = x
        self._past_y[at] = y
        self._past_z[at] = z

    def _pace(self) -> None:
        since = self._since
        self.still = since > _RECENT and self._way2(_RECENT) < _STILL2
        self.speed2 = self._way2(5) if since > 5 else 0
        self.peak2 = max(self.speed2, self.peak2 - self.peak2 // 25)
        self.slow = self.still or self.speed2 < self.peak2 // 400 * 9
        back = self.number - (3 if since > 3 else 0)
        at = back % KEPT
        # The delay of 5.6 frames is 15 / 8 of three: 2 * LIMIT * 15 is below 2**19.
        self.ahead_x = limited(self.x + ((self.x - self._past_x[at]) * 15 >> 3))
        self.ahead_y = limited(self.y + ((self.y - self._past_y[at]) * 15 >> 3))
        self.ahead_z = limited(self.z + ((self.z - self._past_z[at]) * 15 >> 3))

    def _way2(self, frames: int) -> int:
        at = (self.number - frames) % KEPT
        dx = self.x - self._past_x[at]
        dy = self.y - self._past_y[at]
        dz = self.z - self._past_z[at]
        return dx * dx + dy * dy + dz * dz

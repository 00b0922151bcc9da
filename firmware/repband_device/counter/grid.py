"""Samples of any rate onto frames of 40 ms: the mean of the straight lines between them, as on the host."""

TYPE_CHECKING = False
_MOST_HOLE = 1 << 24  # samples; behind half a day nothing is remembered anyway

if TYPE_CHECKING:
    from collections.abc import Callable


class Grid:
    """Cuts the stream into frames.

    Time runs in ticks of which both a frame and the time between two samples hold a whole number, so frames keep step
    with the samples forever: a frame has `rate_chz` of them, a sample 2500, and what divides both is taken out.

    Args:
        rate_chz: nominal rate, 0.01 Hz, 1000 to 40000.
        range_g: the accelerometer's range; 32768 counts (ST parts read 0.06 % less, which changes no count).
        on_frame: called with each frame's mean x, y, z in 2**-18 g.

    Attributes:
        number: of the frame under way.
        samples: how many samples have come, gaps included.
        hole: how many are known to be missing behind those.
        bridged: samples are missing in the frame that is being handed out.
        late: ticks from the end of that frame to the newest sample.
        forget: samples missing in a hole of 20 s.
        frame, period: ticks a frame and ticks between two samples.
    """

    def __init__(self, rate_chz: int, range_g: int, on_frame: "Callable[[int, int, int], None]") -> None:
        frame, period = rate_chz, 2500
        divisor, rest = frame, period
        while rest:
            divisor, rest = rest, divisor % rest
        frame, period = frame // divisor, period // divisor
        while frame > 16000:  # twice a sample's 2**15 times the ticks of a frame has to stay below 2**30
            frame, period = (frame + 1) >> 1, (period + 1) >> 1
        self.frame = frame
        self.period = period
        self._gain = 4 * range_g  # counts * range / 32768 in 2**-18 g is range * 8; the area is doubled
        self._bridge = rate_chz * 12 // 1000 - 1  # samples missing in a hole of 1.2 s
        self.forget = rate_chz * 20 // 100
        self._on_frame = on_frame
        self.reset()

    def reset(self) -> None:
        """Begins anew: the next sample is the first."""
        self.number = 0
        self.samples = 0
        self.bridged = False
        self.late = 0
        self._left = self.frame  # ticks to the end of the frame under way
        self.hole = 0
        self._filling = False
        self._joined = False
        self._whole = True
        self._x = self._y = self._z = 0
        self._area_x = self._area_y = self._area_z = 0  # twice the area under the lines since the frame began

    def feed(self, data: "bytes | bytearray | memoryview", at: int, count: int, stride: int) -> None:
        """Takes `count` samples, int16 little endian, the first at byte `at`, one every `stride` bytes."""
        for _ in range(count):
            x = data[at] | data[at + 1] << 8
            y = data[at + 2] | data[at + 3] << 8
            z = data[at + 4] | data[at + 5] << 8
            x = x - 65536 if x > 32767 else x
            y = y - 65536 if y > 32767 else y
            z = z - 65536 if z > 32767 else z
            if self.hole:
                self._fill(x, y, z)
            left = self._left - self.period
            if left > 0 and self._joined:
                # Within the frame, as most are: 2**16 * 2500 for a sample, 2**16 * 16000 for all of a frame.
                period = self.period
                self._area_x += (x + self._x) * period
                self._area_y += (y + self._y) * period
                self._area_z += (z + self._z) * period
                self._left = left
                self._x = x
                self._y = y
                self._z = z
                self.samples += 1
            else:
                self._push(x, y, z)
            at += stride

    def skip(self, missing: int) -> int:
        """Leaves out samples that were never read; gives the hole's length where it is too long for a line, else 0."""
        self.hole += missing
        if self.hole <= self._bridge:
            return 0
        frame = self.frame
        hole, self.hole = self.hole, 0
        self.samples += hole
        # (hole + 1) * period, split so that it stays small: hole % frame * period is below 16000 * 2500.
        ticks = (hole % frame + 1) * self.period + frame - self._left
        self.number += min(hole, _MOST_HOLE) // frame * self.period + ticks // frame
        self._left = frame - ticks % frame
        self._joined = False
        self._whole = self._left == frame
        return hole

    def rest(self) -> None:
        """Brings `late` up to the newest sample between two frames."""
        self.late = self.frame - self._left

    def _fill(self, x: int, y: int, z: int) -> None:
        """A short hole becomes a straight line to the sample behind it: 2**17 times at most 480 samples."""
        hole, self.hole = self.hole, 0
        if not self._joined:
            self.samples += hole
            return
        from_x, from_y, from_z = self._x, self._y, self._z
        share = hole + 1
        self._filling = True
        for i in range(1, share):
            self.hole = share - i  # what is counted now is not known before the sample behind the hole
            at_x = from_x + (x - from_x) * i // share
            at_y = from_y + (y - from_y) * i // share
            self._push(at_x, at_y, from_z + (z - from_z) * i // share)
        self._filling = False
        self.hole = 0

    def _push(self, x: int, y: int, z: int) -> None:
        """One sample: the first, or one that ends a frame."""
        self.samples += 1
        if self._filling:
            self.bridged = True
        if self._joined:
            self._line_to(x, y, z)
        else:
            self._joined = True
            self._area_x = self._area_y = self._area_z = 0
        self._x = x
        self._y = y
        self._z = z

    def _line_to(self, x: int, y: int, z: int) -> None:
        period, past = self.period, 0
        last_x, last_y, last_z = self._x, self._y, self._z
        end = self._left  # ticks from the last sample to the end of the frame
        while end <= period:
            # 2**17 * 2500
            at_x = self._x + (x - self._x) * end // period
            at_y = self._y + (y - self._y) * end // period
            at_z = self._z + (z - self._z) * end // period
            self._area_x += (last_x + at_x) * (end - past)
            self._area_y += (last_y + at_y) * (end - past)
            self._area_z += (last_z + at_z) * (end - past)
            last_x, last_y, last_z = at_x, at_y, at_z
            past = end
            self.late = period - end
            self._end_frame()
            end += self.frame
        self._area_x += (last_x + x) * (period - past)
        self._area_y += (last_y + y) * (period - past)
        self._area_z += (last_z + z) * (period - past)
        self._left = end - period

    def _end_frame(self) -> None:
        if self._whole:
            self._on_frame(self._mean(self._area_x), self._mean(self._area_y), self._mean(self._area_z))
        self._whole = True
        self.bridged = self._filling
        self.number += 1
        self._area_x = self._area_y = self._area_z = 0

    def _mean(self, area: int) -> int:
        """Twice the area into 2**-18 g: 2**16 * 64, and a remainder below 16000 * 64."""
        frame, gain = self.frame, self._gain
        return area // frame * gain + area % frame * gain // frame

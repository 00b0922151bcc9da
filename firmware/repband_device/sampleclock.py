"""When each sample was taken: the sample counter, disciplined by the board's microsecond clock.

The motion sensor's oscillator is up to a few per cent off, the board's is within 100 ppm. So the period is learnt: at
every drain the newest sample is between no and one period old, half a period on average; a second-order loop follows.
"""

from array import array

from micropython import const
from repband_wire.base import time_add_us, time_diff_us

BLOCK = 32  # samples that share one mark
_FAST_UPDATES = const(40)  # drains with a wide loop until the phase is found
_MOST_ERROR_US = const(1000000)


class SampleClock:
    """Times of samples in device time; remembers them for all the ring holds, so that resent samples keep their time.

    Attributes:
        period_q4: the learnt period in 1/16 us.
    """

    def __init__(self, capacity: int) -> None:
        blocks = capacity // BLOCK + 2
        self._mark_us = array("i", [0] * blocks)
        self._mark_period_q4 = array("i", [0] * blocks)
        self.start(5200, 0)

    def start(self, rate_chz: int, now_us: int) -> None:
        """A new numbering begins: sample 0 will come one period after `now_us`."""
        self._nominal_q4 = 1600000000 // rate_chz
        self.period_q4 = self._nominal_q4
        self._updates = 0
        self._next = 0
        self._next_us = time_add_us(now_us, self.period_q4 >> 4)
        self._mark()

    @property
    def settled(self) -> bool:
        """Whether the period has been followed long enough to be believed."""
        return self._updates >= _FAST_UPDATES

    def due(self, now_us: int) -> int:
        """How many samples have come since the last one known, by the clock, to the nearest."""
        return max(0, time_diff_us(now_us, self._next_us) // (self.period_q4 >> 4) + 1)

    def advance(self, count: int) -> None:
        """The next `count` samples are accounted for, read or missed."""
        while count > 0:
            step = min(count, BLOCK - self._next % BLOCK)
            self._next += step
            self._next_us = time_add_us(self._next_us, (step * self.period_q4 + 8) >> 4)
            count -= step
            self._mark()

    def observe(self, count: int, now_us: int) -> None:
        """The last `count` samples were all there was at `now_us`: follow it."""
        newest_us = time_add_us(self._next_us, -(self.period_q4 >> 4))
        error_us = time_diff_us(now_us, newest_us) - (self.period_q4 >> 5)
        error_us = max(-_MOST_ERROR_US, min(_MOST_ERROR_US, error_us))
        fast = self._updates < _FAST_UPDATES
        self._updates += fast
        self._next_us = time_add_us(self._next_us, error_us // (8 if fast else 32))
        self._follow(error_us * 16 // ((256 if fast else 4096) * count))
        self._mark()

    def time_us(self, index: int) -> int:
        """Device time of the sample `index`, which the ring still keeps or which is the next to come."""
        at = index // BLOCK % len(self._mark_us)
        return time_add_us(self._mark_us[at], (index % BLOCK * self._mark_period_q4[at]) >> 4)

    def _follow(self, change_q4: int) -> None:
        most = self._nominal_q4 >> 4  # no part is 6 % off
        period_q4 = self.period_q4 + change_q4
        self.period_q4 = max(self._nominal_q4 - most, min(self._nominal_q4 + most, period_q4))

    def _mark(self) -> None:
        """A block keeps the time it had when it began: what was sent once is sent again with the same time."""
        if self._next % BLOCK == 0:
            at = self._next // BLOCK % len(self._mark_us)
            self._mark_us[at] = self._next_us
            self._mark_period_q4[at] = self.period_q4

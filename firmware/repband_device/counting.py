"""The place of the device's own rep counter: what it is fed, and what becomes of the reps it finds.

`repband_device.counter.make(exercise, rate_chz, ranges)` gives a Counter as below, or None where it does not know that
exercise. One is made when a count begins, and when rate or range change.
"""

from repband_wire.base import MAX_U16
from repband_wire.events import Rep

from .ring import Ring
from .sensor import Sensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_LATE = 1024  # samples: what is older was drained after a stall, and must not keep the sensor waiting


class CountedRep:
    """What a counter gives for each rep.

    Attributes:
        end, length: samples, as in repband_wire.Rep; the first sample fed, or missing, has index 0.
        out_cs, hold_cs, back_cs, excursion_ddeg, flags: as in repband_wire.Rep.
    """

    end = 1
    length = 1
    out_cs = 0
    hold_cs = 0
    back_cs = 0
    excursion_ddeg = 0
    flags = 0


class Counter:
    """The contract of the counter. Feeding costs no memory except for a rep."""

    def feed(self, data: bytearray, at: int, count: int, stride: int) -> "list[CountedRep] | None":
        """Takes `count` samples, int16 x y z little endian, the first at byte `at`, one every `stride` bytes."""
        raise NotImplementedError

    def gap(self, missing: int) -> "list[CountedRep] | None":
        """So many samples were never taken."""
        raise NotImplementedError


def make_counter(exercise: str, rate_chz: int, ranges: int) -> "Counter | None":
    """A new counter, or None where there is none for that exercise."""
    try:
        make = __import__("repband_device.counter", None, None, ("make",)).make
    except (ImportError, AttributeError):
        return None
    return make(exercise, rate_chz, ranges)


class Counting:
    """Feeds the counter and numbers its reps.

    Args:
        sensor: whose samples are counted.
        on_rep: called with each Rep, and whether it meets the target.
        make: makes counters.

    Attributes:
        exercise: what is counted; "" when nothing is.
        target: reps of a set; 0 for none.
        count: reps since the count began.
        paused: samples pass without being counted.
    """

    def __init__(
        self,
        sensor: Sensor,
        on_rep: "Callable[[Rep, bool], None]",
        make: "Callable[[str, int, int], Counter | None]" = make_counter,
    ) -> None:
        self._sensor = sensor
        self._on_rep = on_rep
        self._make = make
        self._counter = None  # type: Counter | None
        self._session = -1
        self._next = 0
        self._base = 0  # index of the counter's first sample
        self.exercise = ""
        self.target = 0
        self.count = 0
        self.paused = False

    def choose(self, exercise: str) -> bool:
        """Counts this exercise from now on, from 0; False when it is not known, and nothing changes."""
        if self._make(exercise, self._sensor.rate_chz, self._sensor.ranges) is None:
            return False
        self.exercise = exercise
        return self.zero()

    def zero(self) -> bool:
        """Counts from 0, beginning with the next sample; False when no exercise is chosen."""
        if not self.exercise:
            return False
        self._counter = self._make(self.exercise, self._sensor.rate_chz, self._sensor.ranges)
        self._session = self._sensor.session
        self._next = self._base = self._sensor.ring.head
        self.count = 0
        self.paused = False
        return True

    def feed(self) -> None:
        """Gives the counter what is new in the ring; call after every drain."""
        ring = self._sensor.ring
        if self._counter is None:
            return
        if self._session != self._sensor.session:
            self.zero()
            self._next = self._base = 0
        start = max(self._next, ring.first, ring.head - _MOST_LATE)
        self._missed(start - self._next)
        self._next = ring.head
        if self.paused:
            self._missed(ring.head - start)
        else:
            self._feed_range(ring, start, ring.head)

    def _feed_range(self, ring: Ring, index: int, end: int) -> None:
        while index < end and self._counter is not None:
            missing = min(ring.gap_missing(index), end - index)
            if missing:
                self._missed(missing)
                index += missing
                continue
            count = min(ring.run(index, end - index), ring.capacity - index % ring.capacity)
            self._counted(self._counter.feed(ring.data, ring.offset(index), count, ring.stride))
            index += count

    def _missed(self, missing: int) -> None:
        if missing > 0 and self._counter is not None:
            self._counted(self._counter.gap(missing))

    def _counted(self, reps: "list[CountedRep] | None") -> None:
        for found in reps or ():
            self.count = min(MAX_U16, self.count + 1)
            end = max(1, self._base + found.end)
            length = max(1, min(found.length, end, MAX_U16))
            phases = (found.out_cs, found.hold_cs, found.back_cs)
            rep = Rep(self._session, self.count, end, length, *phases, found.excursion_ddeg, found.flags)
            self._on_rep(rep, self.count == self.target)

"""The place of the device's own rep counter: what it is fed, and what becomes of the reps it finds.

The counter itself is `repband_device.counter`; an exercise is a small table that the host compiles, on the board
exercises/NAME.table. A counter is made when a count begins, and when rate or range change.
"""

from micropython import const
from repband_wire.base import MAX_U16
from repband_wire.events import Rep
from repband_wire.stream import accel_range_g

from .sensor import Sensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .counter import Counter

FOLDER = "exercises"
_MOST_LATE = const(1024)  # samples: what is older was drained after a stall, and must not keep the sensor waiting
_MOST_EXCURSION = const(1800)
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-"


def make_counter(exercise: str, rate_chz: int, ranges: int) -> "Counter | None":
    """A new counter, or None where there is no table for that exercise."""
    if not exercise or any(letter not in _LETTERS for letter in exercise):
        return None
    try:
        with open(f"{FOLDER}/{exercise}.table", "rb") as file:  # noqa: PTH123 - MicroPython has no pathlib
            table = file.read()
    except OSError:
        return None
    from .counter import Counter  # large: only where something is counted

    try:
        return Counter(table, rate_chz, accel_range_g(ranges))
    except ValueError:
        return None  # a table of another version


class Counting:
    """Feeds the counter, and tells each rep twice: when it is counted, and when its times are known.

    Args:
        sensor: whose samples are counted.
        on_count: called at once with the number of the rep and whether it meets the target.
        on_rep: called with the measured Rep, a second or two later.
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
        on_count: "Callable[[int, bool], None]",
        on_rep: "Callable[[Rep], None]",
        make: "Callable[[str, int, int], Counter | None]" = make_counter,
    ) -> None:
        self._sensor = sensor
        self._on_count = on_count
        self._on_rep = on_rep
        self._make = make
        self._counter = None  # type: Counter | None
        self._session = -1
        self._told = 0  # measured reps that have been handed on
        self.exercise = ""
        self.target = 0
        self.count = 0
        self.paused = False

    def choose(self, exercise: str) -> bool:
        """Counts this exercise from now on, from 0; False when it is not known, and nothing changes."""
        counter = self._make(exercise, self._sensor.rate_chz, self._sensor.ranges)
        if counter is None:
            return False
        self.end()
        self.exercise = exercise
        self._begin(counter, self._sensor.ring.head)
        return True

    def zero(self) -> bool:
        """Counts from 0, beginning with the next sample; False when no exercise is chosen."""
        if self._counter is None:
            return False
        self.end()
        self._begin(self._counter, self._sensor.ring.head)
        return True

    def end(self) -> None:
        """The set is over: its last reps are measured with what there is."""
        if self._counter is not None:
            self._counter.finish()
            self._tell_measured(self._counter)

    def feed(self) -> None:
        """Gives the counter what is new in the ring; call after every drain."""
        counter = self._counter
        if counter is None:
            return
        if self._session != self._sensor.session:
            counter = self._renew(counter)
        ring = self._sensor.ring
        late = ring.head - counter.next_index - (0 if self.paused else _MOST_LATE)
        if late > 0:
            counter.skip(late)
        counter.follow(ring)
        while self.count < counter.count:
            self.count += 1
            self._on_count(self.count, self.count == self.target)
        self._tell_measured(counter)

    def _renew(self, before: "Counter") -> "Counter":
        """Samples have another rate or range."""
        self.end()
        counter = self._make(self.exercise, self._sensor.rate_chz, self._sensor.ranges) or before
        self._begin(counter, 0)
        return counter

    def _begin(self, counter: "Counter", first: int) -> None:
        counter.reset(first)
        self._counter = counter
        self._session = self._sensor.session
        self.count = self._told = 0
        self.paused = False

    def _tell_measured(self, counter: "Counter") -> None:
        while self._told < counter.measured:
            self._told += 1
            found = counter.rep(self._told)
            if found.number != self._told:
                continue  # so many at once that this one is overwritten
            end = max(1, found.index)
            length = max(1, min(found.index - found.start, end, MAX_U16))
            out_cs, hold_cs, back_cs = [
                max(0, min(MAX_U16, time_cs)) for time_cs in (found.out, found.hold, found.back)
            ]
            excursion_ddeg = max(0, min(_MOST_EXCURSION, found.excursion))
            number = min(MAX_U16, self._told)
            rep = Rep(self._session, number, end, length, out_cs, hold_cs, back_cs, excursion_ddeg, found.flags)
            self._on_rep(rep)

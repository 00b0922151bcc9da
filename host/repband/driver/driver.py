"""The driver: brings arrivals, commands and ticks into one order, records each before it acts, tells all listeners."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from repband.driver.base import Command, Plain, Record, Tick
from repband.driver.presses import Presses
from repband.driver.session import Event, Outcome, Session
from repband.errors import RepBandError
from repband.source import Arrival, Source
from repband.stream import StreamItem

# How often time is told to the session. Rest timers show whole seconds; four ticks a second keep them smooth.
TICK_S = 0.25
# The sensor tells a rep that it counted by itself up to two seconds after its end (firmware/COUNTER.md).
HEAR_OUT_S = 3.0
# How long the driver waits for an arrival before it looks at the clock and the wearer's keys again.
_POLL_S = 0.05

Listener = Callable[[Record | None, Sequence[Event]], None]
"""Called with a record (None at the end of the session) and the events it led to."""


class Keeper(Protocol):
    """Keeps the raw session; `repband.journal.Recorder` is one."""

    def write(self, record: Record) -> None:
        """Keeps one record, before it acts."""
        ...

    def write_items(self, items: Sequence[StreamItem]) -> None:
        """Keeps the decoded samples beside it."""
        ...


class Driver:
    """Runs one session from one source.

    Args:
        session: the stages.
        keeper: keeps each record before it acts; None keeps nothing.
        listeners: each is called with every record and the events it led to, in order. They are equals: none sees
            more than another.
        waits: whether something is yet to be heard of a set that is over; then the source is heard for `HEAR_OUT_S`
            more, at most. What comes is recorded, and moves nothing.
        on_trouble: told when the keeper or a listener fails; it is left out from then on, and the session goes on.
        clock: a steady clock in s; injected in tests.
    """

    def __init__(
        self,
        session: Session,
        keeper: Keeper | None = None,
        listeners: Sequence[Listener] = (),
        on_trouble: Callable[[Exception], None] | None = None,
        waits: Callable[[], bool] = bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._keeper = keeper
        self._listeners = list(listeners)
        self._on_trouble = on_trouble
        self._waits = waits
        self._clock = clock
        self._presses = Presses()
        self._asked: queue.SimpleQueue[tuple[str, dict[str, Plain]]] = queue.SimpleQueue()
        self._ended = threading.Event()
        self._next_tick_s: float | None = None
        self._clock_ahead_s: float | None = None

    def ask(self, name: str, **args: Plain) -> None:
        """Asks for a command, from any thread; it acts between two records, and counts from the next sample."""
        self._asked.put((name, args))

    def run(self, source: Source) -> None:
        """Runs until the workout is done or the source ends; then finishes the session.

        Args:
            source: closed when the run ends, however it ends.

        Raises:
            RepBandError: what the source raised; the session is finished and kept first.
            KeyboardInterrupt: likewise.
        """
        arrivals: queue.Queue[Arrival | BaseException | None] = queue.Queue(maxsize=1024)
        reader = threading.Thread(target=self._read, args=(source, arrivals), name="source", daemon=True)
        reader.start()
        try:
            self._loop(arrivals)
            self._hear_out(arrivals)
        finally:
            self._ended.set()
            source.close()
            self.finish()
            reader.join(timeout=2.0)

    def _read(self, source: Source, arrivals: queue.Queue[Arrival | BaseException | None]) -> None:
        last: BaseException | None = None
        try:
            for arrival in source:
                if not self._put(arrivals, arrival):
                    return
        except BaseException as error:
            last = error  # raised again in the driver's thread
        self._put(arrivals, last)

    def _put(
        self, arrivals: queue.Queue[Arrival | BaseException | None], thing: Arrival | BaseException | None
    ) -> bool:
        while not self._ended.is_set():
            try:
                arrivals.put(thing, timeout=_POLL_S)
                return True
            except queue.Full:
                continue
        return False

    def _loop(self, arrivals: queue.Queue[Arrival | BaseException | None]) -> None:
        while not self._session.done:
            self._act_on_commands()
            try:
                thing = arrivals.get(timeout=_POLL_S)
            except queue.Empty:
                self._tick_while_silent()
                continue
            if thing is None:
                return
            if isinstance(thing, BaseException):
                raise thing
            self._clock_ahead_s = self._clock() - thing.arrival_s
            self._tick_until(thing.arrival_s)
            self.act(thing)
            self._ask_what_is_pressed(thing)

    def _hear_out(self, arrivals: queue.Queue[Arrival | BaseException | None]) -> None:
        until_s = self._clock() + HEAR_OUT_S
        while self._waits() and self._clock() < until_s:
            try:
                thing = arrivals.get(timeout=_POLL_S)
            except queue.Empty:
                continue
            if thing is None or isinstance(thing, BaseException):
                return  # the workout is done: that its source ends now is no error
            self.act(thing)

    def act(self, record: Record) -> None:
        """Records one record, lets it act and tells everyone what followed."""
        self._keep(lambda keeper: keeper.write(record))
        self._tell(record, self._session.feed(record))

    def finish(self) -> None:
        """The records have ended: ends and keeps the set under way, and tells everyone."""
        self._tell(None, self._session.finish())

    def _ask_what_is_pressed(self, arrival: Arrival) -> None:
        """Only live: the command is recorded, and a replay takes it from there."""
        pressed = self._presses.command(arrival)
        if pressed is not None:
            self.ask(pressed)

    def _act_on_commands(self) -> None:
        while not self._asked.empty():
            name, args = self._asked.get()
            self.act(Command(name, self._session.next_index, args))

    def _tick_while_silent(self) -> None:
        if self._clock_ahead_s is not None:
            self._tick_until(self._clock() - self._clock_ahead_s)

    def _tick_until(self, now_s: float) -> None:
        if self._next_tick_s is None:
            self._next_tick_s = now_s
        # A recording may jump by hours: time is told once for it, not once for every quarter of a second.
        if now_s - self._next_tick_s > 60 * TICK_S:
            self._next_tick_s = now_s
        while self._next_tick_s <= now_s and not self._session.done:
            self.act(Tick(self._next_tick_s))
            self._next_tick_s += TICK_S

    def _tell(self, record: Record | None, outcome: Outcome) -> None:
        if outcome.items:
            self._keep(lambda keeper: keeper.write_items(outcome.items))
        for listener in tuple(self._listeners):
            try:
                listener(record, outcome.events)
            except (RepBandError, OSError) as error:
                self._listeners.remove(listener)
                self._trouble(error)

    def _keep(self, write: Callable[[Keeper], None]) -> None:
        if self._keeper is None:
            return
        try:
            write(self._keeper)
        except (RepBandError, OSError) as error:
            self._keeper = None
            self._trouble(error)

    def _trouble(self, error: Exception) -> None:
        if self._on_trouble is None:
            raise error
        self._on_trouble(error)


def replay(records: Iterable[Record], session: Session, listeners: Sequence[Listener] = ()) -> None:
    """Feeds recorded records, in their order, to a session: the same events as when they were recorded.

    Args:
        records: what `repband.journal.read_recording(path).records()` gives.
        session: a fresh session with the exercise and target of the recorded one.
        listeners: as for `Driver`.
    """
    player = Driver(session, None, listeners)
    for record in records:
        player.act(record)
    player.finish()

"""The front end for wire packets."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from repband_wire import (
    GAP_GONE,
    Decoder,
    Format,
    Stream,
    WireError,
    accel_g_per_lsb,
    gyro_dps_per_lsb,
)
from repband_wire import Gap as GapNotice

from repband.source import Frame
from repband.stream.base import Gap, GapCause, SampleBlock, StreamItem
from repband.stream.clockfit import ClockFit, ClockFitter
from repband.stream.devicetime import DeviceTime
from repband.stream.order import Missing, Order, Piece
from repband.stream.stats import StreamStats

GIVE_UP_S = 3.0  # of newer device time, until a hole is no longer waited for
_FAR_AHEAD_S = 600.0  # a device can't be further ahead of what it last sent, beyond the time that has passed


@dataclass(slots=True)
class _Session:
    """One numbering of samples by the device.

    Attributes:
        number: the device's name for it.
        ranges: of its samples; None before the first.
        period_s: nominal.
        order: what has come and what is missing.
        shift: stream index less the device's index.
        start_s: stream time of the sample `order` began with.
        first_index: number of that sample.
        time: None before the first released sample.
        clock: against the host's.
    """

    number: int
    period_s: float
    order: Order
    shift: int
    start_s: float
    first_index: int
    ranges: int | None = None
    time: DeviceTime | None = None
    clock: ClockFitter = field(default_factory=ClockFitter)

    @property
    def end(self) -> int:
        """Number after the newest sample that has come."""
        newest = self.order.newest
        return self.order.next_index if newest is None else newest.end

    def at(self, index: int) -> float:
        """Stream time of a sample, as far as is known."""
        if self.time is None:
            return self.start_s + (index - self.first_index) * self.period_s
        return self.time.at(index)


_Announcement = Stream | Format


class FrameStream:
    """Wire packets in, samples in device order and named gaps out.

    Without a hole, samples are given at once. Newer ones wait while a hole can still be filled: until it is, until
    the device says that it is gone, or until 3 s of newer device time have come. What comes after that is counted as
    late. Nothing that arrives raises: what can't be decoded is counted.

    A new session number must be heard twice before it ends the session under way; stream time then goes on by the
    time that has passed on the host.
    """

    def __init__(self) -> None:
        self._decoder = Decoder()
        self._session: _Session | None = None
        self._past: set[int] = set()
        self._candidates: dict[int, list[tuple[_Announcement, float]]] = {}
        self._last_arrival_s = 0.0
        self._last_s: float | None = None  # stream time of the last sample given
        self._next_index = 0
        self._restarted = False
        self._given: list[StreamItem] = []
        self._stats = StreamStats()

    @property
    def stats(self) -> StreamStats:
        """The accounts so far."""
        time = None if self._session is None else self._session.time
        return self._stats if time is None else replace(self._stats, rate_hz=1.0 / time.period_s)

    @property
    def session(self) -> int | None:
        """The device's number for its session; None before the first packet."""
        return None if self._session is None else self._session.number

    @property
    def next_device_index(self) -> int:
        """What to acknowledge: below that number of its session every sample has come or has been given up."""
        return 0 if self._session is None else self._session.order.next_index

    @property
    def holes(self) -> tuple[tuple[int, int], ...]:
        """What is missing and may still come, as first index and count in the device's session: what to ask for."""
        return () if self._session is None else self._session.order.holes()

    @property
    def received_until(self) -> int:
        """Stream index after the newest sample that has come, given or waiting."""
        return self._next_index if self._session is None else self._session.end + self._session.shift

    @property
    def clock_fit(self) -> ClockFit | None:
        """Device time against host time in this session; None before the first sample."""
        return None if self._session is None else self._session.clock.fit()

    def feed(self, frame: Frame) -> list[StreamItem]:
        """Takes one packet."""
        try:
            message = self._decoder.decode(frame.data)
        except WireError:
            self._count(corrupt=1)
            return []
        if isinstance(message, Stream | Format):
            self._announced(message, frame.arrival_s)
        elif isinstance(message, GapNotice):
            self._gone(message)
        return self._flush()

    def finish(self) -> list[StreamItem]:
        """Gives what still waits: nothing more will come."""
        self._forget_candidates(before_s=self._last_arrival_s)
        if self._candidates:
            self._restart(next(reversed(self._candidates)))
        self._release(final=True)
        return self._flush()

    def _flush(self) -> list[StreamItem]:
        given, self._given = self._given, []
        return given

    def _announced(self, message: _Announcement, arrival_s: float) -> None:
        number = message.session
        if self._session is None:
            self._session = self._begin([(message, arrival_s)], 0.0)
        if number == self._session.number:
            self._accept(self._session, message, arrival_s)
        elif number in self._past:
            self._count(late=message.count if isinstance(message, Stream) else 0)
        else:
            self._candidates.setdefault(number, []).append((message, arrival_s))
            if len(self._candidates[number]) > 1:
                self._restart(number)

    def _forget_candidates(self, *, before_s: float) -> None:
        """Whoever spoke once, and before the session under way did again, was a stranger."""
        for number, heard in list(self._candidates.items()):
            if max(arrival_s for _, arrival_s in heard) < before_s:
                del self._candidates[number]
                self._count(late=sum(message.count for message, _ in heard if isinstance(message, Stream)))

    def _begin(self, heard: list[tuple[_Announcement, float]], start_s: float) -> _Session:
        """A session begins at the sample announced, or at its first if that can have been lost just now."""
        first = min((message for message, _ in heard), key=lambda message: message.index)
        period_s = 100.0 / first.rate_chz
        just_begun = isinstance(first, Stream) and first.index * period_s <= GIVE_UP_S
        index = 0 if just_begun else first.index
        return _Session(first.session, period_s, Order(index), self._next_index - index, start_s, index)

    def _restart(self, number: int) -> None:
        """The session under way has ended; another goes on in stream time by the host's clock."""
        heard = self._candidates.pop(number)
        self._release(final=True)
        old = self._session
        assert old is not None
        self._past.add(old.number)
        self._session = self._begin(heard, self._restart_s(old, heard))
        self._restarted = self._last_s is not None
        self._count(restarts=1)
        for message, arrival_s in heard:
            self._accept(self._session, message, arrival_s)

    def _restart_s(self, old: _Session, heard: list[tuple[_Announcement, float]]) -> float:
        """Stream time of the new session's first sample, by what was newest when it came: the rest had waited."""
        period_s = 100.0 / heard[0][0].rate_chz
        earliest_s = 0.0 if self._last_s is None else self._last_s + period_s
        fit = old.clock.fit()
        if fit is None:
            return earliest_s
        first_index = self._begin(heard, 0.0).first_index
        by_arrival_s = min(arrival_s - (_newest(message) - first_index) * period_s for message, arrival_s in heard)
        return max(earliest_s, by_arrival_s - fit.offset_s)

    def _accept(self, session: _Session, message: _Announcement, arrival_s: float) -> None:
        if isinstance(message, Format):
            return
        if self._implausible(session, message, arrival_s):
            self._count(corrupt=1)
            return
        session.ranges = message.ranges
        self._last_arrival_s = max(self._last_arrival_s, arrival_s)
        counts = np.frombuffer(message.data, dtype="<i2").reshape(message.count, message.axes)
        self._forget_candidates(before_s=arrival_s - GIVE_UP_S)
        seen = session.order.add(Piece(message.index, counts, message.index, message.time_us, arrival_s))
        if seen.duplicates or seen.late:
            self._count(duplicates=seen.duplicates, late=seen.late)
        self._release(final=False)

    def _implausible(self, session: _Session, message: Stream, arrival_s: float) -> bool:
        if session.ranges is not None and message.ranges != session.ranges:
            return True
        passed_s = max(0.0, arrival_s - self._last_arrival_s)
        return (message.index - session.end) * session.period_s > _FAR_AHEAD_S + 1.25 * passed_s

    def _gone(self, notice: GapNotice) -> None:
        if self._session is None or notice.session != self._session.number:
            return
        cause = GapCause.LOST if notice.cause == GAP_GONE else GapCause.OVERFLOW
        self._session.order.say_gone(notice.index, notice.index + notice.missing, cause)
        self._release(final=False)

    def _release(self, *, final: bool) -> None:
        session = self._session
        if session is None:
            return
        order = session.order
        hole: Missing | None = None
        while True:
            found = order.take()
            if found is None and (final or self._waited_enough(session)) and order.oldest is not None:
                found = order.give_up()
            if found is None:
                return
            if isinstance(found, Missing):
                hole = found
                continue
            self._give(session, found, hole)
            hole = None

    def _waited_enough(self, session: _Session) -> bool:
        oldest, newest = session.order.oldest, session.order.newest
        if oldest is None or newest is None:
            return False
        period_s = session.period_s if session.time is None else session.time.period_s
        return (newest.end - 1 - oldest.index) * period_s >= GIVE_UP_S

    def _give(self, session: _Session, piece: Piece, hole: Missing | None) -> None:
        if session.time is None:
            stamp_s = session.at(piece.index)
            session.time = DeviceTime(piece.index, _stamp_of(piece, session.period_s), session.period_s, stamp_s)
        t_s = session.time.times(piece.index, len(piece.counts), piece.stamp_index, piece.time_us)
        self._give_gaps(session, hole, float(t_s[0]))
        scaled = _scaled(piece, session)
        self._given.append(SampleBlock(piece.index + session.shift, t_s, *scaled))
        self._last_s = float(t_s[-1])
        self._next_index = piece.end + session.shift
        session.clock.add(self._last_s, piece.arrival_s)
        self._count(samples=len(t_s))

    def _give_gaps(self, session: _Session, hole: Missing | None, t_s: float) -> None:
        start_s = session.start_s if self._last_s is None else self._last_s
        if self._restarted:
            end_s = t_s if hole is None else session.start_s
            self._given.append(Gap(start_s, end_s, None, GapCause.RESTART))
            self._restarted, start_s = False, end_s
            self._count(gaps=1)
        if hole is not None:
            self._given.append(Gap(start_s, t_s, hole.count, hole.cause))
            self._count(gaps=1, missing=hole.count)

    def _count(self, **more: int) -> None:
        self._stats = replace(self._stats, **{name: getattr(self._stats, name) + count for name, count in more.items()})


def _newest(message: _Announcement) -> int:
    return message.index + (message.count - 1 if isinstance(message, Stream) else 0)


def _stamp_of(piece: Piece, period_s: float) -> int:
    """Device time of the piece's own first sample."""
    return piece.time_us + round((piece.index - piece.stamp_index) * period_s * 1e6)


def _scaled(piece: Piece, session: _Session) -> tuple[np.ndarray, np.ndarray | None]:
    assert session.ranges is not None
    accel_g = piece.counts[:, :3] * accel_g_per_lsb(session.ranges)
    gyro_dps = piece.counts[:, 3:] * gyro_dps_per_lsb(session.ranges) if piece.counts.shape[1] == 6 else None
    return accel_g, gyro_dps

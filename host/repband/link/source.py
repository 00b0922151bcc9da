"""A sensor on a link as a source: opens it, keeps it open, and ends when nobody needs it any more."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import repband_wire as wire

from repband.errors import SourceError
from repband.link.core import Link
from repband.link.refusals import NoAnswerError
from repband.link.states import Change, LinkState
from repband.link.stats import LinkStats
from repband.link.transport import Transport, TransportLostError
from repband.source.base import Frame

GIVE_UP_S = 600.0  # after so long without a link the session ends; the sensor keeps two minutes
_POLL_S = 0.02
_PAUSES_S = (0.25, 0.5, 0.5, 1.0, 1.0, 1.0, 2.0, 2.0, 5.0)
_WATCH_EVERY_S = 1.0
_LAST_WORDS_S = 1.0


class LinkSource:
    """A source of the packets of one sensor; loses its link, but not its session.

    Args:
        transport: the way to the sensor; opened here.
        key: this host's key, for sensors it has claimed.
        on_change: told of every change of the link's state, from the thread that iterates.
        give_up_s: how long to try to find a lost sensor again, in s.
        clock: a steady clock in s; injected in tests.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        key: bytes | None = None,
        on_change: Callable[[Change], None] | None = None,
        give_up_s: float = GIVE_UP_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport = transport
        self._give_up_s = give_up_s
        self._clock = clock
        self._began_s = clock()
        self._ended = threading.Event()
        self.on_change = on_change
        self.on_stats: Callable[[LinkStats], None] | None = None  # told once a second
        self.on_met: Callable[[wire.Info], None] | None = None  # told once, when samples begin to come
        self._met = False
        self._watched_s = 0.0
        self._link = Link(key=key, on_change=self._tell)

    @property
    def name(self) -> str:
        """What a person would call it."""
        return f"RepBand on {self._transport.name}"

    @property
    def state(self) -> LinkState:
        """Where the link is."""
        return self._link.state

    @property
    def streamed(self) -> bool:
        """Whether samples have ever begun to come."""
        return self._link.streamed

    @property
    def stats(self) -> LinkStats:
        """The link's accounts; may be read from any thread."""
        return self._link.stats

    @property
    def exercise(self) -> str:
        """What the sensor counts by itself; "" where it counts nothing or has not said."""
        return self._link.info.exercise if self._link.info is not None else ""

    def __iter__(self) -> Iterator[Frame]:
        """Gives frames until `close`.

        Raises:
            SourceError: the sensor can't be opened or used, or stayed away for too long.
        """
        self._link.scan(self._now())
        try:
            self._transport.find()
            self._link.connect(self._now())
            self._transport.open()
            self._link.opened(self._now())
            while not self._ended.is_set():
                yield from self._turn()
            yield from self._last_words()
        except SourceError as error:
            raise self._explained(error) from None
        finally:
            self._transport.close()
            self._link.close(self._now())

    def close(self) -> None:
        """Ends iterating: the sensor is asked to send what it has and to stop. May be called from any thread."""
        self._ended.set()

    def _now(self) -> float:
        return self._clock() - self._began_s

    def _tell(self, change: Change) -> None:
        if self.on_change is not None:
            self.on_change(change)
        if change.after is LinkState.STREAMING and self._link.info is not None and not self._met:
            self._met = True
            if self.on_met is not None:
                self.on_met(self._link.info)

    def _turn(self) -> list[Frame]:
        try:
            self._exchange()
            if self._link.dead is not None:
                raise TransportLostError(self._link.dead)
        except TransportLostError as lost:
            frames = self._link.take_frames()
            self._recover(str(lost))
            return frames
        return self._link.take_frames()

    def _exchange(self) -> None:
        self._send()
        for message in self._transport.receive(_POLL_S):
            self._link.received(message, self._now())
            self._send()
        self._link.damaged(self._transport.take_damaged())
        self._link.tick(self._now())
        self._send()
        if self.on_stats is not None and self._now() - self._watched_s >= _WATCH_EVERY_S:
            self._watched_s = self._now()
            self.on_stats(self.stats)

    def _send(self) -> None:
        for message in self._link.take_sends():
            self._transport.send(message)

    def _recover(self, why: str) -> None:
        """Opens the transport again, with growing pauses, until it is open, given up, or nobody needs it."""
        self._link.lost(self._now(), why)
        began_s = self._now()
        patience_s = self._give_up_s if self._link.streamed else min(self._give_up_s, 10.0)
        tries = 0
        while not self._ended.is_set():
            self._transport.close()
            try:
                self._transport.find()
                self._transport.open()
            except SourceError as error:
                if self._now() - began_s > patience_s:
                    raise SourceError(
                        f"the sensor has been away for {self._now() - began_s:.0f} s ({error.what})",
                        cure="switch it on, plug it in or come nearer, and begin again; what was done is kept",
                    ) from None
                self._ended.wait(_PAUSES_S[min(tries, len(_PAUSES_S) - 1)])
                tries += 1
            else:
                self._link.opened(self._now())
                return

    def _last_words(self) -> Iterator[Frame]:
        """Lets the sensor send what it has sampled, and stop."""
        if self._link.state is not LinkState.STREAMING:
            return
        self._link.stop(self._now())
        until_s = self._now() + _LAST_WORDS_S
        try:
            while not self._link.stopped and self._now() < until_s:
                self._exchange()
                yield from self._link.take_frames()
        except TransportLostError:
            return

    def _explained(self, error: SourceError) -> SourceError:
        """The same error with the place it came from; for a stranger, with what it seems to be."""
        if isinstance(error, NoAnswerError):
            stranger = self._transport.stranger()
            return NoAnswerError(stranger.what, where=self._transport.name, cure=stranger.cure)
        if error.where is None:
            error.where = self._transport.name
        return error

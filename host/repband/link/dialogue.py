"""Questions to a sensor and their answers, one after the other: what `repband device` is made of."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from types import TracebackType

import repband_wire as wire
from repband_wire import control

from repband.errors import SourceError
from repband.link.handshake import Answer, Ask, Values, introduce
from repband.link.refusals import NoAnswerError, RefusedError
from repband.link.requests import Requests, Settled
from repband.link.transport import Transport, TransportLostError

_WAIT_S = 0.8
_FIRST_TRIES = 10  # a board that restarts when its port is opened needs about three seconds
_TRIES = 4
_POLL_S = 0.05


class Dialogue:
    """An open conversation with one sensor, without its stream; a context manager.

    Args:
        transport: opened here.
        key: this host's key, or None.
        introduces: prove this host where the sensor is claimed; without it only what a stranger may ask.

    Raises:
        SourceError: from entering: it can't be opened, is no RepBand, refuses this host, or has another version.
    """

    def __init__(self, transport: Transport, key: bytes | None, *, introduces: bool = True) -> None:
        self._transport = transport
        self._key = key
        self._introduces = introduces
        self._spoke = False
        self._entries: dict[int, wire.Entry] = {}
        self.info: wire.Info

    def __enter__(self) -> Dialogue:
        self._transport.find()
        self._transport.open()
        try:
            self.info = self._run(introduce(self._key) if self._introduces else _look())
        except BaseException:
            self._transport.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._transport.close()

    def ask(self, code: int, *values: int | bytes, within_s: float = _WAIT_S * _TRIES) -> Values:
        """One request and its result by name.

        Args:
            code: of repband_wire.control.
            values: its parameters in the order of repband_wire.CONTROLS.
            within_s: how long an answer may take, in s.

        Raises:
            RefusedError: the device says no, and why.
            SourceError: no answer came.
        """
        return self._answer(Ask(code, values), within_s / _TRIES, _TRIES).values

    def log_page(self, number: int) -> tuple[Values, list[wire.Entry]]:
        """The records of the sensor's log from one on, at most `control.LOG_ENTRIES`, and where the log stands.

        Records that the sensor can't read, again and again while others come, are not among them.

        Raises:
            RefusedError: the device says no, and why.
            SourceError: no answer came, or none of the records.
        """
        for tries_left in reversed(range(_TRIES)):
            self._entries = {}
            try:
                values = self.ask(control.LOG_READ, number)
            except RefusedError as refused:
                if refused.reason != control.BUSY or not tries_left:
                    raise
                self._listen()
                continue
            begin = max(number, int(values["first"]))
            wanted = range(begin, min(int(values["next"]), begin + control.LOG_ENTRIES))
            until_s = time.monotonic() + _WAIT_S
            while not self._entries.keys() >= set(wanted) and time.monotonic() < until_s:
                self._listen()
            found = [self._entries[one] for one in wanted if one in self._entries]
            if len(found) == len(wanted) or (found and not tries_left):
                return values, found
        raise SourceError("the records of its log do not come through", where=self._transport.name, cure="try again")

    def refresh(self) -> wire.Info:
        """Asks again what the sensor is."""
        self.info = self._run(_look())
        return self.info

    def _run(self, steps: Generator[Ask, Answer, wire.Info]) -> wire.Info:
        try:
            step = next(steps)
            while True:
                step = steps.send(self._answer(step, _WAIT_S, _TRIES if self._spoke else _FIRST_TRIES))
        except StopIteration as end:
            return end.value
        except SourceError as error:
            error.where = error.where or self._transport.name
            raise

    def _answer(self, ask: Ask, wait_s: float, tries: int) -> Answer:
        requests = Requests(wait_s)
        try:
            self._transport.send(requests.ask(ask, time.monotonic(), tries=tries))
            settled = self._settled(requests)
        except TransportLostError as lost:
            raise self._broke(lost) from None
        if settled.answer is not None:
            return settled.answer
        if settled.refusal is not None:
            raise RefusedError(settled.refusal, self._transport.name)
        if self._spoke:
            raise SourceError("the sensor stopped answering", where=self._transport.name, cure="try again")
        stranger = self._transport.stranger()
        raise NoAnswerError(stranger.what, where=self._transport.name, cure=stranger.cure)

    def _listen(self) -> None:
        """Takes what comes without having been asked for just now."""
        try:
            for data in self._transport.receive(_POLL_S):
                self._heard(data, lambda _: None)
        except TransportLostError as lost:
            raise self._broke(lost) from None

    def _broke(self, lost: TransportLostError) -> SourceError:
        return SourceError(f"the link broke: {lost}", where=self._transport.name, cure="try again")

    def _settled(self, requests: Requests) -> Settled:
        while True:
            heard = [self._heard(data, requests.take) for data in self._transport.receive(_POLL_S)]
            for settled in heard:  # what came along with the answer is heard too
                if settled is not None:
                    return settled
            again, failed = requests.overdue(time.monotonic())
            for message in again:
                self._transport.send(message)
            if failed:
                return failed[0]

    def _heard(self, data: bytes, take: Callable[[wire.Reply | wire.Info], Settled | None]) -> Settled | None:
        try:
            message = wire.decode(data)
        except wire.WireError:
            return None
        self._spoke = True
        if isinstance(message, wire.Entry):
            self._entries[message.number] = message
        return take(message) if isinstance(message, wire.Reply | wire.Info) else None


def _look() -> Generator[Ask, Answer, wire.Info]:
    answer = yield Ask(wire.control.GET_INFO)
    assert answer.info is not None
    return answer.info

"""Requests under way: sequence numbers, waiting times, repeats, and which reply belongs to which."""

from __future__ import annotations

from dataclasses import dataclass, field

import repband_wire as wire
from repband_wire import control

from repband.link.handshake import Answer, Ask


@dataclass(slots=True)
class _Waiting:
    ask: Ask
    message: bytes
    sent_s: float
    tries_left: int
    values: dict[str, int | bytes] = field(default_factory=dict[str, int | bytes])
    replied: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """A request that has come to its end.

    Attributes:
        ask: the request.
        answer: what came back; None when it was refused or nothing came.
        refusal: the reply that refused it, or None.
        sent_s: when it was sent last, in s.
    """

    ask: Ask
    answer: Answer | None
    refusal: wire.Reply | None
    sent_s: float


class Requests:
    """Knows what was asked and not yet answered.

    Args:
        wait_s: how long a reply may take before the request is sent again.
    """

    def __init__(self, wait_s: float) -> None:
        self._wait_s = wait_s
        self._seq = 0
        self._waiting: dict[int, _Waiting] = {}

    def ask(self, ask: Ask, now_s: float, *, tries: int = 1) -> bytes:
        """The message to send for a new request; sent again until it was sent `tries` times."""
        seq = self._free_seq()
        message = wire.make_control(seq, ask.code, *ask.values).encode()
        self._waiting[seq] = _Waiting(ask, message, now_s, tries - 1)
        return message

    def waits_for(self, code: int) -> bool:
        """Whether a request of that code is under way."""
        return any(one.ask.code == code for one in self._waiting.values())

    def take(self, message: wire.Reply | wire.Info) -> Settled | None:
        """What a reply, or an info message, settles; None where nobody waits for it."""
        if isinstance(message, wire.Info):
            return self._take_info(message)
        one = self._waiting.get(message.seq)
        if one is None or one.ask.code != message.code:
            return None
        if message.reason != control.OK:
            del self._waiting[message.seq]
            return Settled(one.ask, None, message, one.sent_s)
        try:
            one.values = wire.reply_values(message)
        except wire.WireError:
            return None
        if message.code == control.GET_INFO:
            one.replied = True  # the info message itself is still to come
            return None
        del self._waiting[message.seq]
        return Settled(one.ask, Answer(one.values), None, one.sent_s)

    def overdue(self, now_s: float) -> tuple[list[bytes], list[Settled]]:
        """What to send again now, and which requests nobody has answered."""
        again: list[bytes] = []
        failed: list[Settled] = []
        for seq, one in list(self._waiting.items()):
            if now_s - one.sent_s < self._wait_s:
                continue
            if one.tries_left:
                one.tries_left -= 1
                one.sent_s = now_s
                again.append(one.message)
            else:
                del self._waiting[seq]
                failed.append(Settled(one.ask, None, None, one.sent_s))
        return again, failed

    def forget(self) -> None:
        """The link is gone, and with it all replies."""
        self._waiting.clear()

    def _take_info(self, message: wire.Info) -> Settled | None:
        for seq, one in self._waiting.items():
            if one.ask.code == control.GET_INFO and one.replied:
                del self._waiting[seq]
                return Settled(one.ask, Answer({}, message), None, one.sent_s)
        return None

    def _free_seq(self) -> int:
        for _ in range(256):
            self._seq = (self._seq + 1) & 0xFF
            if self._seq not in self._waiting:
                return self._seq
        raise RuntimeError("256 requests under way")

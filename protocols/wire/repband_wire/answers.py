"""Messages that only a host reads; apart from the modules that define them, because a board only writes them."""

import struct

from .base import MAX_INDEX, MAX_MESSAGE, MIN_PAYLOAD, need, unpack_numbers
from .control import REPLY_HEAD, Reply
from .errors import check
from .events import ENTRY_BODY, Entry, Gap, Rep
from .info import MAX_RATES, TEXTS, Info, check_info, text_of
from .press import Press
from .stream import MAX_RATE_CHZ, MIN_RATE_CHZ


def decode_gap(data: bytes) -> Gap:
    """A gap notice from its bytes."""
    need(data, 12, 12)
    session, index, missing, cause = unpack_numbers(Gap, data)
    check("missing", missing, 1, MAX_INDEX - index)
    return Gap(session, index, missing, cause)


def decode_rep(data: bytes) -> Rep:
    """A rep event from its bytes."""
    size = struct.calcsize(Rep.LAYOUT)
    need(data, size, size)
    rep = Rep(*unpack_numbers(Rep, data))
    check("length", rep.length, 1, rep.end_index)
    return rep


def decode_entry(data: bytes) -> Entry:
    """A log record from its bytes."""
    size = struct.calcsize(Entry.LAYOUT)
    need(data, size + ENTRY_BODY, size + ENTRY_BODY)
    number, kind = unpack_numbers(Entry, data)
    return Entry(number, kind, bytes(data[size:]))


def decode_press(data: bytes) -> Press:
    """A press from its bytes."""
    size = struct.calcsize(Press.LAYOUT)
    need(data, size, size)
    session, index, number, kind = unpack_numbers(Press, data)
    return Press(session, index, number, kind)


def decode_reply(data: bytes) -> Reply:
    """A reply from its bytes."""
    need(data, REPLY_HEAD, MIN_PAYLOAD)
    seq, code, reason = unpack_numbers(Reply, data)
    return Reply(seq, code, reason, bytes(data[REPLY_HEAD:]))


def decode_info(data: bytes) -> Info:
    """An info message from its bytes. What a newer device appended after the known fields is ignored."""
    fixed = struct.calcsize(Info.LAYOUT)
    need(data, fixed + 1 + len(TEXTS), MAX_MESSAGE)
    numbers = unpack_numbers(Info, data)
    rates, at = _unpack_rates(data, fixed)
    info = Info(1, 1, 0, 0, 0)
    for (name, _, _), number in zip(Info.FIELDS, numbers):  # noqa: B905 - MicroPython's zip knows no strict
        setattr(info, name, number)
    info.rates_chz = rates
    for name, most in TEXTS:
        text, at = _unpack_text(name, data, at, most)
        setattr(info, name, text)
    check_info(info)
    return info


def _unpack_rates(data: bytes, at: int) -> "tuple[tuple[int, ...], int]":
    count = data[at]
    check("rates", count, 0, MAX_RATES)
    end = at + 1 + 2 * count
    need(data, end, MAX_MESSAGE)
    rates = struct.unpack(f"<{count}H", data[at + 1 : end])
    for rate_chz in rates:
        check("rates_chz", rate_chz, MIN_RATE_CHZ, MAX_RATE_CHZ)
    return rates, end


def _unpack_text(name: str, data: bytes, at: int, most: int) -> "tuple[str, int]":
    need(data, at + 1, MAX_MESSAGE)
    size = data[at]
    check(name + " size", size, 0, most)
    end = at + 1 + size
    need(data, end, MAX_MESSAGE)
    return text_of(name, data[at + 1 : end]), end

"""Stream packets as whoever receives them reads them; apart from stream.py, because a board only writes them."""

import struct

from .base import (
    MAX_INDEX,
    MAX_MESSAGE,
    MAX_TIME_US,
    MAX_U8,
    MAX_U16,
    MIN_PAYLOAD,
    SHORT,
    STREAM,
    Message,
    head,
    need,
    unpack_numbers,
)
from .errors import WireError, check
from .stream import SHORT_HEAD, STREAM_HEAD, Format, axes_of, check_ranges, samples_per_packet


class Stream(Message):
    """Consecutive samples, complete in itself.

    Attributes:
        session: names one uninterrupted numbering of samples at one rate and range.
        index: number of the first sample in this session.
        time_us: device time of the first sample, in us modulo TIME_WRAP_US.
        rate_chz: nominal rate in 0.01 Hz; the true one follows from time_us.
        ranges: see pack_ranges.
        data: the samples, int16 little endian, x y z of the accelerometer, then of the gyroscope if there is one.
    """

    KIND = STREAM
    LAYOUT = Format.LAYOUT
    FIELDS = Format.FIELDS
    TAIL = "data"

    def __init__(self, session: int, index: int, time_us: int, rate_chz: int, ranges: int, data: bytes) -> None:
        self.session = session
        self.index = index
        self.time_us = time_us
        self.rate_chz = rate_chz
        self.ranges = ranges
        self.data = data

    @property
    def axes(self) -> int:
        """Values in one sample: 3, or 6 with the gyroscope."""
        return axes_of(self.ranges)

    @property
    def count(self) -> int:
        """Number of samples."""
        return len(self.data) // (2 * axes_of(self.ranges))

    def samples(self) -> "list[tuple[int, ...]]":
        """The samples as counts, one tuple of 3 or 6 each."""
        layout = f"<{self.axes}h"
        size = 2 * self.axes
        return [struct.unpack(layout, self.data[at : at + size]) for at in range(0, len(self.data), size)]

    def encode(self) -> bytes:
        """The packet as bytes. Raises WireError when a field, or the number of samples, is out of range."""
        numbers = self.numbers()
        check_ranges(self.ranges)
        _check_samples(self.data, self.ranges, self.index)
        return struct.pack(self.LAYOUT, head(STREAM), *numbers) + bytes((self.count,)) + self.data


def decode_stream(data: bytes) -> Stream:
    """A full stream packet from its bytes."""
    need(data, STREAM_HEAD, MAX_MESSAGE)
    session, index, time_us, rate_chz, ranges = unpack_numbers(Stream, data)
    check_ranges(ranges)
    count = data[STREAM_HEAD - 1]
    check("count", count, 1, samples_per_packet(MAX_MESSAGE, ranges))
    size = STREAM_HEAD + count * 2 * axes_of(ranges)
    need(data, size, size)
    samples = bytes(data[STREAM_HEAD:])
    _check_samples(samples, ranges, index)
    return Stream(session, index, time_us, rate_chz, ranges, samples)


def _check_samples(data: bytes, ranges: int, index: int) -> None:
    size = 2 * axes_of(ranges)
    if len(data) % size:
        raise WireError("range", f"{len(data)} bytes of samples are no multiple of {size}")
    count = len(data) // size
    check("count", count, 1, samples_per_packet(MAX_MESSAGE, ranges))
    check("index", index, 0, MAX_INDEX - count + 1)


class Short(Message):
    """A stream packet of at most 20 bytes; what it leaves out was said by the last Format message.

    Attributes:
        session_low: low byte of the session.
        index_low: low 16 bits of the index of the first sample.
        time_us: device time of the first sample, in us modulo TIME_WRAP_US.
        data: one or two samples of 6 bytes, or one of 12.
    """

    KIND = SHORT
    LAYOUT = "<BBHI"
    FIELDS = (("session_low", 0, MAX_U8), ("index_low", 0, MAX_U16), ("time_us", 0, MAX_TIME_US))
    TAIL = "data"

    def __init__(self, session_low: int, index_low: int, time_us: int, data: bytes) -> None:
        self.session_low = session_low
        self.index_low = index_low
        self.time_us = time_us
        self.data = data

    def encode(self) -> bytes:
        """The packet as bytes. Raises WireError when a field is out of range or `data` has neither 6 nor 12 bytes."""
        _check_short(self.data)
        return Message.encode(self) + self.data


def decode_short(data: bytes) -> Short:
    """A short stream packet from its bytes; a Decoder makes a Stream of it."""
    need(data, SHORT_HEAD + 6, MIN_PAYLOAD)
    samples = bytes(data[SHORT_HEAD:])
    _check_short(samples)
    session_low, index_low, time_us = unpack_numbers(Short, data)
    return Short(session_low, index_low, time_us, samples)


def _check_short(data: bytes) -> None:
    if len(data) not in (6, 12):
        raise WireError("range", f"{len(data)} bytes of samples, not 6 or 12")


def decode_format(data: bytes) -> Format:
    """A format message from its bytes."""
    need(data, 14, 14)
    session, index, time_us, rate_chz, ranges = unpack_numbers(Format, data)
    check_ranges(ranges)
    return Format(session, index, time_us, rate_chz, ranges)


def expand(short: Short, known: "Stream | Format") -> Stream:
    """The full form of `short`, given the latest Format or Stream of its session.

    The index is the one nearest to `known.index` with the right low 16 bits, so `known` must be less than 32768
    samples away. Raises WireError "context" when `short` can't belong to that session.
    """
    if short.session_low != known.session & 0xFF:
        raise WireError("context", f"session {short.session_low:#04x} is not announced")
    if len(short.data) % (2 * axes_of(known.ranges)):
        raise WireError("context", f"{len(short.data)} bytes do not fit the announced ranges")
    index = known.index + ((short.index_low - known.index + 0x8000) & 0xFFFF) - 0x8000
    if not 0 <= index <= MAX_INDEX - 1:
        raise WireError("context", f"index {index} is out of range")
    return Stream(known.session, index, short.time_us, known.rate_chz, known.ranges, short.data)

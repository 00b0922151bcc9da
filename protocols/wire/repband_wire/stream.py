"""Stream packets: samples on their way from the sensor, in a full and in a short form."""

import struct

from .base import (
    FORMAT,
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

MIN_RATE_CHZ = 500  # 5 Hz
MAX_RATE_CHZ = 50000  # 500 Hz
STREAM_HEAD = 15  # bytes before the samples of a full packet
SHORT_HEAD = 8  # bytes before the samples of a short packet

SCALE_FULL = 0  # full range = 32768 counts: InvenSense parts, and the virtual sensor
SCALE_ST = 1  # ST LSM6DS parts: 30.5 ug per g of range, 35 udeg/s per deg/s of range (LSM6DS3 data sheet, table 3)

_GYRO_DPS = (0, 125, 250, 500, 1000, 2000)  # 0: no gyroscope in the packet
_MAX_RANGES = 0x3F


def pack_ranges(accel_g: int, gyro_dps: int = 0, scale: int = SCALE_FULL) -> int:
    """The ranges byte: accelerometer range 2, 4, 8 or 16 g, gyroscope 0 (none) or 125 to 2000 deg/s, scale family."""
    if accel_g not in (2, 4, 8, 16):
        raise WireError("range", f"accel_g={accel_g} is not 2, 4, 8 or 16")
    if gyro_dps not in _GYRO_DPS:
        raise WireError("range", f"gyro_dps={gyro_dps} is not one of {_GYRO_DPS}")
    check("scale", scale, SCALE_FULL, SCALE_ST)
    return {2: 0, 4: 1, 8: 2, 16: 3}[accel_g] | _GYRO_DPS.index(gyro_dps) << 2 | scale << 5


def check_ranges(ranges: int) -> None:
    """Raises WireError "range" unless `ranges` is a valid ranges byte."""
    check("ranges", ranges, 0, _MAX_RANGES)
    check("ranges gyroscope", ranges >> 2 & 7, 0, len(_GYRO_DPS) - 1)


def accel_range_g(ranges: int) -> int:
    """Range of the accelerometer in g."""
    return 2 << (ranges & 3)


def gyro_range_dps(ranges: int) -> int:
    """Range of the gyroscope in deg/s; 0 where the packet has none."""
    return _GYRO_DPS[ranges >> 2 & 7]


def axes_of(ranges: int) -> int:
    """Values in one sample: 3, or 6 with the gyroscope."""
    return 6 if ranges & 0x1C else 3


def accel_g_per_lsb(ranges: int) -> float:
    """What one count of the accelerometer is worth, in g."""
    return accel_range_g(ranges) * (30.5e-6 if ranges & 0x20 else 1 / 32768)


def gyro_dps_per_lsb(ranges: int) -> float:
    """What one count of the gyroscope is worth, in deg/s."""
    return gyro_range_dps(ranges) * (35e-6 if ranges & 0x20 else 1 / 32768)


def samples_per_packet(payload: int, ranges: int) -> int:
    """How many samples fit a link that carries `payload` bytes a message; full packets above 20 bytes."""
    size = 2 * axes_of(ranges)
    if payload <= MIN_PAYLOAD:
        return (MIN_PAYLOAD - SHORT_HEAD) // size
    return (min(payload, MAX_MESSAGE) - STREAM_HEAD) // size


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
    LAYOUT = "<BHIIHB"
    FIELDS = (
        ("session", 0, MAX_U16),
        ("index", 0, MAX_INDEX),
        ("time_us", 0, MAX_TIME_US),
        ("rate_chz", MIN_RATE_CHZ, MAX_RATE_CHZ),
        ("ranges", 0, _MAX_RANGES),
    )
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


class Format(Message):
    """What short packets leave out: sent when a stream starts, and every few seconds where short packets are used.

    Attributes:
        session, rate_chz, ranges: as in Stream.
        index, time_us: of the next new sample.
    """

    KIND = FORMAT
    LAYOUT = "<BHIIHB"
    FIELDS = Stream.FIELDS

    def __init__(self, session: int, index: int, time_us: int, rate_chz: int, ranges: int) -> None:
        self.session = session
        self.index = index
        self.time_us = time_us
        self.rate_chz = rate_chz
        self.ranges = ranges

    def encode(self) -> bytes:
        """The message as bytes. Raises WireError when a field is out of range."""
        check_ranges(self.ranges)
        return Message.encode(self)


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


def encode_stream_into(
    buffer: bytearray,
    session: int,
    index: int,
    time_us: int,
    rate_chz: int,
    ranges: int,
    ring: bytearray,
    start: int,
    count: int,
) -> int:
    """Writes a full packet into `buffer` without allocating; returns its size in bytes.

    The samples are `count` samples of the circular byte buffer `ring` from byte `start` on. Raises WireError when a
    field is out of range or the packet does not fit the buffer (only then does it allocate).
    """
    size = count * 2 * axes_of(ranges)
    if count < 1 or STREAM_HEAD + size > len(buffer) or STREAM_HEAD + size > MAX_MESSAGE:
        raise WireError("range", f"count={count} does not fit")
    check("session", session, 0, MAX_U16)
    check("time_us", time_us, 0, MAX_TIME_US)
    check("rate_chz", rate_chz, MIN_RATE_CHZ, MAX_RATE_CHZ)
    check_ranges(ranges)
    struct.pack_into("<BHIIHBB", buffer, 0, head(STREAM), session, index, time_us, rate_chz, ranges, count)
    _copy_ring(buffer, STREAM_HEAD, ring, start, size)
    return STREAM_HEAD + size


def encode_short_into(
    buffer: bytearray, session: int, index: int, time_us: int, ranges: int, ring: bytearray, start: int, count: int
) -> int:
    """Like encode_stream_into for a short packet (at most 20 bytes)."""
    size = count * 2 * axes_of(ranges)
    if size != 6 and size != 12:
        raise WireError("range", f"count={count} does not fit")
    check("time_us", time_us, 0, MAX_TIME_US)
    struct.pack_into("<BBHI", buffer, 0, head(SHORT), session & 0xFF, index & 0xFFFF, time_us)
    _copy_ring(buffer, SHORT_HEAD, ring, start, size)
    return SHORT_HEAD + size


def _copy_ring(target: bytearray, at: int, ring: bytearray, start: int, size: int) -> None:
    end = len(ring)
    for _ in range(size):  # byte by byte: a slice would allocate
        target[at] = ring[start]
        at += 1
        start += 1
        if start == end:
            start = 0

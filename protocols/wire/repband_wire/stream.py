"""Stream packets: samples on their way from the sensor, in a full and in a short form; packets.py reads them."""

import struct

from .base import (
    FORMAT,
    MAX_INDEX,
    MAX_MESSAGE,
    MAX_TIME_US,
    MAX_U16,
    MIN_PAYLOAD,
    SHORT,
    STREAM,
    Message,
    head,
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


class Format(Message):
    """What short packets leave out: sent when a stream starts, and every few seconds where short packets are used.

    Attributes:
        session, rate_chz, ranges: as in packets.Stream.
        index, time_us: of the next new sample.
    """

    KIND = FORMAT
    LAYOUT = "<BHIIHB"
    FIELDS = (
        ("session", 0, MAX_U16),
        ("index", 0, MAX_INDEX),
        ("time_us", 0, MAX_TIME_US),
        ("rate_chz", MIN_RATE_CHZ, MAX_RATE_CHZ),
        ("ranges", 0, _MAX_RANGES),
    )

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

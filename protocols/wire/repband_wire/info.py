"""What a device says of itself."""

import struct

from .base import INFO, MAX_INDEX, MAX_MESSAGE, MAX_U8, MAX_U16, MIN_PAYLOAD, Message, head
from .control import MAX_NAME, MAX_SLUG
from .errors import WireError, check
from .stream import MAX_RATE_CHZ, MIN_RATE_CHZ, check_ranges

MAX_RATES = 8
BATTERY_UNKNOWN = 255
SIDE_UNKNOWN = 0
SIDE_LEFT = 1
SIDE_RIGHT = 2

CLAIMED = 1  # it belongs to a host
PROVED = 2  # the host on this link may stream and control
STREAMING = 4
CHARGING = 8
HAS_GYRO = 16

FAULT_CONFIG = 1
FAULT_IMU_MISSING = 2
FAULT_IMU_IDENTITY = 3
FAULT_IMU_BUS = 4
FAULT_IMU_SILENT = 5
FAULT_BATTERY = 6
FAULT_WATCHDOG = 7
FAULT_FLASH = 8
FAULT_MEMORY = 9
FAULT_IMU_GRAVITY = 10  # this and the next two come from the self-test only
FAULT_IMU_NOISE = 11
FAULT_IMU_RATE = 12


class Info(Message):
    """What a device says of itself. To a host that has not proved itself all but the first seven and the name are 0.

    Attributes:
        protocol_min, protocol_max: the protocol versions it speaks.
        major, minor, patch: its firmware version.
        fault: a key of words.FAULTS, 0 when all is well.
        battery_percent: 0 to 100, or BATTERY_UNKNOWN.
        flags: CLAIMED and the like, added up.
        side: which thigh (SIDE_UNKNOWN, SIDE_LEFT, SIDE_RIGHT).
        session, rate_chz, ranges: as in Stream; rate_chz 0 when not said.
        ring_capacity: samples it keeps for resending.
        interval_units: connection interval in 1.25 ms, 0 without radio.
        payload: bytes a message the link carries now.
        who_am_i: identity register of its motion sensor.
        rates_chz: rates it can be set to, at most eight.
        name, board, imu, exercise: text.
    """

    KIND = INFO
    LAYOUT = "<BBBBBBBBBBHHBIHHB"
    FIELDS = (
        ("protocol_min", 1, MAX_U8),
        ("protocol_max", 1, MAX_U8),
        ("major", 0, MAX_U8),
        ("minor", 0, MAX_U8),
        ("patch", 0, MAX_U8),
        ("fault", 0, MAX_U8),
        ("battery_percent", 0, MAX_U8),
        ("flags", 0, MAX_U8),
        ("side", 0, SIDE_RIGHT),
        ("session", 0, MAX_U16),
        ("rate_chz", 0, MAX_RATE_CHZ),
        ("ranges", 0, 0x3F),
        ("ring_capacity", 0, MAX_INDEX),
        ("interval_units", 0, 3200),
        ("payload", MIN_PAYLOAD, MAX_MESSAGE),
        ("who_am_i", 0, MAX_U8),
    )

    def __init__(
        self,
        protocol_min: int,
        protocol_max: int,
        major: int,
        minor: int,
        patch: int,
        fault: int = 0,
        battery_percent: int = BATTERY_UNKNOWN,
        flags: int = 0,
        side: int = SIDE_UNKNOWN,
        session: int = 0,
        rate_chz: int = 0,
        ranges: int = 0,
        ring_capacity: int = 0,
        interval_units: int = 0,
        payload: int = MIN_PAYLOAD,
        who_am_i: int = 0,
        rates_chz: "tuple[int, ...]" = (),
        name: str = "",
        board: str = "",
        imu: str = "",
        exercise: str = "",
    ) -> None:
        self.protocol_min = protocol_min
        self.protocol_max = protocol_max
        self.major = major
        self.minor = minor
        self.patch = patch
        self.fault = fault
        self.battery_percent = battery_percent
        self.flags = flags
        self.side = side
        self.session = session
        self.rate_chz = rate_chz
        self.ranges = ranges
        self.ring_capacity = ring_capacity
        self.interval_units = interval_units
        self.payload = payload
        self.who_am_i = who_am_i
        self.rates_chz = rates_chz
        self.name = name
        self.board = board
        self.imu = imu
        self.exercise = exercise

    def names(self) -> "list[str]":
        """The names of all fields."""
        return Message.names(self) + list(_AFTER)

    def encode(self) -> bytes:
        """The message as bytes. Raises WireError when a field is out of range."""
        numbers = self.numbers()
        check_info(self)
        check("rates", len(self.rates_chz), 0, MAX_RATES)
        for rate_chz in self.rates_chz:
            check("rates_chz", rate_chz, MIN_RATE_CHZ, MAX_RATE_CHZ)
        rates = struct.pack(f"<B{len(self.rates_chz)}H", len(self.rates_chz), *self.rates_chz)
        texts = [_pack_text(name, getattr(self, name), most) for name, most in TEXTS]
        return struct.pack(self.LAYOUT, head(INFO), *numbers) + rates + b"".join(texts)


_AFTER = ("rates_chz", "name", "board", "imu", "exercise")
TEXTS = (("name", MAX_NAME), ("board", MAX_NAME), ("imu", MAX_NAME), ("exercise", MAX_SLUG))


def check_info(info: Info) -> None:
    """Raises WireError where a number is out of its range, beyond what FIELDS says."""
    check_ranges(info.ranges)
    check("protocol_max", info.protocol_max, info.protocol_min, MAX_U8)
    if info.battery_percent != BATTERY_UNKNOWN:
        check("battery_percent", info.battery_percent, 0, 100)
    if info.rate_chz:
        check("rate_chz", info.rate_chz, MIN_RATE_CHZ, MAX_RATE_CHZ)


def _pack_text(name: str, text: str, most: int) -> bytes:
    data = text.encode()
    check(name + " size", len(data), 0, most)
    _check_plain(name, text)
    return bytes((len(data),)) + data


def text_of(name: str, data: bytes) -> str:
    """Text from UTF-8 without control characters. Raises WireError "text"."""
    try:
        text = str(data, "utf-8")
    except UnicodeError:
        raise WireError("text", name)  # noqa: B904 - MicroPython knows no "from"
    _check_plain(name, text)
    return text


def _check_plain(name: str, text: str) -> None:
    for char in text:
        if ord(char) < 0x20 or ord(char) == 0x7F:
            raise WireError("text", name)

"""What all messages share: the head byte, sizes, and messages made only of numbers."""

import struct

from .errors import WireError, check

PROTOCOL_MIN = 1  # oldest protocol version this codec speaks
PROTOCOL_MAX = 1  # newest

MAX_MESSAGE = 244  # bytes; a notification at the usual ATT MTU of 247 holds MTU - 3
MIN_PAYLOAD = 20  # bytes; what every link carries (ATT MTU 23 before it is exchanged)

TIME_WRAP_US = 1 << 30  # device time counts modulo this: a board's small int has 31 bits
MAX_TIME_US = TIME_WRAP_US - 1
_HALF_US = TIME_WRAP_US >> 1
MAX_U8 = 0xFF
MAX_U16 = 0xFFFF
MAX_INDEX = 0xFFFFFFFF

STREAM = 1
SHORT = 2
FORMAT = 3
GAP = 4
ACK = 5
CONTROL = 6
REPLY = 7
INFO = 8
REP = 9
ENTRY = 10
PRESS = 11


def head(kind: int) -> int:
    """The first byte of a message: top bit set, three bits of protocol version, four bits of kind."""
    return 0x80 | PROTOCOL_MAX << 4 | kind


def kind_of(data: bytes) -> int:
    """The kind of an encoded message, after checking its size, its head byte and its version."""
    if not data:
        raise WireError("empty")
    if len(data) > MAX_MESSAGE:
        raise WireError("long", f"{len(data)} bytes, at most {MAX_MESSAGE}")
    first = data[0]
    if not first & 0x80:
        raise WireError("head", f"first byte {first:#04x}")
    kind = first & 0x0F
    version = first >> 4 & 7
    if not PROTOCOL_MIN <= version <= PROTOCOL_MAX:
        raise WireError("version", f"{version}, this side speaks {PROTOCOL_MIN} to {PROTOCOL_MAX}")
    return kind


def need(data: bytes, low: int, high: int) -> None:
    """Raises WireError "short" or "long" unless `data` has low to high bytes."""
    if len(data) < low:
        raise WireError("short", f"{len(data)} bytes, at least {low}")
    if len(data) > high:
        raise WireError("long", f"{len(data)} bytes, at most {high}")


def time_diff_us(later: int, earlier: int) -> int:
    """Signed difference of two device times in us, safe over the wrap; exact within +-2**29 us (8.9 minutes)."""
    step = later - earlier
    if step >= _HALF_US:
        return step - MAX_TIME_US - 1  # in two steps: 2**30 itself does not fit a board's small int
    if step < -_HALF_US:
        return step + MAX_TIME_US + 1
    return step


def time_add_us(time_us: int, step_us: int) -> int:
    """The device time `step_us` after `time_us` (before, when negative), safe over the wrap; |step_us| < 2**29."""
    if step_us >= 0:
        left = MAX_TIME_US - time_us
        return time_us + step_us if step_us <= left else step_us - left - 1
    return time_us + step_us if time_us >= -step_us else MAX_TIME_US + (time_us + step_us) + 1


class Message:
    """A decoded message: attributes in the order of FIELDS, compared and printed by value.

    Class attributes:
        KIND: its number in the head byte.
        LAYOUT: struct layout of the head and the numeric fields.
        FIELDS: name, least and greatest value of each numeric field, in wire order.
        TAIL: name of the trailing bytes, or "".
    """

    KIND = 0
    LAYOUT = "<B"
    FIELDS = ()  # type: tuple[tuple[str, int, int], ...]
    TAIL = ""

    def numbers(self) -> "list[int]":
        """The numeric fields in wire order, each checked against its range."""
        values = []  # type: list[int]
        for name, low, high in self.FIELDS:
            value = getattr(self, name)
            check(name, value, low, high)
            values.append(value)
        return values

    def encode(self) -> bytes:
        """The message as bytes. Raises WireError "range" for a field outside its range."""
        return struct.pack(self.LAYOUT, head(self.KIND), *self.numbers())

    def names(self) -> "list[str]":
        """The names of all fields."""
        names = [field[0] for field in self.FIELDS]
        if self.TAIL:
            names.append(self.TAIL)
        return names

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return False
        return all(getattr(self, name) == getattr(other, name) for name in self.names())

    def __hash__(self) -> int:
        return hash(self.encode())

    def __repr__(self) -> str:
        pairs = [f"{name}={getattr(self, name)!r}" for name in self.names()]
        return "{}({})".format(type(self).__name__, ", ".join(pairs))


def unpack_numbers(cls: "type[Message]", data: bytes) -> "list[int]":
    """The numeric fields of `cls` from the beginning of `data`, each checked against its range."""
    values = list(struct.unpack(cls.LAYOUT, data[: struct.calcsize(cls.LAYOUT)]))[1:]
    for (name, low, high), value in zip(cls.FIELDS, values):  # noqa: B905 - MicroPython's zip knows no strict
        check(name, value, low, high)
    return values

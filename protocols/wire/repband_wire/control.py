"""Control messages from the host, replies from the device, and the table of control codes."""

import struct

from .base import (
    CONTROL,
    MAX_INDEX,
    MAX_TIME_US,
    MAX_U8,
    MAX_U16,
    MIN_PAYLOAD,
    PROTOCOL_MIN,
    REPLY,
    Message,
    need,
    unpack_numbers,
)
from .errors import WireError, check
from .stream import MAX_RATE_CHZ, MIN_RATE_CHZ

CONTROL_HEAD = 3
REPLY_HEAD = 4
MAX_PARAMS = MIN_PAYLOAD - CONTROL_HEAD
MAX_RESULT = MIN_PAYLOAD - REPLY_HEAD
MAX_NAME = 16
MAX_SLUG = 17
KEY_SIZE = 16

START = 1
FROM_NOW = MAX_INDEX  # as the index of START
STOP = 2
GET_INFO = 3
SET_RATE = 4
SET_RANGE = 5
SET_EXERCISE = 6
SET_NAME = 7
SET_SIDE = 8
CLOCK = 9
RESEND = 10
ZERO_COUNTER = 11
IDENTIFY = 12
SELF_TEST = 13
BATTERY = 14
CLAIM = 15
CHALLENGE = 16
PROVE = 17
RESET = 18
LOG_READ = 19
LOG_CLEAR = 20
LOG_ENTRIES = 8  # at most so many follow one LOG_READ

OK = 0
UNKNOWN_CODE = 1
BAD_PARAMETER = 2
BAD_VERSION = 3
NOT_SUPPORTED = 4
NOT_ALLOWED = 5
NOT_NOW = 6
BUSY = 7
GONE = 8
HARDWARE = 9
NEEDS_BUTTON = 10
PAYLOAD_TOO_SMALL = 11


class Spec:
    """One control code.

    Attributes:
        name: as people write it.
        params, result: fields of the request and of an OK reply: (name, struct letter, least, greatest); a single
            field with letter "s" is text or bytes of that many bytes at least and at most.
        since: the protocol version that brought it.
    """

    def __init__(self, name: str, params: tuple, result: tuple = (), since: int = 1) -> None:
        self.name = name
        self.params = params
        self.result = result
        self.since = since


CONTROLS = {
    START: Spec(
        "start",
        (("version", "B", PROTOCOL_MIN, MAX_U8), ("session", "H", 0, MAX_U16), ("index", "I", 0, MAX_INDEX)),
        (("session", "H", 0, MAX_U16), ("index", "I", 0, MAX_INDEX), ("time_us", "I", 0, MAX_TIME_US)),
    ),
    STOP: Spec("stop", ()),
    GET_INFO: Spec("info", ()),
    SET_RATE: Spec(
        "set-rate",
        (("rate_chz", "H", MIN_RATE_CHZ, MAX_RATE_CHZ),),
        (("rate_chz", "H", MIN_RATE_CHZ, MAX_RATE_CHZ),),
    ),
    SET_RANGE: Spec("set-range", (("ranges", "B", 0, 0x3F),), (("ranges", "B", 0, 0x3F),)),
    SET_EXERCISE: Spec("set-exercise", (("exercise", "s", 1, MAX_SLUG),)),
    SET_NAME: Spec("set-name", (("name", "s", 1, MAX_NAME),)),
    SET_SIDE: Spec("set-side", (("side", "B", 0, 2),)),
    CLOCK: Spec("clock", (), (("received_us", "I", 0, MAX_TIME_US), ("turnaround_us", "I", 0, MAX_TIME_US))),
    RESEND: Spec(
        "resend",
        (("session", "H", 0, MAX_U16), ("index", "I", 0, MAX_INDEX), ("count", "I", 1, MAX_INDEX)),
        (("index", "I", 0, MAX_INDEX), ("count", "I", 0, MAX_INDEX)),
    ),
    ZERO_COUNTER: Spec("zero-counter", ()),
    IDENTIFY: Spec("identify", ()),
    SELF_TEST: Spec(
        "self-test",
        (),
        (
            ("faults", "H", 0, MAX_U16),
            ("gravity_mg", "H", 0, MAX_U16),
            ("noise_ug", "H", 0, MAX_U16),
            ("rate_chz", "H", 0, MAX_U16),
            ("heap_free", "I", 0, MAX_INDEX),
            ("battery_mv", "H", 0, MAX_U16),
            ("flash_free_kb", "H", 0, MAX_U16),
        ),
    ),
    BATTERY: Spec(
        "battery",
        (),
        (("percent", "B", 0, 100), ("millivolts", "H", 0, MAX_U16), ("charging", "B", 0, 1)),
    ),
    CLAIM: Spec("claim", (("key", "s", KEY_SIZE, KEY_SIZE),)),
    CHALLENGE: Spec("challenge", (), (("nonce", "s", KEY_SIZE, KEY_SIZE),)),
    PROVE: Spec("prove", (("mac", "s", KEY_SIZE, KEY_SIZE),)),
    RESET: Spec("reset", ()),
    LOG_READ: Spec(
        "log-read",
        (("number", "I", 0, MAX_INDEX),),
        (
            ("first", "I", 0, MAX_INDEX),
            ("next", "I", 0, MAX_INDEX),
            ("uptime_s", "I", 0, MAX_INDEX),
            ("boot", "H", 0, MAX_U16),
            ("log", "H", 0, MAX_U16),
        ),
    ),
    LOG_CLEAR: Spec("log-clear", (("below", "I", 0, MAX_INDEX),)),
}


class Control(Message):
    """A request: `code` is a key of CONTROLS (others decode too, so that a device can answer them).

    Attributes:
        seq: chosen by the host, returned in the reply.
        code: what is asked.
        params: packed parameters; read them with control_values.
    """

    KIND = CONTROL
    LAYOUT = "<BBB"
    FIELDS = (("seq", 0, MAX_U8), ("code", 0, MAX_U8))
    TAIL = "params"

    def __init__(self, seq: int, code: int, params: bytes = b"") -> None:
        self.seq = seq
        self.code = code
        self.params = params

    def encode(self) -> bytes:
        """The request as bytes, at most 20. Raises WireError when a field is out of range."""
        check("params size", len(self.params), 0, MAX_PARAMS)
        return Message.encode(self) + self.params


class Reply(Message):
    """The answer to a request.

    Attributes:
        seq, code: those of the request.
        reason: OK or why not (words.REASONS).
        result: packed values when OK (read them with reply_values); else a short ASCII hint, may be empty.
    """

    KIND = REPLY
    LAYOUT = "<BBBB"
    FIELDS = (("seq", 0, MAX_U8), ("code", 0, MAX_U8), ("reason", 0, MAX_U8))
    TAIL = "result"

    def __init__(self, seq: int, code: int, reason: int = OK, result: bytes = b"") -> None:
        self.seq = seq
        self.code = code
        self.reason = reason
        self.result = result

    def encode(self) -> bytes:
        """The reply as bytes, at most 20. Raises WireError when a field is out of range."""
        check("result size", len(self.result), 0, MAX_RESULT)
        return Message.encode(self) + self.result


def decode_control(data: bytes) -> Control:
    """A request from its bytes."""
    need(data, CONTROL_HEAD, MIN_PAYLOAD)
    seq, code = unpack_numbers(Control, data)
    return Control(seq, code, bytes(data[CONTROL_HEAD:]))


def make_control(seq: int, code: int, *values: "int | bytes") -> Control:
    """A request from its parameters in the order of CONTROLS. Raises WireError when one is out of range."""
    return Control(seq, code, _pack(_spec(code).params, values))


def make_reply(request: Control, *values: "int | bytes") -> Reply:
    """The OK reply to `request` from its results in the order of CONTROLS."""
    return Reply(request.seq, request.code, OK, _pack(_spec(request.code).result, values))


def refuse(request: Control, reason: int, hint: str = "") -> Reply:
    """The refusing reply to `request`; `hint` is cut to 16 bytes of ASCII."""
    return Reply(request.seq, request.code, reason, hint.encode()[:MAX_RESULT])


def control_values(request: Control) -> "dict[str, int | bytes]":
    """The parameters of a request by name. Raises WireError "code", "short", "long" or "range"."""
    return _unpack(_spec(request.code).params, request.params)


def reply_values(reply: Reply) -> "dict[str, int | bytes]":
    """The results of an OK reply by name. Raises WireError "code", "short", "long" or "range"."""
    return _unpack(_spec(reply.code).result, reply.result)


def params_size(code: int) -> int:
    """Bytes of a request's parameters; -1 where they vary, or the code is not known."""
    if code not in CONTROLS:
        return -1
    fields = CONTROLS[code].params
    if _is_bytes(fields):
        return fields[0][2] if fields[0][2] == fields[0][3] else -1
    return struct.calcsize(_layout(fields))


def _spec(code: int) -> Spec:
    if code not in CONTROLS:
        raise WireError("code", str(code))
    return CONTROLS[code]


def _layout(fields: tuple) -> str:
    return "<" + "".join([field[1] for field in fields])


def _is_bytes(fields: tuple) -> bool:
    return len(fields) == 1 and fields[0][1] == "s"


def _pack(fields: tuple, values: tuple) -> bytes:
    if len(values) != len(fields):
        raise WireError("range", f"{len(values)} values for {len(fields)} fields")
    if _is_bytes(fields):
        name, _, low, high = fields[0]
        check(name + " size", len(values[0]), low, high)
        return bytes(values[0])
    for (name, _, low, high), value in zip(fields, values):  # noqa: B905 - MicroPython's zip knows no strict
        check(name, value, low, high)
    return struct.pack(_layout(fields), *values)


def _unpack(fields: tuple, data: bytes) -> "dict[str, int | bytes]":
    if _is_bytes(fields):
        name, _, low, high = fields[0]
        need(data, low, high)
        return {name: data}
    layout = _layout(fields)
    size = struct.calcsize(layout)
    need(data, size, size)
    values = {}
    for (name, _, low, high), value in zip(fields, struct.unpack(layout, data)):  # noqa: B905
        check(name, value, low, high)
        values[name] = value
    return values

"""What codes mean, in words; kept apart because a board has no room for them."""

from .control import (
    BAD_PARAMETER,
    BAD_VERSION,
    BUSY,
    GONE,
    HARDWARE,
    NEEDS_BUTTON,
    NOT_ALLOWED,
    NOT_NOW,
    NOT_SUPPORTED,
    OK,
    PAYLOAD_TOO_SMALL,
    UNKNOWN_CODE,
)

# Every code a WireError can carry, with what it means. The README lists them too; a test keeps the two alike.
ERROR_CODES = {
    "empty": "no bytes at all",
    "head": "the first byte is no message head (its top bit is not set)",
    "version": "a protocol version this side does not know",
    "kind": "a kind of message this side does not know",
    "short": "bytes are missing",
    "long": "more bytes than this message may have",
    "range": "a field is outside its range",
    "text": "a text field is not valid UTF-8, or not of the allowed characters",
    "context": "a short stream packet before the format message it relies on",
    "code": "a control code this side does not know",
    "cobs": "a frame is not valid COBS",
    "crc": "the checksum of a frame is wrong",
}

REASONS = {
    OK: "done",
    UNKNOWN_CODE: "the device does not know this control code: update its firmware",
    BAD_PARAMETER: "a parameter is out of range",
    BAD_VERSION: "the device does not speak this protocol version",
    NOT_SUPPORTED: "this board has no such part",
    NOT_ALLOWED: "the device belongs to another host, or this one has not proved itself",
    NOT_NOW: "not in this state",
    BUSY: "still at the last request",
    GONE: "those samples are no longer kept",
    HARDWARE: "a part of the device failed",
    NEEDS_BUTTON: "hold the device's button first",
    PAYLOAD_TOO_SMALL: "the link carries too few bytes a message for that",
}

FAULTS = {
    0: "none",
    1: "its config file has a mistake",
    2: "no motion sensor answers",
    3: "the motion sensor is not the configured one",
    4: "the motion sensor's bus fails",
    5: "the motion sensor gives no samples",
    6: "the battery is nearly empty",
    7: "it was stuck and restarted itself",
    8: "its flash can't be written",
    9: "it ran out of memory",
    10: "gravity is not 1 g: its motion sensor measures wrongly",
    11: "it was moved during the self-test, or its motion sensor is noisy",
    12: "its motion sensor's rate is off by more than 5 %",
}

"""The one error of the wire format."""

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


class WireError(Exception):
    """Bytes, or field values, that are no valid message.

    Args:
        code: one of ERROR_CODES.
        detail: the field, or what was found.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code + ": " + (detail or ERROR_CODES[code]))
        self.code = code
        self.detail = detail


def check(name: str, value: int, low: int, high: int) -> None:
    """Raises WireError "range" unless `value` is a whole number in [low, high]."""
    if isinstance(value, float) or not low <= value <= high:
        raise WireError("range", f"{name}={value} is not in {low}..{high}")

"""Bytes to messages."""

from .answers import decode_entry, decode_gap, decode_info, decode_press, decode_rep, decode_reply
from .base import ACK, CONTROL, ENTRY, FORMAT, GAP, INFO, PRESS, REP, REPLY, SHORT, STREAM, Message, kind_of
from .control import decode_control
from .errors import WireError
from .events import decode_ack
from .packets import Short, Stream, decode_format, decode_short, decode_stream, expand
from .stream import Format

_DECODERS = {
    STREAM: decode_stream,
    SHORT: decode_short,
    FORMAT: decode_format,
    GAP: decode_gap,
    ACK: decode_ack,
    CONTROL: decode_control,
    REPLY: decode_reply,
    INFO: decode_info,
    REP: decode_rep,
    ENTRY: decode_entry,
    PRESS: decode_press,
}


def decode(data: bytes) -> Message:
    """The message in `data`. Any bytes give a message or a WireError, nothing else."""
    kind = kind_of(data)
    if kind not in _DECODERS:
        raise WireError("kind", str(kind))
    return _DECODERS[kind](data)


class Decoder:
    """Decodes one link's messages and makes full Stream messages of short ones; what a host uses."""

    def __init__(self) -> None:
        self._known = None  # type: Stream | Format | None

    def decode(self, data: bytes) -> Message:
        """Like decode(), with Short expanded to Stream. Raises WireError "context" before the first Format."""
        message = decode(data)
        if isinstance(message, Short):
            if self._known is None:
                raise WireError("context", "no format message yet")
            message = expand(message, self._known)
        if isinstance(message, (Stream, Format)):
            self._known = message
        return message

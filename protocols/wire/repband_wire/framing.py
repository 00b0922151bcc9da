"""Frames for serial links and pipes: COBS between zero bytes, closed by a CRC-32.

frame = 00, COBS(message, CRC-32 of the message little endian), 00. The zero in front parts a frame from whatever noise
or console text came before it. Text lines may stand between frames: a frame's second byte always has its top bit set
(it is the head of the message), a line of ASCII never does.
"""

import binascii
import struct

from .base import MAX_MESSAGE
from .errors import WireError

CRC_SIZE = 4
MAX_ENCODED = MAX_MESSAGE + CRC_SIZE + 1  # COBS adds one byte below 255
MAX_FRAME = MAX_ENCODED + 2
_NEWLINE = 10


def cobs_encode(data: bytes) -> bytes:
    """Consistent overhead byte stuffing (Cheshire and Baker 1999): the same bytes without any zero."""
    out = bytearray(1)
    code_at = 0
    for byte in data:
        if byte:
            out.append(byte)
        if not byte or len(out) - code_at == 0xFF:
            out[code_at] = len(out) - code_at
            code_at = len(out)
            out.append(0)
    out[code_at] = len(out) - code_at
    return bytes(out)


def cobs_decode(data: bytes) -> bytes:
    """Undoes cobs_encode. Raises WireError "cobs"."""
    out = bytearray()
    at = 0
    while at < len(data):
        code = data[at]
        end = at + code
        if not code or end > len(data):
            raise WireError("cobs", f"code {code} at byte {at} of {len(data)}")
        out.extend(data[at + 1 : end])
        at = end
        if code != 0xFF and at < len(data):
            out.append(0)
    return bytes(out)


def encode_frame(message: bytes) -> bytes:
    """The frame of an encoded message. Raises WireError "empty" or "long"."""
    if not message:
        raise WireError("empty")
    if len(message) > MAX_MESSAGE:
        raise WireError("long", f"{len(message)} bytes, at most {MAX_MESSAGE}")
    crc = struct.pack("<I", binascii.crc32(message) & 0xFFFFFFFF)
    return b"\x00" + cobs_encode(message + crc) + b"\x00"


def decode_frame(body: bytes) -> bytes:
    """The message inside what stood between two zero bytes. Raises WireError "cobs", "short" or "crc"."""
    data = cobs_decode(body)
    if len(data) <= CRC_SIZE:
        raise WireError("short", f"{len(data)} bytes in a frame")
    message = data[:-CRC_SIZE]
    if binascii.crc32(message) & 0xFFFFFFFF != struct.unpack("<I", data[-CRC_SIZE:])[0]:
        raise WireError("crc")
    return message


class Deframer:
    """Finds messages in a stream of bytes, and the console text between them; never holds more than one frame.

    Attributes:
        bad_frames: how many stretches between zero bytes were neither a frame nor text.
        lines: console lines seen and not yet taken, the last 20, as bytes without line ends.
    """

    MAX_LINES = 20

    def __init__(self) -> None:
        self.bad_frames = 0
        self.lines = []  # type: list[bytes]
        self._held = bytearray()
        self._skipping = False

    def feed(self, data: bytes) -> "list[bytes]":
        """Takes the next bytes; returns the messages they complete, in order."""
        found = []  # type: list[bytes]
        for byte in data:
            if byte == 0:
                self._close(found)
            elif not self._skipping:
                self._add(byte)
        return found

    def take_lines(self) -> "list[bytes]":
        """The console lines seen since the last call."""
        lines = self.lines
        self.lines = []
        return lines

    def _add(self, byte: int) -> None:
        held = self._held
        held.append(byte)
        if byte == _NEWLINE and len(held) > 1 and _is_text(held):  # alone it may be a frame's first byte
            self._keep_line()
        elif len(held) > MAX_ENCODED:
            self.bad_frames += 1
            self._skipping = True
            self._held = bytearray()

    def _close(self, found: "list[bytes]") -> None:
        held = self._held
        self._held = bytearray()
        if self._skipping or not held:
            self._skipping = False
            return
        try:
            found.append(decode_frame(bytes(held)))
        except WireError:
            if _is_text(held):
                self._held = held
                self._keep_line()
            else:
                self.bad_frames += 1

    def _keep_line(self) -> None:
        line = bytes(self._held).strip()
        self._held = bytearray()
        if line:
            self.lines.append(line)
            if len(self.lines) > self.MAX_LINES:
                self.lines.pop(0)


def _is_text(data: bytearray) -> bool:
    return all(0x20 <= byte < 0x7F or 9 <= byte <= 13 for byte in data)

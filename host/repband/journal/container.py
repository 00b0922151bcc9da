"""Walks an MCAP file record by record, wherever it ends, and knows the byte at which it stopped making sense.

The mcap library's own reader decodes every message; this one skips what is not asked for by its header alone, which
is what makes the raw and the decoded half of a recording separately cheap. Chunks, which only other people's tools
write, are left to the library. Layout: https://mcap.dev/spec
"""

from __future__ import annotations

import os
import re
import struct
import zlib
from collections.abc import Container, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from mcap.data_stream import ReadDataStream
from mcap.opcode import Opcode
from mcap.records import Channel, Chunk, Header, Metadata
from mcap.stream_reader import get_chunk_data_stream
from mcap.writer import MCAP0_MAGIC

_HEAD = struct.Struct("<BQ")  # opcode, length of what follows
_MESSAGE = struct.Struct("<HIQQ")  # channel, sequence, log time, publish time
_MESSAGE_HEAD = struct.Struct("<BQH")
# A message of less than 16 MB on one of the first 256 channels; a lookahead, so that matches may overlap.
_PLAUSIBLE = re.compile(rb"(?=\x05...\0\0\0\0\0.\0)", re.DOTALL)
_U64 = struct.Struct("<Q")
_DATA_END = struct.Struct("<BQI")  # opcode, length 4, CRC-32 of all bytes before it
_FOOTER_SIZE = _HEAD.size + 20
_LARGEST_RECORD = 1 << 31

# Plain ints: the loop below runs once per record, and comparing an IntEnum costs as much as reading.
_MESSAGE_CODE = int(Opcode.MESSAGE)
_CHUNK_CODE = int(Opcode.CHUNK)
_CHANNEL_CODE = int(Opcode.CHANNEL)
_DATA_END_CODE = int(Opcode.DATA_END)
_KNOWN_CODES = frozenset(int(code) for code in Opcode)


class WalkError(Exception):
    """The file can't be read further.

    Attributes:
        offset: the byte up to which everything is whole.
        why: what is found there, for people.
        cut: True where the file just ends, False where it is damaged.
    """

    def __init__(self, offset: int, why: str, *, cut: bool) -> None:
        self.offset = offset
        self.why = why
        self.cut = cut
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class RawMessage:
    """One message as it lies in the file: the byte its record begins at, topic, log time in ns, payload."""

    offset: int
    topic: str
    log_time_ns: int
    data: bytes


class Walk:
    """One pass over the data section of an open MCAP file.

    Args:
        file: open for reading, buffered.
        topics: topics whose messages are wanted; None for all.

    Attributes:
        position: the byte up to which the walk has come, at the end of a whole record.
        profile: the profile in the file's header, once it is passed.
        metadata: metadata records met so far, by name.
        message_seen: whether any message has been passed, wanted or not.
    """

    def __init__(self, file: BinaryIO, topics: Container[str] | None = None) -> None:
        self._file = file
        self._topics = topics
        self._wanted: dict[int, str | None] = {}
        self.size = os.fstat(file.fileno()).st_size
        self.position = len(MCAP0_MAGIC)
        self.profile = ""
        self.metadata: dict[str, dict[str, str]] = {}
        self.message_seen = False
        file.seek(self.position)

    def messages(self) -> Iterator[RawMessage]:
        """The wanted messages in the order of the file.

        Raises:
            WalkError: the file ends before its data section does, or makes no sense at some byte.
        """
        while True:
            code, length = self._head()
            if code == _MESSAGE_CODE:
                message = self._message(self._file, self.position, length)
                self.position += _HEAD.size + length
                if message:
                    yield message
                continue
            body = self._file.read(length)
            if code == _CHUNK_CODE:
                yield from self._chunk(body)
            else:
                self._other(code, body)
            self.position += _HEAD.size + length
            if code == _DATA_END_CODE:
                return

    def resume(self) -> bool:
        """After a WalkError, moves on to the next place that looks like a message with a record or the end behind it.

        Returns:
            False where there is none. The channels met before the damage are the ones that count.
        """
        start = self.position + 1
        self._file.seek(start)
        rest = self._file.read()
        for match in _PLAUSIBLE.finditer(rest):
            _, length, channel = _MESSAGE_HEAD.unpack_from(rest, match.start())
            if channel in self._wanted and _record_or_end(rest, match.start() + _HEAD.size + length):
                self.position = start + match.start()
                self._file.seek(self.position)
                return True
        return False

    def _head(self) -> tuple[int, int]:
        head = self._file.read(_HEAD.size)
        if len(head) < _HEAD.size:
            raise WalkError(self.position, "the file ends here", cut=True)
        code, length = _HEAD.unpack(head)
        if code == 0 or (code < 0x80 and code not in _KNOWN_CODES):  # from 0x80 on they are private to applications
            raise WalkError(self.position, f"byte {code:#04x} begins no record", cut=False)
        if length > _LARGEST_RECORD:
            raise WalkError(self.position, f"a record claims {length} bytes", cut=False)
        if self.position + _HEAD.size + length > self.size:
            raise WalkError(self.position, "the file ends inside a record", cut=True)
        return code, length

    def _message(self, file: BinaryIO, offset: int, length: int) -> RawMessage | None:
        if length < _MESSAGE.size:
            raise WalkError(self.position, f"a message of {length} bytes is too short", cut=False)
        self.message_seen = True
        body = file.read(2)
        try:
            topic = self._wanted[body[0] | body[1] << 8]
        except KeyError:
            raise WalkError(self.position, "a message names a channel that was not announced", cut=False) from None
        if topic is None:
            file.seek(length - 2, os.SEEK_CUR)
            return None
        body += file.read(length - 2)
        return RawMessage(offset, topic, _MESSAGE.unpack_from(body)[2], body[_MESSAGE.size :])

    def _chunk(self, body: bytes) -> Iterator[RawMessage]:
        try:
            stream, size = get_chunk_data_stream(Chunk.read(_stream(body)), validate_crc=True)
            inside = BytesIO(stream.read(size))
        except Exception as error:  # whatever a decompressor thinks of damaged bytes
            raise WalkError(self.position, f"a chunk can't be unpacked ({error})", cut=False) from error
        while head := inside.read(_HEAD.size):
            code, length = _HEAD.unpack(head) if len(head) == _HEAD.size else (0, size)
            if inside.tell() + length > size:
                raise WalkError(self.position, "a chunk ends inside a record", cut=False)
            if code != _MESSAGE_CODE:
                self._other(code, inside.read(length))
            elif message := self._message(inside, self.position, length):
                yield message

    def _other(self, code: int, body: bytes) -> None:
        try:
            if code == _CHANNEL_CODE:
                channel = Channel.read(_stream(body))
                wanted = self._topics is None or channel.topic in self._topics
                self._wanted[channel.id] = channel.topic if wanted else None
            elif code == Opcode.METADATA:
                record = Metadata.read(_stream(body))
                self.metadata[record.name] = record.metadata
            elif code == Opcode.HEADER:
                self.profile = Header.read(_stream(body)).profile
        except Exception as error:
            raise WalkError(self.position, f"a damaged record ({type(error).__name__})", cut=False) from error


def _record_or_end(data: bytes, offset: int) -> bool:
    if offset + _HEAD.size > len(data):
        return offset == len(data)
    code, length = _HEAD.unpack_from(data, offset)
    return code in _KNOWN_CODES and offset + _HEAD.size + length <= len(data)


def _stream(body: bytes) -> ReadDataStream:
    return ReadDataStream(BytesIO(body))


def begins_as_mcap(file: BinaryIO) -> bool:
    """Whether the first bytes are MCAP's."""
    file.seek(0)
    return file.read(len(MCAP0_MAGIC)) == MCAP0_MAGIC


def has_end(file: BinaryIO) -> bool:
    """Whether the last bytes are a footer: the file was finished."""
    tail_size = _FOOTER_SIZE + len(MCAP0_MAGIC)
    if file.seek(0, os.SEEK_END) < tail_size + len(MCAP0_MAGIC):
        return False
    file.seek(-tail_size, os.SEEK_END)
    tail = file.read(tail_size)
    return tail.endswith(MCAP0_MAGIC) and tail[: _HEAD.size] == _HEAD.pack(Opcode.FOOTER, 20)


def states_checksum(file: BinaryIO) -> bool:
    """Whether the data section of a finished file has the checksum it states; True where it states none."""
    size = file.seek(-(20 + len(MCAP0_MAGIC)), os.SEEK_END)
    summary_start: int = _U64.unpack(file.read(_U64.size))[0]
    end = (summary_start or size - _HEAD.size) - _DATA_END.size
    if not 0 < end < size:
        return False
    file.seek(end)
    code, length, stated = _DATA_END.unpack(file.read(_DATA_END.size))
    if (code, length) != (_DATA_END_CODE, 4):
        return False
    return stated in (0, _checksum(file, end))


def _checksum(file: BinaryIO, size: int) -> int:
    file.seek(0)
    crc = 0
    while size > 0 and (block := file.read(min(size, 1 << 20))):
        crc = zlib.crc32(block, crc)
        size -= len(block)
    return crc

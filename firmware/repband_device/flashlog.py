"""Records that outlive a restart: a bounded log in flash, whole after a power cut at any byte.

It lies in segments, files named by their first record's number. A record has a fixed size and ends in a CRC-32; what
follows the last whole record of a segment is a torn write, and nothing is ever written after it: the next record begins
a new segment. Segments go only when all their records were cleared, so what nobody has fetched stays.
"""

import binascii
import os
import struct

from repband_wire.events import ENTRY_BODY

_LAYOUT = f"<IB{ENTRY_BODY}s"
_SIZE = struct.calcsize(_LAYOUT) + 4
_SUFFIX = ".log"


class Storage:
    """A folder in flash. Each call is whole on the disk when it returns; a power cut may leave any part of a write."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        try:  # noqa: SIM105 - MicroPython has no contextlib built in
            os.mkdir(folder)  # noqa: PTH102 - MicroPython has no pathlib
        except OSError:
            pass  # it is there

    def names(self) -> "list[str]":
        """All files."""
        return sorted([entry[0] for entry in os.ilistdir(self._folder)])

    def read(self, name: str, offset: int = 0, size: int = -1) -> bytes:
        """A part of a file; b"" where there is none."""
        try:
            with open(f"{self._folder}/{name}", "rb") as file:  # noqa: PTH123
                file.seek(offset)
                return file.read(size)
        except OSError:
            return b""

    def append(self, name: str, data: bytes) -> None:
        """Writes behind what a file holds."""
        with open(f"{self._folder}/{name}", "ab") as file:  # noqa: PTH123
            file.write(data)

    def replace(self, name: str, data: bytes) -> None:
        """A file's new content, or after a power cut its old one."""
        path = f"{self._folder}/{name}"
        with open(path + ".new", "wb") as file:  # noqa: PTH123
            file.write(data)
        os.rename(path + ".new", path)  # noqa: PTH104

    def remove(self, name: str) -> None:
        """Deletes a file."""
        os.remove(f"{self._folder}/{name}")  # noqa: PTH107


class FlashLog:
    """The log. Raises OSError when the flash can't be read or written.

    Args:
        storage: where it lies.
        segments: how many files it may have.
        per_segment: records a file.

    Attributes:
        identity: tells this log from another one, 16 bits.
        first, next: the oldest record kept and not cleared, and the number of the next one.
    """

    def __init__(self, storage: Storage, segments: int = 16, per_segment: int = 128) -> None:
        self._storage = storage
        self._most = segments
        self._per_segment = per_segment
        self._segments = []  # type: list[list[int]]  # [first record, number of records], oldest first
        self._torn = False  # nothing may follow in the newest segment
        self.next = 0
        self._load()
        self.identity = self._number("id", -1)
        if self.identity < 0:
            self.identity = int.from_bytes(os.urandom(2), "little")
            self._keep("id", self.identity)
        self._cleared = min(self._number("cleared", 0), self.next)

    @property
    def first(self) -> int:
        """The oldest record kept and not cleared; `next` when there is none."""
        oldest = self._segments[0][0] if self._segments else self.next
        return max(oldest, self._cleared)

    @property
    def full(self) -> bool:
        """Whether the next record finds no room: someone must fetch and clear the oldest first."""
        return self._needs_segment() and len(self._segments) >= self._most and not self._oldest_is_cleared()

    def append(self, kind: int, body: bytes) -> bool:
        """Keeps a record; False when the log is full. Raises OSError; the log goes on behind the damage."""
        if self.full:
            return False
        if self._needs_segment():
            self._begin_segment()
        segment = self._segments[-1]
        record = struct.pack(_LAYOUT, self.next, kind, body)
        self._torn = True  # until it is written whole
        self._storage.append(_name(segment[0]), record + _crc(record))
        self._torn = False
        segment[1] += 1
        self.next += 1
        return True

    def read(self, number: int) -> "tuple[int, bytes] | None":
        """Kind and body of a record; None when it is not kept."""
        for first, count in self._segments:
            if first <= number < first + count:
                return _unpack(self._storage.read(_name(first), (number - first) * _SIZE, _SIZE), number)
        return None

    def clear(self, below: int) -> None:
        """Records below this number are no longer needed."""
        below = min(below, self.next)
        if below <= self._cleared:
            return
        self._keep("cleared", below)
        self._cleared = below
        while len(self._segments) > 1 and self._oldest_is_cleared():
            self._remove_oldest()

    def _needs_segment(self) -> bool:
        return not self._segments or self._torn or self._segments[-1][1] >= self._per_segment

    def _oldest_is_cleared(self) -> bool:
        return len(self._segments) > 0 and sum(self._segments[0]) <= self._cleared

    def _remove_oldest(self) -> None:
        self._storage.remove(_name(self._segments[0][0]))
        self._segments.pop(0)

    def _begin_segment(self) -> None:
        if self._segments and not self._segments[-1][1]:  # a write failed at its very first record: the name is taken
            self._storage.remove(_name(self._segments[-1][0]))
            self._segments.pop()
        while len(self._segments) >= self._most:
            self._remove_oldest()
        self._segments.append([self.next, 0])

    def _load(self) -> None:
        for name in self._storage.names():
            if not name.endswith(_SUFFIX):
                continue
            first = int(name[: -len(_SUFFIX)], 16)
            data = self._storage.read(name)
            count = 0
            while _unpack(data[count * _SIZE : (count + 1) * _SIZE], first + count) is not None:
                count += 1
            if not count:
                self._storage.remove(name)  # its first record was never whole
                continue
            self._segments.append([first, count])
            self._torn = len(data) > count * _SIZE
            self.next = first + count

    def _keep(self, name: str, number: int) -> None:
        data = struct.pack("<I", number)
        self._storage.replace(name, data + _crc(data))

    def _number(self, name: str, default: int) -> int:
        data = self._storage.read(name)
        if len(data) != 8 or _crc(data[:4]) != data[4:]:
            return default
        return struct.unpack("<I", data[:4])[0]


def _name(first: int) -> str:
    return f"{first:08x}{_SUFFIX}"


def _crc(data: bytes) -> bytes:
    return struct.pack("<I", binascii.crc32(data))


def _unpack(data: bytes, number: int) -> "tuple[int, bytes] | None":
    if len(data) != _SIZE or _crc(data[:-4]) != data[-4:]:
        return None
    found, kind, body = struct.unpack(_LAYOUT, data[:-4])
    return (kind, body) if found == number else None

"""The GATT table of the stand-in radio: what hosts can see, read, write and subscribe to."""

import errno
import json

FLAG_READ = 0x0002
FLAG_WRITE_NO_RESPONSE = 0x0004
FLAG_WRITE = 0x0008
FLAG_NOTIFY = 0x0010
FLAG_INDICATE = 0x0020
READ_NOT_PERMITTED, WRITE_NOT_PERMITTED = 2, 3  # ATT error codes
_DEFAULT_SIZE = 20


class UUID:
    """A 16-bit UUID from a number, or a 128-bit one from text."""

    def __init__(self, value: "int | str") -> None:
        self.text = f"{value:04x}" if isinstance(value, int) else value.lower()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UUID) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


class Value:
    """What a characteristic holds."""

    def __init__(self, size: int = _DEFAULT_SIZE) -> None:
        self.data = b""
        self.size = size
        self.append = False

    def store(self, data: bytes) -> None:
        """A host's write: cut at the buffer's size."""
        self.data = ((self.data if self.append else b"") + data)[: self.size]

    def read(self) -> bytes:
        """What the program reads; clears it where writes are appended."""
        data = self.data
        if self.append:
            self.data = b""
        return data


class Table:
    """Services and their characteristics by handle.

    Attributes:
        handles: of the values, a tuple for each service, as gatts_register_services gives them.
        subscribed: handles whose CCCD a host has set.
    """

    def __init__(self, services: tuple = ()) -> None:
        self._values = {}
        self._properties = {}
        self._rows = []
        self.subscribed = set()
        handle, handles = 10, []
        for uuid, characteristics in services:
            handle, values = self._add(handle + 1, uuid, characteristics)
            handles.append(values)
        self.handles = tuple(handles)

    def _add(self, handle: int, uuid: UUID, characteristics: tuple) -> "tuple[int, tuple]":
        handles, rows = [], []
        for characteristic in characteristics:
            flags = characteristic[1]
            handle += 2
            self._values[handle] = Value()
            self._properties[handle] = flags
            handles.append(handle)
            rows.append([characteristic[0].text, flags, handle])
            if flags & (FLAG_NOTIFY | FLAG_INDICATE):
                handle += 1
                self._values[handle] = Value(2)
        self._rows.append([uuid.text, rows])
        return handle, tuple(handles)

    def described(self) -> bytes:
        """For hosts: [service, [[characteristic, flags, handle] ...]] ..., as JSON."""
        return json.dumps(self._rows).encode()

    def value(self, handle: int) -> Value:
        """What a handle holds. Raises OSError for one that is not there."""
        if handle not in self._values:
            raise OSError(errno.EINVAL)
        return self._values[handle]

    def readable(self, handle: int) -> bool:
        """Whether hosts may read it."""
        return self._properties.get(handle, 0) & FLAG_READ != 0

    def written(self, handle: int, response: int, data: bytes) -> "tuple[int, bool]":
        """A host's write: the ATT status, and whether the program is told. It never is of a CCCD."""
        if handle - 1 in self._properties and handle not in self._properties:
            (self.subscribed.add if data[:1] == b"\x01" else self.subscribed.discard)(handle - 1)
            return 0, False
        if not self._properties.get(handle, 0) & (FLAG_WRITE if response else FLAG_WRITE_NO_RESPONSE):
            return WRITE_NOT_PERMITTED, False
        self._values[handle].store(data)
        return 0, True

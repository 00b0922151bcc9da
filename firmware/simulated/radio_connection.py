"""The connection of the stand-in radio, as the two stacks keep it: what waits on either side, and who is told when."""

import asyncio
import errno
import os
import struct
import sys
import time

from radio_table import READ_NOT_PERMITTED, Table

_CENTRAL_CONNECT, _CENTRAL_DISCONNECT, _GATTS_WRITE, _GATTS_READ_REQUEST = 1, 2, 3, 4
_MTU_EXCHANGED, _CONNECTION_UPDATE = 21, 27
_DEFAULT_MTU = 23
_BUFFERS = 12  # NimBLE: MYNEWT_VAL_MSYS_1_BLOCK_COUNT in extmod/nimble/syscfg/syscfg.h
_MOST_INCOMING = 8  # what the link layer takes in advance: the rest waits at the host
_PACKETS_AN_EVENT = 4  # what hosts take in one connection event varies; four is what phones do at least


class Connection:
    """The one host, or nobody.

    Attributes:
        btstack: whether it behaves as BTstack does; else as NimBLE.
        refused: notifications for which there was no buffer.
        most_queued: notifications that waited at once.
    """

    def __init__(self) -> None:
        self.btstack = os.getenv("REPBAND_SIM_STACK") == "btstack"
        self._mac = bytes.fromhex(os.getenv("REPBAND_SIM_MAC") or "c0ffee00beef")
        self._handler = None
        self._task = None
        self._air = None
        self._preferred_mtu = 256
        self._reset()

    def _reset(self) -> None:
        self._table = Table()
        self._conn = -1
        self._mtu = _DEFAULT_MTU
        self._interval_ms = 30.0
        self._event_ms = 0.0
        self._outgoing = []
        self._incoming = []
        self._events = []
        self._advertising = None
        self.refused = 0
        self.most_queued = 0

    def _now_ms(self) -> int:
        raise NotImplementedError

    def _open_air(self) -> None:
        where = os.getenv("REPBAND_SIM_AIR")
        if not where:
            return
        from radio_air import Air  # not in memory where nobody is near: it is none of the firmware's

        self._air = Air(where)
        self._tell(b"H", self._mac + (b"B" if self.btstack else b"N"))
        self._task = asyncio.create_task(self._live())

    def _close_air(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if self._air is not None:
            self._air.close()
            self._air = None
        self._conn = -1

    async def _live(self) -> None:
        while self._air is not None:
            self._receive()
            self._connection_events()
            self._tell_events()
            await asyncio.sleep_ms(1)

    def _tell(self, kind: bytes, body: bytes) -> None:
        if self._air is not None:
            self._air.tell(kind, body)

    def _receive(self) -> None:
        messages = self._air.receive(_MOST_INCOMING - len(self._incoming))
        if messages is None:
            sys.stderr.write("simulated radio: the air is gone\n")
            self._close_air()
            return
        for kind, body in messages:
            if kind == b"C":
                self._connected(body)
            elif kind == b"D":
                self._disconnected()
            elif self._conn >= 0:
                self._incoming.append((kind, body))

    def _queue(self, handle: int, data: bytes) -> None:
        waiting = len(self._outgoing)
        if not self.btstack and waiting >= _BUFFERS:
            self.refused += 1
            raise OSError(errno.ENOMEM)
        self.most_queued = max(self.most_queued, waiting + 1)
        self._outgoing.append((handle, data[: self._mtu - 3]))

    def _connected(self, body: bytes) -> None:
        if self._advertising is None or self._conn >= 0:
            self._tell(b"D", b"")
            return
        address_type, address, units = struct.unpack(">B6sH", body)
        self._conn, self._mtu, self._advertising = 0, _DEFAULT_MTU, None
        self._interval_ms = units * 1.25
        self._event_ms = 0.0
        self._last_ms = self._now_ms()
        self._outgoing, self._incoming = [], []
        self._table.subscribed.clear()
        self._tell(b"c", b"")
        self._happened(_CENTRAL_CONNECT, (0, address_type, address))

    def _disconnected(self) -> None:
        if self._conn < 0:
            return
        self._conn = -1
        self._outgoing, self._incoming = [], []
        self._happened(_CENTRAL_DISCONNECT, (0, 0, bytes(6)))

    def _connection_events(self) -> None:
        if self._conn < 0:
            return
        now = self._now_ms()
        self._event_ms += time.ticks_diff(now, self._last_ms)
        self._last_ms = now
        while self._event_ms >= self._interval_ms and self._conn >= 0:
            self._event_ms -= self._interval_ms
            self._connection_event()

    def _connection_event(self) -> None:
        """Both sides send what waits, as far as one event takes it."""
        for _ in range(min(_PACKETS_AN_EVENT, len(self._outgoing))):
            handle, data = self._outgoing.pop(0)
            self._tell(b"N", struct.pack(">H", handle) + data)
        for _ in range(min(_PACKETS_AN_EVENT, len(self._incoming))):
            if self._incoming:  # the handler may have ended the connection
                kind, body = self._incoming.pop(0)
                self._take(kind, body)

    def _take(self, kind: bytes, body: bytes) -> None:
        if kind == b"M":
            self._mtu = max(_DEFAULT_MTU, min(struct.unpack(">H", body)[0], self._preferred_mtu))
            self._tell(b"M", struct.pack(">H", self._mtu))
            self._happened(_MTU_EXCHANGED, (0, self._mtu))
        elif kind == b"U":
            units = struct.unpack(">H", body)[0]
            self._interval_ms = units * 1.25
            self._happened(_CONNECTION_UPDATE, (0, units, 0, 500, 0))
        elif kind == b"W":
            self._written(*struct.unpack(">HB", body), body[3:])
        elif kind == b"R":
            self._read(struct.unpack(">H", body)[0])

    def _written(self, handle: int, response: int, data: bytes) -> None:
        status, told = self._table.written(handle, response, data)
        if told:
            self._happened(_GATTS_WRITE, (0, handle))
        if response:
            self._tell(b"W", struct.pack(">HB", handle, status))

    def _read(self, handle: int) -> None:
        if not self._table.readable(handle):
            self._tell(b"R", struct.pack(">HB", handle, READ_NOT_PERMITTED))
            return
        denied = 0
        if self._handler is not None and not self.btstack:
            denied = self._handler(_GATTS_READ_REQUEST, (0, handle)) or 0
        data = b"" if denied else self._table.value(handle).data
        self._tell(b"R", struct.pack(">HB", handle, denied) + data)

    def _happened(self, event: int, data: tuple) -> None:
        if self.btstack:
            self._events.append((event, data))
        elif self._handler is not None:
            self._handler(event, data)

    def _tell_events(self) -> None:
        while self._events:
            event, data = self._events.pop(0)
            if self._handler is not None:
                self._handler(event, data)

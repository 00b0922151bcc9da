"""A stand-in for MicroPython's bluetooth module: a peripheral whose radio is a loopback socket.

It does what the two real stacks do, as MicroPython's own source and tests have it (github.com/micropython/micropython):

| what | where it stands |
|---|---|
| NimBLE refuses a notification with ENOMEM while it has no buffer | extmod/nimble/modbluetooth_nimble.c, mp_bluetooth_gatts_notify_indicate |
| BTstack keeps a copy on the heap instead, without limit | extmod/btstack/modbluetooth_btstack.c, the same name, and btstack_notify_indicate_ready_handler |
| both cut a notification at MTU - 3 without a word | the same two; tests/multi_bluetooth/ble_mtu.py, connection 3 |
| the MTU is the smaller of what both sides prefer | tests/multi_bluetooth/ble_mtu.py |
| a characteristic holds 20 bytes until gatts_set_buffer; the last write wins, or is appended and a read clears it | extmod/modbluetooth.h; tests/multi_bluetooth/ble_gatt_data_transfer.py |
| NimBLE on the ESP32 calls the handler within the event, so it can read each write; BTstack's events wait in a queue, so several writes may be stored before the first is told | ports/esp32/mpconfigport.h (USE_SYNC_EVENTS); a comment in att_read_callback of modbluetooth_btstack.c |
| the handler never hears of writes to the CCCD; gatts_notify sends to hosts that did not subscribe, gatts_write(..., True) does not | tests/multi_bluetooth/ble_subscribe.py |
| advertising ends when a host connects | tests/multi_bluetooth/ble_gap_connect.py |

From the environment:
    REPBAND_SIM_AIR     HOST:PORT of the peer (tests/doubles/ble_peer.py); without it nobody is near
    REPBAND_SIM_STACK   nimble (default) or btstack
    REPBAND_SIM_MAC     the address, twelve hexadecimal digits
"""
# ruff: noqa: E501 - a table

import asyncio
import errno
import json
import os
import socket
import struct
import sys
import time

FLAG_READ = 0x0002
FLAG_WRITE_NO_RESPONSE = 0x0004
FLAG_WRITE = 0x0008
FLAG_NOTIFY = 0x0010
FLAG_INDICATE = 0x0020

_CENTRAL_CONNECT, _CENTRAL_DISCONNECT, _GATTS_WRITE, _GATTS_READ_REQUEST = 1, 2, 3, 4
_MTU_EXCHANGED, _CONNECTION_UPDATE = 21, 27
_NOT_ACTIVE = getattr(errno, "ENODEV", 19)
_ENOTCONN = 107
_DEFAULT_SIZE = 20
_DEFAULT_MTU = 23
_BUFFERS = 12  # NimBLE: MYNEWT_VAL_MSYS_1_BLOCK_COUNT in extmod/nimble/syscfg/syscfg.h
_ACL_BUFFERS = 3  # BTstack: what the controller holds; more are copied to the heap
_MOST_INCOMING = 8  # what the link layer takes in advance: the rest waits at the host
_PACKETS_AN_EVENT = 4  # what hosts take in one connection event varies; four is what phones do at least

now_ms = time.ticks_ms  # board.py puts simulated time here


class UUID:
    """A 16-bit UUID from a number, or a 128-bit one from text."""

    def __init__(self, value: "int | str") -> None:
        self.text = f"{value:04x}" if isinstance(value, int) else value.lower()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UUID) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


class _Value:
    """What a characteristic holds."""

    def __init__(self, size: int = _DEFAULT_SIZE) -> None:
        self.data = b""
        self.size = size
        self.append = False

    def store(self, data: bytes) -> None:
        """A host's write: cut at the buffer's size."""
        self.data = ((self.data if self.append else b"") + data)[: self.size]


class BLE:
    """The one radio."""

    _only = None

    def __new__(cls) -> "BLE":
        """The same object every time."""
        if cls._only is None:
            cls._only = object.__new__(cls)
            cls._only._begin()
        return cls._only

    def __init__(self) -> None:
        pass

    def _begin(self) -> None:
        self.btstack = os.getenv("REPBAND_SIM_STACK") == "btstack"
        self._mac = bytes.fromhex(os.getenv("REPBAND_SIM_MAC") or "c0ffee00beef")
        self._handler = None
        self._active = False
        self._task = None
        self._air = None
        self._preferred_mtu = 256
        self._name = b"MPY"
        self._reset()

    def _reset(self) -> None:
        self._values = {}
        self._properties = {}
        self._subscribed = set()
        self._conn = -1
        self._mtu = _DEFAULT_MTU
        self._interval_ms = 30.0
        self._event_ms = 0.0
        self._outgoing = []
        self._incoming = []
        self._events = []
        self._input = b""
        self._advertising = None
        self.refused = 0
        self.most_queued = 0

    def active(self, on: "bool | int | None" = None) -> bool:
        """Switches the radio on or off; says whether it is on."""
        if on is not None and bool(on) != self._active:
            self._active = bool(on)
            if self._active:
                self._reset()
                self._open_air()
            else:
                self._close_air()
        return self._active

    def config(self, *args: str, **kwargs: object) -> object:
        """Reads "mac", "mtu", "gap_name" or "rxbuf", or sets mtu and gap_name."""
        if args:
            if args[0] == "mac":
                self._need_active()
                return (0, self._mac)
            return {"mtu": self._preferred_mtu, "gap_name": self._name}[args[0]]
        for key, value in kwargs.items():
            if key == "mtu":
                if not 23 <= value <= 65535:
                    raise ValueError("mtu")
                self._preferred_mtu = value
            elif key == "gap_name":
                self._name = value if isinstance(value, bytes) else value.encode()
            elif key != "rxbuf":
                raise ValueError("unknown config param")
        return None

    def irq(self, handler: object) -> None:
        """Sets the handler."""
        self._handler = handler

    def gap_advertise(
        self,
        interval_us: "int | None",
        adv_data: "bytes | None" = None,
        *,
        resp_data: "bytes | None" = None,
        connectable: bool = True,
    ) -> None:
        """Advertises, with the data of the last call where none is given; None stops."""
        self._need_active()
        if interval_us is None:
            self._advertising = None
            self._tell(b"A", struct.pack(">IB", 0, 0))
            return
        if any(data is not None and len(data) > 31 for data in (adv_data, resp_data)):
            raise OSError(errno.EINVAL)
        if self._conn >= 0 and not self.btstack:
            pass  # both stacks can advertise while connected; the peer takes one host at a time
        self._advertising = (interval_us, bytes(adv_data or b""), bytes(resp_data or b""))
        body = struct.pack(">IBB", interval_us, connectable, len(self._advertising[1]))
        self._tell(b"A", body + self._advertising[1] + self._advertising[2])

    def gatts_register_services(self, services: tuple) -> tuple:
        """Registers services, in place of those before; gives the value handles."""
        self._need_active()
        self._values, self._properties = {}, {}
        handle, table, all_handles = 10, [], []
        for service_uuid, characteristics in services:
            handle += 1
            handles, rows = [], []
            for characteristic in characteristics:
                uuid, flags = characteristic[0], characteristic[1]
                handle += 2
                self._values[handle] = _Value()
                self._properties[handle] = flags
                handles.append(handle)
                rows.append([uuid.text, flags, handle])
                if flags & (FLAG_NOTIFY | FLAG_INDICATE):
                    handle += 1
                    self._values[handle] = _Value(2)
            all_handles.append(tuple(handles))
            table.append([service_uuid.text, rows])
        self._tell(b"S", json.dumps(table).encode())
        return tuple(all_handles)

    def gatts_set_buffer(self, handle: int, size: int, append: bool = False) -> None:
        """How many bytes a characteristic holds, and whether writes are appended."""
        value = self._value(handle)
        value.size, value.append, value.data = size, append, b""

    def gatts_read(self, handle: int) -> bytes:
        """What a characteristic holds; clears it where writes are appended."""
        value = self._value(handle)
        data = value.data
        if value.append:
            value.data = b""
        return data

    def gatts_write(self, handle: int, data: "bytes | str", send_update: bool = False) -> None:
        """Sets what hosts read, whatever its size; with send_update tells those that subscribed."""
        value = self._value(handle)
        value.data = data.encode() if isinstance(data, str) else bytes(data)
        value.size = max(value.size, len(value.data))
        if send_update and handle in self._subscribed and self._conn >= 0:
            self._queue(handle, value.data)

    def gatts_notify(self, conn: int, handle: int, data: "bytes | str | None" = None) -> None:
        """Notifies a host, subscribed or not. Raises OSError: refused, or gone."""
        self._need_active()
        if conn != self._conn:
            raise OSError(_ENOTCONN)
        if data is None:
            data = self._value(handle).data
        self._queue(handle, data.encode() if isinstance(data, str) else bytes(data))

    def gap_disconnect(self, conn: int) -> bool:
        """Ends a connection; False when there is none."""
        self._need_active()
        if conn != self._conn:
            return False
        self._tell(b"D", b"")
        self._disconnected()
        return True

    def _queue(self, handle: int, data: bytes) -> None:
        waiting = len(self._outgoing)
        if not self.btstack and waiting >= _BUFFERS:
            self.refused += 1
            raise OSError(errno.ENOMEM)
        self.most_queued = max(self.most_queued, waiting + 1)
        self._outgoing.append((handle, data[: self._mtu - 3]))

    def _value(self, handle: int) -> _Value:
        self._need_active()
        if handle not in self._values:
            raise OSError(errno.EINVAL)
        return self._values[handle]

    def _need_active(self) -> None:
        if not self._active:
            raise OSError(_NOT_ACTIVE)

    def _open_air(self) -> None:
        where = os.getenv("REPBAND_SIM_AIR")
        if not where:
            return
        host, port = where.split(":")
        self._air = socket.socket()
        self._air.connect(socket.getaddrinfo(host, int(port))[0][-1])
        self._air.setsockopt(6, 1, 1)  # TCP_NODELAY: a radio does not wait for more
        self._air.setblocking(False)
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
        if self._air is None:
            return
        data = struct.pack(">H", len(body)) + kind + body
        while data:
            try:
                data = data[self._air.send(data) :]
            except OSError as error:
                if error.errno not in (errno.EAGAIN,):
                    return
                time.sleep_ms(1)

    def _receive(self) -> None:
        while len(self._incoming) < _MOST_INCOMING:
            try:
                data = self._air.recv(512)
            except OSError:
                return
            if not data:
                sys.stderr.write("simulated radio: the air is gone\n")
                self._close_air()
                return
            self._input += data
            self._take_apart()

    def _take_apart(self) -> None:
        while len(self._input) >= 3:
            size = 3 + struct.unpack(">H", self._input)[0]
            if len(self._input) < size:
                return
            kind, body = self._input[2:3], self._input[3:size]
            self._input = self._input[size:]
            if kind == b"C":
                self._connected(body)
            elif kind == b"D":
                self._disconnected()
            elif self._conn >= 0:
                self._incoming.append((kind, body))

    def _connected(self, body: bytes) -> None:
        if self._advertising is None or self._conn >= 0:
            self._tell(b"D", b"")
            return
        address_type, address, units = struct.unpack(">B6sH", body)
        self._conn, self._mtu, self._advertising = 0, _DEFAULT_MTU, None
        self._interval_ms = units * 1.25
        self._event_ms = 0.0
        self._last_ms = now_ms()
        self._outgoing, self._incoming = [], []
        self._subscribed = set()
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
        now = now_ms()
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
        status = 0
        if handle - 1 in self._properties and handle not in self._properties:  # its CCCD: the handler is not told
            (self._subscribed.add if data[:1] == b"\x01" else self._subscribed.discard)(handle - 1)
        elif not self._properties.get(handle, 0) & (FLAG_WRITE if response else FLAG_WRITE_NO_RESPONSE):
            status = 3  # write not permitted
        else:
            self._values[handle].store(data)
            self._happened(_GATTS_WRITE, (0, handle))
        if response:
            self._tell(b"W", struct.pack(">HB", handle, status))

    def _read(self, handle: int) -> None:
        if not self._properties.get(handle, 0) & FLAG_READ:
            self._tell(b"R", struct.pack(">HB", handle, 2))  # read not permitted
            return
        denied = 0
        if self._handler is not None and not self.btstack:
            denied = self._handler(_GATTS_READ_REQUEST, (0, handle)) or 0
        data = b"" if denied else self._values[handle].data
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

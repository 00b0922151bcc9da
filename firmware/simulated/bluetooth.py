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

import errno
import struct
import time

from radio_connection import Connection
from radio_table import (  # noqa: F401 - UUID and flags are part of the module's face
    FLAG_INDICATE,
    FLAG_NOTIFY,
    FLAG_READ,
    FLAG_WRITE,
    FLAG_WRITE_NO_RESPONSE,
    UUID,
    Table,
    Value,
)

_NOT_ACTIVE = getattr(errno, "ENODEV", 19)
_ENOTCONN = 107

now_ms = time.ticks_ms  # board.py puts simulated time here


class BLE(Connection):
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
        Connection.__init__(self)
        self._active = False
        self._name = b"MPY"

    def _now_ms(self) -> int:
        return now_ms()

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
        self._advertising = (interval_us, bytes(adv_data or b""), bytes(resp_data or b""))
        body = struct.pack(">IBB", interval_us, connectable, len(self._advertising[1]))
        self._tell(b"A", body + self._advertising[1] + self._advertising[2])

    def gatts_register_services(self, services: tuple) -> tuple:
        """Registers services, in place of those before; gives the value handles."""
        self._need_active()
        self._table = Table(services)
        self._tell(b"S", self._table.described())
        return self._table.handles

    def gatts_set_buffer(self, handle: int, size: int, append: bool = False) -> None:
        """How many bytes a characteristic holds, and whether writes are appended."""
        value = self._value(handle)
        value.size, value.append, value.data = size, append, b""

    def gatts_read(self, handle: int) -> bytes:
        """What a characteristic holds; clears it where writes are appended."""
        return self._value(handle).read()

    def gatts_write(self, handle: int, data: "bytes | str", send_update: bool = False) -> None:
        """Sets what hosts read, whatever its size; with send_update tells those that subscribed."""
        value = self._value(handle)
        value.data = data.encode() if isinstance(data, str) else bytes(data)
        value.size = max(value.size, len(value.data))
        if send_update and handle in self._table.subscribed and self._conn >= 0:
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

    def _value(self, handle: int) -> Value:
        self._need_active()
        return self._table.value(handle)

    def _need_active(self) -> None:
        if not self._active:
            raise OSError(_NOT_ACTIVE)

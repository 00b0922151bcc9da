"""Bluetooth as a link: the GATT table of protocols/wire/GATT.md over MicroPython's module `bluetooth`.

The event handler only stores what happened. NimBLE calls it within the event; BTstack some time later, when several
writes may have come, so writes to control are appended to each other and taken apart here.
"""

import bluetooth
from micropython import const
from repband_wire import gatt
from repband_wire.base import ACK, CONTROL, ENTRY, MAX_MESSAGE, MIN_PAYLOAD, PRESS, REP, REPLY
from repband_wire.control import CONTROL_HEAD, params_size

from . import clock
from .link import Link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any  # noqa: F401 - in a comment

    from repband_wire.control import Reply
    from repband_wire.info import Info

FAST_US = 250000  # between advertisements while someone may be about to connect
SLOW_US = 2000000
_MTU = MAX_MESSAGE + 3
_ATT_HEAD = const(3)
_ACK_SIZE = const(7)
_MOST_WAITING = const(16)  # messages from the host, and replies to it
_CONTROL_BUFFER = const(128)
_INFO_BUFFER = const(244)
_CONNECTED = const(1)  # as `bluetooth` numbers its events
_DISCONNECTED = const(2)
_WRITTEN = const(3)
_MTU_EXCHANGED = const(21)
_INTERVAL = const(27)
_READ = const(2)
_WRITE_NO_RESPONSE = const(4)
_WRITE = const(8)
_NOTIFY = const(16)
_BATTERY_SERVICE = const(0x180F)
_BATTERY_LEVEL = const(0x2A19)
_DEVICE_SERVICE = const(0x180A)
_MANUFACTURER = const(0x2A29)
_MODEL = const(0x2A24)
_FIRMWARE = const(0x2A26)
_QUEUED = (REPLY, REP, ENTRY, PRESS)  # small and few: they wait here while the stack refuses
_NAME_FIELD = const(9)
_FLAGS_FIELD = const(1)
_UUID_FIELD = const(7)


class BleLink(Link):
    """The radio, and the one host that is connected. Raises OSError when there is no radio.

    Attributes:
        connected: whether a host is.
        connections: how many there have been.
        refusals: messages that the stack had no room for.
        dropped: messages of a host that wrote faster than they were read.
        name: as it advertises itself.
    """

    near = False
    patience = 2
    turn_ms = 50

    def __init__(self, version: str) -> None:
        super().__init__(MIN_PAYLOAD)
        self._ble = bluetooth.BLE()  # type: Any  # the stubs take handles for bytes
        self._ble.active(True)
        self._ble.config(mtu=_MTU)
        self.name = gatt.NAME_PREFIX + self._ble.config("mac")[1].hex()[-4:].upper()
        self._ble.config(gap_name=self.name)
        self.connected = False
        self.connections = 0
        self.refusals = 0
        self.dropped = 0
        self._conn = 0
        self._incoming = []
        self._outgoing = []  # type: list[tuple[int, bytes]]  # (characteristic, message): replies, reps, presses, entries
        self._register(version)
        self._ble.irq(self._happened)

    def _register(self, version: str) -> None:
        uuid = bluetooth.UUID
        ours = (
            (uuid(gatt.STREAM), _NOTIFY),
            (uuid(gatt.CONTROL), _WRITE | _WRITE_NO_RESPONSE | _NOTIFY),
            (uuid(gatt.INFO), _READ),
            (uuid(gatt.REPS), _NOTIFY),
        )
        device = tuple([(uuid(number), _READ) for number in (_MANUFACTURER, _MODEL, _FIRMWARE)])
        services = (
            (uuid(gatt.SERVICE), ours),
            (uuid(_BATTERY_SERVICE), ((uuid(_BATTERY_LEVEL), _READ | _NOTIFY),)),
            (uuid(_DEVICE_SERVICE), device),
        )
        handles, (self._battery,), texts = self._ble.gatts_register_services(services)
        self._stream, self._control, self._info, self._reps = handles
        self._ble.gatts_set_buffer(self._control, _CONTROL_BUFFER, True)
        self._ble.gatts_set_buffer(self._info, _INFO_BUFFER)
        for handle, text in zip(texts, ("RepBand", "RepBand", version)):  # noqa: B905 - MicroPython's zip
            self._ble.gatts_write(handle, text.encode())

    def advertise(self, interval_us: int) -> None:
        """Advertises so often; 0 stops. Raises OSError while the stack can't."""
        if not interval_us:
            self._ble.gap_advertise(None)
            return
        service = bytes(reversed(bytes.fromhex(gatt.SERVICE.replace("-", ""))))
        data = _field(_FLAGS_FIELD, b"\x06") + _field(_UUID_FIELD, service)
        self._ble.gap_advertise(interval_us, data, resp_data=_field(_NAME_FIELD, self.name.encode()))

    def switch_off(self) -> None:
        """Ends the radio's work."""
        self._ble.active(False)

    def disconnect(self) -> None:
        """Sends the host away."""
        try:  # noqa: SIM105 - MicroPython has no contextlib built in
            self._ble.gap_disconnect(self._conn)
        except OSError:
            pass  # it has gone by itself

    def take(self) -> "tuple[bytes, int] | None":
        """The next message from the host and the device time at which it came; None when there is none."""
        return self._incoming.pop(0) if self._incoming else None

    def send(self, message: "bytes | memoryview") -> bool:
        """Notifies; replies and reps wait here while the stack refuses, anything else then waits for them."""
        kind = message[0] & 0x0F
        if kind in _QUEUED:
            if len(self._outgoing) >= _MOST_WAITING:
                return False
            self._outgoing.append((self._control if kind == REPLY else self._reps, bytes(message)))
            self.send_waiting()
            return True
        return self.send_waiting() and self._notify(self._stream, message)

    def send_reply(self, reply: "Reply", info: "Info | None") -> None:
        """The info message is in its characteristic before the reply says so."""
        if info:
            self.set_info(info)
        self.send(reply.encode())

    def send_waiting(self) -> bool:
        """Whether all replies and reps are out."""
        while self._outgoing:
            handle, message = self._outgoing[0]
            if not self._notify(handle, message):
                return False
            self._outgoing.pop(0)
        return True

    def set_info(self, info: "Info") -> None:
        """What a host reads from the info characteristic."""
        self._ble.gatts_write(self._info, info.encode())

    def set_battery(self, percent: int) -> None:
        """What a host reads from the battery service, and is told when it subscribed."""
        self._ble.gatts_write(self._battery, bytes((percent,)), True)

    def has_room(self, messages: int) -> bool:
        """Whether so many replies, reps and log entries may wait here."""
        return len(self._outgoing) + messages <= _MOST_WAITING

    def messages_a_turn(self, rate_chz: int, samples_a_message: int) -> int:
        """One where that keeps up with twice the rate, so that holes are filled; more of them when they are short."""
        return max(1, (rate_chz + 1000 * samples_a_message - 1) // (1000 * samples_a_message))

    def window(self, rate_chz: int, samples_a_message: int) -> int:
        """Eight messages, or half a second: two intervals of 100 ms and the host's own turn."""
        return max(8 * samples_a_message, rate_chz // 200)

    def _notify(self, handle: int, message: "bytes | memoryview") -> bool:
        if not self.connected:
            return False
        try:
            self._ble.gatts_notify(self._conn, handle, message)
        except OSError:  # ENOMEM: no buffer; ENOTCONN: it has just gone
            self.refusals += 1
            return False
        return True

    def _happened(self, event: int, data: tuple) -> int:
        if event == _WRITTEN:
            self._written(data[1])
        elif event == _CONNECTED:
            self._conn = data[0]
            self._forget()
            self.connections += 1
            self.connected = True
        elif event == _DISCONNECTED:
            self.connected = False
            self._forget()
        elif event == _MTU_EXCHANGED:
            self.payload = max(MIN_PAYLOAD, min(MAX_MESSAGE, data[1] - _ATT_HEAD))
        elif event == _INTERVAL and data[4] == 0:
            self.interval_units = data[1]
        return 0  # to a read request: yes

    def _forget(self) -> None:
        self.payload = MIN_PAYLOAD
        self.interval_units = 0
        self._incoming = []
        self._outgoing = []

    def _written(self, handle: int) -> None:
        if handle != self._control:
            return
        data = self._ble.gatts_read(handle)  # clears it
        received_us = clock.now_us()
        for message in split(bytes(data)):
            if len(self._incoming) < _MOST_WAITING:
                self._incoming.append((message, received_us))
            else:
                self.dropped += 1


def split(data: bytes) -> "list[bytes]":
    """The messages that a host wrote one after the other. What is no message comes in one piece."""
    messages = []
    while data:
        size = min(_size(data), len(data))
        messages.append(data[:size])
        data = data[size:]
    return messages


def _size(data: bytes) -> int:
    kind = data[0] & 0x0F
    if kind == ACK:
        return _ACK_SIZE
    if kind == CONTROL and len(data) >= CONTROL_HEAD:
        params = params_size(data[2])
        if params >= 0:
            return CONTROL_HEAD + params
    return len(data)


def _field(kind: int, value: bytes) -> bytes:
    return bytes((len(value) + 1, kind)) + value

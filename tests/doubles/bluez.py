"""A stand-in for BlueZ: a D-Bus of its own, and on it an org.bluez with one adapter and one sensor double.

Its manners follow BlueZ's own description (doc/org.bluez.Adapter.rst, Device.rst and GattCharacteristic.rst in its
source): a device appears by discovery, its services after it is connected, then ServicesResolved becomes true;
notifications are changes of a characteristic's Value. AcquireNotify and AcquireWrite are left out: bleak does
without. bleak's own BlueZ backend finds it by DBUS_SYSTEM_BUS_ADDRESS.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import repband_wire as wire
from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from repband_wire import gatt
from sensor_double import SensorDouble

ADAPTER = "/org/bluez/hci0"
ADDRESS = "F0:00:00:00:00:02"
DEVICE = f"{ADAPTER}/dev_{ADDRESS.replace(':', '_')}"
SERVICE = f"{DEVICE}/service0010"
CHARACTERISTICS = {
    gatt.STREAM: (f"{SERVICE}/char0011", ["notify"]),
    gatt.CONTROL: (f"{SERVICE}/char0014", ["notify", "write", "write-without-response"]),
    gatt.INFO: (f"{SERVICE}/char0017", ["read"]),
    gatt.REPS: (f"{SERVICE}/char0019", ["notify"]),
}
_PATH_OF = {uuid: path for uuid, (path, _) in CHARACTERISTICS.items()}

_ADAPTER1, _DEVICE1 = "org.bluez.Adapter1", "org.bluez.Device1"
_SERVICE1, _CHARACTERISTIC1 = "org.bluez.GattService1", "org.bluez.GattCharacteristic1"
_PROPERTIES, _OBJECTS = "org.freedesktop.DBus.Properties", "org.freedesktop.DBus.ObjectManager"

_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <policy context="default">
    <allow user="*"/> <allow own="*"/> <allow send_type="method_call"/> <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/> <allow receive_type="signal"/>
    <allow receive_type="method_return"/> <allow receive_type="error"/>
    {rule}
  </policy>
</busconfig>
"""
_FORBIDS = '<deny send_destination="org.bluez"/>'


def find_dbus_daemon() -> str | None:
    """Where the program is, if it is."""
    return shutil.which("dbus-daemon")


@contextmanager
def private_bus(folder: Path, *, forbids_bluetooth: bool = False) -> Generator[str]:
    """A bus that nobody else is on; gives its address."""
    daemon = find_dbus_daemon()
    assert daemon is not None
    socket = folder / "bus"
    config = folder / "bus.conf"
    config.write_text(_CONFIG.format(socket=socket, rule=_FORBIDS if forbids_bluetooth else ""))
    with subprocess.Popen([daemon, f"--config-file={config}", "--nofork", "--nopidfile"]) as process:
        try:
            until_s = time.monotonic() + 10
            while not socket.exists():
                assert time.monotonic() < until_s and process.poll() is None, "dbus-daemon does not start"
                time.sleep(0.01)
            yield f"unix:path={socket}"
        finally:
            process.terminate()


class Bluez:
    """org.bluez on a bus, in a thread of its own.

    Args:
        bus: the bus's address.
        sensor: what is on the air; None for nobody.
        adapter: whether the computer has Bluetooth.
        powered: whether it is switched on.
        refuses: error name with which Connect is refused, or "".
        mtu: what is agreed on.
        speed: how many times faster than real time the sensor lives.
    """

    def __init__(
        self,
        bus: str,
        sensor: SensorDouble | None = None,
        *,
        adapter: bool = True,
        powered: bool = True,
        refuses: str = "",
        mtu: int = 247,
        speed: float = 1.0,
    ) -> None:
        self._address, self.sensor, self._refuses, self._mtu, self._speed = bus, sensor, refuses, mtu, speed
        if sensor is not None:
            sensor.payload = mtu - 3
        self._born_s = time.monotonic()
        self._connected = False
        self._objects: dict[str, dict[str, dict[str, Variant]]] = {}
        if adapter:
            roles = ["central", "peripheral"]
            self._objects[ADAPTER] = {_ADAPTER1: _variants(Powered=("b", powered), Roles=("as", roles))}
        self._up = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="org.bluez", daemon=True)

    def __enter__(self) -> Bluez:
        self._thread.start()
        assert self._up.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join(10)
        assert not self._thread.is_alive()
        self._loop.close()

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        self._ending = asyncio.Event()
        self._bus = await MessageBus(bus_address=self._address).connect()
        self._bus.add_message_handler(self._called)
        await self._bus.request_name("org.bluez")
        ticking = asyncio.create_task(self._tick())
        self._up.set()
        await self._ending.wait()
        ticking.cancel()
        self._bus.disconnect()

    @property
    def _now_s(self) -> float:
        return (time.monotonic() - self._born_s) * self._speed

    def _called(self, message: Message) -> Message | None:
        if message.message_type != MessageType.METHOD_CALL:
            return None
        answer = getattr(self, f"_on_{message.member}", None)
        if answer is None:
            return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownMethod", f"no {message.member}")
        return answer(message)

    def _on_GetManagedObjects(self, message: Message) -> Message:  # noqa: N802 - D-Bus's name
        return Message.new_method_return(message, "a{oa{sa{sv}}}", [self._objects])

    def _on_SetDiscoveryFilter(self, message: Message) -> Message:  # noqa: N802
        return Message.new_method_return(message)

    def _on_StartDiscovery(self, message: Message) -> Message:  # noqa: N802
        self._loop.call_soon(self._hear)
        return Message.new_method_return(message)

    def _hear(self) -> None:
        """An advertisement: a new device, or one known already whose strength changes."""
        if self.sensor is None:
            return
        if DEVICE not in self._objects:
            self._add(DEVICE, _DEVICE1, self._device(self.sensor))
        else:
            self._change(DEVICE, _DEVICE1, RSSI=("n", -51))

    def _on_StopDiscovery(self, message: Message) -> Message:  # noqa: N802
        return Message.new_method_return(message)

    def _device(self, sensor: SensorDouble) -> dict[str, Variant]:
        return _variants(
            Adapter=("o", ADAPTER),
            Address=("s", ADDRESS),
            AddressType=("s", "random"),
            Name=("s", sensor.name),
            Alias=("s", sensor.name),
            UUIDs=("as", [gatt.SERVICE]),
            RSSI=("n", -50),
            Paired=("b", False),
            Bonded=("b", False),
            Trusted=("b", False),
            Blocked=("b", False),
            LegacyPairing=("b", False),
            Connected=("b", False),
            ServicesResolved=("b", False),
        )

    def _on_Connect(self, message: Message) -> Message:  # noqa: N802
        if self._refuses:
            return Message.new_error(message, self._refuses, "le-connection-abort")
        assert self.sensor is not None
        self.sensor.begin(self._now_s)  # what it feels waits for its host
        self._connected = True
        self._change(DEVICE, _DEVICE1, Connected=("b", True))  # comes before the answer, as BlueZ's does
        self._loop.call_soon(self._resolve)
        return Message.new_method_return(message)

    def _resolve(self) -> None:
        service = _variants(UUID=("s", gatt.SERVICE), Device=("o", DEVICE), Primary=("b", True), Includes=("ao", []))
        self._add(SERVICE, _SERVICE1, service)
        for uuid, (path, flags) in CHARACTERISTICS.items():
            fields = _variants(
                UUID=("s", uuid),
                Service=("o", SERVICE),
                Value=("ay", b""),
                Notifying=("b", False),
                Flags=("as", flags),
                MTU=("q", self._mtu),
            )
            self._add(path, _CHARACTERISTIC1, fields)
        self._change(DEVICE, _DEVICE1, ServicesResolved=("b", True))

    def _on_Disconnect(self, message: Message) -> Message:  # noqa: N802
        assert self.sensor is not None
        self._connected = False
        self.sensor.disconnected()
        self._loop.call_soon(
            lambda: self._change(DEVICE, _DEVICE1, Connected=("b", False), ServicesResolved=("b", False))
        )
        return Message.new_method_return(message)

    def _on_StartNotify(self, message: Message) -> Message:  # noqa: N802
        return Message.new_method_return(message)

    def _on_ReadValue(self, message: Message) -> Message:  # noqa: N802
        assert self.sensor is not None
        assert message.path == _PATH_OF[gatt.INFO]
        return Message.new_method_return(message, "ay", [self.sensor.info().encode()])

    def _on_WriteValue(self, message: Message) -> Message:  # noqa: N802
        assert self.sensor is not None
        for answer in self.sensor.receive(bytes(message.body[0]), self._now_s):
            kind = wire.decode(answer).KIND
            if kind != wire.Info.KIND:  # Info is read, not notified
                self._loop.call_soon(self._notify, gatt.STREAM if kind in (1, 2, 3, 4) else gatt.CONTROL, answer)
        return Message.new_method_return(message)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(0.05)
            if self._connected and self.sensor is not None:
                for message in self.sensor.tick(self._now_s):
                    self._notify(gatt.STREAM, message)

    def _notify(self, uuid: str, data: bytes) -> None:
        assert len(data) <= self._mtu - 3
        self._change(_PATH_OF[uuid], _CHARACTERISTIC1, Value=("ay", data))

    def _add(self, path: str, interface: str, properties: dict[str, Variant]) -> None:
        self._objects[path] = {interface: properties}
        self._signal("/", _OBJECTS, "InterfacesAdded", "oa{sa{sv}}", [path, self._objects[path]])

    def _change(self, path: str, interface: str, **changed: tuple[str, Any]) -> None:
        properties = _variants(**changed)
        self._objects[path][interface].update(properties)
        self._signal(path, _PROPERTIES, "PropertiesChanged", "sa{sv}as", [interface, properties, []])

    def _signal(self, path: str, interface: str, member: str, signature: str, body: list[Any]) -> None:
        self._bus.send(Message.new_signal(path, interface, member, signature, body))


def _variants(**properties: tuple[str, Any]) -> dict[str, Variant]:
    return {name: Variant(signature, value) for name, (signature, value) in properties.items()}

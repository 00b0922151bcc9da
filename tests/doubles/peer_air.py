"""bleak backends on the stand-in radio of the board: the host's own client against the firmware's own Bluetooth.

One `BlePeer` is the central; a board's MicroPython process is at its other end.
"""

from __future__ import annotations

import asyncio
from typing import Any

from ble_peer import BlePeer, Notification, PeerError
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakError

_PROPERTIES = {0x02: "read", 0x04: "write-without-response", 0x08: "write", 0x10: "notify"}


class PeerAir:
    """One room with one board; `client` and `scanner` are bleak backends for it.

    Args:
        peer: the central.
        mtu: what the host offers.
        interval_ms: the connection interval it gives.
    """

    def __init__(self, peer: BlePeer, *, mtu: int = 247, interval_ms: float = 30.0) -> None:
        self.peer, self.mtu, self.interval_ms = peer, mtu, interval_ms
        self.reachable = True

        class Client(PeerClient):
            air = self

        class Scanner(PeerScanner):
            air = self

        self.client, self.scanner = Client, Scanner

    def cut(self) -> None:
        """Out of range."""
        self.reachable = False
        self.peer.disconnect()
        if self.peer.on_disconnect is not None:
            self.peer.on_disconnect()

    def come_back(self) -> None:
        self.reachable = True


class PeerScanner(BaseBleakScanner):
    air: PeerAir

    def __init__(self, detection_callback, service_uuids, scanning_mode, **kwargs) -> None:
        super().__init__(detection_callback, service_uuids)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self.seen_devices = {}
        self._task = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        assert self._task is not None
        self._task.cancel()

    async def _listen(self) -> None:
        while True:
            told = self.air.peer.advertisement
            if told is not None and self.air.reachable:
                plain = told.fields().get(7, b"")[::-1].hex()
                uuid = "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:]))
                said = AdvertisementData(told.name or None, {}, {}, [uuid], None, -60, ())
                device = self.create_or_update_device("board", self.air.peer.mac, told.name or None, None, said)
                self.call_detection_callbacks(device, said)
            await asyncio.sleep(0.05)


class PeerClient(BaseBleakClient):
    air: PeerAir

    def __init__(self, address_or_ble_device, **kwargs) -> None:
        super().__init__(
            address_or_ble_device, disconnected_callback=kwargs["disconnected_callback"], timeout=kwargs["timeout"]
        )
        self._told: dict[str, Any] = {}

    @property
    def name(self) -> str:
        return "RepBand"

    @property
    def mtu_size(self) -> int:
        return self.air.peer.mtu

    @property
    def is_connected(self) -> bool:
        return self.air.peer.connected

    async def connect(self, pair: bool, **kwargs) -> None:
        peer, loop = self.air.peer, asyncio.get_running_loop()

        def told(notification: Notification) -> None:
            loop.call_soon_threadsafe(self._notified, notification)

        def gone() -> None:
            loop.call_soon_threadsafe(self._gone)

        peer.on_notify, peer.on_disconnect = told, gone
        if not self.air.reachable:
            raise BleakError("out of range")
        await self._do(peer.connect, self.air.interval_ms)
        if self.air.mtu > 23:
            await self._do(peer.exchange_mtu, self.air.mtu)
        self.services = BleakGATTServiceCollection()
        for number, uuid in enumerate(sorted({row.service for row in peer.characteristics.values()})):
            service = BleakGATTService(None, 10000 + number, _full(uuid))
            self.services.add_service(service)
            for row in peer.characteristics.values():
                if row.service == uuid:
                    properties = [name for flag, name in _PROPERTIES.items() if row.flags & flag]
                    self.services.add_characteristic(
                        BleakGATTCharacteristic(
                            row, row.handle, _full(row.uuid), properties, lambda: peer.mtu - 3, service
                        )
                    )

    async def disconnect(self) -> None:
        if self.air.peer.connected:
            await self._do(self.air.peer.disconnect)

    async def read_gatt_char(self, characteristic, **kwargs) -> bytearray:
        return bytearray(await self._do(self.air.peer.read, characteristic.obj.uuid))

    async def write_gatt_char(self, characteristic, data, response) -> None:
        await self._do(lambda: self.air.peer.write(characteristic.obj.uuid, bytes(data), response=response))

    async def start_notify(self, characteristic, callback, **kwargs) -> None:
        self._told[characteristic.obj.uuid] = callback
        await self._do(self.air.peer.subscribe, characteristic.obj.uuid)

    async def stop_notify(self, characteristic) -> None:
        await self._do(lambda: self.air.peer.subscribe(characteristic.obj.uuid, on=False))

    async def read_gatt_descriptor(self, descriptor, **kwargs) -> bytearray:
        raise NotImplementedError

    async def write_gatt_descriptor(self, descriptor, data) -> None:
        raise NotImplementedError

    async def pair(self, *args, **kwargs) -> None:
        raise NotImplementedError

    async def unpair(self) -> None:
        raise NotImplementedError

    def _notified(self, notification: Notification) -> None:
        callback = self._told.get(notification.uuid)
        if callback is not None:
            callback(bytearray(notification.data))

    def _gone(self) -> None:
        self._told.clear()
        if self._disconnected_callback is not None:
            self._disconnected_callback()

    async def _do(self, work, *args) -> Any:
        """The peer waits for answers; the event loop must not."""
        try:
            return await asyncio.to_thread(work, *args)
        except PeerError as error:
            raise BleakError(str(error)) from error


def _full(uuid: str) -> str:
    return uuid if len(uuid) == 36 else f"0000{uuid.lower()}-0000-1000-8000-00805f9b34fb"

"""Bluetooth without hardware: bumble's virtual controllers, a sensor double behind GATT, and bleak backends on top.

What bumble 0.0.236 needs: both sides on their random addresses (LocalLink sends ACL data from those), and the ACL
packet length set before a host boots. It has no air time; `interval_s` paces notifications as connection events do.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import repband_wire as wire
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakError
from bumble import att, core, gatt, hci
from bumble.controller import Controller
from bumble.device import Device, Peer
from bumble.host import Host
from bumble.link import LocalLink
from bumble.transport.common import AsyncPipeSink
from repband_wire import gatt as names
from sensor_double import SensorDouble

CENTRAL = "C4:00:00:00:00:01"


def _device(link: LocalLink, address: str, name: str) -> Device:
    controller = Controller(name, link=link, public_address=f"{address}/P")
    controller.le_acl_data_packet_length = 251
    return Device(name=name, address=hci.Address(address), host=Host(controller, AsyncPipeSink(controller)))


class Board:
    """A sensor double on the air.

    Args:
        sensor: what it is.
        mtu: the largest it agrees to.
        interval_s: time between connection events, in which a batch goes out together; 0 sends at once.
        speed: how many times faster than real time the sensor lives.

    Attributes:
        delay: how long the next batch is held back, in s.
    """

    def __init__(
        self,
        sensor: SensorDouble,
        *,
        address: str = "F0:00:00:00:00:02",
        mtu: int = 247,
        interval_s: float = 0.0,
        speed: float = 1.0,
    ) -> None:
        self.sensor, self.address, self.mtu, self.interval_s = sensor, address, mtu, interval_s
        self.speed = speed
        self.delay: Callable[[], float] = lambda: 0.0
        self._born_s = time.monotonic()
        self.reachable = True
        self._connection: Any = None
        self._subscribed = False

    @property
    def now_s(self) -> float:
        """The sensor's own idea of time passing."""
        return (time.monotonic() - self._born_s) * self.speed

    async def start(self, link: LocalLink) -> None:
        self._device = _device(link, self.address, self.sensor.name)
        read, notify = gatt.Characteristic.Properties.READ, gatt.Characteristic.Properties.NOTIFY
        write = gatt.Characteristic.Properties.WRITE | gatt.Characteristic.Properties.WRITE_WITHOUT_RESPONSE
        readable, writeable = gatt.Characteristic.READABLE, gatt.Characteristic.WRITEABLE
        told = gatt.CharacteristicValue(write=self._written)
        info = gatt.CharacteristicValue(read=lambda _: self.sensor.info().encode())
        self._stream = gatt.Characteristic(names.STREAM, notify, readable, b"")
        self._control = gatt.Characteristic(names.CONTROL, notify | write, readable | writeable, told)
        self._reps = gatt.Characteristic(names.REPS, notify, readable, b"")
        table = [self._stream, self._control, gatt.Characteristic(names.INFO, read, readable, info), self._reps]
        self._device.add_service(gatt.Service(names.SERVICE, table))
        self._device.gatt_server.max_mtu = self.mtu
        self._device.on("connection", self._connected)
        await self._device.power_on()
        await self.advertise()
        self._ticking = asyncio.create_task(self._tick())

    async def advertise(self) -> None:
        data = core.AdvertisingData(
            [
                (core.AdvertisingData.FLAGS, bytes([6])),
                (core.AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS, bytes(core.UUID(names.SERVICE))),
            ]
        )
        # bumble sends the advertising data twice and never the scan response: the name is known from the double.
        await self._device.start_advertising(
            advertising_data=bytes(data), auto_restart=False, advertising_interval_min=100, advertising_interval_max=100
        )

    async def cut(self) -> None:
        """Out of range: the connection is lost, and nobody hears it."""
        self.reachable = False
        if self._connection is not None:
            await self._connection.disconnect()

    async def come_back(self) -> None:
        self.reachable = True
        await self.advertise()

    def _connected(self, connection: Any) -> None:
        self._connection = connection
        self.sensor.payload = 20
        connection.on("connection_att_mtu_update", lambda: self._set_payload(connection))
        connection.on("disconnection", lambda _: self._disconnected())

    def _set_payload(self, connection: Any) -> None:
        self.sensor.payload = min(connection.att_mtu - 3, wire.MAX_MESSAGE)

    def _disconnected(self) -> None:
        self._connection = None
        self.sensor.disconnected()
        if self.reachable:
            self._restarting = asyncio.create_task(self.advertise())

    def _written(self, _: Any, data: bytes) -> None:
        for answer in self.sensor.receive(data, self.now_s):
            if wire.decode(answer).KIND == wire.Info.KIND:
                continue  # it is read, not notified
            of_stream = wire.decode(answer).KIND in (1, 2, 3, 4)
            self._later(self._stream if of_stream else self._control, answer)

    def _later(self, characteristic: gatt.Characteristic, data: bytes) -> None:
        self._sending = asyncio.create_task(self._notify([(characteristic, data)]))

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(max(0.05, self.interval_s))
            if self._connection is None:
                continue
            batch = [(self._stream, message) for message in self.sensor.tick(self.now_s)]
            await asyncio.sleep(self.delay())
            await self._notify(batch)

    async def _notify(self, batch: list[tuple[gatt.Characteristic, bytes]]) -> None:
        for characteristic, data in batch:
            if self._connection is None:
                return
            assert len(data) <= self._connection.att_mtu - 3, "a stack would cut this silently"
            await self._device.notify_subscriber(self._connection, characteristic, data)


class Air:
    """One room: a central and some boards. `client` and `scanner` are bleak backends for it."""

    def __init__(self, boards: list[Board], *, central_mtu: int = 247) -> None:
        self.boards = boards
        self.central_mtu = central_mtu
        self.names = {board.address: board.sensor.name for board in boards}
        air = self

        class Client(BumbleClient):
            pass

        class Scanner(BumbleScanner):
            pass

        Client.air = Scanner.air = air
        self.client, self.scanner = Client, Scanner

    async def start(self) -> None:
        link = LocalLink()
        self.central = _device(link, CENTRAL, "host")
        await self.central.power_on()
        for board in self.boards:
            await board.start(link)


class BumbleScanner(BaseBleakScanner):
    air: Air

    def __init__(self, detection_callback, service_uuids, scanning_mode, **kwargs) -> None:
        super().__init__(detection_callback, service_uuids)

    async def start(self) -> None:
        self.seen_devices = {}
        self.air.central.on("advertisement", self._heard)
        await self.air.central.start_scanning(filter_duplicates=False)

    async def stop(self) -> None:
        self.air.central.remove_listener("advertisement", self._heard)
        await self.air.central.stop_scanning()

    def _heard(self, advertisement: Any) -> None:
        address = str(advertisement.address).split("/")[0]
        board = next((board for board in self.air.boards if board.address == address), None)
        if board is None or not board.reachable:
            return
        found = advertisement.data.get_all(core.AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS)
        uuids = [str(uuid).lower() for group in found for uuid in (group if isinstance(group, list) else [group])]
        said = AdvertisementData(self.air.names[address], {}, {}, [_dashed(uuid) for uuid in uuids], None, -50, ())
        self.call_detection_callbacks(self.create_or_update_device(address, address, None, board, said), said)


def _dashed(uuid: str) -> str:
    plain = uuid.split(":")[-1].replace("-", "").lower()
    return "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:]))


class BumbleClient(BaseBleakClient):
    air: Air

    def __init__(self, address_or_ble_device, **kwargs) -> None:
        super().__init__(
            address_or_ble_device, disconnected_callback=kwargs["disconnected_callback"], timeout=kwargs["timeout"]
        )
        self._board: Board = address_or_ble_device.details
        self._connection: Any = None
        self._mtu = 23

    @property
    def name(self) -> str:
        return self._board.sensor.name

    @property
    def mtu_size(self) -> int:
        return self._mtu

    @property
    def is_connected(self) -> bool:
        return self._connection is not None

    async def connect(self, pair: bool, **kwargs) -> None:
        if not self._board.reachable:
            raise BleakError("out of range")
        central = self.air.central
        self._connection = await asyncio.wait_for(
            central.connect(hci.Address(self.address), own_address_type=hci.OwnAddressType.RANDOM), self._timeout
        )
        self._connection.on("disconnection", self._gone)
        peer = Peer(self._connection)
        if self.air.central_mtu > 23:
            self._mtu = await peer.request_mtu(self.air.central_mtu)
        await peer.discover_services()
        self.services = BleakGATTServiceCollection()
        for service in peer.services:
            await service.discover_characteristics()
            ours = BleakGATTService(service, service.handle, _dashed(str(service.uuid.to_hex_str())))
            self.services.add_service(ours)
            for one in service.characteristics:
                await one.discover_descriptors()
                properties = [
                    flag.name.lower().replace("_", "-")
                    for flag in gatt.Characteristic.Properties
                    if flag in one.properties
                ]
                uuid = _dashed(one.uuid.to_hex_str())
                self.services.add_characteristic(
                    BleakGATTCharacteristic(one, one.handle, uuid, properties, lambda: self._mtu - 3, ours)
                )

    async def disconnect(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await connection.disconnect()

    async def read_gatt_char(self, characteristic, **kwargs) -> bytearray:
        return bytearray(await self._safely(characteristic.obj.read_value()))

    async def write_gatt_char(self, characteristic, data, response) -> None:
        await self._safely(characteristic.obj.write_value(bytes(data), with_response=response))

    async def start_notify(self, characteristic, callback, **kwargs) -> None:
        await self._safely(characteristic.obj.subscribe(lambda data: callback(bytearray(data))))

    async def stop_notify(self, characteristic) -> None:
        await self._safely(characteristic.obj.unsubscribe())

    async def read_gatt_descriptor(self, descriptor, **kwargs) -> bytearray:
        raise NotImplementedError

    async def write_gatt_descriptor(self, descriptor, data) -> None:
        raise NotImplementedError

    async def pair(self, *args, **kwargs) -> None:
        raise NotImplementedError

    async def unpair(self) -> None:
        raise NotImplementedError

    async def _safely(self, work) -> Any:
        if self._connection is None:
            work.close()
            raise BleakError("not connected")
        try:
            return await asyncio.wait_for(work, 5)
        except (att.ATT_Error, core.BaseBumbleError, TimeoutError) as error:
            raise BleakError(str(error)) from error

    def _gone(self, _: Any) -> None:
        was, self._connection = self._connection, None
        if was is not None and self._disconnected_callback is not None:
            self._disconnected_callback()

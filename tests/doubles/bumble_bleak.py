"""bleak backends on bumble: the host's own client on a virtual controller."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakError
from bumble import att, core, gatt, hci
from bumble.device import Peer

if TYPE_CHECKING:
    from bumble_air import AirHost, Peripheral


class BumbleScanner(BaseBleakScanner):
    host: AirHost

    def __init__(self, detection_callback, service_uuids, scanning_mode, **kwargs) -> None:
        super().__init__(detection_callback, service_uuids)

    async def start(self) -> None:
        self.seen_devices = {}
        self.host.device.on("advertisement", self._heard)
        await self.host.device.start_scanning(filter_duplicates=False)

    async def stop(self) -> None:
        self.host.device.remove_listener("advertisement", self._heard)
        await self.host.device.stop_scanning()

    def _heard(self, advertisement: Any) -> None:
        address = str(advertisement.address).split("/")[0]
        board = next((board for board in self.host.air.boards if board.address == address), None)
        if board is None or not self.host.hears(board):
            return
        found = advertisement.data.get_all(core.AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS)
        uuids = [str(uuid).lower() for group in found for uuid in (group if isinstance(group, list) else [group])]
        name = advertisement.data.get(core.AdvertisingData.COMPLETE_LOCAL_NAME)
        said = AdvertisementData(name, {}, {}, [_dashed(uuid) for uuid in uuids], None, -50, ())
        self.call_detection_callbacks(self.create_or_update_device(address, address, name, board, said), said)


def _dashed(uuid: str) -> str:
    plain = uuid.split(":")[-1].replace("-", "").lower()
    return "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:]))


class BumbleClient(BaseBleakClient):
    host: AirHost

    def __init__(self, address_or_ble_device, **kwargs) -> None:
        super().__init__(
            address_or_ble_device, disconnected_callback=kwargs["disconnected_callback"], timeout=kwargs["timeout"]
        )
        self._board: Peripheral = address_or_ble_device.details
        self._name: str = address_or_ble_device.name
        self._connection: Any = None
        self._mtu = 23

    @property
    def name(self) -> str:
        return self._name

    @property
    def mtu_size(self) -> int:
        return self._mtu

    @property
    def is_connected(self) -> bool:
        return self._connection is not None

    async def connect(self, pair: bool, **kwargs) -> None:
        if not self.host.hears(self._board):
            raise BleakError("out of range")
        try:
            await self._settled(self._connect(), self._timeout)
        except BleakError:
            await self.disconnect()
            raise

    async def _connect(self) -> None:
        central = self.host.device
        self._connection = await central.connect(
            hci.Address(self.address), own_address_type=hci.OwnAddressType.RANDOM, timeout=self._timeout
        )
        self._connection.on("disconnection", self._gone)
        peer = Peer(self._connection)
        if self.host.mtu > 23:
            self._mtu = await peer.request_mtu(self.host.mtu)
        await peer.discover_services()
        self.services = BleakGATTServiceCollection()
        for service in peer.services:
            await self._discover(service)

    async def _discover(self, service: Any) -> None:
        await service.discover_characteristics()
        ours = BleakGATTService(service, service.handle, _dashed(str(service.uuid.to_hex_str())))
        self.services.add_service(ours)
        for one in service.characteristics:
            await one.discover_descriptors()
            properties = [
                flag.name.lower().replace("_", "-") for flag in gatt.Characteristic.Properties if flag in one.properties
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
        if not response and not self.host.acknowledges:
            return
        self.host.wrote.append(bytes(data))
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
        return await self._settled(work, 5.0)

    async def _settled(self, work, seconds: float) -> Any:
        asking = asyncio.ensure_future(work)
        await asyncio.wait([asking], timeout=seconds)
        if not asking.done():
            asking.cancel()
            raise BleakError("no answer")
        if asking.cancelled():  # bumble does so when the connection ends
            raise BleakError("disconnected")
        try:
            return asking.result()
        except (att.ATT_Error, core.BaseBumbleError, TimeoutError) as error:
            raise BleakError(str(error)) from error

    def _gone(self, _: Any) -> None:
        was, self._connection = self._connection, None
        if was is not None and self._disconnected_callback is not None:
            self._disconnected_callback()

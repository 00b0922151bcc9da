"""A sensor double behind GATT, on bumble."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import repband_wire as wire
from bumble import core, gatt
from bumble_air import Air, make_device
from repband_wire import gatt as names
from sensor_double import SensorDouble


class Board:
    """A sensor double on the air.

    Args:
        sensor: what it is.
        mtu: the largest it agrees to.
        interval_s: time between connection events, in which a batch goes out together; 0 sends at once.
    """

    def __init__(
        self,
        sensor: SensorDouble,
        *,
        address: str = "F0:00:00:00:00:02",
        mtu: int = 247,
        interval_s: float = 0.0,
    ) -> None:
        self.sensor, self.address, self.mtu, self.interval_s = sensor, address, mtu, interval_s
        self._born_s = time.monotonic()
        self.reachable = True
        self._connection: Any = None
        self._subscribed = False

    @property
    def now_s(self) -> float:
        """The sensor's own idea of time passing."""
        return time.monotonic() - self._born_s

    @property
    def connected(self) -> bool:
        """Whether a host is."""
        return self._connection is not None

    async def start(self, air: Air) -> None:
        self._device = make_device(air.link, self.address, self.sensor.name)
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
        name = core.AdvertisingData([(core.AdvertisingData.COMPLETE_LOCAL_NAME, self.sensor.name.encode())])
        await self._device.start_advertising(
            advertising_data=bytes(data),
            scan_response_data=bytes(name),
            auto_restart=False,
            advertising_interval_min=100,
            advertising_interval_max=100,
        )

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
            await self._notify(batch)

    async def _notify(self, batch: list[tuple[gatt.Characteristic, bytes]]) -> None:
        for characteristic, data in batch:
            if self._connection is None:
                return
            assert len(data) <= self._connection.att_mtu - 3, "a stack would cut this silently"
            await self._device.notify_subscriber(self._connection, characteristic, data)

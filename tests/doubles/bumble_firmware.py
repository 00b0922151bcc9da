"""The firmware on the air: its own main.py in a MicroPython process, whose stand-in `bluetooth` is a bumble peripheral.

The stand-in talks over a loopback socket (firmware/simulated/bluetooth.py says what). Here its table becomes a GATT
server, its advertisement is sent, and every read, write, MTU exchange and subscription of a host goes to it and back.
The stand-in paces both directions by connection events in simulated time; this side adds none, only what it is asked
to: delays, silence, a cut.
"""

from __future__ import annotations

import asyncio
import json
import struct
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from bumble import att, gatt, hci
from bumble.core import UUID
from bumble.device import Device
from bumble_air import Air, make_device
from repband_wire import gatt as names
from simulated_board import SimulatedBoard

_STREAM = UUID(names.STREAM)
_START_S = 20.0
_FIRST_INTERVAL_MS = 30.0  # hosts begin with one of their own and settle for another
_LEAST_ADVERTISING_MS = 20.0


class FirmwareBoard(SimulatedBoard):
    """A board on the air; its arguments are those of SimulatedBoard.

    Attributes:
        address: on the air.
        reachable: whether hosts hear it.
        delay: how long the next notification is held back, in s; those behind it wait, too.
        connections: how many there have been.
        streamed: how many notifications of the stream have been handed to hosts.
    """

    def __init__(self, folder: Path, counts: np.ndarray, *, mac: str = "c0ffee00beef", **settings: Any) -> None:
        super().__init__(folder, counts, mac=mac, **settings)
        self.address = ":".join(mac[at : at + 2] for at in range(0, 12, 2)).upper()
        self.reachable = True
        self.delay: Callable[[], float] = lambda: 0.0
        self.connections = 0
        self.streamed = 0
        self._device: Device | None = None
        self._board: asyncio.StreamWriter | None = None
        self._connection: Any = None
        self._table: list[Any] | None = None
        self._by_handle: dict[int, gatt.Characteristic[bytes]] = {}
        self._questions: dict[bytes, deque[asyncio.Future[bytes]]] = {}
        self._advertisement: tuple[float, bytes, bytes] | None = None
        self._silent = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, air: Air) -> None:
        """Boots it; returns when it advertises."""
        self._air = air
        self._notifications: asyncio.Queue[tuple[Any, int, bytes]] = asyncio.Queue()
        self._changing = asyncio.Lock()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.air_port = self._server.sockets[0].getsockname()[1]
        self._keep(self._deliver())
        self.boot()
        await asyncio.wait_for(self._until(lambda: self._advertisement is not None), _START_S)

    @property
    def connected(self) -> bool:
        """Whether a host is."""
        return self._connection is not None

    async def cut(self, supervision_s: float = 2.0) -> None:
        """Out of reach: what is on its way is lost, and after so many simulated seconds both sides know it."""
        self.reachable = False
        self._silent = True
        await asyncio.sleep(supervision_s / self.speed)
        self._tell(b"D")
        await self._hang_up(hci.HCI_CONNECTION_TIMEOUT_ERROR)
        self._silent = False

    def come_back(self) -> None:
        """In reach again."""
        self.reachable = True

    async def close(self) -> None:
        """Ends it."""
        self.kill()
        self._server.close()
        await self._until(lambda: self._board is None)
        for task in self._tasks:
            task.cancel()

    async def _until(self, done: Callable[[], bool]) -> None:
        while not done():
            await asyncio.sleep(0.005)

    def _keep(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One life of the process: what it tells, until it dies."""
        self._board = writer
        try:
            while True:
                size, kind = struct.unpack(">Hc", await reader.readexactly(3))
                await self._told(kind, await reader.readexactly(size))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            if self._board is writer:
                self._board = None
                await self._died()

    async def _died(self) -> None:
        self._advertisement = None
        self._forget_questions()
        await self._hang_up(hci.HCI_CONNECTION_TIMEOUT_ERROR)
        await self._advertise()

    async def _told(self, kind: bytes, body: bytes) -> None:
        if kind == b"H":
            await self._appear()
        elif kind == b"S":
            self._offer(json.loads(body))
        elif kind == b"A":
            interval_us, size = struct.unpack(">IxB", body[:6])
            told = interval_us / 1000, body[6 : 6 + size], body[6 + size :]
            self._advertisement = told if interval_us else None
            await self._advertise()
        elif kind == b"N":
            self._notifications.put_nowait((self._connection, struct.unpack(">H", body[:2])[0], body[2:]))
        elif kind == b"D":
            await self._hang_up(hci.HCI_REMOTE_USER_TERMINATED_CONNECTION_ERROR)
        elif kind in (b"M", b"R", b"W") and self._questions.get(kind):
            self._questions[kind].popleft().set_result(body)

    async def _appear(self) -> None:
        if self._device is not None:
            return
        self._device = make_device(self._air.link, self.address, "board")
        self._device.on("connection", self._connected)
        server = self._device.gatt_server
        server.on_att_exchange_mtu_request = lambda bearer, request: self._keep(self._exchange_mtu(bearer, request))
        server.on_att_write_command = lambda _, request: self._write_command(request)
        await self._device.power_on()

    def _offer(self, table: list[Any]) -> None:
        """Mirrors the table; a board that boots again has the same one."""
        assert self._device is not None
        assert self._table in (None, table)
        if self._table is not None:
            return
        self._table = table
        for uuid, rows in table:
            self._device.add_service(gatt.Service(uuid.upper(), [self._characteristic(*row) for row in rows]))

    def _characteristic(self, uuid: str, flags: int, handle: int) -> gatt.Characteristic[bytes]:
        async def read(_: Any) -> bytes:
            answer = await self._ask(b"R", struct.pack(">H", handle))
            if answer[2]:
                raise att.ATT_Error(att.ErrorCode(answer[2]))
            return answer[3:]

        async def write(_: Any, data: bytes) -> None:
            answer = await self._ask(b"W", struct.pack(">HB", handle, 1) + data)
            if answer[2]:
                raise att.ATT_Error(att.ErrorCode(answer[2]))

        def subscribed(_: Any, notify: bool, indicate: bool) -> None:
            self._tell(b"W", struct.pack(">HB2s", handle + 1, 0, b"\x01\x00" if notify else b"\x00\x00"))

        made = gatt.Characteristic(
            uuid.upper(),
            gatt.Characteristic.Properties(flags),
            gatt.Characteristic.READABLE | gatt.Characteristic.WRITEABLE,
            gatt.CharacteristicValue(read=read, write=write),
        )
        made.on("subscription", subscribed)
        self._by_handle[handle] = made
        return made

    async def _advertise(self) -> None:
        """Advertises as told, while nobody is connected."""
        assert self._device is not None
        async with self._changing:
            if self._advertisement is None or self._connection is not None:
                await self._device.stop_advertising()
                return
            interval_ms, data, response = self._advertisement
            interval_ms = max(_LEAST_ADVERTISING_MS, interval_ms / self.speed)
            await self._device.start_advertising(
                advertising_data=data,
                scan_response_data=response,
                auto_restart=False,
                advertising_interval_min=interval_ms,
                advertising_interval_max=interval_ms,
            )

    def _connected(self, connection: Any) -> None:
        self._connection, self._advertisement = connection, None
        self.connections += 1
        connection.on("disconnection", lambda _: self._disconnected(connection))
        self._tell(b"C", struct.pack(">B6sH", 1, bytes(connection.peer_address), round(_FIRST_INTERVAL_MS / 1.25)))
        self._tell(b"U", struct.pack(">H", round(self._air.interval_ms / 1.25)))

    def _disconnected(self, connection: Any) -> None:
        if self._connection is connection:
            self._connection = None
            self._tell(b"D")
            self._forget_questions()
            self._keep(self._advertise())

    async def _hang_up(self, reason: int) -> None:
        connection = self._connection
        if connection is not None:
            self._disconnected(connection)
            await connection.disconnect(reason)

    async def _exchange_mtu(self, bearer: Any, request: att.ATT_Exchange_MTU_Request) -> None:
        assert self._device is not None
        answer = await self._ask(b"M", struct.pack(">H", request.client_rx_mtu))
        self._device.gatt_server.max_mtu = struct.unpack(">H", answer)[0]
        type(self._device.gatt_server).on_att_exchange_mtu_request(self._device.gatt_server, bearer, request)

    def _write_command(self, request: att.ATT_Write_Command) -> None:
        assert self._device is not None
        characteristic = self._device.gatt_server.get_attribute(request.attribute_handle)
        handle = next(handle for handle, one in self._by_handle.items() if one is characteristic)
        self._tell(b"W", struct.pack(">HB", handle, 0) + request.attribute_value)

    async def _deliver(self) -> None:
        """Notifies, in order; what comes while nobody hears it is lost, and what waits when the connection ends."""
        while True:
            connection, handle, data = await self._notifications.get()
            await asyncio.sleep(self.delay())
            if connection is not self._connection or connection is None or self._silent:
                continue
            assert self._device is not None
            characteristic = self._by_handle[handle]
            self.streamed += characteristic.uuid == _STREAM
            await self._device.gatt_server.notify_subscriber(connection, characteristic, data, force=True)

    async def _ask(self, kind: bytes, body: bytes) -> bytes:
        """Asks the firmware's stack; what is asked in silence is answered never."""
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._questions.setdefault(kind, deque()).append(answer)
        self._tell(kind, body)
        return await answer

    def _forget_questions(self) -> None:
        for waiting in self._questions.values():
            for answer in waiting:
                answer.cancel()
        self._questions.clear()

    def _tell(self, kind: bytes, body: bytes = b"") -> None:
        if self._board is not None and (not self._silent or kind == b"D"):
            self._board.write(struct.pack(">H", len(body)) + kind + body)

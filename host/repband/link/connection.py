"""One Bluetooth connection to one sensor: what comes is queued, what goes is written in order."""

from __future__ import annotations

import asyncio
import queue
from contextlib import suppress
from typing import TYPE_CHECKING

import repband_wire as wire
from repband_wire import control, gatt

from repband.errors import SourceError
from repband.link.transport import TransportLostError

if TYPE_CHECKING:
    from bleak import BleakClient

    from repband.link.radio import Found, Radio


class _Lost:
    """In the inbox: the connection is gone."""


class BleConnection:
    """Used once: another connection is another object, so that nothing late of this one is taken for its news.

    `open` and `close` run in the radio's event loop; `send` and `receive` may be called from any thread.

    Args:
        radio: the computer's Bluetooth.
        found: the sensor.
    """

    def __init__(self, radio: Radio, found: Found) -> None:
        self._radio = radio
        self._found = found
        self._client: BleakClient = radio.client(found.device, self._ended)
        self._inbox: queue.SimpleQueue[bytes | _Lost] = queue.SimpleQueue()
        self._outbox: asyncio.Queue[bytes] = asyncio.Queue()
        self._writer: asyncio.Task[None] | None = None
        self._reads: set[asyncio.Task[None]] = set()
        self._closed = False

    async def open(self) -> None:
        """Connects and subscribes.

        Raises:
            SourceError: it is no RepBand.
            Exception: whatever bleak and the system raise.
        """
        await self._client.connect()
        if self._client.services.get_service(gatt.SERVICE) is None:
            raise SourceError(
                "this is no RepBand, or one whose firmware is too old",
                where=str(self._found),
                cure="flash it by cable: repband flash PORT",
            )
        await self._client.start_notify(gatt.STREAM, self._told)
        await self._client.start_notify(gatt.REPS, self._told)
        await self._client.start_notify(gatt.CONTROL, self._replied)
        self._writer = asyncio.create_task(self._write())

    async def close(self) -> None:
        """Disconnects."""
        self._closed = True
        if self._writer is not None:
            self._writer.cancel()
            await asyncio.wait([self._writer])
        await self._client.disconnect()

    def send(self, message: bytes) -> None:
        """Hands a message over to be written. Raises TransportLostError when nothing is written any more."""
        if self._writer is None or self._writer.done():
            raise TransportLostError("the connection is gone")
        self._radio.loop.call_soon_threadsafe(self._outbox.put_nowait, message)

    def receive(self, timeout_s: float) -> list[bytes]:
        """The messages that have come; waits up to `timeout_s` for the first. Raises TransportLostError."""
        found: list[bytes] = []
        with suppress(queue.Empty):
            thing = self._inbox.get(timeout=timeout_s)
            while True:
                if isinstance(thing, _Lost):
                    if found:
                        self._inbox.put(thing)  # what came before it counts first
                        return found
                    raise TransportLostError("the connection is gone")
                found.append(thing)
                thing = self._inbox.get_nowait()
        return found

    def _ended(self, _: BleakClient) -> None:
        self._inbox.put(_Lost())

    def _told(self, _: object, data: bytearray) -> None:
        self._inbox.put(bytes(data))

    def _replied(self, _: object, data: bytearray) -> None:
        self._inbox.put(bytes(data))
        if _says_info_is_ready(bytes(data)):
            task = asyncio.get_running_loop().create_task(self._read_info())
            self._reads.add(task)
            task.add_done_callback(self._reads.discard)

    async def _read_info(self) -> None:
        with suppress(*self._radio.errors):
            self._inbox.put(bytes(await self._client.read_gatt_char(gatt.INFO)))

    async def _write(self) -> None:
        """Writes what is handed over, in order; of acknowledgements that wait together only the last."""
        try:
            while not self._closed:  # a cancellation may be lost in asyncio.wait_for before Python 3.12
                message = await self._outbox.get()
                while _is_ack(message) and not self._outbox.empty():
                    following = self._outbox.get_nowait()
                    if not _is_ack(following):
                        await self._client.write_gatt_char(gatt.CONTROL, message, response=False)
                    message = following
                await self._client.write_gatt_char(gatt.CONTROL, message, response=not _is_ack(message))
        except self._radio.errors:
            self._inbox.put(_Lost())


def _is_ack(message: bytes) -> bool:
    return message[0] & 0x0F == wire.Ack.KIND


def _says_info_is_ready(data: bytes) -> bool:
    try:
        message = wire.decode(data)
    except wire.WireError:
        return False
    return isinstance(message, wire.Reply) and message.code == control.GET_INFO and message.reason == control.OK

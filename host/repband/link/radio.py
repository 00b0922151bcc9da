"""Bluetooth by bleak: its event loop in a thread of its own, scanning, and messages over one connection.

What bleak's systems differ in and we heed: a BleakClient is made anew for each connection, since macOS refuses to
subscribe again on an old one; Windows is told not to use its cache of services, which outlives a changed firmware
(bleak issues 882 and 1940).
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import repband_wire as wire
from repband_wire import control, gatt

from repband.errors import SourceError, UsageError
from repband.link.airerrors import radio_error
from repband.link.transport import Stranger, TransportLostError

if TYPE_CHECKING:
    from bleak import BleakClient
    from bleak.backends.client import BaseBleakClient
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData, BaseBleakScanner

_Result = TypeVar("_Result")

SCAN_S = 10.0  # a sensor advertises every quarter of a second, a sleepy one every two
OTHERS_S = 1.5  # after the first was seen: is there another?
_CONNECT_S = 20.0
_DISCONNECT_S = 5.0


@dataclass(frozen=True, slots=True)
class Found:
    """A RepBand on the air.

    Attributes:
        name: as it advertises; may be empty.
        address: on macOS a number the system gives it.
        rssi_dbm: how strong it comes in; -50 is beside you, -90 hardly there.
        device: what bleak connects to.
    """

    name: str
    address: str
    rssi_dbm: int
    device: BLEDevice

    def __str__(self) -> str:
        return f"{self.name or '(no name)'} ({self.address})"


class Radio:
    """The Bluetooth of this computer.

    Args:
        client, scanner: bleak backends; the system's own by default, others in tests.

    Raises:
        UsageError: bleak is not installed.
    """

    def __init__(
        self, client: type[BaseBleakClient] | None = None, scanner: type[BaseBleakScanner] | None = None
    ) -> None:
        try:
            import bleak
            from bleak.exc import BleakError
        except ModuleNotFoundError:
            raise UsageError("Bluetooth needs bleak", cure='pip install "repband[link]"') from None
        self._bleak = bleak
        self._client = client
        self._scanner = scanner
        self.errors: tuple[type[Exception], ...] = (BleakError, OSError, EOFError)  # what a lost connection raises
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="bluetooth", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, _Result], timeout_s: float) -> _Result:
        """Runs a coroutine in the radio's thread and waits for it. Raises TimeoutError."""
        future = asyncio.run_coroutine_threadsafe(work, self.loop)
        try:
            return future.result(timeout_s)
        except FutureTimeoutError:
            future.cancel()
            raise

    def scan(self, seconds: float) -> list[Found]:
        """All RepBands heard in so many seconds, the nearest first.

        Raises:
            SourceError: Bluetooth is off, absent or forbidden; says what to do.
        """
        found = self._explained(self._look(seconds, None), seconds + 10)
        return sorted(found, key=lambda one: -one.rssi_dbm)

    def find(self, wanted: str, seconds: float = SCAN_S) -> Found:
        """The RepBand of that name or address; with an empty name the only one there is.

        Raises:
            SourceError: none was heard.
            UsageError: several were, and none is named.
        """
        found = self._explained(self._look(seconds, wanted), seconds + 10)
        matching = [one for one in found if not wanted or _is_wanted(one, wanted)]
        if len(matching) > 1:
            raise UsageError(
                f"several sensors are near: {', '.join(map(str, matching))}", where="--ble", cure="name one: --ble NAME"
            )
        if matching:
            return matching[0]
        others = f" (there is {', '.join(map(str, found))})" if found else ""
        raise SourceError(
            f"no sensor called '{wanted}' is near{others}" if wanted else "no sensor is near",
            where="--ble",
            cure="switch it on, bring it within a few metres, and free it from other hosts: it talks to one at a time",
        )

    def client(self, device: BLEDevice, on_disconnect: Callable[[BleakClient], None]) -> BleakClient:
        """A fresh client for one connection."""
        return self._bleak.BleakClient(
            device,
            disconnected_callback=on_disconnect,
            timeout=_CONNECT_S,
            winrt={"use_cached_services": False},
            backend=self._client,
        )

    def close(self) -> None:
        """Ends the radio's thread and whatever still runs in it."""
        with suppress(FutureTimeoutError, asyncio.CancelledError):
            self.run(_cancel_all(), _DISCONNECT_S)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(_DISCONNECT_S)
        if not self._thread.is_alive():
            self.loop.close()

    def _explained(self, work: Coroutine[Any, Any, _Result], timeout_s: float) -> _Result:
        try:
            return self.run(work, timeout_s)
        except self.errors as error:
            raise radio_error(error) from None

    async def _look(self, seconds: float, wanted: str | None) -> list[Found]:
        """Listens until the wanted one was heard; where any will do, a little longer, lest there be two."""
        found: dict[str, Found] = {}

        def heard(device: BLEDevice, said: AdvertisementData) -> None:
            name = said.local_name or device.name or ""
            if gatt.SERVICE in said.service_uuids or name.startswith(gatt.NAME_PREFIX):
                before = found.get(device.address)
                known = name or (before.name if before else "")
                found[device.address] = Found(known, device.address, said.rssi, device)

        async with self._bleak.BleakScanner(heard, backend=self._scanner):
            until_s = time.monotonic() + seconds
            is_there = False
            while time.monotonic() < until_s:
                await asyncio.sleep(0.05)
                if wanted is None or is_there:
                    continue
                is_there = any(_is_wanted(one, wanted) for one in found.values())
                if is_there:
                    until_s = min(until_s, time.monotonic() + (0.0 if wanted else OTHERS_S))
        return list(found.values())


async def _cancel_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def make_radio() -> Radio:
    """The Bluetooth of this computer; the one place where tests put another."""
    return Radio()


def _is_wanted(one: Found, wanted: str) -> bool:
    return not wanted or wanted.lower() in (one.name.lower(), one.address.lower())


class _Lost:
    """In the inbox: the connection is gone."""


class BleTransport:
    """A sensor on the air.

    Args:
        wanted: its name or address; "" for the only one near.
        radio: the computer's Bluetooth.
    """

    def __init__(self, wanted: str, radio: Radio) -> None:
        self._wanted = wanted
        self._radio = radio
        self._found: Found | None = None
        self._client: BleakClient | None = None
        self._writer: asyncio.Task[None] | None = None
        self._outbox: asyncio.Queue[bytes] = asyncio.Queue()
        self._inbox: queue.SimpleQueue[bytes | _Lost] = queue.SimpleQueue()
        self._reads: set[asyncio.Task[None]] = set()

    @property
    def name(self) -> str:
        """The sensor's name, its address, or what was asked for."""
        if self._found is not None:
            return self._found.name or self._found.address
        return self._wanted or "Bluetooth"

    def find(self) -> None:
        """Listens for the sensor.

        Raises:
            SourceError: Bluetooth can't be used, or the sensor is not there.
            UsageError: several are there and none is named.
        """
        self._found = self._radio.find(self._found.address if self._found else self._wanted)

    def open(self) -> None:
        """Connects to the sensor that was found, and subscribes.

        Raises:
            SourceError: it does not let itself be connected, or is no RepBand.
        """
        if self._found is None:
            self.find()
        assert self._found is not None
        self._inbox = queue.SimpleQueue()
        try:
            self._radio.run(self._connect(self._found.device), _CONNECT_S + 10)
        except SourceError:
            raise
        except Exception as error:  # bleak's, the system's, or a time-out: all mean the same here
            self.close()
            raise radio_error(error, self.name) from None

    def send(self, message: bytes) -> None:
        """Hands a message to the radio. Raises TransportLostError when there is no connection."""
        if self._client is None or self._writer is None or self._writer.done():
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

    def take_damaged(self) -> int:
        """None: the radio checks its own packets."""
        return 0

    def stranger(self) -> Stranger:
        """Something that has our service but does not answer."""
        return Stranger("it does not answer", "switch the sensor off and on; if it stays so, flash it again by cable")

    def close(self) -> None:
        """Disconnects."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(Exception):  # it may be gone, and so may Bluetooth
                self._radio.run(self._disconnect(client), _DISCONNECT_S)

    async def _connect(self, device: BLEDevice) -> None:
        inbox = self._inbox

        def lost(_: BleakClient) -> None:
            inbox.put(_Lost())

        def told(_: object, data: bytearray) -> None:
            inbox.put(bytes(data))

        def replied(_: object, data: bytearray) -> None:
            self._replied(client, bytes(data))

        client = self._radio.client(device, lost)
        self._client = client
        self._outbox = asyncio.Queue()
        await client.connect()
        if client.services.get_service(gatt.SERVICE) is None:
            raise SourceError(
                "this is no RepBand, or one whose firmware is too old",
                where=self.name,
                cure="flash it by cable: repband flash PORT",
            )
        await client.start_notify(gatt.STREAM, told)
        await client.start_notify(gatt.REPS, told)
        await client.start_notify(gatt.CONTROL, replied)
        self._writer = asyncio.create_task(self._write(client))

    async def _disconnect(self, client: BleakClient) -> None:
        if self._writer is not None:
            self._writer.cancel()
            await asyncio.wait([self._writer])
        await client.disconnect()

    def _replied(self, client: BleakClient, data: bytes) -> None:
        self._inbox.put(data)
        if _says_info_is_ready(data):
            task = asyncio.get_running_loop().create_task(self._read_info(client))
            self._reads.add(task)
            task.add_done_callback(self._reads.discard)

    async def _read_info(self, client: BleakClient) -> None:
        with suppress(*self._radio.errors):
            self._inbox.put(bytes(await client.read_gatt_char(gatt.INFO)))

    async def _write(self, client: BleakClient) -> None:
        """Writes what is handed over, in order; of acknowledgements that wait together only the last."""
        try:
            while self._client is client:  # a cancellation may be lost in asyncio.wait_for before Python 3.12
                message = await self._outbox.get()
                while _is_ack(message) and not self._outbox.empty():
                    following = self._outbox.get_nowait()
                    if not _is_ack(following):
                        await client.write_gatt_char(gatt.CONTROL, message, response=False)
                    message = following
                await client.write_gatt_char(gatt.CONTROL, message, response=not _is_ack(message))
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

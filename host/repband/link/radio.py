"""Bluetooth by bleak: its event loop in a thread of its own, and which sensors are near."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from repband_wire import gatt

from repband.errors import SourceError, UsageError
from repband.link.airerrors import radio_error
from repband.link.systems import WINDOWS_CLIENT

if TYPE_CHECKING:
    from bleak import BleakClient
    from bleak.backends.client import BaseBleakClient
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData, BaseBleakScanner

_Result = TypeVar("_Result")

SCAN_S = 10.0  # a sensor advertises every quarter of a second, a sleepy one every two
OTHERS_S = 1.5  # after the first was seen: is there another?
CONNECT_S = 20.0
DISCONNECT_S = 5.0


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
        """A fresh client for one connection (`repband.link.systems` says why)."""
        return self._bleak.BleakClient(
            device,
            disconnected_callback=on_disconnect,
            timeout=CONNECT_S,
            backend=self._client,
            winrt=WINDOWS_CLIENT,
        )

    def close(self) -> None:
        """Ends the radio's thread and whatever still runs in it."""
        with suppress(FutureTimeoutError, asyncio.CancelledError):
            self.run(_cancel_all(), DISCONNECT_S)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(DISCONNECT_S)
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

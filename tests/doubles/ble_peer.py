"""The host's end of firmware/simulated/bluetooth.py: a Bluetooth central on a loopback socket.

One peer is the air around one board. The board's process is started with `environment` and connects to it; what comes
is kept (`notifications`) and told to the callbacks, from the peer's own thread, so that another radio can stand on it.
"""

from __future__ import annotations

import json
import queue
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

WAIT_S = 5.0
FLAG_NOTIFY = 0x10


class PeerError(Exception):
    """The board is not there, or refuses."""


@dataclass(frozen=True, slots=True)
class Advertisement:
    """What the board sends on the air.

    Attributes:
        interval_ms: between advertisements.
        data, response: advertising and scan response data.
    """

    interval_ms: float
    data: bytes
    response: bytes

    def fields(self) -> dict[int, bytes]:
        """The fields of both by their type."""
        found: dict[int, bytes] = {}
        for data in (self.data, self.response):
            at = 0
            while at + 1 < len(data) and data[at]:
                found[data[at + 1]] = data[at + 2 : at + 1 + data[at]]
                at += 1 + data[at]
        return found

    @property
    def name(self) -> str:
        """The complete local name."""
        return self.fields().get(0x09, b"").decode()


@dataclass(frozen=True, slots=True)
class Characteristic:
    """One characteristic: UUID as text (four hexadecimal digits or 36 characters), property flags, value handle."""

    service: str
    uuid: str
    flags: int
    handle: int


@dataclass(frozen=True, slots=True)
class Notification:
    """One notification: from which characteristic, its bytes, when it came in s of time.monotonic()."""

    uuid: str
    data: bytes
    arrival_s: float


@dataclass
class BlePeer:
    """A central with one board in reach.

    Attributes:
        advertisement: what the board advertises; None while it does not.
        characteristics: its table by UUID.
        connected: whether there is a connection.
        mtu: of the connection.
        notifications: all that came and was not taken.
        on_advertise, on_notify, on_disconnect: callbacks, from the peer's thread.
    """

    on_advertise: Callable[[Advertisement | None], None] | None = None
    on_notify: Callable[[Notification], None] | None = None
    on_disconnect: Callable[[], None] | None = None
    advertisement: Advertisement | None = None
    characteristics: dict[str, Characteristic] = field(default_factory=dict)
    connected: bool = False
    mtu: int = 23
    mac: str = ""
    notifications: queue.SimpleQueue[Notification] = field(default_factory=queue.SimpleQueue)

    def __post_init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._board: socket.socket | None = None
        self._by_handle: dict[int, Characteristic] = {}
        self._answers: queue.SimpleQueue[tuple[bytes, bytes]] = queue.SimpleQueue()
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()

    @property
    def environment(self) -> dict[str, str]:
        """What the board's process must have in its environment."""
        host, port = self._server.getsockname()[:2]
        return {"REPBAND_SIM_AIR": f"{host}:{port}"}

    def wait(self, what: Callable[[], object], timeout_s: float = WAIT_S) -> None:
        """Returns when `what()` is true. Raises PeerError when it stays false."""
        with self._changed:
            if not self._changed.wait_for(what, timeout_s):
                raise PeerError(f"it did not happen within {timeout_s} s")

    def wait_for_advertisement(self, timeout_s: float = WAIT_S) -> Advertisement:
        """The board's advertisement, as soon as there is one."""
        self.wait(lambda: self.advertisement is not None, timeout_s)
        assert self.advertisement is not None
        return self.advertisement

    def connect(self, interval_ms: float = 30.0, address: bytes = b"\x02\x00\x00\x00\x00\x01") -> None:
        """Connects, with a connection interval in steps of 1.25 ms and an ATT MTU of 23."""
        self.wait_for_advertisement()
        self.mtu = 23
        self._answers = queue.SimpleQueue()
        self._send(b"C", struct.pack(">B6sH", 0, address, round(interval_ms / 1.25)))
        self.wait(lambda: self.connected)

    def exchange_mtu(self, mtu: int) -> int:
        """Offers an MTU; gives the one that is used from now on."""
        self._send(b"M", struct.pack(">H", mtu))
        self.mtu = struct.unpack(">H", self._answer(b"M"))[0]
        return self.mtu

    def update_interval(self, interval_ms: float) -> None:
        """Sets another connection interval."""
        self._send(b"U", struct.pack(">H", round(interval_ms / 1.25)))

    def subscribe(self, uuid: str, on: bool = True) -> None:
        """Writes the characteristic's CCCD."""
        self._write(self.characteristics[uuid].handle + 1, b"\x01\x00" if on else b"\x00\x00", response=True)

    def write(self, uuid: str, data: bytes, *, response: bool = True) -> None:
        """Writes a characteristic. Raises PeerError when that is refused."""
        self._write(self.characteristics[uuid].handle, data, response=response)

    def read(self, uuid: str) -> bytes:
        """Reads a characteristic, however long. Raises PeerError when that is refused."""
        self._send(b"R", struct.pack(">H", self.characteristics[uuid].handle))
        answer = self._answer(b"R")
        if answer[2]:
            raise PeerError(f"reading {uuid} is refused: ATT error {answer[2]}")
        return answer[3:]

    def next(self, timeout_s: float = WAIT_S) -> Notification:
        """The next notification. Raises PeerError when none comes."""
        try:
            return self.notifications.get(timeout=timeout_s)
        except queue.Empty:
            raise PeerError(f"no notification within {timeout_s} s") from None

    def disconnect(self) -> None:
        """Ends the connection."""
        self.connected = False
        self._send(b"D", b"")

    def close(self) -> None:
        """Takes the air away."""
        self._closed = True
        if self._board is not None:
            self._board.close()
        self._server.close()

    def _write(self, handle: int, data: bytes, *, response: bool) -> None:
        self._send(b"W", struct.pack(">HB", handle, response) + data[: self.mtu - 3])
        if response:
            status = self._answer(b"W")[2]
            if status:
                raise PeerError(f"writing is refused: ATT error {status}")

    def _send(self, kind: bytes, body: bytes) -> None:
        if self._board is None:
            raise PeerError("no board is in reach")
        try:
            self._board.sendall(struct.pack(">H", len(body)) + kind + body)
        except OSError as error:
            raise PeerError("the board is gone") from error

    def _answer(self, kind: bytes) -> bytes:
        until = time.monotonic() + WAIT_S
        while True:
            try:
                got, body = self._answers.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                raise PeerError("the board does not answer") from None
            if got == kind:
                return body
            if got == b"D":
                raise PeerError("the board has disconnected")

    def _live(self) -> None:
        while not self._closed:
            try:
                self._board, _ = self._server.accept()
            except OSError:
                return
            self._board.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._board:
                self._serve(self._board)
            self._gone()
            with self._changed:
                self.advertisement = None
                self._changed.notify_all()

    def _serve(self, board: socket.socket) -> None:
        data = b""
        while True:
            try:
                more = board.recv(65536)
            except OSError:
                return
            if not more:
                return
            data += more
            while len(data) >= 3 and len(data) >= (size := 3 + struct.unpack(">H", data[:2])[0]):
                self._take(data[2:3], data[3:size])
                data = data[size:]

    def _take(self, kind: bytes, body: bytes) -> None:
        if kind == b"N":
            handle = struct.unpack(">H", body[:2])[0]
            notification = Notification(self._by_handle[handle].uuid, body[2:], time.monotonic())
            if self.on_notify is not None:
                self.on_notify(notification)
            self.notifications.put(notification)
        elif kind in b"MRW":
            self._answers.put((kind, body))
        elif kind == b"D":
            self._gone()
        else:
            with self._changed:
                self._learn(kind, body)
                self._changed.notify_all()

    def _learn(self, kind: bytes, body: bytes) -> None:
        if kind == b"H":
            self.mac = body[:6].hex()
        elif kind == b"S":
            rows = [Characteristic(service, *row) for service, table in json.loads(body) for row in table]
            self.characteristics = {row.uuid: row for row in rows}
            self._by_handle = {row.handle: row for row in rows}
        elif kind == b"c":
            self.connected, self.advertisement = True, None
        elif kind == b"A":
            interval_us = struct.unpack(">I", body[:4])[0]
            size = body[5]
            told = Advertisement(interval_us / 1000, body[6 : 6 + size], body[6 + size :])
            self.advertisement = told if interval_us else None
            if self.on_advertise is not None:
                self.on_advertise(self.advertisement)

    def _gone(self) -> None:
        was, self.connected = self.connected, False
        self._answers.put((b"D", b""))
        with self._changed:
            self._changed.notify_all()
        if was and self.on_disconnect is not None:
            self.on_disconnect()

"""A board in a process of its own with a Bluetooth host in reach, for tests."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import subprocess
import time
from pathlib import Path

import repband_wire as wire
from ble_peer import BlePeer, PeerError
from conftest import PATHS, ROOT
from repband.source.firmware import HEAP, find_interpreter
from repband_wire import control, gatt

SPEED = 5.0


class Air:
    """The board's process and its host. Simulated time runs SPEED times faster than real time."""

    def __init__(self, folder: Path, stack: str, config: dict[str, object] | None = None, **environment: str) -> None:
        self.folder = folder
        self.stack = stack
        self.button = folder / "button"
        self.config = folder / "config.json"
        self.config.write_text(json.dumps({"button": 37, "buzzer": 2, **(config or {})}))
        self.environment = environment
        self.peer = BlePeer()
        self.messages: list[wire.Message] = []
        self.sizes: list[int] = []
        self.arrivals_s: list[float] = []
        self._decoder = wire.Decoder()
        self._seq = 0
        self.acknowledging = True
        self.next_index = -1
        self.start_board()

    def start_board(self) -> None:
        interpreter = find_interpreter()
        assert interpreter is not None
        self.process = subprocess.Popen(
            [interpreter, "-X", f"heapsize={HEAP}", ROOT / "firmware/simulated/board.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=self.folder,
            env={
                **os.environ,
                "MICROPYPATH": ":".join([*(str(ROOT / part) for part in PATHS), ".frozen"]),
                "REPBAND_SIM_SPEED": str(SPEED),
                "REPBAND_SIM_STACK": self.stack,
                "REPBAND_SIM_BUTTON": str(self.button),
                **self.peer.environment,
                **self.environment,
            },
        )

    def press(self, seconds: float) -> None:
        """Holds the button for so many simulated seconds."""
        self.button.write_text("37")
        time.sleep(seconds / SPEED)
        self.button.unlink()

    def connect(self, mtu: int = 247, interval_ms: float = 30.0) -> None:
        self.peer.connect(interval_ms)
        if mtu > 23:
            assert self.peer.exchange_mtu(mtu) == mtu
        for uuid in (gatt.STREAM, gatt.CONTROL, gatt.REPS):
            self.peer.subscribe(uuid)
        while not self.peer.notifications.empty():  # what the connection before left behind
            self.peer.notifications.get()
        self._decoder = wire.Decoder()

    def send(self, message: wire.Message, *, response: bool = True) -> None:
        self.peer.write(gatt.CONTROL, message.encode(), response=response)

    def ask(self, code: int, *values: int | bytes) -> wire.Reply:
        self._seq = (self._seq + 1) & 0xFF
        seq = self._seq
        self.send(wire.make_control(seq, code, *values))
        found = self.until(lambda: [m for m in self.messages if isinstance(m, wire.Reply) and m.seq == seq])
        self.messages.remove(found[0])
        return found[0]

    def info(self) -> wire.Info:
        assert self.ask(control.GET_INFO).reason == control.OK
        info = wire.decode(self.peer.read(gatt.INFO))
        assert isinstance(info, wire.Info)
        return info

    def start(self, session: int = 0, index: int = control.FROM_NOW) -> dict[str, int | bytes]:
        reply = self.ask(control.START, 1, session, index)
        assert reply.reason == control.OK, reply
        values = wire.reply_values(reply)
        assert isinstance(values["index"], int)
        self.next_index = values["index"]
        return values

    def prove(self, key: bytes) -> int:
        nonce = wire.reply_values(self.ask(control.CHALLENGE))["nonce"]
        assert isinstance(nonce, bytes)
        return self.ask(control.PROVE, hmac.new(key, nonce, hashlib.sha256).digest()[:16]).reason

    def until(self, found, seconds: float = 8.0):
        """Takes and acknowledges what comes until `found()` gives something."""
        end = time.monotonic() + seconds
        while not (result := found()):
            assert time.monotonic() < end, f"it did not happen; last: {self.messages[-3:]}"
            self.take(0.05)
        return result

    def take(self, seconds: float) -> None:
        try:
            notification = self.peer.next(seconds)
        except PeerError:
            return
        self.sizes.append(len(notification.data))
        message = self._decoder.decode(notification.data)
        self.messages.append(message)
        if notification.uuid == gatt.STREAM:
            self.arrivals_s.append(notification.arrival_s)
            self._acknowledge(message)

    def _acknowledge(self, message: wire.Message) -> None:
        if isinstance(message, wire.Gap) and message.index <= self.next_index:
            self.next_index = message.index + message.missing
        elif isinstance(message, wire.Stream) and message.index <= self.next_index:
            self.next_index = max(self.next_index, message.index + message.count)
        else:
            return
        if self.acknowledging and self.peer.connected:
            self.send(wire.Ack(message.session, self.next_index), response=False)

    def streams(self) -> list[wire.Stream]:
        return [message for message in self.messages if isinstance(message, wire.Stream)]

    def indexes(self) -> list[int]:
        return [index for stream in self.streams() for index in range(stream.index, stream.index + stream.count)]

    def kill_board(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stderr):
            assert pipe is not None
            pipe.close()

    def end(self) -> None:
        self.kill_board()
        self.peer.close()

"""A room with boards and computers, for tests: the commands as a person gives them, and what happens meanwhile."""

from __future__ import annotations

import _thread
import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import repband_wire as wire
from bleak import BleakClient
from bleak.backends.device import BLEDevice
from bleak.exc import BleakError
from bumble_air import Air
from bumble_firmware import FirmwareBoard
from click.testing import CliRunner, Result
from pty_board import RATE_HZ, counts_of
from repband import cli
from repband.journal import read_recording
from repband.link.radio import Radio
from repband.link.source import LinkSource
from repband.simulate import SetPlan, Tempo, simulate_set
from repband.stream import Stream, StreamItem
from repband_wire import control, gatt

REPS = 3
WAIT_S = 60.0
Script = Callable[[], None]
T = TypeVar("T")
PLAN = SetPlan("bridge", REPS, tempo_s=Tempo(1.5, 2.0, 1.5, 1.5), lead_s=4.0, tail_s=20.0, rate_hz=RATE_HZ, gyro=False)


@dataclass(frozen=True)
class Set:
    """A set as the simulated sensor feels it.

    Attributes:
        counts: its samples, shape (n, 3) or (n, 6), int16.
        mid_rep: the sample in the middle of the second rep.
        at_rest: the sample in the middle of the rest after it.
    """

    counts: np.ndarray
    mid_rep: int
    at_rest: int


def bridge(**changes: Any) -> Set:
    """Bridges at 4 g; what changes in PLAN."""
    plan = replace(PLAN, **changes)
    made = simulate_set(plan, 3)
    counts = counts_of(made.accel_g)
    if made.gyro_counts is not None:
        counts = np.hstack([counts, made.gyro_counts])
    _, second, third = made.truth
    at_rest_s = (second.end_s + third.start_s) / 2
    return Set(counts, int(second.turn_s * plan.rate_hz), int(at_rest_s * plan.rate_hz))


def wait_for(done: Callable[[], object], seconds: float = WAIT_S) -> None:
    """Returns when it has happened."""
    end_s = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end_s, "it did not happen"
        time.sleep(0.01)


class Room:
    """Boards on the air, in reach of every command.

    Args:
        folder: for the history of the commands; REPBAND_HOME is its "home".
        air: who is there.
    """

    def __init__(self, folder: Path, air: Air) -> None:
        self.folder, self.air = folder, air
        self.radio = Radio(air.client, air.scanner)
        self.radio.run(air.start(), WAIT_S)

    def command(self, *args: str) -> Result:
        """repband ARGS."""
        return CliRunner().invoke(cli.cli, list(args))

    def live(self, *args: str, meanwhile: Script) -> str:
        """repband live bridge --ble ... for a whole set while something happens; gives what it says."""
        with together(meanwhile):
            done = self.command("live", "bridge", "--ble", *args, "--reps", str(REPS), "--plain")
        assert done.exit_code == 0, done.exception or done.output
        return done.output

    def recorded(self) -> dict[int, dict[int, tuple[int, ...]]]:
        """The samples of the only recording, by index, by session."""
        (recording,) = (self.folder / "home" / "recordings").glob("*.mcap")
        decoder, found = wire.Decoder(), {}
        for arrival in read_recording(recording).arrivals():
            message = decoder.decode(arrival.data)
            if isinstance(message, wire.Stream):
                samples = {message.index + k: sample for k, sample in enumerate(message.samples())}
                found.setdefault(message.session, {}).update(samples)
        return found

    def close(self) -> None:
        for board in self.air.boards:
            if isinstance(board, FirmwareBoard):
                self.radio.run(board.close(), WAIT_S)
        self.radio.close()


def check(found: dict[int, tuple[int, ...]], fed: np.ndarray) -> None:
    """All samples from the first to the last, each what the simulated sensor was fed."""
    first, last = min(found), max(found)
    assert sorted(found) == list(range(first, last + 1))
    assert np.array_equal(np.array([found[index] for index in range(first, last + 1)]), fed[first : last + 1])


@contextmanager
def together(script: Script) -> Iterator[None]:
    """Runs the script in a thread beside; what fails there, or lasts too long, ends the command as Ctrl-C does."""
    failed: list[BaseException] = []
    running = threading.Event()

    def run() -> None:
        try:
            script()
        except BaseException as error:
            failed.append(error)
            if running.is_set():
                _thread.interrupt_main()

    running.set()
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    late = threading.Timer(2 * WAIT_S, _thread.interrupt_main)
    late.start()
    try:
        yield
    finally:
        running.clear()
        late.cancel()
        thread.join(WAIT_S)
    if failed:
        raise failed[0]
    assert not thread.is_alive()


class Heard:
    """What a source on the air gives, through the stream, in a thread of its own."""

    def __init__(self, source: LinkSource) -> None:
        self.source, self.stream = source, Stream()
        self.items: list[StreamItem] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        for frame in self.source:
            self.items += self.stream.feed(frame)

    def until(self, done: Callable[[], object]) -> None:
        wait_for(lambda: done() or not self._thread.is_alive())
        assert self._thread.is_alive(), "the source has ended"

    def end(self) -> None:
        self.source.close()
        self._thread.join(WAIT_S)


class Stranger:
    """Somebody else's computer, which can do all that a Bluetooth host can.

    Attributes:
        heard: what its notifications carried, with the characteristic's UUID.
    """

    def __init__(self, room: Room, board: FirmwareBoard) -> None:
        self._room, self._board = room, board
        self._client: BleakClient | None = None
        self._seq = 0
        self.heard: list[tuple[str, wire.Message]] = []

    @property
    def connected(self) -> bool:
        return self._client is not None and self._client.is_connected

    def connect(self) -> None:
        """Tries until it gets in."""

        async def get_in() -> None:
            device = BLEDevice(self._board.address, None, self._board)
            client = BleakClient(device, backend=self._room.air.stranger.client, timeout=1.0)
            await client.connect()
            for uuid in (gatt.STREAM, gatt.CONTROL, gatt.REPS):
                await client.start_notify(uuid, lambda _, data, uuid=uuid: self._hear(uuid, bytes(data)))
            self._client = client

        def tried() -> bool:
            with suppress(BleakError, TimeoutError):
                self._do(get_in())
            return self.connected

        wait_for(tried)

    def undisturbed(self, work: Callable[[], T]) -> T:
        """Does it within one connection: once more in a fresh one, when it is sent away meanwhile."""
        for _ in range(5):
            if self._client is not None:
                self._do(self._client.disconnect())
            self.connect()
            client = self._client
            with suppress(BleakError):
                done = work()
                if self._client is client and self.connected:
                    return done
        raise AssertionError("it is sent away at once")

    def ask(self, code: int, params: bytes = b"") -> wire.Reply:
        """Asks, and waits for the reply; connects again when it is sent away meanwhile."""
        for _ in range(5):
            if not self.connected:
                self.connect()
            self._seq = (self._seq + 1) & 255
            with suppress(BleakError):
                self._do(self._write(wire.Control(self._seq, code, params).encode()))
                wait_for(lambda: self._reply() or not self.connected)
            reply = self._reply()
            if reply is not None:
                return reply
        raise AssertionError("it does not answer")

    def flood(self) -> int:
        """Writes without a pause until it is sent away; gives how often."""

        async def write() -> int:
            count = 0
            try:
                while self.connected:
                    for at in range(50):
                        await self._write(wire.Control(at, control.CHALLENGE).encode(), response=False)
                        await self._write(wire.Ack(0, at).encode(), response=False)
                        await self._write(bytes([at]) * 20, response=False)
                    count += 150
                    await asyncio.sleep(0.002)
            except BleakError:
                pass
            return count

        return self._do(write())

    def read_info(self) -> wire.Info:
        assert self._client is not None
        info = wire.decode(bytes(self._do(self._client.read_gatt_char(gatt.INFO))))
        assert isinstance(info, wire.Info)
        return info

    async def _write(self, data: bytes, *, response: bool = True) -> None:
        assert self._client is not None
        await self._client.write_gatt_char(gatt.CONTROL, data, response=response)

    def _hear(self, uuid: str, data: bytes) -> None:
        self.heard.append((uuid, wire.decode(data)))

    def _reply(self) -> wire.Reply | None:
        return next((one for _, one in self.heard[-3:] if isinstance(one, wire.Reply) and one.seq == self._seq), None)

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._room.radio.run(work, WAIT_S)

"""The firmware on this machine: a MicroPython interpreter runs firmware/main.py on a simulated motion sensor."""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import repband_wire as wire
from repband_wire import control, words

from repband.errors import SourceError, UsageError
from repband.paths import shipped
from repband.source.base import Frame

Floats = npt.NDArray[np.float64]

HEAP = "384k"
"""Heap of the interpreter: its words have 64 bits, so objects take up to twice the room they take on a board; and it
compiles every file itself. Counting on the device needs the most (firmware/README.md)."""

_ACCEL_G, _GYRO_DPS = 4, 500  # ranges the sensor is set to
_SENSOR_RATE_HZ = 1000.0  # what an MPU-6886 divides by a whole number
_MOST_RATE_ERROR = 0.05  # the firmware follows oscillators up to 6 % off
_ANSWER_S = 10.0
_SILENCE_S = 5.0
_STREAM_KINDS = (wire.Stream, wire.Short, wire.Format, wire.Gap, wire.Rep, wire.Press)
_DONE = "simulated sensor: done"


def find_interpreter() -> Path | None:
    """A MicroPython interpreter: beside this Python, or on PATH; None where there is none."""
    beside = Path(sys.executable).parent / "micropython"
    if os.name != "nt" and beside.is_file():
        return beside
    found = shutil.which("micropython")
    return Path(found) if found else None


class FirmwareSource:
    """A source of the packets that the real firmware makes of given samples.

    Every sample given comes out, in order, and then it ends; what the simulated sensor's FIFO could not hold comes as
    gap notices. Arrival times are scaled by `speed`, so that device time and host time keep step.

    Args:
        accel_g: shape (n, 3), in g; cut off at the 4 g range like the real part's.
        rate_hz: their rate. The simulated part runs at 1000/k Hz; its oscillator is set off to meet the rate.
        gyro_dps: shape (n, 3), in deg/s, or None.
        speed: how many times faster than real time.
        config: fields of the board's config file that differ from its defaults.
        environment: further REPBAND_SIM_... settings of firmware/simulated/board.py.

    Raises:
        UsageError: shapes that do not fit, or a rate that the part can't come near.
        SourceError: from iterating: no interpreter here, or the firmware failed, died or hung.
    """

    def __init__(
        self,
        accel_g: Floats,
        rate_hz: float,
        *,
        gyro_dps: Floats | None = None,
        speed: float = 1.0,
        config: Mapping[str, object] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._counts = _counts(accel_g, gyro_dps)
        self._nominal_hz, self._rate_factor = _sensor_rate(rate_hz)
        self._speed = speed
        self._config = {
            "rate_hz": self._nominal_hz,
            "accel_range_g": _ACCEL_G,
            "gyro_range_dps": 0 if gyro_dps is None else _GYRO_DPS,
            **(config or {}),
        }
        self._environment = dict(environment or {})
        self._board: _Board | None = None
        self._closed = False
        self.info: wire.Info | None = None

    @property
    def name(self) -> str:
        """What a person would call it."""
        return "firmware on a simulated sensor"

    def __iter__(self) -> Iterator[Frame]:
        if self._closed:
            return
        with tempfile.TemporaryDirectory(prefix="repband-") as folder:
            self._board = _Board(self._start(Path(folder)), self._speed)
            try:
                yield from self._stream(self._board)
            except SourceError:
                if not self._closed:  # else it is our own end of the process
                    raise
            finally:
                self._board.end()

    def close(self) -> None:
        """Ends the interpreter at once; iterating ends. Calling it twice does no harm."""
        self._closed = True
        if self._board is not None:
            self._board.end()

    def _start(self, folder: Path) -> subprocess.Popen[bytes]:
        interpreter = find_interpreter()
        if interpreter is None:
            raise SourceError("no MicroPython interpreter on this system", cure=_how_to_install())
        (folder / "config.json").write_text(json.dumps(self._config), encoding="utf-8")
        self._counts.tofile(folder / "rows.bin")
        board = shipped("firmware") / "simulated" / "board.py"
        return subprocess.Popen(
            [interpreter, "-X", f"heapsize={HEAP}", board],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            cwd=folder,
            env=self._board_environment(folder),
        )

    def _board_environment(self, folder: Path) -> dict[str, str]:
        firmware = shipped("firmware")
        codec = Path(wire.__file__).parent.parent
        return {
            **os.environ,
            "MICROPYPATH": f"{firmware / 'simulated'}:{firmware}:.frozen:{codec}",  # codec may be all of site-packages
            "REPBAND_SIM_ROWS": str(folder / "rows.bin"),
            "REPBAND_SIM_AXES": str(self._counts.shape[1]),
            "REPBAND_SIM_SPEED": str(self._speed),
            "REPBAND_SIM_FACTOR": repr(self._rate_factor),
            **self._environment,
        }

    def _stream(self, board: _Board) -> Iterator[Frame]:
        self.info = self._ask_info(board)
        _check_info(self.info, board)
        board.send(wire.make_control(2, control.START, wire.PROTOCOL_MAX, self.info.session, 0))
        stopping = False
        while True:
            arrival = board.next(_SILENCE_S)
            if self._closed:
                return
            if arrival is None:
                if not stopping:
                    board.send(wire.make_control(3, control.STOP))
                stopping = True
                continue
            message = _decoded(arrival.data)
            if isinstance(message, wire.Reply):
                _check_reply(message)
                if message.code == control.STOP:
                    return
            elif isinstance(message, _STREAM_KINDS):
                yield arrival

    def _ask_info(self, board: _Board) -> wire.Info:
        board.send(wire.make_control(1, control.GET_INFO))
        until = time.monotonic() + _ANSWER_S
        while time.monotonic() < until:
            arrival = board.next(_ANSWER_S)
            message = _decoded(arrival.data) if arrival else None
            if isinstance(message, wire.Info):
                return message
        raise board.failure("the firmware did not say what it is")


@dataclass(frozen=True, slots=True)
class _End:
    """The interpreter has closed its output."""


class _Board:
    """The running interpreter: two threads empty its pipes, so that it never waits for us."""

    def __init__(self, process: subprocess.Popen[bytes], speed: float) -> None:
        self._process = process
        self._speed = speed
        self._began = time.monotonic()
        self._arrivals: queue.SimpleQueue[Frame | _End | None] = queue.SimpleQueue()
        self._console: deque[str] = deque(maxlen=12)
        self._threads = [threading.Thread(target=target, daemon=True) for target in (self._read, self._read_errors)]
        for thread in self._threads:
            thread.start()

    def send(self, message: wire.Message) -> None:
        """Writes one message to the firmware."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(wire.encode_frame(message.encode()))
        except (OSError, ValueError):
            raise self.failure("the firmware's process ended") from None

    def next(self, timeout_s: float) -> Frame | None:
        """The next message as it arrived; None when the simulated sensor has given all its samples."""
        try:
            arrival = self._arrivals.get(timeout=timeout_s)
        except queue.Empty:
            raise self.failure(f"the firmware has been silent for {timeout_s:g} s") from None
        if isinstance(arrival, _End):
            raise self.failure("the firmware's process ended")
        return arrival

    def failure(self, what: str) -> SourceError:
        """The error for `what`, with the console's last lines."""
        self.end()
        console = "\n".join(self._console) or "(nothing)"
        return SourceError(f"{what}; its console said last:\n{console}", where="firmware")

    def end(self) -> None:
        """Kills the process and closes its pipes."""
        self._process.kill()
        self._process.wait()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        deframer = wire.Deframer()
        while data := self._process.stdout.read(4096):
            arrival_s = (time.monotonic() - self._began) * self._speed
            for message in deframer.feed(data):
                self._arrivals.put(Frame(message, arrival_s))
            self._console.extend(line.decode(errors="replace") for line in deframer.take_lines())
        self._arrivals.put(_End())

    def _read_errors(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            text = line.decode(errors="replace").strip()
            self._console.append(text)
            if text.startswith(_DONE):
                self._arrivals.put(None)


def _decoded(data: bytes) -> wire.Message | None:
    try:
        return wire.decode(data)
    except wire.WireError:
        return None


def _check_info(info: wire.Info, board: _Board) -> None:
    if info.fault:
        fault = words.FAULTS.get(info.fault, f"fault {info.fault}")
        raise board.failure(f"the firmware reports a fault: {fault}")


def _check_reply(reply: wire.Reply) -> None:
    if reply.reason != control.OK:
        reason = words.REASONS.get(reply.reason, f"reason {reply.reason}")
        asked = wire.CONTROLS[reply.code].name
        raise SourceError(f'the firmware refused "{asked}": {reason}', where="firmware")


def _counts(accel_g: Floats, gyro_dps: Floats | None) -> npt.NDArray[np.int16]:
    if accel_g.ndim != 2 or accel_g.shape[1] != 3 or not len(accel_g):
        raise UsageError(f"accel_g must have shape (n, 3), not {accel_g.shape}")
    columns = [accel_g * (32768 / _ACCEL_G)]
    if gyro_dps is not None:
        if gyro_dps.shape != accel_g.shape:
            raise UsageError(f"gyro_dps must have the shape of accel_g, {accel_g.shape}, not {gyro_dps.shape}")
        columns.append(gyro_dps * (32768 / _GYRO_DPS))
    counts = np.concatenate(columns, axis=1)
    if not np.isfinite(counts).all():
        raise UsageError("samples must be finite numbers")
    return np.clip(np.rint(counts), -32768, 32767).astype("<i2")


def _sensor_rate(rate_hz: float) -> tuple[float, float]:
    """The part's nominal rate nearest to `rate_hz`, and how far its oscillator has to be off to meet it."""
    if not 10 <= rate_hz <= 400:
        raise UsageError(f"a rate of {rate_hz:g} Hz is not between 10 and 400 Hz")
    nominal_hz = _SENSOR_RATE_HZ / max(1, round(_SENSOR_RATE_HZ / rate_hz))
    factor = rate_hz / nominal_hz
    if abs(factor - 1) > _MOST_RATE_ERROR:
        raise UsageError(f"the simulated part can't run at {rate_hz:g} Hz", cure=f"resample to {nominal_hz:g} Hz")
    return nominal_hz, factor


def _how_to_install() -> str:
    if os.name == "nt":
        return "there is none for Windows: use the virtual sensor instead"
    return "pip install 'repband[firmware]' (Linux x86_64, macOS arm64), or put a micropython 1.25 or newer on PATH"

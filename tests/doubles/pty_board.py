"""The real firmware on a pseudo-terminal: MicroPython, a simulated motion sensor, and a cable to meddle with."""

from __future__ import annotations

import json
import os
import select
import subprocess
import threading
import tty
from collections.abc import Callable
from pathlib import Path

import numpy as np
from repband.source.firmware import HEAP, find_interpreter

# REPBAND_FIRMWARE_ROOT names another checkout, to test the host against another version of the firmware.
ROOT = Path(os.environ.get("REPBAND_FIRMWARE_ROOT") or Path(__file__).parents[2])
_PATHS = ("firmware/simulated", "firmware", "protocols/wire")
RATE_HZ = 50.0  # a part of 1000 Hz divided by 20
Meddle = Callable[[bytes], bytes]


def counts_of(accel_g: np.ndarray) -> np.ndarray:
    """Samples as the simulated part gives them at 4 g, int16."""
    return np.clip(np.rint(accel_g * (32768 / 4)), -32768, 32767).astype("<i2")


class PtyBoard:
    """A board on a cable.

    Args:
        folder: for its files; `port` is a link in it to the pseudo-terminal of the moment.
        counts: what its sensor feels, shape (n, 3); it lies still before the firmware runs and ends with the last.
        speed: how many times faster than real time it lives.
        to_host, to_board: change the bytes on their way.
        config: fields of its config file.
    """

    def __init__(
        self,
        folder: Path,
        counts: np.ndarray,
        *,
        speed: float = 1.0,
        to_host: Meddle = bytes,
        to_board: Meddle = bytes,
        config: dict[str, object] | None = None,
    ) -> None:
        self.folder, self.speed = folder, speed
        self.port = folder / "port"
        self.to_host, self.to_board = to_host, to_board
        self.done = threading.Event()
        self.heard = b""  # the last bytes from the host
        (folder / "config.json").write_text(json.dumps({"rate_hz": RATE_HZ, **(config or {})}))
        counts.astype("<i2").tofile(folder / "rows.bin")
        self._master: int | None = None
        self._slave: int | None = None
        self._lock = threading.Lock()
        self._ended = False
        self._old: list[subprocess.Popen[bytes]] = []
        self._process = self._start()
        self.plug_in()
        self._threads = [threading.Thread(target=run, daemon=True) for run in (self._out, self._in, self._listen)]
        for thread in self._threads:
            thread.start()

    def plug_in(self) -> None:
        """The port appears."""
        with self._lock:
            self._master, self._slave = os.openpty()
            tty.setraw(self._slave)
            self.port.symlink_to(os.ttyname(self._slave))

    def unplug(self) -> None:
        """The port vanishes; the board goes on, on its battery."""
        with self._lock:
            self.port.unlink()
            assert self._master is not None
            assert self._slave is not None
            os.close(self._slave)
            os.close(self._master)
            self._master = self._slave = None

    def kill(self) -> None:
        """The firmware dies and begins again, behind the same port."""
        old, self._process = self._process, self._start()
        self._old.append(old)
        old.kill()

    def close(self) -> None:
        self._ended = True
        self._process.kill()
        for thread in self._threads:
            thread.join(3)
        for process in (*self._old, self._process):
            process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                assert pipe is not None
                pipe.close()
        if self._master is not None:
            self.unplug()

    def _start(self) -> subprocess.Popen[bytes]:
        interpreter = find_interpreter()
        assert interpreter is not None
        environment = {
            **os.environ,
            "MICROPYPATH": ":".join([*(str(ROOT / part) for part in _PATHS), ".frozen"]),
            "REPBAND_SIM_ROWS": str(self.folder / "rows.bin"),
            "REPBAND_SIM_AXES": "3",
            "REPBAND_SIM_SPEED": str(self.speed),
        }
        return subprocess.Popen(
            [interpreter, "-X", f"heapsize={HEAP}", ROOT / "firmware/simulated/board.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            cwd=self.folder,
            env=environment,
        )

    def _out(self) -> None:
        """From the board to the cable; what nobody reads is lost, as on a bridge whose cable is out."""
        while not self._ended:
            process = self._process
            assert process.stdout is not None
            ready, _, _ = select.select([process.stdout], [], [], 0.05)
            data = process.stdout.read(4096) if ready else b""
            if data:
                self._write(self.to_host(data))

    def _write(self, data: bytes) -> None:
        with self._lock:
            if self._master is None:
                return
            _, writable, _ = select.select([], [self._master], [], 0)
            if writable:
                os.write(self._master, data)

    def _in(self) -> None:
        while not self._ended:
            data = self._read()
            if data:
                self.heard = (self.heard + data)[-4096:]
                assert self._process.stdin is not None
                try:
                    self._process.stdin.write(self.to_board(data))
                except (OSError, ValueError):
                    continue  # it is being restarted

    def _read(self) -> bytes:
        with self._lock:
            if self._master is not None:
                ready, _, _ = select.select([self._master], [], [], 0.005)
                if ready:
                    return os.read(self._master, 4096)
        threading.Event().wait(0.002)
        return b""

    def _listen(self) -> None:
        while not self._ended:
            process = self._process
            assert process.stderr is not None
            ready, _, _ = select.select([process.stderr], [], [], 0.05)
            if ready and b"simulated sensor: done" in process.stderr.read(4096):
                self.done.set()

"""The firmware in its MicroPython process, with a sensor that feels what a test gives it and a socket for a radio."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import numpy as np
from repband.source.firmware import HEAP, find_interpreter

# REPBAND_FIRMWARE_ROOT names another checkout, to test the host against another version of the firmware.
ROOT = Path(os.environ.get("REPBAND_FIRMWARE_ROOT") or Path(__file__).parents[2])
_PATHS = ("firmware/simulated", "firmware", "protocols/wire")


class SimulatedBoard:
    """A board and its wearer.

    Args:
        folder: for its files.
        counts: what its sensor feels, shape (n, 3) or (n, 6), int16; the first 50 over and over until `move`.
        speed: how many times faster than real time it lives.
        stack: whose manners its Bluetooth has, "nimble" or "btstack".
        mac: its address, twelve hexadecimal digits.
        config: fields of its config file.
        environment: more settings of firmware/simulated/board.py.

    Attributes:
        air_port: of the loopback socket that is its radio.
        boots: how often it has begun.
    """

    def __init__(
        self,
        folder: Path,
        counts: np.ndarray,
        *,
        speed: float = 5.0,
        stack: str = "nimble",
        mac: str = "c0ffee00beef",
        config: dict[str, object] | None = None,
        environment: dict[str, str] | None = None,
    ) -> None:
        self.folder, self.counts, self.speed, self.stack = folder, counts.astype("<i2"), speed, stack
        self.boots = 0
        self.air_port = 0
        self._mac = mac
        self._more = environment or {}
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(exist_ok=True)
        (folder / "config.json").write_text(json.dumps(config or {}))

    @property
    def moving(self) -> Path:
        """The file whose presence lets the wearer move."""
        return self.folder / "moving"

    def move(self) -> None:
        """The wearer begins."""
        self.moving.touch()

    def fed(self, boot: int = 1) -> np.ndarray:
        """What the simulated sensor has been fed since that boot, shape (n, axes): the truth."""
        path = self.folder / f"fed{boot}.bin"
        axes = self.counts.shape[1]
        data = np.fromfile(path, dtype="<i2") if path.exists() else np.empty(0, "<i2")
        return data[: len(data) // axes * axes].reshape(-1, axes)

    @property
    def moved(self) -> int:
        """How many samples of the movement have been felt since the last boot."""
        began = self.moving.read_text() if self.moving.exists() else ""
        return len(self.fed(self.boots)) - int(began) if began else 0

    def boot(self, from_row: int = 0) -> None:
        """Its process begins; the sensor feels what is left from that row on. `air_port` must be known."""
        interpreter = find_interpreter()
        assert interpreter is not None
        self.boots += 1
        self.counts[from_row:].tofile(self.folder / "rows.bin")
        environment = {
            "MICROPYPATH": ":".join([*(str(ROOT / part) for part in _PATHS), ".frozen"]),
            "REPBAND_SIM_ROWS": str(self.folder / "rows.bin"),
            "REPBAND_SIM_AXES": str(self.counts.shape[1]),
            "REPBAND_SIM_MOVING": str(self.moving),
            "REPBAND_SIM_FED": str(self.folder / f"fed{self.boots}.bin"),
            "REPBAND_SIM_SPEED": str(self.speed),
            "REPBAND_SIM_STACK": self.stack,
            "REPBAND_SIM_MAC": self._mac,
            "REPBAND_SIM_AIR": f"127.0.0.1:{self.air_port}",
            **self._more,
        }
        self._process = subprocess.Popen(
            [interpreter, "-X", f"heapsize={HEAP}", ROOT / "firmware/simulated/board.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            env={**os.environ, **environment},
        )

    def kill(self) -> None:
        """Its process dies."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            assert process.stdin is not None
            process.stdin.close()

    @property
    def runs(self) -> bool:
        """Whether the firmware is alive."""
        return self._process is not None and self._process.poll() is None

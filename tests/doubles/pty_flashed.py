"""A board that runs what was flashed, on a pseudo-terminal: the program, and behind it MicroPython's own prompt.

Its flash is a folder. A restart ends the process and begins another, behind the same port.
"""

from __future__ import annotations

import os
import select
import subprocess
import threading
import tty
from pathlib import Path

from repband.source.firmware import HEAP, find_interpreter

_SIMULATED = Path(__file__).parents[2] / "firmware" / "simulated"


class PtyFlashed:
    """A board with a program; `port` is the pseudo-terminal to open.

    Attributes:
        starts: how often it has started.
        armed: whether the program that runs has started its watchdog.
    """

    def __init__(self, files: Path, rows: Path | None = None, speed: float = 1.0) -> None:
        self._files, self._rows, self._speed = files, rows, speed
        self.starts = 0
        self.armed = False
        self._ended = False
        self._outer, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)
        self._start()
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._ended = True
        self._thread.join()
        self._stop()
        os.close(self._outer)
        os.close(self._slave)

    def _start(self) -> None:
        interpreter = find_interpreter()
        assert interpreter is not None
        self.starts += 1
        self.armed = False
        self._inner, board = os.openpty()
        tty.setraw(board)
        moving = {} if self._rows is None else {"REPBAND_SIM_ROWS": str(self._rows), "REPBAND_SIM_AXES": "3"}
        self._process = subprocess.Popen(
            [interpreter, "-X", f"heapsize={HEAP}", "-i", str(_SIMULATED / "board.py")],
            stdin=board,
            stdout=board,
            stderr=subprocess.PIPE,
            cwd=self._files,
            env={
                **os.environ,
                "MICROPYPATH": f"{_SIMULATED}:{self._files}:.frozen",
                "REPBAND_SIM_SPEED": str(self._speed),
                **moving,
            },
            start_new_session=True,
        )
        os.close(board)

    def _stop(self) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stderr is not None
        self._process.stderr.close()
        os.close(self._inner)

    def _live(self) -> None:
        while not self._ended:
            assert self._process.stderr is not None
            said = self._process.stderr.fileno()
            ready, _, _ = select.select([self._inner, self._outer, said], [], [], 0.05)
            if self._outer in ready:
                os.write(self._inner, os.read(self._outer, 4096))
            if self._inner in ready:
                os.write(self._outer, os.read(self._inner, 4096).replace(b"\r\r\n", b"\r\n"))
            if said in ready:
                self._heard(os.read(said, 4096))

    def _heard(self, text: bytes) -> None:
        if b"watchdog armed" in text:
            self.armed = True
        if b"simulated board: reset" in text or not text:
            self._stop()
            self._start()

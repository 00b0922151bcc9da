"""A bare MicroPython prompt on a pseudo-terminal, as a board without a program shows it; its flash is a folder."""

from __future__ import annotations

import os
import select
import subprocess
import threading
import tty
from pathlib import Path

from repband.source.firmware import find_interpreter


class PtyPrompt:
    """A board at its prompt; `port` is the pseudo-terminal to open."""

    def __init__(self, files: Path) -> None:
        interpreter = find_interpreter()
        assert interpreter is not None
        inner, board = os.openpty()
        tty.setraw(board)
        self._outer, self._slave = os.openpty()
        tty.setraw(self._slave)
        self._inner = inner
        self.port = os.ttyname(self._slave)
        self._process = subprocess.Popen(
            [interpreter], stdin=board, stdout=board, stderr=board, cwd=files, start_new_session=True
        )
        os.close(board)
        self._ended = False
        self._thread = threading.Thread(target=self._relay, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._ended = True
        self._thread.join()
        self._process.kill()
        self._process.wait()
        for fd in (self._inner, self._outer, self._slave):
            os.close(fd)

    def _relay(self) -> None:
        while not self._ended:
            ready, _, _ = select.select([self._inner, self._outer], [], [], 0.05)
            for source, sink in ((self._inner, self._outer), (self._outer, self._inner)):
                if source in ready:
                    data = os.read(source, 4096)
                    os.write(sink, data.replace(b"\r\r\n", b"\r\n"))

"""A terminal with the command in it, as a person sits before it."""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
import time
from typing import Self


class Terminal:
    """Runs `repband ARGS` in a terminal of its own, as long as its `with` block lasts.

    Attributes:
        seen: all that it has shown.
    """

    def __init__(self, *args: str) -> None:
        self.seen = ""
        self._child, self._terminal = pty.fork()
        if self._child == 0:
            os.execv(sys.executable, [sys.executable, "-m", "repband", *args])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._child:
            os.kill(self._child, signal.SIGKILL)
            os.waitpid(self._child, 0)
        os.close(self._terminal)

    def until(self, words: str, seconds: float = 60.0) -> None:
        """Waits until it has shown these words."""
        deadline = time.monotonic() + seconds
        while words not in self.seen and time.monotonic() < deadline:
            self._look()
        assert words in self.seen, self.seen

    def press(self, keys: str) -> None:
        """Presses keys."""
        os.write(self._terminal, keys.encode())

    def ended(self, seconds: float = 30.0) -> int:
        """Waits for the command to end; gives its exit code."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._look()
            pid, status = os.waitpid(self._child, os.WNOHANG)
            if pid:
                self._child = 0
                return os.waitstatus_to_exitcode(status)
        raise AssertionError(f"it does not end: {self.seen}")

    def _look(self) -> None:
        if select.select([self._terminal], [], [], 0.1)[0]:
            try:
                self.seen += os.read(self._terminal, 65536).decode(errors="replace")
            except OSError:  # it has ended
                time.sleep(0.05)

"""A board at MicroPython's prompt, and its files: written whole, and read back before they take their place."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import Protocol

from repband.errors import SourceError
from repband.link.systems import SerialPort

_SILENT_S = 1.0


class Board(Protocol):
    """What we use of mpremote's SerialTransport, which has no types of its own."""

    is_pty: bool
    serial: SerialPort

    def enter_raw_repl(self, soft_reset: bool = True) -> None:
        """Gets the board's attention."""
        ...

    def exec(self, command: str) -> bytes:
        """Runs a command there."""
        ...

    def exec_raw(self, command: str, timeout: float) -> object:
        """Runs a command there; raises when nothing has come for `timeout` seconds before it ended."""
        ...

    def eval(self, expression: str) -> object:
        """Evaluates an expression there."""
        ...

    def fs_exists(self, src: str) -> bool:
        """Whether a file or folder is there."""
        ...

    def fs_readfile(self, src: str) -> bytearray:
        """A file's bytes."""
        ...

    def fs_writefile(self, dest: str, data: bytes) -> None:
        """Writes a file."""
        ...

    def fs_hashfile(self, path: str, algo: str) -> bytes:
        """A file's digest."""
        ...

    def fs_mkdir(self, path: str) -> None:
        """Makes a folder."""
        ...

    def close(self) -> None:
        """Closes the port."""
        ...


def read(board: Board, name: str) -> bytes | None:
    """A file's bytes; None where there is none."""
    return bytes(board.fs_readfile(name)) if board.fs_exists(name) else None


def holds(board: Board, name: str, data: bytes) -> bool:
    """Whether a file is there with these bytes."""
    return board.fs_exists(name) and _is(board, name, data)


def put(board: Board, name: str, data: bytes) -> None:
    """Writes a file. It is there whole or, should that be interrupted, as it was before.

    Raises:
        SourceError: it did not arrive as it was sent.
    """
    arriving = f"{name}.new"
    board.fs_writefile(arriving, data)
    if not _is(board, arriving, data):
        raise SourceError(
            f"{name} did not arrive as it was sent", cure="use another cable or port and flash again; is it full?"
        )
    board.exec(f"import os\nos.rename({arriving!r}, {name!r})")  # takes the other's place, also on FAT


def remove(board: Board, name: str) -> None:
    """Removes a file."""
    board.exec(f"import os\nos.remove({name!r})")


def restart(board: Board) -> None:
    """Restarts the board; the mark says that it was meant (firmware/repband_device/watchdog.py)."""
    with suppress(Exception):  # it goes away in the middle of the command: that is the point
        board.exec_raw("open('restart.mark', 'w').close()\nimport machine\nmachine.reset()", timeout=_SILENT_S)


def _is(board: Board, name: str, data: bytes) -> bool:
    return board.fs_hashfile(name, "sha256") == hashlib.sha256(data).digest()

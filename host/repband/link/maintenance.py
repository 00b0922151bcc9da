"""Brings a board that runs RepBand into its maintenance mode for as long as it is flashed.

A started watchdog can't be stopped, and restarts the board 8 s after its program has ended. So the board is told by its
config to start without one, and restarted. The config as it was lies beside it meanwhile: whatever interrupts the
flash, the next one puts it back.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any, Protocol, cast

CONFIG = "config.json"
KEPT = "config.json.flash"
"""The config as it was before flashing, on the board; there only while it is flashed."""


class Files(Protocol):
    """A board at its prompt, as far as it is used here."""

    def exec(self, command: str) -> bytes:
        """Runs a command there."""
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


def watchdog_runs(board: Files, program: str) -> bool:
    """Whether the board's program has a watchdog: it has a config without mistakes that does not forbid it.

    Args:
        board: at its prompt.
        program: folder of the program.
    """
    if not (board.fs_exists(program) and board.fs_exists(CONFIG)):
        return False
    config = _parsed(bytes(board.fs_readfile(CONFIG)))
    return config is not None and config.get("maintenance") is not True


def enter(board: Files) -> None:
    """Lets the board start without a watchdog from now on; restart it then."""
    config = bytes(board.fs_readfile(CONFIG))
    if not board.fs_exists(KEPT):
        board.fs_writefile(KEPT, config)
    fields = _parsed(config) or {}
    board.fs_writefile(CONFIG, json.dumps({**fields, "maintenance": True}).encode())


def config_as_it_was(board: Files) -> bytes | None:
    """The board's config, as it is when it is not being flashed; None where it has none."""
    for name in (KEPT, CONFIG):
        if board.fs_exists(name):
            return bytes(board.fs_readfile(name))
    return None


def leave(board: Files, *, config_is_new: bool) -> None:
    """Puts the config back as it was; one that was flashed just now stays."""
    if not board.fs_exists(KEPT):
        return
    if not config_is_new:
        board.fs_writefile(CONFIG, bytes(board.fs_readfile(KEPT)))
    board.exec(f"import os\nos.remove({KEPT!r})")


def restart(board: Files) -> None:
    """Restarts the board; the mark says that it was meant (firmware/repband_device/watchdog.py)."""
    with suppress(Exception):  # it goes away in the middle of the command: that is the point
        board.exec("open('restart.mark', 'w').close()\nimport machine\nmachine.reset()")


def _parsed(config: bytes) -> dict[str, Any] | None:
    try:
        fields = json.loads(config)
    except ValueError:
        return None
    return cast("dict[str, Any]", fields) if isinstance(fields, dict) else None

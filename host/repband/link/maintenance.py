"""Brings a board that runs RepBand into its maintenance mode for as long as it is flashed.

A started watchdog can't be stopped, and restarts the board 8 s after its program has ended. So the board is told by its
config to start without one, and restarted. The config as it was lies beside it meanwhile: whatever interrupts the
flash, the next one puts it back.
"""

from __future__ import annotations

import json
from typing import Any, cast

from repband.link.board import Board, put, read, remove

CONFIG = "config.json"
KEPT = "config.json.flash"
"""The config as it was before flashing, on the board; there only while it is flashed."""
NONE = b"{}"
"""Stands for a config that is not there: the program takes its defaults then."""

_MODE = "maintenance"


def watchdog_runs(board: Board, program: str) -> bool:
    """Whether the board's program has a watchdog: its config, if any, has no mistakes and does not forbid it.

    Args:
        board: at its prompt.
        program: folder of the program.
    """
    if not board.fs_exists(program):
        return False
    config = _parsed(read(board, CONFIG) or NONE)
    return config is not None and config.get(_MODE) is not True


def enter(board: Board) -> None:
    """Lets the board start without a watchdog from now on; restart it then."""
    config = read(board, CONFIG) or NONE
    if not board.fs_exists(KEPT):
        put(board, KEPT, config)
    put(board, CONFIG, json.dumps({**(_parsed(config) or {}), _MODE: True}).encode())


def config_as_it_was(board: Board) -> bytes | None:
    """The board's config, as it is when it is not being flashed; None where it has none.

    What was changed since an interrupted flash, by `repband device configure` perhaps, is in it.
    """
    now, kept = read(board, CONFIG), read(board, KEPT)
    if kept is None:
        return now
    fields, before = _parsed(now or b""), _parsed(kept)
    if fields is None or before is None or fields == {**before, _MODE: True}:
        return kept
    return json.dumps({**fields, _MODE: before.get(_MODE, False)}).encode()


def leave(board: Board, *, config_is_new: bool) -> None:
    """Puts the config back as it was; one that was flashed just now stays."""
    config = config_as_it_was(board)
    if config is None or not board.fs_exists(KEPT):
        return
    if not config_is_new:
        put(board, CONFIG, config)
    remove(board, KEPT)


def _parsed(config: bytes) -> dict[str, Any] | None:
    try:
        fields = json.loads(config)
    except ValueError:
        return None
    return cast("dict[str, Any]", fields) if isinstance(fields, dict) else None

"""Deletes what the wearer wants to be gone: the rows, the files, and the copies that migrations left."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from repband.errors import JournalError
from repband.journal.history import History
from repband.journal.keeping import delete_recording, is_being_recorded, recording_files

_UNUSED_PLANS = """
DELETE FROM plans WHERE revision NOT IN (SELECT plan_revision FROM sessions WHERE plan_revision IS NOT NULL)
"""
_SIDE_FILES = ("-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What is or would be gone: sessions, files, and damaged copies of the history that can't be searched."""

    sessions: int
    files: tuple[Path, ...]
    unreadable: tuple[Path, ...] = ()


def would_forget(history: History, sessions: Iterable[str]) -> Forgotten:
    """What forgetting some sessions would delete."""
    ids = list(sessions)
    files = [file for path in _recordings(history, ids) for file in recording_files(path)]
    return Forgotten(len(ids), tuple(files), tuple(_damaged(history)))


def forget_sessions(history: History, sessions: Iterable[str]) -> Forgotten:
    """Deletes sessions with their sets, reps and recordings, from older copies of the history too.

    Files go first: what is interrupted can be done again.

    Raises:
        JournalError: one is being recorded, or a file can't be deleted.
    """
    ids = list(sessions)
    paths = _recordings(history, ids)
    for path in paths:
        if is_being_recorded(path):
            raise JournalError("is being recorded right now", where=str(path), cure="stop the session first")
    files = [file for path in paths for file in delete_recording(path)]
    for copy in _copies(history):
        _forget_in_copy(copy, ids)
    with history.change() as connection:
        connection.executemany("DELETE FROM sessions WHERE id = ?", [(one,) for one in ids])
        connection.execute(_UNUSED_PLANS)
    history.squeeze()
    return Forgotten(len(ids), tuple(files), tuple(_damaged(history)))


def all_files(history: History) -> tuple[Path, ...]:
    """The history, its copies and every recording, those too that no session names any more."""
    home = history.path.parent
    recordings = [file for path in _recordings(history, None) for file in recording_files(path)]
    loose = [path for path in sorted((home / "recordings").glob("*")) if path.is_file()]
    own = [path for path in (history.path, *(Path(f"{history.path}{end}") for end in _SIDE_FILES)) if path.is_file()]
    return tuple(dict.fromkeys([*recordings, *loose, *_copies(history), *_damaged(history), *own]))


def forget_all(history: History) -> Forgotten:
    """Deletes the history, its copies and every recording; closes the history. Own exercise files and plans stay.

    Raises:
        JournalError: a session is being recorded, or a file can't be deleted.
    """
    files = all_files(history)
    (row,) = history.rows("SELECT count(*) AS n FROM sessions")
    for path in files:
        if path.suffix == ".mcap" and is_being_recorded(path):
            raise JournalError("is being recorded right now", where=str(path), cure="stop the session first")
    history.close()
    try:
        for path in files:
            path.unlink(missing_ok=True)  # SQLite deletes its side files itself when the history is closed
    except OSError as error:
        what = f"can't be deleted: {error.strerror or error}"
        raise JournalError(what, where=str(error.filename), cure="mend the permissions of its folder") from error
    return Forgotten(row["n"], files)


def _recordings(history: History, ids: list[str] | None) -> list[Path]:
    rows = history.rows("SELECT id, recording FROM sessions WHERE recording IS NOT NULL ORDER BY started_unix_s")
    return [Path(row["recording"]) for row in rows if ids is None or row["id"] in ids]


def _copies(history: History) -> list[Path]:
    """What migrations kept of the history as it was."""
    return sorted(history.path.parent.glob(f"{history.path.stem}.schema-*{history.path.suffix}"))


def _damaged(history: History) -> list[Path]:
    """Damaged histories that were set aside, with their side files."""
    return sorted(history.path.parent.glob(f"{history.path.stem}.damaged-*"))


def _forget_in_copy(copy: Path, ids: list[str]) -> None:
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        connection.executemany("DELETE FROM sessions WHERE id = ?", [(one,) for one in ids])
        connection.execute("VACUUM")

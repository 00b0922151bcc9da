"""How long raw recordings are kept, and when to remind of a backup. The counts themselves are always kept."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from repband.errors import JournalError
from repband.journal import lock
from repband.journal.history import History
from repband.journal.rows import unix_s

_DAYS = "recordings_days"
_BACKED_UP = "backed_up_at"

REMIND_DAYS = 30
REMIND_SESSIONS = 5
"""A reminder comes after a month with at least so many sessions that no backup holds. Our choice: three sessions a
week would lose a month of work, and a reminder at every start would be read by nobody."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """What the wearer wants, and what was done.

    Attributes:
        recordings_days: raw recordings older than this are deleted after a session; None keeps them for ever.
        backed_up_at: time of the last backup (ISO 8601 with zone), or None.
    """

    recordings_days: int | None = None
    backed_up_at: str | None = None


def keeping(history: History) -> Keeping:
    """The settings as they are; by default recordings are kept for ever."""
    found = {row["name"]: row["value"] for row in history.rows("SELECT name, value FROM settings")}
    days = found.get(_DAYS)
    return Keeping(int(days) if days else None, found.get(_BACKED_UP))


def keep_recordings(history: History, days: int | None) -> None:
    """From now on keeps raw recordings for so many days; None for ever."""
    _set(history, _DAYS, "" if days is None else str(days))


def note_backup(history: History) -> None:
    """Keeps that the wearer has made a backup now."""
    _set(history, _BACKED_UP, history.now())


def _set(history: History, name: str, value: str) -> None:
    with history.change() as connection:
        connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))


def backup_reminder(history: History) -> str | None:
    """What to tell the wearer when a backup is due, else None."""
    done = keeping(history).backed_up_at
    query = "SELECT count(*) AS n, min(started_unix_s) AS first_s FROM own_sessions WHERE started_unix_s > ?"
    (row,) = history.rows(query, (unix_s(done) if done else -1.0,))
    if row["n"] < REMIND_SESSIONS:
        return None
    days = (unix_s(history.now()) - (unix_s(done) if done else row["first_s"])) / timedelta(days=1).total_seconds()
    if days < REMIND_DAYS:
        return None
    since = f"since {datetime.fromisoformat(done):%Y-%m-%d}" if done else "yet"
    return f"no backup {since}, {row['n']} sessions would be lost with this disk: repband export all -o FILE.zip"


def old_recordings(history: History, days: int) -> list[tuple[str, Path]]:
    """Sessions whose raw recording is older than so many days and still there, with its path; oldest first."""
    before_s = unix_s(history.now()) - timedelta(days=days).total_seconds()
    query = (
        "SELECT id, recording FROM sessions WHERE recording IS NOT NULL AND recording_deleted IS NULL "
        "AND started_unix_s < ? ORDER BY started_unix_s"
    )
    found = [(row["id"], Path(row["recording"])) for row in history.rows(query, (before_s,))]
    return [(session, path) for session, path in found if path.is_file()]


def delete_old_recordings(history: History) -> list[Path]:
    """Deletes what is older than the wearer's setting, as they asked for; gives what was deleted.

    A file that can't be deleted stays and is tried again after the next session.
    """
    days = keeping(history).recordings_days
    return [] if days is None else delete_recordings(history, old_recordings(history, days))


def delete_recordings(history: History, old: Iterable[tuple[str, Path]]) -> list[Path]:
    """Deletes recordings of sessions, given as (session, path), and notes it there; gives what was deleted.

    A file that can't be deleted stays.
    """
    deleted: list[Path] = []
    for session, path in old:
        with suppress(JournalError):
            deleted += delete_recording(path)
            with history.change() as connection:
                connection.execute("UPDATE sessions SET recording_deleted = ? WHERE id = ?", (history.now(), session))
    return deleted


def recording_files(path: Path) -> list[Path]:
    """A recording and what `repband repair` left beside it."""
    return [file for file in (path, *sorted(path.parent.glob(f"{_literal(path.name)}.bak*"))) if file.is_file()]


def delete_recording(path: Path) -> list[Path]:
    """Deletes a recording and its backups; gives what was deleted.

    Raises:
        JournalError: it is being written, or the system does not allow it.
    """
    try:
        if is_being_recorded(path):
            raise JournalError("is being recorded right now", where=str(path), cure="stop the session first")
        files = recording_files(path)
        for file in files:
            file.unlink()
    except OSError as error:
        what = f"can't be deleted: {error.strerror or error}"
        raise JournalError(what, where=str(path), cure="mend the permissions of the file and its folder") from error
    return files


def is_being_recorded(path: Path) -> bool:
    """Whether a running session writes this file."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return lock.is_held(file)


def _literal(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)

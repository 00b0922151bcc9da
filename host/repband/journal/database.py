"""Opens the history's SQLite file: private, migrated, and never at the cost of what is in it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from repband.errors import JournalError

MIGRATIONS = Path(__file__).parent / "migrations"
APPLICATION_ID = 0x52504244  # "RPBD": a database without it belongs to another program
BUSY_TIMEOUT_S = 5.0

_PRIMARY = 0xFF  # SQLite's extended result codes carry the primary one in the low byte
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_REASONS = {
    sqlite3.SQLITE_BUSY: ("another program holds the history", "close it and try again"),
    sqlite3.SQLITE_LOCKED: ("another program holds the history", "close it and try again"),
    sqlite3.SQLITE_FULL: ("the disk is full", "make room; what was kept before is safe"),
    sqlite3.SQLITE_READONLY: ("the history may not be written", "mend the permissions of the file and its folder"),
    sqlite3.SQLITE_CANTOPEN: ("the history can't be opened", "mend the permissions of the file and its folder"),
    sqlite3.SQLITE_CORRUPT: ("the history is damaged", "start again: the file is set aside and a fresh one begun"),
    sqlite3.SQLITE_NOTADB: ("the history is damaged", "start again: the file is set aside and a fresh one begun"),
}


def open_database(path: Path, migrations: Path = MIGRATIONS) -> tuple[sqlite3.Connection, list[str]]:
    """Opens the history, and makes or migrates it where needed.

    Args:
        path: the file; it and its folder are made readable for their owner only.
        migrations: folder of `NNNN_name.sql`, applied in order; the number is the schema they lead to.

    Returns:
        The connection (autocommit, rows by name) and what the wearer should be told.

    Raises:
        JournalError: the file belongs to a newer RepBand or to another program, is in use, or can't be opened.
    """
    notices: list[str] = []
    with explained(path):
        _create_private(path)
        connection = _connect(path)
        try:
            if _is_damaged(connection):
                connection.close()
                notices.append(_set_aside(path))
                _create_private(path)
                connection = _connect(path)
            notices += _migrate(connection, path, migrations)
        except BaseException:
            connection.close()
            raise
    return connection, notices


@contextmanager
def explained(path: Path) -> Generator[None]:
    """Turns what SQLite and the system raise into a JournalError with a cure."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
        what, cure = _REASONS.get(code, (f"the history did not take it: {error}", None))
        raise JournalError(what, where=str(path), cure=cure) from error
    except OSError as error:
        what = f"the history can't be opened: {error.strerror or error}"
        raise JournalError(what, where=str(path), cure="mend the permissions of the file and its folder") from error


def insert(connection: sqlite3.Connection, table: str, row: Mapping[str, Any], *, or_ignore: bool = False) -> int:
    """Adds a row, given by column; returns its number."""
    verb = "INSERT OR IGNORE" if or_ignore else "INSERT"
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    cursor = connection.execute(f"{verb} INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))
    return cursor.lastrowid or 0


@contextmanager
def transaction(connection: sqlite3.Connection) -> Generator[None]:
    """All or nothing; takes the write lock at once, so that two programs wait for each other instead of failing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk rolls back by itself
            connection.execute("ROLLBACK")
        raise


def _create_private(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # SQLite gives its side files the same permissions


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
    connection.row_factory = sqlite3.Row
    return connection


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


def _is_damaged(connection: sqlite3.Connection) -> bool:
    try:
        return connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok"
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & _PRIMARY in _DAMAGED:
            return True
        raise


def _set_aside(path: Path) -> str:
    """Renames a damaged file and its side files; returns what to tell the wearer."""
    stamp = datetime.now().strftime("%Y-%m-%dT%H-%M-%S")
    aside = _free_name(path.with_name(f"{path.stem}.damaged-{stamp}{path.suffix}"))
    for side in ("-wal", "-shm"):
        if Path(f"{path}{side}").exists():
            Path(f"{path}{side}").rename(f"{aside}{side}")
    path.rename(aside)
    return f"{path}: the history was damaged; it is set aside as {aside.name} and a fresh one begun"


def _free_name(path: Path) -> Path:
    numbered = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in count(2))
    return path if not path.exists() else next(name for name in numbered if not name.exists())


def _migrate(connection: sqlite3.Connection, path: Path, folder: Path) -> list[str]:
    scripts = {int(script.name[:4]): script for script in sorted(folder.glob("[0-9][0-9][0-9][0-9]_*.sql"))}
    version = _pragma(connection, "user_version")
    _must_be_ours(connection, path, version, newest=max(scripts))
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    if version == max(scripts):
        return []
    notices = [_back_up(connection, path, version)] if version else []
    for number, script in scripts.items():
        _apply(connection, number, script.read_text(encoding="utf-8"))
    return notices


def _must_be_ours(connection: sqlite3.Connection, path: Path, version: int, newest: int) -> None:
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if tables and _pragma(connection, "application_id") != APPLICATION_ID:
        raise JournalError("a database of another program", where=str(path), cure="move it elsewhere")
    if version > newest:
        raise JournalError(
            f"the history was written by a newer RepBand (schema {version}, this one knows up to {newest})",
            where=str(path),
            cure="update RepBand",
        )


def _back_up(connection: sqlite3.Connection, path: Path, version: int) -> str:
    backup = _free_name(path.with_name(f"{path.stem}.schema-{version}{path.suffix}"))
    _create_private(backup)
    with closing(sqlite3.connect(backup)) as target:
        connection.backup(target)
    return f"{path}: brought up to date; the history as it was is kept as {backup.name}"


def _apply(connection: sqlite3.Connection, number: int, script: str) -> None:
    with transaction(connection):
        if _pragma(connection, "user_version") >= number:  # another program was faster
            return
        for statement in _statements(script):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")


def _statements(script: str) -> Iterator[str]:
    """Single statements; `executescript` would commit between them."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""

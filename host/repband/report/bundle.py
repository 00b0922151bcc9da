"""Everything the wearer owns, in one zip: a backup, or a way out."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from repband.errors import JournalError
from repband.journal.history import History
from repband.journal.overview import overview
from repband.report.tables import write_reps, write_sets

_HISTORY = "history.sqlite"
_TRANSIENT = ("-wal", "-shm", ".part")

_README = """Everything RepBand kept for you.

history.sqlite   all sessions, sets, reps, answers and corrections (SQLite)
recordings/      the raw recordings (MCAP, mcap.dev)
sets.csv         one line a set; empty is not known or not answered
reps.csv         one line a rep; holds = 1 marks the numbers that hold
the rest         your own exercise files, settings and whatever else lay beside them

To put it back: close RepBand, unpack this into its data folder (REPBAND_HOME, or what it says there), start again.
This is about your health and may hold the key of your sensor: keep it where only you can read it.
"""


@dataclass(frozen=True, slots=True)
class Bundled:
    """What a zip holds: its path, files, sessions, and recordings that the history names but that are gone."""

    path: Path
    files: int
    sessions: int
    gone: tuple[Path, ...]


def write_bundle(history: History, out: Path) -> Bundled:
    """Writes the zip; a file of that name is replaced only once the new one is whole.

    Raises:
        JournalError: it can't be written.
    """
    try:
        number, name = tempfile.mkstemp(".part", out.name + ".", out.parent)
        part = Path(name)
        try:
            with os.fdopen(number, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
                found = _fill(history, bundle, {out.absolute(), part.absolute()})
            part.replace(out)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        what = f"can't be written: {error.strerror or error}"
        raise JournalError(what, where=str(out), cure="make room or choose another folder") from error
    files, sessions, gone = found
    return Bundled(out, files, sessions, gone)


def _fill(history: History, bundle: zipfile.ZipFile, without: set[Path]) -> tuple[int, int, tuple[Path, ...]]:
    home = history.path.absolute().parent
    recordings = [Path(row["recording"]) for row in history.rows(_RECORDINGS)]
    names = {path: _name(path, home) for path in [*_own_files(home, history.path.name), *recordings]}
    gone = tuple(path for path in recordings if not path.is_file())
    for path, name in names.items():
        if path.absolute() not in without and path.is_file():
            bundle.write(path, name)
    _add_history(history, bundle)
    lines = overview(history)
    sets, reps = StringIO(newline=""), StringIO(newline="")
    write_sets(lines, sets)
    write_reps(history, lines, reps)
    bundle.writestr("sets.csv", sets.getvalue())
    bundle.writestr("reps.csv", reps.getvalue())
    bundle.writestr("README.txt", _README)
    return len(bundle.namelist()), len(lines), gone


_RECORDINGS = """
SELECT DISTINCT recording FROM sessions WHERE recording IS NOT NULL AND recording_deleted IS NULL ORDER BY recording
"""


def _own_files(home: Path, history: str) -> Iterator[Path]:
    """What lies in the data folder, but for the history itself and what only exists while it is open."""
    for path in sorted(home.rglob("*")):
        if path.is_file() and path.name != history and not path.name.endswith(_TRANSIENT):
            yield path


def _name(path: Path, home: Path) -> str:
    """Its name in the zip: as in the data folder; recordings from elsewhere stand beside the others."""
    absolute = path.absolute()
    return str(absolute.relative_to(home).as_posix() if absolute.is_relative_to(home) else f"recordings/{path.name}")


def _add_history(history: History, bundle: zipfile.ZipFile) -> None:
    """A whole copy, whatever is being written meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / _HISTORY
        with closing(sqlite3.connect(copy)) as target, closing(sqlite3.connect(history.path)) as source:
            source.backup(target)
        bundle.write(copy, _HISTORY)

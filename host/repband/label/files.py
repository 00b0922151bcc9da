"""Reads and writes `.reps.csv`: at every moment a whole file is on the disk, and what was there before is kept."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path

from repband.errors import JournalError, RecordingError
from repband.label.base import Label
from repband.label.rows import rows, seconds

NEEDED = ("kind", "start_s", "end_s")
COLUMNS = ("kind", "start_s", "top_s", "end_s", "source", "detector")
DIGITS = 3
"""Times are kept in whole milliseconds: finer than anyone can mark, and the same again after reading."""


def read_labels(path: Path) -> list[Label]:
    """The labels of a .reps.csv, in the order of its lines.

    A line without start and end but with a top is a moment.

    Raises:
        RecordingError: a line is not kind,start_s,...,end_s with kind rep or edge and start before end.
    """
    return [_label(row, where) for where, row in rows(path, NEEDED)]


def write_labels(path: Path, labels: Iterable[Label]) -> None:
    """Writes labels in order of time in the place of the file, whole or not at all.

    Raises:
        JournalError: it can't be written; the old file is untouched.
    """
    write_rows(path, COLUMNS, [_fields(label) for label in sorted(labels, key=_time)])


def write_rows(path: Path, header: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """Writes a table in the place of the file, whole or not at all.

    Raises:
        JournalError: it can't be written; the old file is untouched.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(lines)
    try:
        _put(path, text.getvalue().encode())
    except OSError as error:
        what = f"can't be written ({error.strerror or error})"
        raise JournalError(what, where=str(path), cure="make room, or write to a folder of your own") from error


def back_up(path: Path) -> Path | None:
    """Copies the file beside itself as `.bak` (`.bak2`, ... where that is taken); None where there is no file.

    Raises:
        JournalError: the copy can't be made.
    """
    try:
        before = path.read_bytes()
        for number in count(1):
            backup = path.with_name(f"{path.name}.bak{'' if number == 1 else number}")
            with suppress(FileExistsError), backup.open("xb") as file:
                file.write(before)
                return backup
    except FileNotFoundError:
        return None
    except OSError as error:
        raise JournalError(f"no copy can be kept ({error.strerror or error})", where=str(path)) from error
    raise AssertionError("unreachable")


def _put(path: Path, data: bytes) -> None:
    number, name = tempfile.mkstemp(".part", path.name + ".", path.parent)
    part = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        with suppress(OSError):  # a temporary file is private; labels may be read by whoever may read the old ones
            part.chmod(path.stat().st_mode if path.exists() else 0o644)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _label(row: dict[str, str], where: str) -> Label:
    if row["kind"] not in ("rep", "edge"):
        raise RecordingError(f"kind is {row['kind']!r}", where=where, cure="write rep or edge")
    top_s = seconds(row, "top_s", where) if row.get("top_s") else None
    if top_s is not None and not row["start_s"] and not row["end_s"]:
        start_s = end_s = top_s
    else:
        start_s, end_s = seconds(row, "start_s", where), seconds(row, "end_s", where)
        if end_s <= start_s:
            raise RecordingError(
                f"the rep ends at {end_s} s, not after its start at {start_s} s",
                where=where,
                cure="correct its times or remove the line",
            )
    doubtful = row["kind"] == "edge"
    return Label(start_s, end_s, top_s, doubtful, row.get("source", ""), row.get("detector", ""))


def _fields(label: Label) -> tuple[str, ...]:
    bounds = ("", "") if label.is_moment else (text(label.start_s), text(label.end_s))
    top_s = label.start_s if label.is_moment else label.top_s
    top = "" if top_s is None else text(top_s)
    return ("edge" if label.doubtful else "rep", bounds[0], top, bounds[1], label.source, label.detector)


def text(time_s: float) -> str:
    """A time as the file holds it."""
    return f"{round(time_s, DIGITS) + 0.0:.{DIGITS}f}"


def _time(label: Label) -> tuple[float, float]:
    return label.start_s, label.end_s

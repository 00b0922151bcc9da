"""Small tables with a header, whose mistakes are named with file and line."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from repband.errors import RecordingError


def rows(path: Path, needed: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each line of a CSV with a header as (where, column -> stripped text).

    Raises:
        RecordingError: it can't be read, lacks a needed column, or a line does not fit its header.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise RecordingError(f"can't be read ({error.strerror})", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise RecordingError("is not UTF-8 text", where=str(path), cure="save it as UTF-8") from error
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        header = [name.strip() for name in next(reader, list[str]())]
        missing = [name for name in needed if name not in header]
        if missing:
            raise RecordingError(f"no column {', '.join(missing)}", where=f"{path} line 1", cure="add it to the header")
        for fields in reader:
            if fields:
                where = f"{path} line {reader.line_num}"
                yield where, _row(header, fields, where)
    except csv.Error as error:
        raise RecordingError(str(error), where=f"{path} line {reader.line_num}") from error


def seconds(row: Mapping[str, str], column: str, where: str) -> float:
    """A time in s.

    Raises:
        RecordingError: the column holds no finite number.
    """
    try:
        value = float(row[column])
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise RecordingError(f"{column} is {row[column]!r}", where=where, cure="write a time in seconds")
    return value


def _row(header: list[str], fields: list[str], where: str) -> dict[str, str]:
    if len(fields) != len(header):
        raise RecordingError(
            f"{len(fields)} fields under {len(header)} columns", where=where, cure="quote fields that hold commas"
        )
    return dict(zip(header, (field.strip() for field in fields), strict=True))

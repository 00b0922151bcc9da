"""Tables of samples in text files: our own columns and the exports of phone apps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import numpy as np

from repband.errors import RecordingError
from repband.source.base import TimedSamples
from repband.source.layout import Layout, Recogniser, contract
from repband.source.table import BadLine, Rows, Table
from repband.source.text import read_lines, unreadable
from repband.source.units import UnitCheck

RECOGNISERS: tuple[Recogniser, ...] = (contract,)


class CsvSource:
    """A recording in a text file, whatever program wrote it.

    The layout is recognised by the header (`repband.source.layout`). Lines without a full set of finite numbers are
    left out and named in `bad_lines`; the stream names the hole.

    Args:
        path: the file.
        pace_s: None gives large arrivals, for speed; a number gives one arrival for so much recorded time, in s,
            for replay at the pace of the recording.
    """

    def __init__(self, path: Path | str, *, pace_s: float | None = None) -> None:
        self._path = Path(path)
        self._pace_s = pace_s
        self._table = Table(self._path.name, RECOGNISERS)
        self._file: BinaryIO | None = None

    @property
    def name(self) -> str:
        """The file's name."""
        return self._path.name

    @property
    def bad_lines(self) -> tuple[BadLine, ...]:
        """Lines left out so far, at most the first hundred."""
        return tuple(self._table.bad)

    def __iter__(self) -> Iterator[TimedSamples]:
        """Reads from the beginning.

        Raises:
            RecordingError: there is no such file, or it is no table of samples.
        """
        self._table = Table(self._path.name, RECOGNISERS)
        with self._open() as file:
            self._file = file
            yield from to_arrivals(_rows(self._table, file), self._table, self._pace_s)

    def close(self) -> None:
        """Closes the file."""
        if self._file is not None:
            self._file.close()

    def _open(self) -> AbstractContextManager[BinaryIO]:
        try:
            return self._path.open("rb")
        except FileNotFoundError:
            raise RecordingError("there is no such file", where=str(self._path), cure="check the name") from None
        except OSError as error:
            raise unreadable(str(self._path), error) from error


def _rows(table: Table, file: BinaryIO) -> Iterator[Rows]:
    for piece in read_lines(table.name, file):
        yield from table.feed(piece)
    table.finish()


def to_arrivals(rows: Iterator[Rows], table: Table, pace_s: float | None) -> Iterator[TimedSamples]:
    """Turns rows into samples in our units, in arrivals of `pace_s` of recorded time (None: as they are).

    Raises:
        RecordingError: the accelerations can't be in the unit that the header says.
    """
    check = UnitCheck(table.name)
    first_s: float | None = None
    arrival_s = 0.0
    for piece in rows:
        assert table.layout is not None
        samples = _converted(piece, table.layout, table.name)
        check.feed(samples.accel_g, table.layout)
        first_s = float(samples.t_s[0]) if first_s is None else first_s
        for part in _paced(samples, pace_s):
            arrival_s = max(arrival_s, float(part.t_s[-1]) - first_s)
            yield TimedSamples(part.t_s, part.accel_g, part.gyro_dps, arrival_s, part.where)
    if table.layout is not None:
        check.finish(table.layout)


def _converted(rows: Rows, layout: Layout, name: str) -> TimedSamples:
    values = rows.values
    gyro = values[:, 4:7] * layout.to_dps if layout.has_gyro else None
    return TimedSamples(values[:, 0] * layout.to_s, values[:, 1:4] * layout.to_g, gyro, 0.0, f"{name} line {rows.line}")


def _paced(samples: TimedSamples, pace_s: float | None) -> Iterator[TimedSamples]:
    if pace_s is None:
        yield samples
        return
    slot = np.floor((samples.t_s - samples.t_s[0]) / pace_s)
    cuts = [0, *(np.flatnonzero(np.diff(slot)) + 1).tolist(), len(slot)]
    for begin, end in pairwise(cuts):
        part = slice(begin, end)
        gyro = None if samples.gyro_dps is None else samples.gyro_dps[part]
        yield TimedSamples(samples.t_s[part], samples.accel_g[part], gyro, samples.arrival_s, samples.where)

"""From the rows of a table to arrivals in our units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from repband.source.base import TimedSamples
from repband.source.table import Rows, Table
from repband.source.text import Readable, read_lines
from repband.source.units import UnitCheck


def rows_of(table: Table, file: Readable) -> Iterator[Rows]:
    """All rows of a table.

    Raises:
        RecordingError: it is no table of samples, or too many of its lines are bad.
    """
    for piece in read_lines(table.name, file):
        yield from table.feed(piece)
    table.finish()


def samples_of(table: Table, file: Readable) -> Iterator[TimedSamples]:
    """The samples of a table in s, g and deg/s; `arrival_s` is 0.

    Raises:
        RecordingError: as `rows_of`; or the accelerations can't be in the unit that the header says.
    """
    check: UnitCheck | None = None
    for rows in rows_of(table, file):
        layout = table.layout
        assert layout is not None
        check = check or UnitCheck(table.name, layout)
        values = rows.values
        accel_g = values[:, 1:4] * check.to_g(values[:, 1:4])
        gyro_dps = values[:, 4:7] * layout.to_dps if layout.has_gyro else None
        yield TimedSamples(values[:, 0], accel_g, gyro_dps, 0.0, f"{table.name} line {rows.line}")
    if check is not None:
        check.finish()


def timed(pieces: Iterator[TimedSamples]) -> Iterator[TimedSamples]:
    """Gives them arrival times: that of the newest sample since the first, as if they had come live."""
    first_s: float | None = None
    arrival_s = 0.0
    for piece in pieces:
        first_s = float(piece.t_s[0]) if first_s is None else first_s
        arrival_s = max(arrival_s, float(np.max(piece.t_s)) - first_s)
        yield replace(piece, arrival_s=arrival_s)

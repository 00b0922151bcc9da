"""A table of samples as text: its dialect, its header and its numbers, read in pieces."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from repband.errors import RecordingError
from repband.source.layout import SUPPORTED, Layout, Recogniser, clean
from repband.source.text import Lines

Floats = npt.NDArray[np.float64]

_MOST_BAD_SHARE = 0.05  # more bad lines than this, and the file is refused: what is left is no longer the recording
_BAD_LINES_ALWAYS_ALLOWED = 3
_KEPT_NAMES = 100


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that held no sample: it is left out, and the stream names the hole it leaves."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Rows:
    """Numbers of consecutive good lines: `values` has shape (n, 4 or 7) in the file's units; `line` is the first's."""

    line: int
    values: Floats


@dataclass(slots=True)
class Table:
    """Reads the lines of one table, header first.

    A line without a full set of finite numbers is left out and named in `bad`; a table in which more than 5 % of
    the lines are like that is refused.

    Args:
        name: the file, for messages.
        recognisers: tried in order on the header.
        headerless: what to assume when the first line already holds numbers; None refuses such a table.
    """

    name: str
    recognisers: Sequence[Recogniser]
    headerless: Layout | None = None
    layout: Layout | None = None
    bad: list[BadLine] = field(default_factory=list[BadLine])
    bad_count: int = 0
    good_count: int = 0
    _delimiter: str = ","
    _decimal_comma: bool = False
    _width: int = 0
    _unseen: bool = True

    def feed(self, piece: Lines) -> Iterator[Rows]:
        """Gives the samples of further lines.

        Raises:
            RecordingError: the header is not known, or too many lines are bad.
        """
        line, lines = piece.first, piece.lines
        if self.layout is None:
            used = self._read_header(line, lines)
            line, lines = line + used, lines[used:]
        if self.layout is None or not lines:
            return
        if self._unseen:
            self._look_at_first(line, lines)
        yield from self._rows(line, lines)
        self._refuse_if_mostly_bad(final=False)

    def finish(self) -> None:
        """Call after the last line. Raises RecordingError when the table held nothing of use."""
        if self.layout is None:
            raise RecordingError("is empty", where=self.name, cure=f"give {SUPPORTED}")
        self._refuse_if_mostly_bad(final=True)
        if self.good_count:
            return
        if self.bad:
            worst = self.bad[0]
            where = f"{self.name} line {worst.line}"
            raise RecordingError(f"{worst.why}, and no line is whole", where=where, cure="mend these lines")
        raise RecordingError("has a header but no samples", where=self.name, cure="record it again")

    def _read_header(self, first: int, lines: list[str]) -> int:
        """Looks for the header; gives how many lines it used up."""
        for offset, line in enumerate(lines):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            self._delimiter = _delimiter_of(line)
            cells = [clean(cell) for cell in _all_cells(line, self._delimiter)]
            self._width = len(cells)
            if self.headerless is not None and _all_numbers(cells):
                self.layout = self._headerless(len(cells))
                return offset
            self.layout = self._recognise(cells, f"{self.name} line {first + offset}")
            return offset + 1
        return len(lines)

    def _headerless(self, width: int) -> Layout | None:
        assert self.headerless is not None
        return self.headerless if width >= len(self.headerless.columns) else self.headerless.without_gyro()

    def _recognise(self, cells: list[str], where: str) -> Layout:
        for recognise in self.recognisers:
            layout = recognise(cells, where)
            if layout is not None:
                return layout
        shown = ",".join(cells)[:80]
        raise RecordingError(f'has a header that is not known ("{shown}")', where=where, cure=f"give {SUPPORTED}")

    def _look_at_first(self, line: int, lines: list[str]) -> None:
        """The first line of numbers settles whether decimals have commas and whether rotation rates are there."""
        assert self.layout is not None
        text = next((text for text in lines if text.strip() and not text.lstrip().startswith("#")), None)
        if text is None:
            return
        self._unseen = False
        self._decimal_comma = self._delimiter != "," and "," in text and "." not in text
        if self._delimiter == "," and text.count(",") + 1 == 2 * self._width > 2:
            raise RecordingError(
                "has twice as many cells as its header: decimal commas in a comma-separated file",
                where=f"{self.name} line {line}",
                cure="export it with semicolons or with decimal points",
            )
        cells = _all_cells(text, self._delimiter)
        if self.layout.has_gyro and not any(cells[at].strip() for at in self.layout.columns[4:] if at < len(cells)):
            self.layout = self.layout.without_gyro()

    def _rows(self, line: int, lines: list[str]) -> Iterator[Rows]:
        if self._decimal_comma:
            lines = [text.replace(",", ".") for text in lines]
        values = self._fast(lines)
        if values is not None:
            self.good_count += len(values)
            yield Rows(line, values)
            return
        yield from self._slow(line, lines)

    def _fast(self, lines: list[str]) -> Floats | None:
        """All lines at once; None as soon as anything about them is odd."""
        assert self.layout is not None
        if "" in lines:
            return None
        try:
            values = np.loadtxt(
                lines, delimiter=self._delimiter, usecols=self.layout.columns, comments=None, quotechar='"', ndmin=2
            )
        except (ValueError, OverflowError):
            return None
        return values if len(values) == len(lines) and bool(np.isfinite(values).all()) else None

    def _slow(self, line: int, lines: list[str]) -> Iterator[Rows]:
        """Line by line; runs of good lines are given together so that `where` stays close."""
        run: list[list[float]] = []
        start = line
        for number, text in enumerate(lines, line):
            if not text.strip() or text.lstrip().startswith("#"):
                continue
            values = self._numbers(number, text)
            if values is None:
                continue
            start = start if run else number
            run.append(values)
        if run:
            self.good_count += len(run)
            yield Rows(start, np.array(run, dtype=np.float64))

    def _numbers(self, number: int, text: str) -> list[float] | None:
        assert self.layout is not None
        try:
            cells = _all_cells(text, self._delimiter)
            values = [_number(cells[column]) for column in self.layout.columns]
        except (ValueError, IndexError) as error:
            self._note(number, "too few cells" if isinstance(error, IndexError) else str(error))
            return None
        if not all(map(math.isfinite, values)):
            self._note(number, "a value is not finite")
            return None
        return values

    def _note(self, number: int, why: str) -> None:
        self.bad_count += 1
        if len(self.bad) < _KEPT_NAMES:
            self.bad.append(BadLine(number, why))

    def _refuse_if_mostly_bad(self, *, final: bool) -> None:
        total = self.bad_count + self.good_count
        allowed = max(_BAD_LINES_ALWAYS_ALLOWED, _MOST_BAD_SHARE * total)
        if self.bad_count <= allowed or not (final or total > 1000):
            return
        worst = self.bad[0]
        raise RecordingError(
            f"{worst.why}, and {self.bad_count} of {total} lines are like that",
            where=f"{self.name} line {worst.line}",
            cure="mend or remove these lines",
        )


def _delimiter_of(header: str) -> str:
    """The separator that cuts the header into most cells; a comma when there is none."""
    counts = {mark: len(_all_cells(header, mark)) for mark in (",", ";", "\t")}
    return max(counts, key=lambda mark: counts[mark])


def _all_cells(text: str, delimiter: str) -> list[str]:
    """The cells of a line; one with odd quotes is cut at every delimiter."""
    if '"' in text:
        try:
            return next(csv.reader([text], delimiter=delimiter))
        except (csv.Error, StopIteration):
            pass
    return text.split(delimiter)


def _number(cell: str) -> float:
    cell = cell.strip()
    if not cell:
        raise ValueError("a value is missing")
    if "_" in cell:  # Python would take 1_000 for a number
        raise ValueError(f'"{cell[:20]}" is not a number')
    try:
        return float(cell)
    except ValueError:
        raise ValueError(f'"{cell[:20]}" is not a number') from None


def _all_numbers(cells: Sequence[str]) -> bool:
    try:
        return len(cells) >= 4 and all(math.isfinite(_number(cell)) for cell in cells)
    except ValueError:
        return False

"""One table of samples in a text file: our own columns, or one file of a phone app's export."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from repband.errors import RecordingError
from repband.source.arrivals import samples_of, timed
from repband.source.base import TimedSamples
from repband.source.layout import RECOGNISERS
from repband.source.table import BadLine, Table
from repband.source.text import unreadable


class CsvSource:
    """A recording in a text file, whatever program wrote it.

    The layout is recognised by the header (`repband.source.layout`). Lines without a full set of finite numbers are
    left out and named in `bad_lines`; the stream names the hole. More than 5 % of them, and the file is refused.

    Args:
        path: the file.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
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

    @property
    def bad_line_count(self) -> int:
        """How many lines have been left out so far."""
        return self._table.bad_count

    def __iter__(self) -> Iterator[TimedSamples]:
        """Reads from the beginning.

        Raises:
            RecordingError: there is no such file, it is no table of samples, or its accelerations are in another unit.
        """
        self._table = Table(self._path.name, RECOGNISERS)
        with open_file(self._path) as file:
            self._file = file
            yield from timed(samples_of(self._table, file))

    def close(self) -> None:
        """Closes the file."""
        if self._file is not None:
            self._file.close()


def open_file(path: Path) -> BinaryIO:
    """Opens a file for reading; RecordingError when that can't be done."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise RecordingError("there is no such file", where=str(path), cure="check the name") from None
    except OSError as error:
        raise unreadable(str(path), error) from error

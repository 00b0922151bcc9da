"""Samples as lines on standard input, as they come."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from io import BufferedReader
from typing import BinaryIO, cast

from repband.source.arrivals import samples_of
from repband.source.base import TimedSamples
from repband.source.layout import CONTRACT_HEADERLESS, RECOGNISERS
from repband.source.table import Table


class StdinSource:
    """Lines of t_s,ax,ay,az[,gx,gy,gz] from a pipe, with or without the header; also the exports of phone apps.

    Args:
        file: where to read; standard input by default.
    """

    def __init__(self, file: BinaryIO | None = None) -> None:
        self._file = file
        self._closed = False

    @property
    def name(self) -> str:
        """What a person would call it."""
        return "standard input"

    def __iter__(self) -> Iterator[TimedSamples]:
        """Blocks until lines arrive; gives all that have come by then.

        Raises:
            RecordingError: what comes is no table of samples.
        """
        begun_s = time.monotonic()
        table = Table(self.name, RECOGNISERS, headerless=CONTRACT_HEADERLESS)
        pipe = _Pipe(self._file if self._file is not None else sys.stdin.buffer)
        for samples in samples_of(table, pipe):
            if self._closed:
                return
            yield replace(samples, arrival_s=time.monotonic() - begun_s)

    def close(self) -> None:
        """Ends iterating at the next line; the input itself stays open, as it belongs to the process."""
        self._closed = True


class _Pipe:
    """Gives what has come instead of waiting for a full piece."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int, /) -> bytes:
        if hasattr(self._file, "read1"):
            return cast(BufferedReader, self._file).read1(size)
        return self._file.read(size)

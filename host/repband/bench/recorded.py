"""Reads a recording of any kind into the samples that the live engine takes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from repband.source import open_source
from repband.stream import Stream, StreamItem


def stream_items(path: Path) -> Iterator[StreamItem]:
    """The blocks and gaps of a recording as they come, through the same stream as live samples.

    Raises:
        RecordingError: it can't be read.
    """
    source, stream = open_source(path), Stream()
    try:
        for arrival in source:
            yield from stream.feed(arrival)
        yield from stream.finish()
    finally:
        source.close()


def read_items(path: Path) -> list[StreamItem]:
    """The same, all at once."""
    return list(stream_items(path))

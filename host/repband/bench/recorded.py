"""Reads a recording of any kind into the samples that the live engine takes."""

from __future__ import annotations

from pathlib import Path

from repband.source import open_source
from repband.stream import Stream, StreamItem


def read_items(path: Path) -> list[StreamItem]:
    """All blocks and gaps of a recording, through the same stream as live samples.

    Raises:
        RecordingError: it can't be read.
    """
    source, stream = open_source(path), Stream()
    try:
        items = [item for arrival in source for item in stream.feed(arrival)]
        return items + stream.finish()
    finally:
        source.close()

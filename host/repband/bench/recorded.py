"""Reads a recording of any kind into the samples that the live engine takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import numpy as np

from repband.source import Arrival, RecordingSource, open_source
from repband.stream import SampleBlock, Stream, StreamItem

BLOCK_SAMPLES = 1024
"""Blocks of a file are put together to about this size: the engine does not care, and goes several times as fast."""


def stream_items(path: Path) -> Iterator[StreamItem]:
    """The blocks and gaps of a recording as they come: what a live session's engine was given, or would be.

    Raises:
        RecordingError: it can't be read.
    """
    return together(_items(path))


def read_items(path: Path) -> list[StreamItem]:
    """The same, all at once."""
    return list(stream_items(path))


def together(items: Iterable[StreamItem]) -> Iterator[StreamItem]:
    """The same stream in larger blocks: neighbours without a hole between them are put together."""
    held: list[SampleBlock] = []
    for item in items:
        if held and not (isinstance(item, SampleBlock) and _belongs(item, held)):
            yield _one(held)
            held = []
        if isinstance(item, SampleBlock):
            held.append(item)
        else:
            yield item
    if held:
        yield _one(held)


def _items(path: Path) -> Iterator[StreamItem]:
    source = open_source(path)
    try:
        if isinstance(source, RecordingSource):
            yield from _kept(path, source)
        else:
            yield from _through_stream(source)
    finally:
        source.close()


def _kept(path: Path, source: RecordingSource) -> Iterator[StreamItem]:
    """The samples that a recording of ours keeps as its session had them; decoded anew where it keeps none."""
    from repband.journal import read_recording

    items = read_recording(path).items()
    first = next(items, None)
    yield from _through_stream(source) if first is None else chain([first], items)


def _through_stream(source: Iterable[Arrival]) -> Iterator[StreamItem]:
    stream = Stream()
    for arrival in source:
        yield from stream.feed(arrival)
    yield from stream.finish()


def _belongs(block: SampleBlock, held: list[SampleBlock]) -> bool:
    first, last = held[0], held[-1]
    follows = block.index == last.index + len(last.t_s) and (block.gyro_dps is None) == (last.gyro_dps is None)
    return follows and block.index - first.index < BLOCK_SAMPLES


def _one(blocks: list[SampleBlock]) -> SampleBlock:
    if len(blocks) == 1:
        return blocks[0]
    gyro = [block.gyro_dps for block in blocks if block.gyro_dps is not None]
    return SampleBlock(
        index=blocks[0].index,
        t_s=np.concatenate([block.t_s for block in blocks]),
        accel_g=np.concatenate([block.accel_g for block in blocks]),
        gyro_dps=np.concatenate(gyro) if gyro else None,
    )

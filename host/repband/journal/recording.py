"""Reads a recording back: finished, cut short by a crash, or passed through other people's tools."""

from __future__ import annotations

import os
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from repband.driver.base import Record
from repband.errors import RecordingError
from repband.journal.container import RawMessage, Walk, WalkError, begins_as_mcap, has_end, states_checksum
from repband.journal.messages import ARRIVAL_TOPICS, ITEM_TOPICS, RECORD_TOPICS, TOPICS
from repband.journal.meta import RecordingMeta
from repband.journal.recorder import FORMAT_VERSION, METADATA_NAME
from repband.source.base import Arrival
from repband.stream.base import StreamItem


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording that can be read. Each iterator reads the file anew and only the half it is asked for.

    Attributes:
        path: the file.
        meta: what it says about itself.
        finished: False where the recorder did not come to close it.
        truncated_note: for an unfinished file, where it ends, in words; else None.
    """

    path: Path
    meta: RecordingMeta
    finished: bool
    truncated_note: str | None

    def records(self) -> Iterator[Record]:
        """Arrivals, commands and ticks in the order in which they acted.

        Raises:
            RecordingError: a finished file is damaged inside; what came before the damage has been given.
        """
        return self._decoded(RECORD_TOPICS)

    def arrivals(self) -> Iterator[Arrival]:
        """Only what arrived, in order. Raises as `records` does."""
        return self._decoded(ARRIVAL_TOPICS)

    def items(self) -> Iterator[StreamItem]:
        """Samples and gaps as they were decoded when it was recorded. Raises as `records` does."""
        return self._decoded(ITEM_TOPICS)

    def messages(self, topics: Container[str] | None = None) -> Iterator[RawMessage]:
        """Messages as they lie in the file, of all topics or some. Raises as `records` does."""
        with _open(self.path) as file:
            try:
                yield from Walk(file, topics).messages()
            except WalkError as stop:
                if self.finished:
                    raise _damaged(self.path, stop.offset, stop.why) from stop

    def _decoded(self, topics: Container[str]) -> Iterator[Any]:
        for message in self.messages(topics):
            try:
                thing = TOPICS[message.topic].decode(message.data)
            except Exception as error:  # damaged bytes fail in every way there is
                raise _damaged(self.path, message.offset, f"a damaged message on {message.topic}") from error
            yield thing


def read_recording(path: str | os.PathLike[str]) -> Recording:
    """Opens a recording.

    A file that its recorder did not finish is read up to its last whole message; `truncated_note` says so.

    Raises:
        RecordingError: there is no such file, it is no recording of ours, it is damaged, or it was made by a newer
            version.
    """
    path = Path(path)
    with open_mcap(path) as file:
        meta = read_meta(path, file)
        if has_end(file):
            _verify(path, file)
            return Recording(path, meta, True, None)
        return Recording(path, meta, False, _how_far(path, file))


def open_mcap(path: Path) -> BinaryIO:
    """Opens a file that begins as MCAP does. Raises RecordingError where there is none."""
    file = _open(path)
    if begins_as_mcap(file):
        return file
    file.close()
    why = "is empty" if path.stat().st_size == 0 else "is not an MCAP file, or not even its first bytes were written"
    raise RecordingError(why, where=str(path))


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb", buffering=1 << 16)
    except FileNotFoundError as error:
        raise RecordingError("no such file", where=str(path), cure="check the name") from error
    except OSError as error:
        why = "is a folder" if path.is_dir() else f"can't be opened: {error.strerror or error}"
        raise RecordingError(why, where=str(path)) from error


def read_meta(path: Path, file: BinaryIO) -> RecordingMeta:
    """What the recording says about itself. Raises RecordingError where it says nothing, or too new a thing."""
    walk = Walk(file)
    try:
        for _ in walk.messages():
            # Ours comes before the first message; tools that rewrite files may put it last.
            if METADATA_NAME in walk.metadata:
                break
    except WalkError as stop:
        if METADATA_NAME not in walk.metadata and not walk.message_seen:
            raise _damaged(path, stop.offset, f"{stop.why}, before the recording describes itself") from stop
    if METADATA_NAME not in walk.metadata:
        profile = f" (its profile is '{walk.profile}')" if walk.profile else ""
        raise RecordingError(f"an MCAP file, but no recording of RepBand{profile}", where=str(path))
    return _decoded_meta(path, walk.metadata[METADATA_NAME])


def _decoded_meta(path: Path, fields: dict[str, str]) -> RecordingMeta:
    version = fields.get("format", "")
    if not version.isascii() or not version.isdigit():
        raise RecordingError(f"its format version is '{version}', not a number", where=str(path))
    if int(version) > FORMAT_VERSION:
        raise RecordingError(
            f"recorded in format {version}, this RepBand reads up to {FORMAT_VERSION}",
            where=str(path),
            cure="update RepBand",
        )
    try:
        return msgspec.json.decode(fields.get("meta", ""), type=RecordingMeta)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise RecordingError(f"its description is damaged: {error}", where=str(path)) from error


def _how_far(path: Path, file: BinaryIO) -> str:
    """Where an unfinished file ends, in words."""
    walk = Walk(file)
    count, first_ns, last_ns = 0, 0, 0
    why = "the index at its end is missing"
    try:
        for message in walk.messages():
            first_ns, last_ns = first_ns or message.log_time_ns, message.log_time_ns
            count += 1
    except WalkError as stop:
        why = stop.why if stop.cut else f"damaged: {stop.why}"
    return (
        f"not finished: {count} messages over {(last_ns - first_ns) / 1e9:.1f} s are whole, up to byte "
        f"{walk.position} of {walk.size} ({why}); 'repband repair {path.name}' finishes it"
    )


def _verify(path: Path, file: BinaryIO) -> None:
    if not states_checksum(file):
        raise RecordingError(
            "its bytes are not those that were recorded (the checksum differs)",
            where=str(path),
            cure="fetch it again from a backup, or 'repband repair' to keep what can be read",
        )


def _damaged(path: Path, offset: int, why: str) -> RecordingError:
    return RecordingError(f"byte {offset}: {why}", where=str(path), cure="'repband repair' keeps what can be read")

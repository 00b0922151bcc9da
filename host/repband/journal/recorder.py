"""Writes a session as it happens, so that a crash costs next to nothing."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import msgspec
from mcap.writer import IndexType, Writer

import repband
from repband.driver.base import Record
from repband.errors import JournalError
from repband.journal import lock
from repband.journal.messages import TOPICS, host_time_s, topic_of
from repband.journal.meta import RecordingMeta
from repband.stream.base import StreamItem

FORMAT_VERSION = 1
METADATA_NAME = "repband"
SYNC_EVERY_S = 5.0  # what a power cut may cost; ext4 and APFS commit their own journals about as often

_LATEST_NS = 2**63 - 1


class McapFile:
    """An MCAP file of ours that is being written: standard header, our channels, our metadata, then messages."""

    def __init__(self, file: BinaryIO, meta: RecordingMeta) -> None:
        # Chunks are written when full, not when flushed: a killed process would lose the open one.
        self._writer = Writer(
            file, use_chunking=False, index_types=IndexType.METADATA | IndexType.ATTACHMENT, enable_data_crcs=True
        )
        self._writer.start(profile="repband", library=f"repband {repband.__version__}")
        self._channels = {name: self._register(name) for name in TOPICS}
        self._writer.add_metadata(
            METADATA_NAME, {"format": str(FORMAT_VERSION), "meta": msgspec.json.encode(meta).decode()}
        )
        self._written = 0

    def _register(self, name: str) -> int:
        topic = TOPICS[name]
        schema_id = self._writer.register_schema(topic.schema_name, topic.schema_encoding, topic.schema.encode())
        return self._writer.register_channel(name, topic.encoding, schema_id)

    def add(self, topic: str, log_time_ns: int, data: bytes) -> None:
        """Appends one message; `sequence` counts all messages of the file from 1."""
        self._written += 1
        self._writer.add_message(self._channels[topic], log_time_ns, data, log_time_ns, self._written & 0xFFFFFFFF)

    def finish(self) -> None:
        """Writes the summary and the footer."""
        self._writer.finish()


class Recorder:
    """Records one session in a new MCAP file.

    Every message is handed to the operating system before `write` returns: a process killed at any moment loses
    nothing it had been given. Every `SYNC_EVERY_S` seconds a second thread asks the disk to keep it, so that a power
    cut costs about that much and a slow disk never holds up the count.

    Args:
        path: the file to make; folders on the way are made too. An existing file is never overwritten.
        meta: what the recording says about itself.
        clock: a steady clock in s; only for deciding when to ask the disk.

    Raises:
        JournalError: the file exists, can't be made or can't be written (a full disk). What was written before
            stays readable.
    """

    def __init__(
        self, path: str | os.PathLike[str], meta: RecordingMeta, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.path = Path(path)
        self._clock = clock
        self._start_ns = _start_ns(meta)
        self._log_time_ns = self._start_ns
        self._failed: JournalError | None = None
        self._closed = False
        self._file = _create(self.path)
        self._syncer = ThreadPoolExecutor(1, "repband-sync")
        self._sync: Future[None] | None = None
        self._synced_s = clock()
        try:
            self._mcap = McapFile(self._file, meta)
            self._hand_over()
        except OSError as error:
            raise self._fail(error) from error

    def write(self, record: Record) -> None:
        """Appends one record.

        Raises:
            JournalError: it can't be written, or the recorder is closed.
        """
        self._append((record,))

    def write_items(self, items: Iterable[StreamItem]) -> None:
        """Appends decoded samples and gaps; call it after the record they came from.

        Raises:
            JournalError: they can't be written, or the recorder is closed.
        """
        self._append(items)

    def _append(self, things: Iterable[Record | StreamItem]) -> None:
        self._must_be_open()
        try:
            for thing in things:
                topic = topic_of(thing)
                self._mcap.add(topic.name, self._log_time(thing), topic.encode(thing))
            self._hand_over()
        except OSError as error:
            raise self._fail(error) from error

    def _log_time(self, thing: Record | StreamItem) -> int:
        seconds = host_time_s(thing)
        if seconds is not None and 0 <= seconds < 1e9:  # an absurd time stays in the message; only the index skips it
            self._log_time_ns = min(self._start_ns + round(seconds * 1e9), _LATEST_NS)
        return self._log_time_ns

    def _must_be_open(self) -> None:
        if self._failed:
            raise self._failed
        if self._closed:
            raise JournalError("the recording is closed", where=str(self.path))

    def _hand_over(self) -> None:
        self._file.flush()
        now_s = self._clock()
        if now_s - self._synced_s < SYNC_EVERY_S or (self._sync and not self._sync.done()):
            return
        if self._sync:
            self._sync.result()  # an error of the disk surfaces here
        self._sync = self._syncer.submit(os.fsync, self._file.fileno())
        self._synced_s = now_s

    def _fail(self, error: OSError) -> JournalError:
        self._failed = JournalError(
            f"the recording can't be written: {error.strerror or error}",
            where=str(self.path),
            cure="make room or choose another folder; what was written so far can be read",
        )
        self._release()
        return self._failed

    def _release(self) -> None:
        self._closed = True
        self._syncer.shutdown(wait=True)
        with contextlib.suppress(OSError):  # flushing what a full disk refused fails again
            self._file.close()

    def close(self) -> None:
        """Finishes the file and asks the disk to keep it. Calling it twice does no harm.

        Raises:
            JournalError: the end can't be written; the file stays readable as an unfinished one.
        """
        if self._closed:
            return
        try:
            self._mcap.finish()
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise self._fail(error) from error
        self._release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _start_ns(meta: RecordingMeta) -> int:
    """`started` in nanoseconds since 1970, the base of all log times."""
    try:
        started = datetime.fromisoformat(meta.started)
        return max(0, round(started.timestamp() * 1000)) * 1_000_000
    except (ValueError, OverflowError, OSError) as error:
        raise JournalError(
            f"'{meta.started}' is not a time", where="started", cure="write it as 2025-01-31T18:30:00+01:00"
        ) from error


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotADirectoryError(errno.ENOTDIR, "a file is where the folder should be") from error


def _create(path: Path) -> BinaryIO:
    try:
        _make_folder(path.parent)
        file = open(path, "xb", opener=_private)  # noqa: SIM115 - kept open, and pathlib has no opener
    except FileExistsError as error:
        raise JournalError(
            "the file exists and recordings are never overwritten", where=str(path), cure="choose another name"
        ) from error
    except OSError as error:
        raise JournalError(
            f"the recording can't be made: {error.strerror or error}", where=str(path), cure="choose another folder"
        ) from error
    lock.hold(file)
    return file

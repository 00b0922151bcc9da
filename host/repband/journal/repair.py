"""Finishes what a crash cut and saves what can be read of a damaged recording; the original is always kept."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO, Literal

import msgspec

from repband.errors import JournalError, RecordingError
from repband.journal import lock
from repband.journal.container import RawMessage, Walk, WalkError, has_end, states_checksum
from repband.journal.messages import TOPICS
from repband.journal.meta import RecordingMeta
from repband.journal.recorder import McapFile
from repband.journal.recording import open_mcap, read_meta

Found = Literal["whole", "unfinished", "damaged"]


@dataclass(frozen=True, slots=True)
class RepairReport:
    """What `repair` found and did.

    Attributes:
        path: the recording, now finished.
        found: in what state it was.
        messages: messages kept.
        seconds: host time they span, in s.
        unreadable_bytes: bytes at the end or in between that made no sense; 0 for a whole file.
        why: what was found where the file stops, empty for a whole file.
        backup: where the original is kept; None where nothing had to be done.
    """

    path: Path
    found: Found
    messages: int
    seconds: float
    unreadable_bytes: int
    why: str
    backup: Path | None

    def __str__(self) -> str:
        if self.found == "whole":
            return f"{self.path}: whole, nothing to do ({self._kept()})"
        lost = f", {self.unreadable_bytes:,} bytes could not be read" if self.unreadable_bytes else ""
        done = f"repaired; the original is kept as {self.backup.name}" if self.backup else "can be repaired"
        return f"{self.path}: {self.found} ({self.why}); {self._kept()}{lost}; {done}"

    def _kept(self) -> str:
        return f"{self.seconds:.1f} s in {self.messages:,} messages"


class _Salvage:
    """One pass over whatever can be read, and the tally of it."""

    def __init__(self, file: BinaryIO) -> None:
        self._walk = Walk(file, TOPICS)
        self.messages = 0
        self.unreadable_bytes = 0
        self.why = ""
        self.damaged = False
        self._first_ns: int | None = None
        self._last_ns = 0

    @property
    def seconds(self) -> float:
        """Host time spanned by the messages passed so far."""
        return (self._last_ns - (self._first_ns or 0)) / 1e9

    def __iter__(self) -> Iterator[RawMessage]:
        while True:
            try:
                for message in self._walk.messages():
                    if self._readable(message):
                        yield message
                return
            except WalkError as error:
                if not self._passed(error):
                    return

    def _passed(self, error: WalkError) -> bool:
        """Notes a damaged place, and whether there is more to read behind it."""
        more = self._walk.resume()
        self.unreadable_bytes += (self._walk.position if more else self._walk.size) - error.offset
        self.why = self.why or f"byte {error.offset}: {error.why}"
        self.damaged |= more or not error.cut
        return more

    def _readable(self, message: RawMessage) -> bool:
        try:
            TOPICS[message.topic].decode(message.data)
        except Exception:  # damaged bytes fail in every way there is
            self.why = self.why or f"byte {message.offset}: a damaged message on {message.topic}"
            self.unreadable_bytes += len(message.data)
            self.damaged = True
            return False
        self.messages += 1
        self._first_ns = message.log_time_ns if self._first_ns is None else self._first_ns
        self._last_ns = max(self._last_ns, message.log_time_ns)
        return True

    def report(self, path: Path, found: Found, backup: Path | None) -> RepairReport:
        return RepairReport(path, found, self.messages, self.seconds, self.unreadable_bytes, self.why, backup)


def repair(path: str | os.PathLike[str], *, dry_run: bool = False) -> RepairReport:
    """Makes a finished recording of an unfinished or damaged one, under the same name.

    Every message that can be read is kept as it is; the original is kept beside it with `.bak` appended. A file that
    is whole is left alone. With `dry_run` nothing is written and `backup` is None.

    Raises:
        RecordingError: nothing can be read of it, or it is being recorded right now.
        JournalError: the repaired file can't be written; the original is untouched.
    """
    path = Path(path)
    with open_mcap(path) as file:
        if lock.is_held(file):
            raise RecordingError("is being recorded right now", where=str(path), cure="stop the session first")
        meta = read_meta(path, file)
        salvage, found = _examine(file)
        if found == "whole" or dry_run:
            return salvage.report(path, found, None)
        note = f"{found}: {salvage.why}; {salvage.messages} messages kept"
        part = _rewrite(path, file, msgspec.structs.replace(meta, extra={**meta.extra, "repaired": note}))
    return salvage.report(path, found, _swap(path, part))


def _examine(file: BinaryIO) -> tuple[_Salvage, Found]:
    finished = has_end(file)
    intact = not finished or states_checksum(file)
    salvage = _Salvage(file)
    for _ in salvage:
        pass
    if finished and not intact:
        salvage.why = salvage.why or "the checksum differs from what was recorded"
    if salvage.damaged or not intact:
        return salvage, "damaged"
    if finished and not salvage.why:
        return salvage, "whole"
    salvage.why = salvage.why or "the index at its end is missing"
    return salvage, "unfinished"


def _rewrite(path: Path, file: BinaryIO, meta: RecordingMeta) -> Path:
    """Writes what can be read to a new file in the same folder."""
    try:
        number, name = tempfile.mkstemp(".part", path.name + ".", path.parent)
        part = Path(name)
        try:
            with os.fdopen(number, "wb") as out:
                mcap = McapFile(out, meta)
                for message in _Salvage(file):
                    mcap.add(message.topic, message.log_time_ns, message.data)
                mcap.finish()
                out.flush()
                os.fsync(out.fileno())
        except BaseException:
            part.unlink()
            raise
    except OSError as error:
        raise _cannot_write(path, error) from error
    return part


def _swap(path: Path, part: Path) -> Path:
    """Puts the new file in the place of the old; at every moment both are on the disk."""
    try:
        backup = _back_up(path)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise _cannot_write(path, error) from error
    return backup


def _back_up(path: Path) -> Path:
    for number in count(1):
        backup = path.with_name(f"{path.name}.bak{'' if number == 1 else number}")
        with suppress(FileExistsError):
            _link_or_copy(path, backup)
            return backup
    raise AssertionError("unreachable")


def _link_or_copy(path: Path, backup: Path) -> None:
    try:
        os.link(path, backup)
    except FileExistsError:
        raise
    except OSError:  # file systems without links
        with path.open("rb") as source, backup.open("xb") as target:
            copyfileobj(source, target)
            target.flush()
            os.fsync(target.fileno())


def _cannot_write(path: Path, error: OSError) -> JournalError:
    return JournalError(
        f"the repaired file can't be written: {error.strerror or error}",
        where=str(path),
        cure="make room, or copy the recording to a folder you can write to; the original is untouched",
    )

"""Bytes of a text file to numbered pieces of lines, whatever its encoding; memory stays flat."""

from __future__ import annotations

import codecs
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from repband.errors import RecordingError

_PIECE_BYTES = 1 << 20
_LONGEST_LINE = 1 << 16
_FEWEST_BYTES = 4  # that tell an encoding
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SIGNATURES = (
    (b"PK\x03\x04", "a zip archive"),
    (b"\x89MCAP0\r\n", "an MCAP recording"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"SQLite format 3", "a SQLite database"),
)


@dataclass(frozen=True, slots=True)
class Lines:
    """Whole lines of a text, without their ends.

    Attributes:
        first: number of the first line in the file, counted from 1.
        lines: the lines in order; empty ones included, so that numbers stay right.
    """

    first: int
    lines: list[str]


class Readable(Protocol):
    """What bytes are read from: a file, a pipe, a member of an archive."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""
        ...


def read_lines(name: str, file: Readable) -> Iterator[Lines]:
    """Cuts bytes into pieces of whole lines.

    UTF-8 with or without a mark and UTF-16 are understood; line ends may be LF, CRLF or CR.

    Raises:
        RecordingError: the bytes are not text.
    """
    return _number(name, _decoded(name, file))


def sniff_binary(head: bytes) -> str | None:
    """What a file that begins with these bytes is, when it plainly is no text; None when it may be text."""
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if _encoding(head) is None and b"\0" in head:
        return "a binary file"
    return None


def head_of(path: Path, count: int = 4096) -> bytes:
    """The first bytes of a file; RecordingError when it can't be read."""
    try:
        with path.open("rb") as file:
            return file.read(count)
    except OSError as error:
        raise unreadable(path.name, error) from error


def unreadable(name: str, error: OSError) -> RecordingError:
    """The error for a file that the system does not hand over."""
    return RecordingError(
        f"can't be read ({error.strerror or error})", where=name, cure="check the name and the permissions"
    )


def _encoding(head: bytes) -> str | None:
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    return _unmarked_utf16(head)


def _unmarked_utf16(head: bytes) -> str | None:
    """Numbers in UTF-16 without a mark have a zero in every other byte."""
    if len(head) < 16:
        return None
    even, odd = head[0:512:2], head[1:512:2]
    if odd.count(0) > 0.9 * len(odd) and even.count(0) == 0:
        return "utf-16-le"
    if even.count(0) > 0.9 * len(even) and odd.count(0) == 0:
        return "utf-16-be"
    return None


def _decoded(name: str, file: Readable) -> Iterator[str]:
    head = piece = _read(name, file)
    while piece and len(head) < _FEWEST_BYTES:  # a pipe may give as little as one byte
        piece = _read(name, file)
        head += piece
    kind = sniff_binary(head)
    if kind is not None:
        raise RecordingError(f"is {kind}, not a table of samples", where=name, cure="give a CSV file")
    decoder = codecs.getincrementaldecoder(_encoding(head) or "utf-8")()
    piece = head
    try:
        while piece:
            yield decoder.decode(piece)
            piece = _read(name, file)
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise RecordingError(
            f"is not text in UTF-8 or UTF-16 ({error.reason})", where=name, cure="save it as a CSV file in UTF-8"
        ) from error


def _read(name: str, file: Readable) -> bytes:
    try:
        return file.read(_PIECE_BYTES)
    except OSError as error:
        raise unreadable(name, error) from error
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise RecordingError(f"is damaged ({error})", where=name, cure="export it again") from error


def _number(name: str, texts: Iterable[str]) -> Iterator[Lines]:
    """Line numbers are counted over the whole file; a line cut by a piece is completed by the next."""
    first, rest = 1, ""
    for text in texts:
        if "\0" in text:
            raise RecordingError("holds zero bytes, so it is no text", where=f"{name} line {first}", cure="give a CSV")
        rest += text
        # A CR at the very end may be half of a CRLF: it waits for its other half.
        held = "\r" if rest.endswith("\r") else ""
        *lines, rest = _split(rest[: len(rest) - len(held)])
        rest += held
        if len(rest) > _LONGEST_LINE:
            raise RecordingError(
                f"is longer than {_LONGEST_LINE} characters",
                where=f"{name} line {first + len(lines)}",
                cure="give a CSV",
            )
        if lines:
            yield Lines(first, lines)
            first += len(lines)
    if rest.rstrip("\r"):
        yield Lines(first, [rest.rstrip("\r")])


def _split(text: str) -> list[str]:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.split("\n")

"""From what a person typed to a source."""

from __future__ import annotations

from pathlib import Path

from repband.errors import RecordingError
from repband.source.base import Source
from repband.source.bundle import BundleSource
from repband.source.csv import CsvSource
from repband.source.layout import SUPPORTED
from repband.source.recording import RecordingSource
from repband.source.stdin import StdinSource
from repband.source.text import head_of, sniff_binary

_MCAP_MAGIC = b"\x89MCAP0"  # mcap.dev/spec; an unfinished file has it too


def open_source(spec: Path | str) -> Source:
    """Finds the right source by content, not by name.

    Args:
        spec: a file, the folder or zip archive of a phone app's export, or "-" for standard input.

    Raises:
        RecordingError: there is no such file, or it is nothing we can read.
    """
    if str(spec) == "-":
        return StdinSource()
    path = Path(spec)
    if path.is_dir():
        return BundleSource(path)
    if not path.exists():
        raise RecordingError("there is no such file", where=str(spec), cure="check the name")
    head = head_of(path, 512)
    if head.startswith(_MCAP_MAGIC):
        return RecordingSource(path)
    if head.startswith(b"PK\x03\x04"):
        return BundleSource(path)
    kind = sniff_binary(head)
    if kind is not None:
        raise RecordingError(f"is {kind} and holds no samples", where=path.name, cure=f"give {SUPPORTED}")
    return CsvSource(path)

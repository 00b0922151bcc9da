"""A recording of ours as a source: it yields what arrived when it was made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from repband.source.base import Arrival


class RecordingSource:
    """The arrivals of an MCAP recording, with their own arrival times.

    Args:
        path: the recording.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._closed = False

    @property
    def name(self) -> str:
        """The file's name."""
        return self._path.name

    def __iter__(self) -> Iterator[Arrival]:
        """Reads from the beginning.

        Raises:
            RecordingError: the file can't be read, or is no recording of ours.
        """
        from repband.journal import read_recording  # its dependencies are needed for these files only

        for arrival in read_recording(self._path).arrivals():
            if self._closed:
                return
            yield arrival

    def close(self) -> None:
        """Ends iterating."""
        self._closed = True

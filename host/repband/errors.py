"""The errors a person can meet: each says where it happened, what is wrong and how to mend it."""

from __future__ import annotations


class RepBandError(Exception):
    """Something a person can act on.

    Args:
        what: what is wrong, in one sentence without a full stop.
        where: the file, line, port or field it was found in.
        cure: what the person can do about it.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str | None = None, cure: str | None = None) -> None:
        self.what = what
        self.where = where
        self.cure = cure
        super().__init__(str(self))

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text}; {self.cure}" if self.cure else text


class UsageError(RepBandError):
    """The call itself makes no sense (an unknown exercise, a missing extra)."""

    exit_code = 2


class RecordingError(RepBandError):
    """A recording can't be read, or only in part."""

    exit_code = 3


class ExerciseFileError(RepBandError):
    """An exercise file has a mistake."""

    exit_code = 4


class SourceError(RepBandError):
    """A live source (pipe, port, radio, simulator) failed or ended before its time."""

    exit_code = 5


class JournalError(RepBandError):
    """The recording or the history can't be written or read."""

    exit_code = 6

"""Keeps a session's events in the history, as one listener among others."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import asdict
from types import TracebackType
from typing import Self

from repband.errors import JournalError
from repband.journal.history import History
from repband.journal.meta import RecordingMeta
from repband.reps.base import RepMeasured
from repband.stream import StreamStats
from repband.workout.base import Corrected, SetArmed, SetEnded, SetSummary


class HistoryKeeper:
    """Begins a session in the history, listens to it, keeps each set, rep and correction when it happens, and ends it.

    Args:
        meta: what the recording says about itself.
        recording: path of the raw recording, or None.
        stats: gives the stream's accounting, asked once at the end.
        target_sets: sets aimed at, or None.
        history: the history's file, by default the wearer's own.

    Attributes:
        notices: what the wearer should be told about the history's file.

    Raises:
        JournalError: the history can't be opened.
    """

    def __init__(
        self,
        meta: RecordingMeta,
        recording: str | os.PathLike[str] | None,
        stats: Callable[[], StreamStats],
        *,
        target_sets: int | None = None,
        history: str | os.PathLike[str] | None = None,
    ) -> None:
        self._stats = stats
        self._history = History(history)
        self.notices = self._history.notices
        try:
            self._session = self._history.start_session(meta, recording=recording, target_sets=target_sets)
        except JournalError:
            self._history.close()
            raise
        self._set_ids: dict[int, int] = {}
        self._current: int | None = None
        self._failed = False

    def __call__(self, record: object, events: Iterable[object]) -> None:
        """Takes the events that a record led to; those that are not its business are passed over.

        Raises:
            JournalError: the history can't be written; what was kept before stays.
        """
        try:
            for event in events:
                self._take(event)
        except JournalError:
            self._failed = True
            raise

    def _take(self, event: object) -> None:
        match event:
            case SetArmed():
                self._armed(event)
            case RepMeasured() if self._current is not None:
                self._history.add_rep(self._current, event.rep)
            case Corrected():
                self._history.correct(self._set_ids[event.set_number], event.said)
            case SetEnded():
                self._ended(event.summary)
            case _:
                pass

    def _armed(self, event: SetArmed) -> None:
        self._current = self._history.start_set(
            self._session, event.number, started_s=event.armed_s, target_reps=event.target_reps
        )
        self._set_ids[event.number] = self._current

    def _ended(self, summary: SetSummary) -> None:
        self._current = None
        self._history.end_set(
            self._set_ids[summary.number],
            ended_s=summary.ended_s,
            why=str(summary.ended),
            counted=summary.counted,
            said=summary.said,
            count_min=summary.count_min,
            count_max=summary.count_max,
            reps=summary.reps,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if not self._failed:  # the failure has been told; the session stays marked as broken off
                self._history.end_session(self._session, quality=asdict(self._stats()))
        finally:
            self._history.close()

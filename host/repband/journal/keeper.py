"""Keeps a session's events in the history, as one listener among others."""

from __future__ import annotations

from collections.abc import Iterable

from repband.journal.history import History
from repband.reps.base import RepMeasured
from repband.workout.base import Corrected, SetArmed, SetEnded, SetSummary


class HistoryKeeper:
    """Listens to a session and keeps its sets, reps and corrections, each when it happens.

    Args:
        history: where they are kept.
        session: id of the session, begun by `History.start_session`.
    """

    def __init__(self, history: History, session: str) -> None:
        self._history = history
        self._session = session
        self._set_ids: dict[int, int] = {}
        self._current: int | None = None

    def __call__(self, record: object, events: Iterable[object]) -> None:
        """Takes the events that a record led to; those that are not its business are passed over.

        Raises:
            JournalError: the history can't be written.
        """
        for event in events:
            self._take(event)

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

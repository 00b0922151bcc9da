"""Which part of the history is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from repband.errors import UsageError
from repband.journal.history import History

WEEKS = 12


@dataclass(frozen=True, slots=True)
class Span:
    """From one day to another, both included."""

    since: date
    until: date


def span_of(history: History, since: date | None, until: date | None, everything: bool) -> Span | None:
    """The span asked for: by default the twelve weeks that end with the last session, or fewer where it began later.

    Args:
        history: the open history.
        since, until: as asked for, or None.
        everything: from the first session to the last, where no date says otherwise.

    Returns:
        None where no session of the wearer is kept.

    Raises:
        UsageError: it ends before it begins.
    """
    query = "SELECT min(started) AS first, max(started) AS last FROM own_sessions"
    (row,) = history.rows(query)
    if row["first"] is None:
        return None
    last = until or max(date.fromisoformat(row["last"][:10]), since or date.min)
    first = date.fromisoformat(row["first"][:10])
    if not everything:
        first = max(first, last - timedelta(days=last.weekday(), weeks=WEEKS - 1))
    begin = since or min(first, last)
    if begin > last:
        raise UsageError(f"--from {begin} is after --to {last}", cure="swap them")
    return Span(begin, last)

"""Weeks as rows of a table: themselves, or months where there are many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from repband.report.adherence import Week

MOST_WEEKS = 27
"""Half a year of weeks fits on a page; longer reports show months."""


@dataclass(frozen=True, slots=True)
class Period:
    """A week or a month; None is not known."""

    name: str
    sessions: int
    planned: int | None
    reps: int
    planned_reps: int | None
    effort: int | None
    pain: int | None
    worse: int
    answers: int


def periods(weeks: Sequence[Week]) -> list[Period]:
    """Each week, or each month where there are more than MOST_WEEKS."""
    if len(weeks) <= MOST_WEEKS:
        return [_period(f"{week.monday.day} {week.monday:%b %Y}", [week]) for week in weeks]
    months = groupby(weeks, key=lambda week: f"{week.monday:%b %Y}")
    return [_period(name, list(group)) for name, group in months]


def _period(name: str, weeks: Sequence[Week]) -> Period:
    sessions = [line for week in weeks for line in week.sessions]
    sets = [one for line in sessions for one in line.sets]
    planned = [week.planned for week in weeks if week.planned is not None]
    planned_reps = [week.planned_reps for week in weeks if week.planned_reps is not None]
    next_day = [line.worse_next_day for line in sessions if line.worse_next_day is not None]
    return Period(
        name=name,
        sessions=len(sessions),
        planned=sum(planned) if planned else None,
        reps=sum(line.reps for line in sessions),
        planned_reps=sum(planned_reps) if planned_reps else None,
        effort=max((one.effort for one in sets if one.effort is not None), default=None),
        pain=max((one.pain for one in sets if one.pain is not None), default=None),
        worse=sum(next_day),
        answers=len(next_day),
    )

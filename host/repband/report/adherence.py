"""What was done of what was planned, session by session and week by week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from repband.journal.overview import SessionLine
from repband.journal.plans import KeptPlan

_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Week:
    """One week.

    Attributes:
        monday: its first day.
        sessions: those with at least one rep, oldest first.
        planned: sessions a week in the plan that held, or None where none did.
        planned_reps: reps planned in the sessions done, None where one had no plan.
    """

    monday: date
    sessions: tuple[SessionLine, ...]
    planned: int | None
    planned_reps: int | None

    @property
    def done(self) -> int:
        """Sessions done."""
        return len(self.sessions)

    @property
    def reps(self) -> int:
        """Reps done, as the wearer says."""
        return sum(session.reps for session in self.sessions)

    @property
    def share(self) -> float | None:
        """Sessions done of those planned, at most 1; None without a plan."""
        return min(1.0, self.done / self.planned) if self.planned else None


def joined(lines: Sequence[SessionLine]) -> list[SessionLine]:
    """Sessions, each that broke off together with the one that went on with it."""
    found: dict[str, SessionLine] = {}
    names: dict[str, str] = {}  # a session -> the first one of its chain
    for line in lines:
        first = names.get(line.continues or "")
        names[line.id] = first or line.id
        if first is None:
            found[line.id] = line
            continue
        begun = found[first]
        found[first] = replace(
            begun,
            ended=line.ended,
            sets=begun.sets + line.sets,
            refits=begun.refits + line.refits,
            quality={name: begun.quality.get(name, 0) + line.quality.get(name, 0) for name in line.quality},
            worse_next_day=begun.worse_next_day if line.worse_next_day is None else line.worse_next_day,
        )
    return list(found.values())


def weeks_of(
    lines: Sequence[SessionLine], plans: Mapping[str, KeptPlan], *, since: date | None = None, until: date | None = None
) -> list[Week]:
    """Every week from the first to the last day, those without a session too, oldest first.

    Args:
        lines: joined sessions, oldest first.
        plans: every revision kept, by revision.
        since, until: the first and the last day; by default those of the sessions.
    """
    if not lines and (since is None or until is None):
        return []
    monday, last = _monday(since or lines[0].day), until or lines[-1].day
    by_week: dict[date, list[SessionLine]] = {}
    for line in lines:
        by_week.setdefault(_monday(line.day), []).append(line)
    found: list[Week] = []
    planned: int | None = None
    while monday <= last:
        sessions = tuple(line for line in by_week.get(monday, ()) if line.reps)
        planned = _planned(sessions, plans, planned)
        found.append(Week(monday, sessions, planned, _planned_reps(sessions)))
        monday += _WEEK
    return found


def _planned(sessions: Sequence[SessionLine], plans: Mapping[str, KeptPlan], before: int | None) -> int | None:
    """Sessions a week in the latest plan of the week; a plan holds until another one does."""
    known = [plan for line in sessions if (plan := plans.get(line.plan_revision or ""))]
    return known[-1].sessions_per_week if known else before


def _planned_reps(sessions: Sequence[SessionLine]) -> int | None:
    reps = [line.planned_reps for line in sessions]
    return None if not reps or None in reps else sum(one or 0 for one in reps)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())

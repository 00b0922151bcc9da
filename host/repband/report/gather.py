"""Everything a report says, gathered from the history once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec

from repband.exercise import PainRule, Safety, load_safety
from repband.journal.changes import Changed, changes
from repband.journal.history import History
from repband.journal.overview import SessionLine, SetLine, overview
from repband.journal.plans import KeptPlan, kept_plans
from repband.report.adherence import Week, joined, weeks_of
from repband.report.span import Span
from repband.report.trend import Trend, trend_of


@dataclass(frozen=True, slots=True)
class Material:
    """What a report is written from.

    Attributes:
        span: the days it covers.
        made: the day it is made.
        sessions: with at least one rep; those that broke off and went on are one.
        empty: sessions without a rep.
        taken_up: sessions that broke off and went on.
        weeks: every week of the span.
        plans: revisions of plans named by the sessions, in their order.
        trends: one for each exercise, the most frequent first.
        changes: corrections, recounts, targets changed under way.
        cues: how often the coach said what, by exercise and what was measured.
        tempo_sd_s: typical standard uncertainty of (out, hold, back), in s; None without measured reps.
        safety: the safety texts.
    """

    span: Span
    made: date
    sessions: tuple[SessionLine, ...]
    empty: tuple[SessionLine, ...]
    taken_up: int
    weeks: tuple[Week, ...]
    plans: tuple[KeptPlan, ...]
    trends: tuple[Trend, ...]
    changes: tuple[Changed, ...]
    cues: Mapping[tuple[str, str], int]
    tempo_sd_s: tuple[float, float, float] | None
    safety: Safety

    @property
    def axis(self) -> Span:
        """The span of the charts: whole weeks."""
        since, until = self.span.since, self.span.until
        return Span(since - timedelta(days=since.weekday()), until + timedelta(days=6 - until.weekday()))

    @property
    def sets(self) -> list[tuple[SessionLine, SetLine]]:
        """All sets with their sessions."""
        return [(line, one) for line in self.sessions for one in line.sets]

    @property
    def pain_rule(self) -> PainRule:
        """The default pain rule; a plan may have been stricter."""
        return self.safety.pain

    def sets_of(self, exercise: str) -> list[SetLine]:
        """All sets of one exercise."""
        return [one for _, one in self.sets if one.exercise == exercise]


def gather(history: History, span: Span, made: date) -> Material:
    """Reads all of it.

    Raises:
        JournalError: the history can't be read.
    """
    found = overview(history, since=span.since, until=span.until)
    lines = joined(found)
    sessions = tuple(line for line in lines if line.reps)
    plans = kept_plans(history)
    named = dict.fromkeys(line.plan_revision for line in sessions if line.plan_revision in plans)
    return Material(
        span=span,
        made=made,
        sessions=sessions,
        empty=tuple(line for line in lines if not line.reps),
        taken_up=len(found) - len(lines),
        weeks=tuple(weeks_of(lines, plans, since=span.since, until=span.until)),
        plans=tuple(plans[revision] for revision in named if revision),
        trends=tuple(_trends(sessions)),
        changes=tuple(changes(history, sessions)),
        cues=_cues(history, sessions),
        tempo_sd_s=_tempo_sd_s(history, sessions),
        safety=load_safety(),
    )


def _trends(sessions: Sequence[SessionLine]) -> list[Trend]:
    count: dict[str, int] = {}
    for line in sessions:
        for one in line.sets:
            count[one.exercise] = count.get(one.exercise, 0) + 1
    names = sorted(count, key=lambda name: (-count[name], name))
    return [trend for name in names if (trend := trend_of(name, sessions)).points]


def _span_of_sets(sessions: Sequence[SessionLine]) -> tuple[int, int]:
    ids = [one.id for line in sessions for one in line.sets]
    return (min(ids), max(ids)) if ids else (0, -1)


def _cues(history: History, sessions: Sequence[SessionLine]) -> dict[tuple[str, str], int]:
    query = (
        "SELECT t.exercise, u.name, count(*) AS n FROM cues u JOIN sets t ON t.id = u.set_id "
        "WHERE u.set_id BETWEEN ? AND ? GROUP BY t.exercise, u.name ORDER BY t.exercise, n DESC, u.name"
    )
    return {(row["exercise"], row["name"]): row["n"] for row in history.rows(query, _span_of_sets(sessions))}


def _tempo_sd_s(history: History, sessions: Sequence[SessionLine]) -> tuple[float, float, float] | None:
    query = "SELECT avg(out_sd_s), avg(hold_sd_s), avg(back_sd_s) FROM reps WHERE set_id BETWEEN ? AND ?"
    (row,) = history.rows(query, _span_of_sets(sessions))
    return None if row[0] is None or row[1] is None or row[2] is None else (row[0], row[1], row[2])


class _Item(msgspec.Struct):
    exercise: str
    note: str | None = None


class _Plan(msgspec.Struct):
    for_whom: str = ""
    note: str | None = None
    exercises: tuple[_Item, ...] = ()


def plan_words(plan: KeptPlan) -> str:
    """What the plan says about whom it is for; "" where its content can't be read."""
    try:
        return msgspec.json.decode(plan.content, type=_Plan).for_whom
    except msgspec.DecodeError:
        return ""

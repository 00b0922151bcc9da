"""Trends in the page: plots that the browser draws, and the same figures as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from repband.journal import History
from repband.journal.history import history_path
from repband.journal.overview import exercises_done, overview
from repband.journal.plans import kept_plans
from repband.report.adherence import Week, joined, weeks_of
from repband.report.markup import Child, Markup, table, tag
from repband.report.span import span_of
from repband.report.trend import Trend, TrendPoint, trend_of
from repband.screen.kept import words_of
from repband.web.pages.figures import plots_of
from repband.web.pages.layout import document

_UPLOT = "vendor/uplot/uPlot.iife.min.js"


@dataclass(frozen=True, slots=True)
class Found:
    """What a trend page shows.

    Attributes:
        known: exercises that were done, the most frequent first.
        trend: of the one asked for.
        weeks: adherence over the same days.
    """

    known: tuple[str, ...]
    trend: Trend
    weeks: tuple[Week, ...]


def find(exercise: str, *, everything: bool) -> Found | None:
    """Reads the history.

    Args:
        exercise: its name; "" for the most frequent one.
        everything: from the first session on, not only the last twelve weeks.

    Returns:
        None where no session is kept.

    Raises:
        JournalError: the history can't be read.
    """
    if not history_path().exists():
        return None
    with History() as history:
        span = span_of(history, None, None, everything)
        known = tuple(exercises_done(history))
        if span is None or not known:
            return None
        lines = joined(overview(history, since=span.since, until=span.until))
        weeks = weeks_of(lines, kept_plans(history), since=span.since, until=span.until)
        return Found(known, trend_of(exercise or known[0], lines), tuple(weeks))


def trend_data(exercise: str, *, everything: bool) -> dict[str, Any]:
    """What the page's script draws. Raises JournalError as `find` does."""
    found = find(exercise, everything=everything)
    if found is None or not found.trend.points:
        return {"plots": []}
    return {"plots": plots_of(found.trend, found.weeks)}


def trends_page(exercise: str, *, everything: bool, in_session: bool) -> str:
    """The page of trends. Raises JournalError as `find` does."""
    found = find(exercise, everything=everything)
    body: list[Child] = [tag("h1", "Trends")]
    if found is None:
        begin = "Nothing is kept yet. After your first session the trends stand here."
        body.append(tag("p", begin, class_="lead"))
    else:
        body += [_choice(found, everything), *_body(found, everything)]
    return document(
        "Trends",
        "/trends",
        *body,
        in_session=in_session,
        styles=("vendor/uplot/uPlot.min.css",),
        scripts=(_UPLOT, "trends.js"),
    )


def _choice(found: Found, everything: bool) -> Markup:
    """Which exercise and how far back; works without a script."""
    names = dict.fromkeys((found.trend.exercise, *found.known))
    chosen = {"selected": ""}
    exercises = [
        tag("option", words_of(name).title, value=name, **(chosen if name == found.trend.exercise else {}))
        for name in sorted(names)
    ]
    spans = [
        tag("option", text, value=value, **(chosen if everything == (value == "1") else {}))
        for value, text in (("", "the last 12 weeks"), ("1", "everything"))
    ]
    return tag(
        "form",
        tag("label", "Exercise ", tag("select", exercises, name="exercise")),
        tag("label", "From ", tag("select", spans, name="all")),
        tag("button", "Show", class_="primary"),
        method="get",
        action="/trends",
        class_="choice",
    )


def _body(found: Found, everything: bool) -> list[Child]:
    trend = found.trend
    if not trend.points:
        return [tag("p", f"No rep of {words_of(trend.exercise).title} in this time.", class_="lead")]
    source = f"/trends/data?exercise={trend.exercise}{'&all=1' if everything else ''}"
    return [
        tag("p", _lead(trend), class_="lead"),
        tag("div", tag("noscript", "The plots need a script; the table below says the same."),
            id="plots", data_source=source, aria_live="polite"),
        tag("details", tag("summary", "The figures as a table"),
            tag("div", _table(trend.points), class_="wide", tabindex=0, role="region", aria_label="Figures")),
        tag("p", "Dashed: prescribed. Dotted line: the strap slipped or was put on anew in this session, which "
            "blurs a trend of angles. A trend is no diagnosis.", class_="fine"),
    ]  # fmt: skip


def _lead(trend: Trend) -> str:
    first, last = trend.points[0].day, trend.points[-1].day
    number = len(trend.sessions)
    sessions = "1 session" if number == 1 else f"{number} sessions"
    return f"{words_of(trend.exercise).title}: {sessions}, {_day(first)} to {_day(last)}."


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _table(points: Sequence[TrendPoint]) -> Markup:
    heads = ("Session", "Side", "Reps", "Load", "Excursion", "Out", "Hold", "Back", "Effort", "Pain", "")
    rows = [
        (
            point.day.isoformat(),
            point.side or "",
            f"{point.reps}" + ("" if point.target_reps is None else f" of {point.target_reps}"),
            str(point.load),
            _number(point.excursion_deg, "°"),
            _number(point.out_s, " s"),
            _number(point.hold_s, " s"),
            _number(point.back_s, " s"),
            point.effort,
            point.pain,
            ", ".join(["strap refitted"] * point.refit + ["count corrected"] * point.corrected),
        )
        for point in reversed(points)
    ]
    return table(heads, rows, caption="Each session, the newest first; means over measured reps")


def _number(value: float | None, unit: str) -> str:
    return "" if value is None else f"{value:.1f}{unit}"

"""History and trends as lines and tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from repband.journal.overview import SessionLine, SetLine
from repband.report.adherence import Week
from repband.report.spark import marks, sparkline
from repband.report.symmetry import LEAST_PAIRS, Symmetry
from repband.report.trend import Change, Trend, TrendPoint, change_of
from repband.screen.kept import Words, words_of

if TYPE_CHECKING:
    from rich.console import Console

HEADS = ("when", "what", "reps", "effort", "pain", "next day", "notes", "id")
_SPARK_WIDTH = 48


def week_line(week: Week) -> str:
    """ "week of 2025-01-06: 3 of 3 sessions, 156 of 156 reps"."""
    parts = [_sessions(week)]
    if week.done:
        parts.append(f"{week.reps}{'' if week.planned_reps is None else f' of {week.planned_reps}'} reps")
    return f"week of {week.monday}: {', '.join(parts)}"


def session_cells(line: SessionLine) -> list[str]:
    """One session under HEADS."""
    planned = "" if line.planned_reps is None else f" of {line.planned_reps}"
    return [
        datetime.fromisoformat(line.started).strftime("%a %Y-%m-%d %H:%M"),
        ", ".join(dict.fromkeys(_title(one) for one in line.sets)) or line.exercise,
        f"{line.reps}{planned}",
        _highest([one.effort for one in line.sets]),
        _highest([one.pain for one in line.sets]),
        {None: "", True: "worse", False: "no worse"}[line.worse_next_day],
        ", ".join(_notes(line)),
        line.id[:8],
    ]


def _title(one: SetLine) -> str:
    return (one.title or _words(one.exercise).title).lower()


# Reading an exercise file takes a few milliseconds, and a long history asks for it thousands of times.
_words = lru_cache(words_of)


def _highest(scores: Sequence[int | None]) -> str:
    said = [score for score in scores if score is not None]
    return str(max(said)) if said else ""


def _notes(line: SessionLine) -> Iterator[str]:
    corrected = sum(one.corrected for one in line.sets)
    if any(one.ended_why == "pain" for one in line.sets):
        yield "stopped for pain"
    if line.ended is None:
        yield "broken off"
    if corrected:
        yield f"{corrected} {'count' if corrected == 1 else 'counts'} corrected"
    if any(one.recounted for one in line.sets):
        yield "recounted"
    if any(refit.why != "side" for refit in line.refits):
        yield "strap refitted"
    if line.counted_by_sensor:
        yield "counted by the sensor" + (", then or before" if line.quality.get("started_at_latest") else "")
    if line.missing_share:
        yield f"{100 * line.missing_share:.1f} % missing"


def history_lines(weeks: Sequence[Week], others: Sequence[SessionLine]) -> Iterator[str]:
    """Weeks and their sessions, newest first, line by line.

    Args:
        weeks: oldest first.
        others: sessions without a single rep, which no week counts.
    """
    for week in reversed(weeks):
        yield week_line(week)
        for line in reversed(week.sessions):
            cells = [cell for cell in _labelled(session_cells(line)) if cell]
            yield f"  {'  '.join(cells)}"
    if others:
        yield f"not counted: {len(others)} without a rep"


def _labelled(cells: list[str]) -> list[str]:
    when, what, reps, effort, pain, next_day, notes, key = cells
    return [
        when,
        what,
        f"{reps} reps",
        effort and f"effort {effort}",
        pain and f"pain {pain}",
        next_day and f"{next_day} the next day",
        notes,
        key,
    ]


def print_history(weeks: Sequence[Week], others: Sequence[SessionLine], console: Console | None = None) -> None:
    """The same as a table; `console` is injected in tests."""
    from rich import box
    from rich.console import Console as RichConsole
    from rich.table import Table
    from rich.text import Text

    console = console or RichConsole(highlight=False)
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, header_style="dim")
    for head in HEADS:
        right = head in ("reps", "effort", "pain")
        table.add_column(head, justify="right" if right else "left", no_wrap=head in ("when", "id"))
    for week in reversed(weeks):
        style = "bold green" if week.share is not None and week.share >= 1 else "bold"
        table.add_row(*(Text(cell, style=style) for cell in _week_cells(week)))
        for line in reversed(week.sessions):
            table.add_row(*(Text(cell) for cell in session_cells(line)))
    console.print(table)
    notes = "effort and pain: the highest of the session, 0 to 10; blank: not answered"
    if others:
        notes += f"; not counted: {len(others)} without a rep"
    console.print(Text(f"{notes}\none in full: repband sessions show ID", style="dim"))


def _week_cells(week: Week) -> list[str]:
    """One week under HEADS."""
    reps = f"{week.reps}{'' if week.planned_reps is None else f' of {week.planned_reps}'}" if week.done else ""
    return [f"week of {week.monday}", _sessions(week), reps, "", "", "", "", ""]


def _sessions(week: Week) -> str:
    """ "3 of 3 sessions"."""
    of = "" if week.planned is None else f" of {week.planned}"
    return f"{week.done}{of} session{'' if (week.planned or week.done) == 1 else 's'}"


def trend_lines(trend: Trend, width: int = _SPARK_WIDTH) -> Iterator[str]:
    """A trend as sparklines with its figures."""
    words, points = words_of(trend.exercise), trend.points
    count = len(trend.sessions)
    sessions = "1 session" if count == 1 else f"{count} sessions"
    yield f"{words.title}, {points[0].day} to {points[-1].day}, {sessions}"
    for side in trend.sides:
        own = trend.of_side(side)
        if side:
            yield f"{side}:"
        yield from _side_lines(own, words, width)
    for quantity, name, unit in (("excursion_deg", "excursion", "°"), ("hold_s", words.hold, " s")):
        symmetry = trend.symmetry(quantity)
        if symmetry and (quantity != "hold_s" or _holds(points)):
            yield symmetry_text(symmetry, name, unit)
    if any(point.refit for point in points):
        yield "^ the strap slipped or was put on anew during the session: angles before and after compare less well"


def _holds(points: Sequence[TrendPoint]) -> bool:
    return any(point.tempo_s is not None and point.tempo_s.hold > 0 for point in points)


def _side_lines(own: Sequence[TrendPoint], words: Words, width: int) -> Iterator[str]:
    rows = [
        ("reps", "reps", "", 0),
        ("load", "load", " kg", 1),
        ("excursion_deg", "excursion", "°", 1),
        ("out_s", words.out, " s", 1),
        ("hold_s", words.hold, " s", 1),
        ("back_s", words.back, " s", 1),
    ]
    for quantity, name, unit, digits in rows:
        change = change_of(own, quantity)
        if change is None or (quantity == "hold_s" and not _holds(own) and change.last < 0.2):
            continue
        spark = sparkline([point.value(quantity) for point in own], width)
        prescribed = _prescribed(own[-1], quantity)
        yield f"  {name:<12}{spark}  {_change_text(change, unit, digits)}{prescribed}"
    if any(point.refit for point in own):
        yield f"  {'refits':<12}{marks([point.refit for point in own], width)}"


def _change_text(change: Change, unit: str, digits: int) -> str:
    last = f"{change.last:.{digits}f}{unit}"
    return last if change.sessions < 2 else f"{change.first:.{digits}f} → {last}"


def _prescribed(point: TrendPoint, quantity: str) -> str:
    if point.tempo_s is None or not quantity.endswith("_s"):
        return ""
    return f", prescribed {getattr(point.tempo_s, quantity[:-2]):g} s"


def symmetry_text(symmetry: Symmetry, name: str, unit: str) -> str:
    """ "excursion, left minus right: +4.6° (+14 %), 95 % interval +4.1 to +5.1°, 31 sessions"."""
    digits = 2 if unit == " s" else 1
    percent = "" if symmetry.percent is None else f" ({signed(symmetry.percent, 0)} %)"
    text = f"{name}, left minus right: {signed(symmetry.difference, digits)}{unit}{percent}"
    if symmetry.low is None or symmetry.high is None:
        return f"{text}; too few sessions with both sides for an interval ({symmetry.pairs} of {LEAST_PAIRS})"
    interval = f"{signed(symmetry.low, digits)} to {signed(symmetry.high, digits)}{unit}"
    return f"{text}, 95 % interval {interval}, {symmetry.pairs} sessions"


def signed(value: float, digits: int = 1) -> str:
    """With its sign; zero has none."""
    text = f"{value:+.{digits}f}"
    return text if float(text) else text[1:]

"""The report's charts: what is drawn of sessions, weeks and trends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from statistics import fmean

from repband.exercise import PainRule
from repband.journal.overview import SessionLine
from repband.report.adherence import Week
from repband.report.gather import Material
from repband.report.markup import Markup
from repband.report.span import Span
from repband.report.spark import grouped
from repband.report.svg import BLUE, FAINT, GREEN, INK, ORANGE, SKY, VERMILION, Chart
from repband.report.trend import Trend, TrendPoint
from repband.screen.kept import Words

MOST_POINTS = 120
"""More sessions than this are averaged in neighbouring groups: a page is not wider."""

TOLERANCE = 0.25
"""A phase counts as at its prescription within a quarter of it: the tolerance of the screens and of the coach
(host/repband/cue/RULES.md). Our choice."""

_SIDES = {"left": (BLUE, "circle"), "right": (VERMILION, "diamond"), None: (INK, "circle")}
_BANDS = {"go-on": GREEN, "watch": ORANGE, "stop": VERMILION}
_SLIPPED = ("slipped", "wearer")


def weeks_chart(weeks: Sequence[Week], span: Span) -> Markup:
    """Sessions done each week, and how many were planned."""
    most = max([week.done for week in weeks] + [week.planned or 0 for week in weeks] + [3])
    chart = Chart(span.since, span.until, 0, most, "Sessions a week", height=105)
    width = min(26.0, 0.62 * (chart.width - 60) / max(len(weeks), 1))
    inside = [(week.monday + timedelta(days=3), week) for week in weeks]
    chart.bars([(day, week.planned) for day, week in inside if week.planned], width + 4, FAINT, outline=True)
    chart.bars([(day, week.done) for day, week in inside if week.done], width, BLUE)
    return chart.render([("square", BLUE, "done"), ("dash", FAINT, "planned")])


def answers_chart(material: Material) -> Markup:
    """The highest effort and pain of each session, and the answers of the next day."""
    chart = Chart(material.axis.since, material.axis.until, 0, 10, "Effort and pain after the sets", height=190)
    chart.right = 48
    _pain_bands(chart, material.pain_rule)
    for name, colour, shape in (("effort", SKY, "ring"), ("pain", VERMILION, "diamond")):
        points = [(line.day, worst) for line in material.sessions if (worst := _worst(line, name)) is not None]
        chart.dots(_thinned(points), colour, shape=shape)
    for line in material.sessions:
        if line.worse_next_day:
            chart.flag(line.day, "worse next day")
    for band in material.pain_rule.bands:
        low, high = chart.y(band.least - 0.5), chart.y(min(band.most + 0.5, 10))
        chart.text(chart.width - 43, (low + high) / 2 + 3, band.action.replace("-", " "))
    return chart.render(
        [("ring", SKY, "effort"), ("diamond", VERMILION, "pain"), ("dash", VERMILION, "worse next day")]
    )


def _pain_bands(chart: Chart, rule: PainRule) -> None:
    for band in rule.bands:
        chart.band(max(0, band.least - 0.5), min(10, band.most + 0.5), _BANDS[band.action], 0.09)


def _worst(line: SessionLine, question: str) -> int | None:
    scores = [score for one in line.sets if (score := getattr(one, question)) is not None]
    return max(scores, default=None)


def reps_chart(trend: Trend, span: Span) -> Markup:
    """Reps of each session and side against the target; the load where it is a weight."""
    most = max(max(point.reps, point.target_reps or 0, 5) for point in trend.points)
    chart = Chart(span.since, span.until, 0, most * 1.1, "Reps a session", width=700, height=130)
    for side in trend.sides:
        own = trend.of_side(side)
        chart.steps(_thinned([(p.day, p.target_reps) for p in own if p.target_reps is not None]), FAINT)
        colour, shape = _SIDES[side]
        chart.line(_thinned([(p.day, p.reps) for p in own]), colour, shape=shape)
        _stars(chart, own)
    return chart.render([*_side_legend(trend), ("ring", ORANGE, "count corrected"), ("dash", FAINT, "target")])


def _stars(chart: Chart, points: Sequence[TrendPoint]) -> None:
    """A ring around each session in which the wearer corrected a count."""
    for point in points:
        if point.corrected and len(points) <= MOST_POINTS:
            chart.dots([(point.day, point.reps)], ORANGE, shape="ring")


def load_chart(trend: Trend, span: Span) -> Markup | None:
    """The load in kilograms; None where it never was a weight."""
    points = [(p.day, load) for p in trend.points if (load := p.value("load")) is not None]
    if not points:
        return None
    chart = Chart(span.since, span.until, 0, max(load for _, load in points) * 1.15, "Load", " kg", height=90)
    chart.line(_thinned(points), INK)
    return chart.render()


def excursion_chart(trend: Trend, span: Span) -> Markup:
    """Thigh excursion of each session and side; sessions with a slipped or refitted strap are flagged."""
    values = [value for point in trend.points if (value := point.excursion_deg) is not None]
    chart = Chart(span.since, span.until, 0, max(values, default=1) * 1.12, "Thigh excursion", "°", height=160)
    for day in sorted({point.day for point in trend.points if point.refit}):
        chart.flag(day, colour=FAINT)
    for side in trend.sides:
        colour, shape = _SIDES[side]
        points = [(p.day, p.excursion_deg) for p in trend.of_side(side) if p.excursion_deg is not None]
        chart.line(_thinned(points), colour, shape=shape)
    refits = [("dash", FAINT, "strap slipped or refitted")] if any(p.refit for p in trend.points) else []
    return chart.render([*_side_legend(trend), *refits])


def tempo_charts(trend: Trend, span: Span, words: Words) -> list[Markup]:
    """Each phase of a session and side against its prescription, three small charts with one scale."""
    drawn = [phase for phase in ("out", "hold", "back") if _is_there(trend, phase)]
    most = max(max(_known(trend, f"{phase}_s"), default=0.0) for phase in drawn) if drawn else 0.0
    most = max([most] + [getattr(p.tempo_s, phase) for phase in drawn for p in trend.points if p.tempo_s is not None])
    width = 700 / max(len(drawn), 2) - 6
    return [_phase_chart(trend, span, phase, getattr(words, phase), most * 1.3 or 1.0, width) for phase in drawn]


def _phase_chart(trend: Trend, span: Span, phase: str, word: str, most: float, width: float) -> Markup:
    chart = Chart(span.since, span.until, 0, most, word.capitalize(), " s", width=width, height=140)
    chart.left = 34
    prescribed = [(p.day, getattr(p.tempo_s, phase)) for p in trend.points if p.tempo_s is not None]
    if len({length_s for _, length_s in prescribed}) == 1 and prescribed[0][1] > 0:
        length_s = prescribed[0][1]
        chart.band((1 - TOLERANCE) * length_s, (1 + TOLERANCE) * length_s, GREEN)
    chart.steps(_thinned(prescribed), GREEN)
    for side in trend.sides:
        colour, shape = _SIDES[side]
        own = [(p.day, value) for p in trend.of_side(side) if (value := p.value(f"{phase}_s")) is not None]
        chart.dots(_thinned(own), colour, shape=shape)
    return chart.render()


def _is_there(trend: Trend, phase: str) -> bool:
    """A hold is left out where none is prescribed and hardly any is done."""
    if phase != "hold" or any(p.tempo_s is not None and p.tempo_s.hold > 0 for p in trend.points):
        return True
    return max(_known(trend, "hold_s"), default=0.0) >= 0.5


def _known(trend: Trend, quantity: str) -> list[float]:
    return [value for point in trend.points if (value := point.value(quantity)) is not None]


def _side_legend(trend: Trend) -> list[tuple[str, str, str]]:
    return [(_SIDES[side][1], _SIDES[side][0], side) for side in trend.sides if side]


def _thinned(
    points: Sequence[tuple[date, float]], middle: Callable[[Sequence[float]], float] = fmean
) -> list[tuple[date, float]]:
    """At most MOST_POINTS: neighbours are averaged and stand at the middle day of their group."""
    if len(points) <= MOST_POINTS:
        return list(points)
    groups = grouped(points, MOST_POINTS)
    return [(group[len(group) // 2][0], middle([value for _, value in group])) for group in groups]

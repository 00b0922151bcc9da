"""The report's sections, in their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from repband.report.charts import (
    MOST_POINTS,
    answers_chart,
    excursion_chart,
    load_chart,
    reps_chart,
    tempo_charts,
    weeks_chart,
)
from repband.report.facts import change_cells, findings, tiles, within
from repband.report.gather import Material, plan_words
from repband.report.markup import Child, Markup, bullets, joined, paragraph, table, tag
from repband.report.periods import Period, periods
from repband.report.svg import interval
from repband.report.symmetry import LEAST_PAIRS
from repband.report.terminal import symmetry_text
from repband.report.trend import Trend, TrendPoint
from repband.screen.kept import Words, words_of

_DIRECTION = {"concentric": "the muscles shorten", "eccentric": "the muscles lengthen"}


def head(material: Material, name: str) -> Markup:
    """Title, span, plan."""
    span = f"{_day(material.span.since)} to {_day(material.span.until)}"
    plans = [
        f"{plan.name} (revision {plan.revision}), {plan.sessions_per_week} sessions a week" for plan in material.plans
    ]
    return tag(
        "header",
        tag("p", "RepBand", class_="brand"),
        tag("h1", f"Training report{f': {name}' if name else ''}"),
        paragraph(span, class_="span"),
        paragraph("Plan: ", "; ".join(plans) if plans else "none was kept with these sessions", class_="plan"),
        *(paragraph(words, class_="plan") for plan in material.plans[-1:] if (words := plan_words(plan))),
    )


def _day(day: object) -> str:
    return f"{day:%d %B %Y}".lstrip("0")


def glance(material: Material) -> Markup:
    """The figures at a glance and what stands out."""
    boxes = [
        tag("div", tag("span", tile.name, class_="name"), tag("b", tile.figure), tag("span", tile.note), class_="tile")
        for tile in tiles(material)
    ]
    said = list(findings(material))
    return tag(
        "section",
        tag("div", boxes, class_="tiles"),
        tag("h2", "What stands out"),
        bullets(said) if said else paragraph("Nothing by the rules of this report."),
        paragraph("Facts as they were counted and answered; what they mean is for you to judge.", class_="small"),
    )


def adherence(material: Material) -> Markup:
    """Sessions and reps against the plan."""
    rows = periods(material.weeks)
    unit = "week" if len(rows) == len(material.weeks) else "month"
    return tag(
        "section",
        tag("h2", "Adherence"),
        tag("figure", weeks_chart(material.weeks, material.axis), tag("figcaption", _COUNTED)),
        table(
            (
                unit.capitalize(),
                "Sessions",
                "Planned",
                "Reps",
                "Planned",
                "Highest effort",
                "Highest pain",
                "Worse next day",
            ),
            [_period_row(period) for period in rows],
            caption="Each week, Monday to Sunday" if unit == "week" else "Each month, by the Mondays of its weeks",
            class_="numbers",
        ),
    )


_COUNTED = (
    "A session counts with its first rep, and once if it broke off and went on. Planned reps: of the sessions done."
)


def _period_row(period: Period) -> list[Child]:
    return [
        period.name,
        period.sessions,
        period.planned,
        period.reps,
        period.planned_reps,
        period.effort,
        period.pain,
        f"{period.worse} of {period.answers}" if period.answers else "",
    ]


def answers(material: Material) -> Markup:
    """Pain and effort."""
    rule = material.pain_rule
    asked = len(material.sets)
    efforts = sum(one.effort is not None for _, one in material.sets)
    pains = sum(one.pain is not None for _, one in material.sets)
    next_day = sum(line.worse_next_day is not None for line in material.sessions)
    return tag(
        "section",
        tag("h2", "Pain and effort"),
        tag("figure", answers_chart(material)),
        paragraph(
            f"Highest answer of each session, from 0 to 10. Answered: effort after {efforts} and pain after {pains} of "
            f"{asked} sets, the next day after {next_day} of {len(material.sessions)} sessions. What was not "
            "answered is left out, never taken as 0.",
            class_="small",
        ),
        paragraph(
            f"Shaded: RepBand's pain rule (a plan may be stricter). {' '.join(_sentence(b.say) for b in rule.bands)}",
            class_="small",
        ),
    )


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def exercise(material: Material, trend: Trend) -> Markup:
    """One exercise: work, tempo, excursion, sides."""
    words = words_of(trend.exercise)
    load, tempo = load_chart(trend, material.axis), tempo_charts(trend, material.axis, words)
    sessions = len(trend.sessions)
    return tag(
        "section",
        tag("h2", words.title),
        paragraph(prescription(trend, words), class_="prescription"),
        tag("figure", reps_chart(trend, material.axis)),
        tag("figure", load) if load else None,
        tag("figure", tag("div", tempo, class_="row"), tag("figcaption", _TEMPO_NOTE)),
        tag("figure", excursion_chart(trend, material.axis), tag("figcaption", _EXCURSION_NOTE)),
        _work_table(material, trend, words),
        _symmetry(trend, words),
        paragraph(f"More than {MOST_POINTS} sessions: each point averages neighbours.", class_="small")
        if sessions > MOST_POINTS
        else None,
        class_="exercise",
    )


_TEMPO_NOTE = (
    "Mean of each session. Green: prescribed, shaded within a quarter of it. "
    "Blue points left, red diamonds right, black without a side."
)
_EXCURSION_NOTE = (
    "Mean angle by which the thigh turned from its rest posture. It is not the range of the hip, and more is not "
    "better."
)


def prescription(trend: Trend, words: Words) -> str:
    """What was prescribed last: "2 × 13 reps on each side; bodyweight; tempo lift 2 s, hold 2 s, lower 2 s"."""
    last = trend.points[-1]
    each = " on each side" if len(trend.sides) > 1 and None not in trend.sides else ""
    parts = [f"Last aimed at: {_aim(last)}{each}", str(last.load)]
    if last.tempo_s is not None:
        tempo = last.tempo_s
        named = [(getattr(words, name), getattr(tempo, name)) for name in ("out", "hold", "back")]
        phases = [f"{word} {length_s:g} s" for word, length_s in (*named, ("rest", tempo.rest)) if length_s]
        parts.append(f"tempo {', '.join(phases)}")
    return "; ".join(parts) + "."


def _aim(point: TrendPoint) -> str:
    """ "2 × 13 reps", or what is known of it."""
    if point.target_reps is None:
        return "no target"
    each, rest = divmod(point.target_reps, point.of_sets)
    return f"{point.target_reps} reps in {point.of_sets} sets" if rest else f"{point.of_sets} × {each} reps"


def _work_table(material: Material, trend: Trend, words: Words) -> Markup:
    return table(
        ("", "First sessions", "Last sessions", "Change", "Sets within a quarter of the prescription"),
        list(_work_rows(material, trend, words)),
        caption="Means of the first and the last sessions, three of each where there are six",
        class_="numbers",
    )


def _work_rows(material: Material, trend: Trend, words: Words) -> Iterator[list[Child]]:
    quantities = (
        ("Reps a session", "reps", "", 0, None),
        ("Load", "load", " kg", 1, None),
        (words.out.capitalize(), "out_s", " s", 2, "out"),
        (words.hold.capitalize(), "hold_s", " s", 2, "hold"),
        (words.back.capitalize(), "back_s", " s", 2, "back"),
        ("Excursion", "excursion_deg", "°", 1, None),
    )
    for name, quantity, unit, digits, phase in quantities:
        for side in trend.sides:
            cells = change_cells(trend, side, quantity, unit, digits)
            if not any(cells):
                continue
            sets = [one for one in material.sets_of(trend.exercise) if one.side == side]
            kept, of = within(sets, phase) if phase else (0, 0)
            yield [f"{name}{f', {side}' if side else ''}", *cells, f"{kept} of {of}" if of else ""]


def _symmetry(trend: Trend, words: Words) -> Markup | None:
    found = trend.symmetry("excursion_deg")
    if found is None:
        return None
    text = symmetry_text(found, "Excursion", "°")
    if found.low is None or found.high is None:
        return joined(tag("h3", "Left against right"), paragraph(_sentence(text)))
    hold = trend.symmetry("hold_s")
    held = hold is not None and any(p.tempo_s is not None and p.tempo_s.hold for p in trend.points)
    span = 1.25 * max(abs(found.low), abs(found.high), 0.1 * (found.left + found.right) / 2)
    return tag(
        "div",
        tag("h3", "Left against right"),
        interval(found.low, found.high, found.difference, span, "°"),
        paragraph(_sentence(text)),
        paragraph(_sentence(symmetry_text(hold, words.hold.capitalize(), " s"))) if hold and held else None,
        paragraph(
            f"Each session with both sides is one pair, from {LEAST_PAIRS} pairs on with Student's t. Where the strap "
            "sits differs from thigh to thigh; a habit of wearing it higher on one side looks like a difference.",
            class_="small",
        ),
        class_="keep",
    )


_CHANGES = {"corrected": "corrected by the wearer", "recounted": "recounted", "target": "target changed by the wearer"}


def changed(material: Material) -> Markup:
    """Every number that was changed."""
    if not material.changes:
        return tag("section", tag("h2", "Corrections"), paragraph("No number was changed afterwards."))
    rows: list[Sequence[Child]] = [
        [
            str(change.session.day),
            words_of(change.one.exercise).title + (f", {change.one.side}" if change.one.side else ""),
            change.one.number,
            change.before,
            change.after,
            _CHANGES[change.what] + (f", detector {change.detector} had counted before" if change.detector else ""),
            "" if change.at is None else f"{datetime.fromisoformat(change.at):%Y-%m-%d %H:%M}",
        ]
        for change in material.changes
    ]
    return tag(
        "section",
        tag("h2", "Corrections"),
        table(
            ("Session", "Exercise", "Set", "Before", "After", "What", "When"),
            rows,
            caption="Every number that was changed; both are kept. This report uses those after.",
            class_="numbers",
        ),
    )

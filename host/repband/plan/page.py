"""A plan as a person reads it, styled in a terminal and plain in a pipe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from repband.exercise import Exercise, Safety, load_exercise
from repband.exercise.page import Section, print_sections
from repband.plan.base import Plan, PlanItem, PlanTempo, Quantity
from repband.plan.files import pain_rule
from repband.plan.rules import variant_of
from repband.plan.sequence import planned_minutes, planned_sets

if TYPE_CHECKING:
    from rich.console import Console


def print_plan(plan: Plan, safety: Safety, console: Console | None = None) -> None:
    """Prints the plan: rich in a terminal, plain lines when piped."""
    print_sections(
        f"{plan.name} (plan, revision {plan.revision})", f"For: {plan.for_whom}", sections(plan, safety), console
    )


def sections(plan: Plan, safety: Safety) -> Iterator[Section]:
    """The page from top to bottom; no section is empty."""
    yield "Each week", _week(plan)
    for number, item in enumerate(plan.exercises, start=1):
        exercise = load_exercise(item.exercise)
        yield f"{number}. {_title(item, exercise)}: {dose(item)}", list(_item(item, exercise))
    pain = pain_rule(plan)
    yield "Before each session", [f"RepBand asks: {pain.next_day} Yes, or no answer: nothing becomes harder."]
    yield "How it grows", _growth(plan)
    yield "Pain, from 0 to 10", [f"{span(band.least, band.most)}: {band.say}" for band in pain.bands]
    yield "What RepBand can't see", [safety.limits]
    yield safety.red_flags.title, [*safety.red_flags.signs, safety.red_flags.act]


def dose(item: PlanItem) -> str:
    """Sets, reps and side in words: "2 sets of 10 reps on each side"."""
    sets = "1 set" if item.sets == 1 else f"{item.sets} sets"
    reps = "1 rep" if item.reps == 1 else f"{item.reps} reps"
    side = {None: "", "both": " on each side", "left": ", left side", "right": ", right side"}[item.side]
    return f"{sets} of {reps}{side}"


def tempo(times: PlanTempo, exercise: Exercise) -> str:
    """The phases by their names: "lift 2 s, hold 2 s, lower 2 s, rest 1 s"."""
    words = exercise.movement.words
    phases = ((words.out, times.out), (words.hold, times.hold), (words.back, times.back), (words.rest, times.rest))
    return ", ".join(f"{word} {time_s:g} s" for word, time_s in phases if time_s)


def span(least: int, most: int) -> str:
    """Scores from least to most: "4-5", or "6" alone."""
    return f"{least}-{most}" if least < most else f"{least}"


def _week(plan: Plan) -> list[str]:
    sessions = "1 session" if plan.sessions_per_week == 1 else f"{plan.sessions_per_week} sessions"
    sets = len(planned_sets(plan))
    each = f"{sets} {'set' if sets == 1 else 'sets'} and about {max(1, round(planned_minutes(plan)))} min"
    line = f"{sessions} of {each}, getting into position not counted."
    return [line, plan.note] if plan.note else [line]


def _title(item: PlanItem, exercise: Exercise) -> str:
    return exercise.title if item.variant is None else f"{exercise.title}, as {item.variant}"


def _item(item: PlanItem, exercise: Exercise) -> Iterator[str]:
    yield f"{item.load}; {item.rest_s:g} s of rest between sets"
    yield f"Tempo: {tempo(item.tempo_s, exercise)}"
    variant = variant_of(item, exercise)
    if variant is not None:
        yield variant.how + (f" Counted as {variant.count_as}." if variant.count_as else "")
    yield _limits(item)
    if item.note:
        yield item.note
    if item.source:
        yield f"Where this comes from: {item.source}"


def _limits(item: PlanItem) -> str:
    if not item.progress.by:
        return "Stays as it is."
    return f"May grow: {', then '.join(_limit(item, quantity) for quantity in item.progress.by)}."


def _limit(item: PlanItem, quantity: Quantity) -> str:
    progress = item.progress
    match quantity:
        case "reps":
            return f"reps up to {progress.most_reps}"
        case "sets":
            return f"sets up to {progress.most_sets}"
        case "hold":
            return f"hold up to {progress.most_hold_s:g} s"
        case "load":
            return f"load up to {progress.most_kg:g} kg, {progress.step_kg:g} kg at a time"


def _growth(plan: Plan) -> list[str]:
    growing = [item.progress for item in plan.exercises if item.progress.by]
    if not growing:
        return ["Nothing grows by itself in this plan."]
    sessions = span(min(one.after_sessions for one in growing), max(one.after_sessions for one in growing))
    effort = span(min(one.effort_most for one in growing), max(one.effort_most for one in growing))
    return [
        f"After {sessions} good sessions on different days, RepBand proposes a little more of one thing. Good means: "
        f"all sets and reps, at tempo, effort at most {effort} of 10, pain low, and no worse the next day.",
        "Pain, missing reps or 14 days off: as before, or less. You decide; nothing changes by itself.",
        "When the next thing grows, those before it go back to what the plan began with.",
    ]

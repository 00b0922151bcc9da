"""The page of an exercise: what a person reads before doing it, styled in a terminal and plain in a pipe."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from repband.exercise.base import Evidence, Exercise
from repband.exercise.safety import Safety

if TYPE_CHECKING:
    from rich.console import Console

_STANCE = {"for": "for", "against": "against", "neutral": "to know"}
_WIDEST = 100  # longer lines are hard to read

Section = tuple[str, Sequence[str]]
"""A heading and its entries."""


def sections(exercise: Exercise, safety: Safety) -> Iterator[Section]:
    """The page from top to bottom; no section is empty."""
    yield from (section for section in _all_sections(exercise, safety) if section[1])


def print_page(exercise: Exercise, safety: Safety, console: Console | None = None) -> None:
    """Prints the page: rich in a terminal, plain lines when piped."""
    print_sections(f"{exercise.title} ({exercise.name})", exercise.summary, sections(exercise, safety), console)


def print_sections(title: str, summary: str, parts: Iterable[Section], console: Console | None = None) -> None:
    """Prints a title, a summary and headings with their entries, in the style of every page."""
    from rich.console import Console
    from rich.text import Text

    out = console or Console()
    width = min(out.width, _WIDEST) if out.is_terminal else _WIDEST

    def put(text: str, indent: str, style: str = "") -> None:
        # Wrapped here: rich would fill the lines with blanks, which a pipe then carries.
        folded = textwrap.fill(
            text, width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False
        )
        out.print(Text(folded, style=style), soft_wrap=True)

    put(title, "", "bold")
    put(summary, "")
    for heading, entries in parts:
        out.print()
        put(heading, "", "bold cyan")
        for entry in entries:
            put(entry, "  ")


def _all_sections(exercise: Exercise, safety: Safety) -> Iterator[Section]:
    yield "What it trains", [", ".join(exercise.muscles)]
    yield "Why it may help the back", [exercise.why]
    yield "What studies found", [_finding(item) for item in exercise.evidence]
    yield "Wear the sensor", _placement(exercise)
    yield "How to do it", [f"{number}. {step}" for number, step in enumerate(exercise.steps, start=1)]
    yield "Check yourself (no sensor sees it)", exercise.reminders
    yield "Common faults", exercise.faults
    yield "Tempo and dose to start with", _dose(exercise)
    yield "What RepBand will say", [f"{cue.when.replace('-', ' ')}: {cue.say}" for cue in exercise.cues]
    yield "What RepBand can't see", [safety.limits]
    yield "What people show", _spans(exercise)
    yield "Variants", [_variant(variant.name, variant.how, variant.count_as) for variant in exercise.variants]
    yield "Safety", [*exercise.safety, *safety.rules]
    yield "Pain, from 0 to 10", [f"{band.least}-{band.most}: {band.say}" for band in safety.pain.bands]
    yield "See a professional when", safety.professional
    yield safety.red_flags.title, [*safety.red_flags.signs, safety.red_flags.act]


def _finding(item: Evidence) -> str:
    return f"{_STANCE[item.stance]}: {item.finding} [{item.source}]"


def _placement(exercise: Exercise) -> list[str]:
    place = exercise.placement
    return [place.where, place.side, place.how, f"Rest posture: {exercise.rest_posture}"]


def _dose(exercise: Exercise) -> list[str]:
    dose, tempo, words = exercise.dose, exercise.tempo_s, exercise.movement.words
    each = " each side" if exercise.movement.one_sided else ""
    phases = [(words.out, tempo.out), (words.hold, tempo.hold), (words.back, tempo.back), (words.rest, tempo.rest)]
    lines = [
        f"{dose.sets} x {dose.reps} reps{each}, {dose.rest_s:g} s of rest between sets",
        ", ".join(f"{word} {time_s:g} s" for word, time_s in phases if time_s),
        f"Dose: {dose.source}",
    ]
    return [*lines, f"Tempo: {tempo.source}"] if tempo.source else lines


def _spans(exercise: Exercise) -> list[str]:
    angle, time = exercise.movement.excursion_deg, exercise.movement.rep_s
    return [
        f"Thigh excursion {angle.least:g} to {angle.most:g} degrees, typically {angle.typical:g} [{angle.source}]",
        f"One rep {time.least:g} to {time.most:g} s, typically {time.typical:g} [{time.source}]",
        "Advice, never a gate: your own first reps set the scale.",
    ]


def _variant(name: str, how: str, count_as: str | None) -> str:
    return f"{name}: {how}" + (f" Count it as {count_as}." if count_as else "")

"""The exercises: all of them at a glance, and the page of each."""

from __future__ import annotations

from repband.errors import ExerciseFileError
from repband.exercise import Exercise, exercise_names, load_exercise, load_safety
from repband.exercise.page import Section, sections
from repband.report.markup import Markup, tag
from repband.web.pages.layout import document, section_cards


def known_exercises() -> list[Exercise]:
    """All exercises whose files have no mistakes."""
    found: list[Exercise] = []
    for name in exercise_names():
        try:
            found.append(load_exercise(name))
        except ExerciseFileError:
            continue  # `repband exercises` names it, and how to see its mistakes
    return found


def exercises_page(*, in_session: bool) -> str:
    """All exercises, each with what it is in one line."""
    cards = [
        tag(
            "li",
            tag("h2", tag("a", one.title, href=f"/exercises/{one.name}")),
            tag("p", one.summary),
            tag("p", ", ".join(one.muscles), class_="fine"),
        )
        for one in known_exercises()
    ]
    lead = "What each one trains, how it is done, how to wear the sensor, and when to stop."
    return document(
        "Exercises",
        "/exercises",
        tag("h1", "Exercises"),
        tag("p", lead, class_="lead"),
        tag("ul", cards, class_="tiles"),
        in_session=in_session,
    )


def exercise_page(exercise: Exercise, *, in_session: bool) -> str:
    """The page of one exercise: as `repband exercise NAME` prints it.

    Raises:
        ExerciseFileError: the safety texts can't be read.
    """
    safety = load_safety()
    parts = list(sections(exercise, safety))
    return document(
        exercise.title,
        "/exercises",
        tag("p", tag("a", "All exercises", href="/exercises"), class_="crumb"),
        tag("h1", exercise.title),
        tag("p", exercise.summary, class_="lead"),
        tag("p", tag("a", "Your trends", href=f"/trends?exercise={exercise.name}", class_="button"), class_="buttons"),
        tag("div", [_card(part, safety.red_flags.title) for part in parts], class_="columns"),
        in_session=in_session,
    )


def _card(part: Section, urgent: str) -> Markup:
    card = section_cards([part])
    return tag("div", card, class_="card-urgent" if part[0] == urgent else "card-plain")

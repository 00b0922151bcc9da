"""The wearer's own plan files, and the pages by which one is written: the form, its check, and what was written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from repband.errors import RepBandError, UsageError
from repband.exercise import load_safety
from repband.paths import data_dir
from repband.plan import Plan, load_plan, plan_names
from repband.plan.page import sections
from repband.plan.write import write_new
from repband.report.markup import Child, Markup, tag
from repband.web.pages.exercises import known_exercises
from repband.web.pages.layout import document, section_cards
from repband.web.pages.planform import PlanForm, Wrong, place_of
from repband.web.pages.typed import Typed, items_in, moved, name_of, placed, plan_of, typed_of, with_exercise

_LONGEST_STEM = 40
_NO_STEMS = re.compile(r"con|prn|aux|nul|(?:com|lpt)\d")
"""Names that Windows keeps for devices."""
_AWAY = "Plans are written on the computer that RepBand runs on; open this page there."
_EMPTY: Typed = {("sessions_per_week",): "3"}


def plans_dir() -> Path:
    """Where plans written in the page lie."""
    return data_dir() / "plans"


def own_plans() -> tuple[str, ...]:
    """Their names, sorted."""
    return tuple(sorted(file.stem for file in plans_dir().glob("*.toml")))


def begun_from(name: str) -> Typed:
    """What the form begins with: a plan that ships, one of the wearer's own, or nothing for "".

    Raises:
        UsageError: there is no such plan.
        ExerciseFileError: its file has mistakes.
    """
    if not name:
        return dict(_EMPTY)
    return typed_of(load_plan(plans_dir() / f"{name}.toml" if name in own_plans() else name.removesuffix(".toml")))


def keep(plan: Plan) -> str:
    """Writes a plan to a new file and gives its name; one that says the same is not written twice.

    Raises:
        JournalError: the system did not let it be written.
    """
    plans_dir().mkdir(parents=True, exist_ok=True)
    stem, number = _stem(plan.name), 1
    while True:
        name = stem if number == 1 else f"{stem}-{number}"
        file = plans_dir() / f"{name}.toml"
        number += 1
        if file.exists():
            if _revision(file) == plan.revision:
                return name
            continue
        if name in plan_names():
            continue  # a plan of this name ships
        try:
            write_new(plan, file)
        except UsageError:  # somebody else wrote a file of this name just now
            continue
        return name


def _stem(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_STEM].strip("-") or "plan"
    return f"{stem}-plan" if _NO_STEMS.fullmatch(stem) else stem


def _revision(file: Path) -> str | None:
    try:
        return load_plan(file).revision
    except RepBandError:
        return None


def acted(typed: Typed, do: str, add: str) -> Typed:
    """The form after one of its buttons: add, remove-0, up-1, down-0."""
    what, _, where = do.partition("-")
    index = int(where) if where.isdecimal() else -1
    match what:
        case "add":
            chosen = next((one for one in known_exercises() if one.name == add), None)
            return with_exercise(typed, chosen) if chosen else typed
        case "remove":
            return moved(typed, index, None)
        case "up":
            return moved(typed, index, index - 1)
        case "down":
            return moved(typed, index, index + 1)
        case _:
            return typed


def form_page(typed: Typed, *, in_session: bool, may_write: bool, checks: bool = False) -> tuple[str, bool]:
    """The form with what was typed, and whether it holds a plan without mistakes.

    Args:
        typed: what stands in it.
        in_session: whether a session runs.
        may_write: whether whoever asks may write plans.
        checks: says what is wrong, or shows the plan as the wearer reads it.
    """
    plan, wrong = plan_of(typed) if checks else (None, {})
    body: list[Child] = [
        tag("h1", "Write a plan"),
        tag("p", "For physiotherapists, and for whoever trains with one. Nothing is sent anywhere: the plan is a file "
            "on this computer.", class_="lead"),
        _beginnings() if not items_in(typed) else None,
        None if may_write else tag("p", _AWAY, class_="note"),
        _told(wrong, typed) if wrong else None,
        _read_by_the_wearer(plan) if plan else None,
        PlanForm(typed, wrong).markup(),
    ]  # fmt: skip
    return document("Write a plan", "/plan", *body, in_session=in_session, scripts=("plan.js",)), plan is not None


def written_page(name: str, *, in_session: bool) -> str:
    """What was written, and how to go on.

    Raises:
        UsageError: there is no such plan.
        ExerciseFileError: its file has mistakes.
    """
    if name not in own_plans():
        raise UsageError(f"there is no plan {name!r}", cure="open Write a plan to see them all")
    file = plans_dir() / f"{name}.toml"
    plan = load_plan(file)
    return document(
        plan.name,
        "/plan",
        tag("p", "Plan", class_="eyebrow"),
        tag("h1", plan.name),
        tag("p", f"For: {plan.for_whom}", class_="lead"),
        tag("section",
            tag("p", "Train with it:"),
            tag("pre", tag("code", f'repband workout "{file}" --ble'), tabindex=0),
            tag("p", f"Revision {plan.revision}. A changed plan is a new file; each session names the revision it was "
                "done under.", class_="fine"),
            tag("p", tag("a", "Change it", href=f"/plan?from={name}", class_="button"),
                tag("a", "Another plan", href="/plan", class_="button"), class_="buttons"),
            class_="fields"),
        tag("div", section_cards(sections(plan, load_safety())), class_="columns"),
        in_session=in_session,
    )  # fmt: skip


def _read_by_the_wearer(plan: Plan) -> Markup:
    return tag(
        "div",
        tag("p", "No mistakes. This is how the wearer reads it:", class_="good", role="status"),
        tag("div", section_cards(sections(plan, load_safety())), class_="columns preview"),
        id="checked",
    )


def _beginnings() -> Markup:
    """Plans to begin from."""
    return tag(
        "section",
        tag("h2", "Begin from a plan, or from an empty page below"),
        tag("ul", _links(plan_names(), "ships with RepBand"), _links(own_plans(), "your own"), class_="chips"),
        class_="fields",
    )


def _links(names: Iterable[str], what: str) -> list[Markup]:
    return [tag("li", tag("a", name, href=f"/plan?from={name}"), tag("small", f" {what}")) for name in names]


def _told(wrong: Wrong, typed: Typed) -> Markup:
    """How much is to be mended, with a way to each place."""
    found = list(placed({path: [*texts] for path, texts in wrong.items()}))
    listed = [tag("li", tag("a", f"{place_of(path, typed)}: {text}", href=f"#{_anchor(path)}")) for path, text in found]
    heading = "One thing to mend" if len(found) == 1 else f"{len(found)} things to mend"
    return tag(
        "section",
        tag("h2", heading),
        tag("ul", listed),
        class_="fields mend",
        id="checked",
        role="alert",
        tabindex=-1,
    )


def _anchor(path: tuple[str | int, ...]) -> str:
    """Where a mistake is shown: its field, or the exercise's heading."""
    return f"exercise-{int(path[1]) + 1}" if path[2:] == ("exercise",) else name_of(path)

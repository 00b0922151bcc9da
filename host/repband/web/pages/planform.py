"""The form that writes a plan, as HTML: it works without a script, by keyboard, and loses nothing that was typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from repband.errors import RepBandError
from repband.exercise import Exercise, load_exercise, load_safety
from repband.exercise.lines import KeyPath
from repband.plan.page import span
from repband.report.markup import Child, Markup, tag
from repband.web.pages.exercises import known_exercises
from repband.web.pages.typed import GROWING, MOST_EXERCISES, Typed, items_in, name_of

Wrong = Mapping[KeyPath, Sequence[str]]
Choices = Sequence[tuple[str, str]]
"""Values and what to call them."""

_GROWS: Choices = (("", "–"), ("reps", "reps"), ("sets", "sets"), ("hold", "hold"), ("load", "load"))
_LOADS: Choices = (("bodyweight", "bodyweight"), ("band", "band"), ("kg", "weight"))


LABELS = {
    "name": "Name of the plan", "for_whom": "For whom", "sessions_per_week": "Sessions a week", "note": "Note",
    "watch_from": "Watch from", "stop_from": "Stop from", "settle_h": "Settles within (hours)",
    "exercise": "", "variant": "Variant", "side": "Side", "sets": "Sets", "reps": "Reps a set", "rest_s": "Rest (s)",
    "kind": "Load", "value": "Kilograms or level", "label": "Your word for it",
    "source": "Where the dose comes from",
    "out": "Tempo", "hold": "Tempo", "back": "Tempo", "rest": "Tempo",
    "most_reps": "Reps up to", "most_sets": "Sets up to", "most_hold_s": "Hold up to (s)",
    "most_kg": "Load up to (kg)", "step_kg": "Kilograms at a time",
    "after_sessions": "After how many good sessions", "effort_most": "Only up to effort (of 10)",
}  # fmt: skip
_LIMITS = ("most_reps", "most_sets", "most_hold_s", "most_kg", "step_kg", "after_sessions", "effort_most")


def place_of(path: KeyPath, typed: Typed) -> str:
    """Where a field stands, in words: "1. Bridge, Sets"."""
    if path == ("exercises",):
        return "Exercises"
    parts = [LABELS.get(str(path[-1]), "May grow")]
    if path[0] == "exercises":
        name = typed.get((*path[:2], "exercise"), "")
        exercise = _known(name)
        parts.insert(0, f"{int(path[1]) + 1}. {exercise.title if exercise else name}")
    return ", ".join(part for part in parts if part)


class PlanForm:
    """Renders the form.

    Args:
        typed: what stands in it.
        wrong: what is wrong, by field.
    """

    def __init__(self, typed: Typed, wrong: Wrong) -> None:
        self._typed = typed
        self._wrong = wrong

    def markup(self) -> Markup:
        """The whole form."""
        number = items_in(self._typed)
        return tag(
            "form",
            tag("button", "Check", name="do", value="check", class_="unseen", tabindex=-1, aria_hidden="true"),
            self._head(),
            [self._item(index, number) for index in range(number)],
            self._add() if number < MOST_EXERCISES else None,
            self._pain(),
            tag("div",
                tag("button", "Check it", name="do", value="check", formaction="/plan#checked"),
                tag("button", "Write the plan", name="do", value="write", class_="primary", formaction="/plan#checked"),
                class_="buttons"),
            method="post",
            action="/plan",
            id="plan-form",
            novalidate="",
            autocomplete="off",
        )  # fmt: skip

    def _head(self) -> Markup:
        return tag(
            "section",
            tag("h2", "The plan"),
            self._text(("name",), "Name of the plan", "What you will call it, such as: Maria, spring."),
            self._text(("for_whom",), "For whom", "In your words: the person, and what to mind.", rows=2),
            self._number(("sessions_per_week",), "Sessions a week", "1 to 7; beginners 2 or 3"),
            self._text(("note",), "Note for the wearer (may be empty)", rows=2),
            class_="fields",
        )

    def _pain(self) -> Markup:
        bands = load_safety().pain.bands
        rule = ", ".join(f"{span(band.least, band.most)} {band.action.replace('-', ' ')}" for band in bands)
        return tag(
            "section",
            tag("h2", "Pain, from 0 to 10"),
            tag("p", f"RepBand's rule is {rule}. A plan may be stricter, never laxer. Empty: as here.", class_="fine"),
            tag("div",
                self._number(("pain", "watch_from"), "Watch from"),
                self._number(("pain", "stop_from"), "Stop from"),
                self._number(("pain", "settle_h"), "Settles within (hours)"),
                class_="row"),
            class_="fields",
        )  # fmt: skip

    def _add(self) -> Markup:
        options = [tag("option", one.title, value=one.name) for one in known_exercises()]
        path: KeyPath = ("exercises",)
        anchor = f"/plan#exercise-{items_in(self._typed) + 1}"
        return tag(
            "section",
            tag("h2", "Add an exercise"),
            tag("div",
                tag("label", "Exercise", tag("select", options, name="add", id="exercises", **self._said(path, None))),
                tag("button", "Add it", name="do", value="add", formaction=anchor),
                class_="row adding"),
            self._told(path),
            class_="fields",
        )  # fmt: skip

    # One exercise.

    def _item(self, index: int, number: int) -> Markup:
        at: KeyPath = ("exercises", index)
        name = self._typed.get((*at, "exercise"), "")
        exercise = _known(name)
        title = exercise.title if exercise else name
        hidden = tag("input", type="hidden", name=name_of((*at, "exercise")), value=name)
        return tag(
            "section",
            hidden,
            tag("div", tag("h2", f"{index + 1}. {title}"), self._moves(index, number, title), class_="title"),
            self._told((*at, "exercise")),
            tag("div", self._how(at, exercise), class_="row"),
            tag("div", self._dose(at), class_="row"),
            tag("div", self._load(at), class_="row"),
            tag("fieldset", tag("legend", "Tempo, in seconds"), tag("div", self._tempo(at, exercise), class_="row")),
            self._growth(at),
            self._text((*at, "note"), "Note for the wearer (may be empty)"),
            self._text((*at, "source"), "Where the dose comes from (may be empty)"),
            class_="fields item",
            id=f"exercise-{index + 1}",
        )

    def _moves(self, index: int, number: int, title: str) -> Markup:
        def button(sign: str, what: str, do: str, at: int) -> Markup:
            return tag("button", tag("span", sign, aria_hidden="true"), tag("span", f"{what} {title}", class_="unseen"),
                       name="do", value=f"{do}-{index}", formaction=f"/plan#exercise-{at}", title=what)  # fmt: skip

        return tag(
            "div",
            button("↑", "Earlier:", "up", index) if index else None,
            button("↓", "Later:", "down", index + 2) if index + 1 < number else None,
            button("×", "Remove", "remove", max(1, index)),
            class_="moves",
        )

    def _how(self, at: KeyPath, exercise: Exercise | None) -> list[Markup]:
        fields: list[Markup] = []
        names = [variant.name for variant in exercise.variants] if exercise else []
        if names or self._typed.get((*at, "variant")):
            choices = [("", "the plain one"), *((name, name) for name in names)]
            fields.append(self._choice((*at, "variant"), "Variant", choices))
        one_sided = exercise is None or exercise.movement.one_sided
        other = exercise is not None and any(variant.count_as for variant in exercise.variants)
        if one_sided or other or self._typed.get((*at, "side")):
            sides = [("both", "both sides"), ("left", "left only"), ("right", "right only")]
            fields.append(
                self._choice((*at, "side"), "Side", sides if one_sided else [("", "it has no sides"), *sides])
            )
        return fields

    def _dose(self, at: KeyPath) -> list[Markup]:
        each = " (each side)" if self._typed.get((*at, "side")) == "both" else ""
        return [
            self._number((*at, "sets"), f"{LABELS['sets']}{each}"),
            self._number((*at, "reps"), "Reps a set"),
            self._number((*at, "rest_s"), "Rest (s)"),
        ]

    def _load(self, at: KeyPath) -> list[Markup]:
        return [
            self._choice((*at, "load", "kind"), "Load", _LOADS),
            self._number((*at, "load", "value"), "Kilograms or level"),
            self._text((*at, "load", "label"), "Your word for it", example="red"),
        ]

    def _tempo(self, at: KeyPath, exercise: Exercise | None) -> list[Markup]:
        words = exercise.movement.words if exercise else None
        return [
            self._number((*at, "tempo_s", key), getattr(words, key, key)) for key in ("out", "hold", "back", "rest")
        ]

    def _growth(self, at: KeyPath) -> Markup:
        here = (*at, "progress")
        by = [self._typed.get((*here, "by", place), "") for place in range(GROWING)]
        grows = ", then ".join(one for one in by if one)
        labels = ["First", "Then", "Then", "Then"]
        order = [self._choice((*here, "by", place), labels[place], _GROWS) for place in range(GROWING)]
        wrong = any(path[:3] == here for path in self._wrong)
        return tag(
            "details",
            tag("summary", f"May grow: {grows or 'nothing'}"),
            tag("p", "When sessions go well RepBand proposes a little more of one thing, the first one first, never "
                "beyond your limits. The wearer accepts or not.", class_="fine"),
            tag("div", order, class_="row"),
            tag("div", [self._number((*here, key), LABELS[key]) for key in _LIMITS], class_="row"),
            **({"open": ""} if wrong else {}),
        )  # fmt: skip

    # One field.

    def _text(self, path: KeyPath, label: str, example: str = "", rows: int = 1) -> Markup:
        name, text = name_of(path), self._typed.get(path, "")
        if rows > 1:
            field = tag("textarea", f"\n{text}", id=name, name=name, rows=rows, **self._said(path, None))
        else:
            hint = f"hint-{name}" if len(example) > 10 else None
            said = self._said(path, hint)
            field = tag(
                "input",
                id=name,
                name=name,
                value=text,
                type="text",
                placeholder=None if hint else example or None,
                **said,
            )
        hint_line = tag("span", example, class_="hint", id=f"hint-{name}") if len(example) > 10 else None
        return self._field(path, label, hint_line, field)

    def _number(self, path: KeyPath, label: str, hint: str = "") -> Markup:
        name = name_of(path)
        said = self._said(path, f"hint-{name}" if hint else None)
        value = self._typed.get(path, "")
        field = tag("input", id=name, name=name, value=value, type="text", inputmode="decimal", class_="number", **said)
        return self._field(path, label, tag("span", hint, class_="hint", id=f"hint-{name}") if hint else None, field)

    def _choice(self, path: KeyPath, label: str, choices: Choices) -> Markup:
        name, chosen = name_of(path), self._typed.get(path, "")
        known = [*choices] if chosen in dict(choices) else [*choices, (chosen, chosen)]
        options = [tag("option", text, value=value, **_selected(value == chosen)) for value, text in known]
        return self._field(path, label, None, tag("select", options, id=name, name=name, **self._said(path, None)))

    def _field(self, path: KeyPath, label: str, hint: Child, field: Markup) -> Markup:
        return tag("div", tag("label", label, for_=name_of(path)), hint, field, self._told(path), class_="field")

    def _said(self, path: KeyPath, hint: str | None) -> dict[str, str]:
        """What tells assistive technology of the hint and the mistakes."""
        wrong = bool(self._wrong.get(path))
        ids = [one for one in (hint, f"wrong-{name_of(path)}" if wrong else None) if one]
        said = {"aria_describedby": " ".join(ids)} if ids else {}
        return said | ({"aria_invalid": "true"} if wrong else {})

    def _told(self, path: KeyPath) -> Markup | None:
        texts = self._wrong.get(path)
        return tag("p", " ".join(texts), class_="wrong", id=f"wrong-{name_of(path)}") if texts else None


def _selected(chosen: bool) -> dict[str, str]:
    return {"selected": ""} if chosen else {}


def _known(name: str) -> Exercise | None:
    try:
        return None if name.endswith(".toml") else load_exercise(name)
    except RepBandError:
        return None

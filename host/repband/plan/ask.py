"""Makes a plan by asking in plain words: each answer is checked at once, and ? explains the question."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec

from repband.errors import UsageError
from repband.exercise import Exercise, exercise_names, load_exercise, load_safety
from repband.exercise.schema import Mistake, mistakes
from repband.plan.answers import (
    as_typed,
    first_at,
    inside,
    numbered,
    one_of,
    plainly,
    read_field,
    read_quantities,
    refuse,
)
from repband.plan.base import Plan, PlanItem, PlanLoad, PlanPain, PlanTempo, Progress
from repband.plan.page import dose, span
from repband.plan.rules import item_rules, pain_rules, repeated, variant_of

Prompt = Callable[[str, str], str]
"""Asks a question with a default and gives what was typed, the default where nothing was."""

ValueT = TypeVar("ValueT")
StructT = TypeVar("StructT", bound=msgspec.Struct)

_NO = frozenset({"no", "n"})
_YES = frozenset({"yes", "y"})
_WORDS = {"reps": "Reps up to", "sets": "Sets up to", "hold": "Hold up to how many seconds", "load": "Load up to (kg)"}
_KEYS = {"reps": "most_reps", "sets": "most_sets", "hold": "most_hold_s", "load": "most_kg"}
# What is suggested as a limit: our cautious choice, to be judged by whoever answers.
_ROOM = {"reps": 5, "sets": 1, "hold": 3}


class Interview:
    """Asks for a whole plan.

    Args:
        prompt: asks one question.
        say: shows one line.
        read_load: reads a load as a person writes it; raises UsageError where it is none.
    """

    def __init__(self, prompt: Prompt, say: Callable[[str], None], read_load: Callable[[str], PlanLoad]) -> None:
        self._prompt = prompt
        self._say = say
        self._read_load = read_load

    def plan(self) -> Plan | None:
        """The plan, or None where it is not to be written after all."""
        self._say("Answer each question; Enter takes what stands in [brackets], ? explains.")
        name = self._field(Plan, "name", "Name of the plan", "What you will call it, such as: Maria, spring.")
        for_whom = self._field(Plan, "for_whom", "For whom", "In your words: the person, and what to mind.")
        a_week = self._field(Plan, "sessions_per_week", "Sessions a week", "From 1 to 7. Beginners: 2 or 3.", "3")
        pain = self._pain()
        items = self._items()
        plan = Plan(name=name, for_whom=for_whom, sessions_per_week=a_week, pain=pain, exercises=tuple(items))
        self._say("")
        for item in items:
            self._say(f"{item.variant or item.exercise}: {dose(item)}, {item.load}")
        return plan if self._yes("Write this plan?", "Yes writes the file; no leaves nothing behind.", True) else None

    # The parts of a plan.

    def _pain(self) -> PlanPain:
        bands = load_safety().pain.bands
        rule = ", ".join(f"{span(band.least, band.most)} {band.action.replace('-', ' ')}" for band in bands)
        text = "Watch: go on only if it settles within a day. A plan may be stricter, never laxer."
        if self._yes(f"RepBand's pain rule is {rule}. Does that suit?", text, True):
            return PlanPain()
        pain = PlanPain()
        pain = self._with(pain, "stop_from", "Stop from which pain on (1-10)", text, _pain_rules)
        return self._with(pain, "watch_from", "Watch from which pain on (1-10)", text, _pain_rules)

    def _items(self) -> list[PlanItem]:
        items: list[PlanItem] = []
        while True:
            name = self._exercise(first=not items)
            if name is None:
                return items
            exercise = load_exercise(name)
            item = self._side(self._variant(usual_item(exercise), exercise), exercise)
            again = next(iter(repeated([*items, item])), None)
            if again is not None:
                self._say(f"  This exercise is in the plan already; {again.cure}.")
                continue
            items.append(self._progress(self._dose(item, exercise)))

    def _exercise(self, *, first: bool) -> str | None:
        names = exercise_names()

        def read(typed: str) -> str | None:
            if not typed and not first:
                return None
            name = one_of(names, typed)
            load_exercise(name)  # an own file with mistakes is told now, not at the end
            return name

        self._say("")
        self._say(f"Exercises: {numbered(names)}")
        question = "Which exercise" if first else "Which next (Enter: no more)"
        return self._ask(question, "Type its number or name. repband exercises show NAME explains one.", "", read)

    def _variant(self, item: PlanItem, exercise: Exercise) -> PlanItem:
        names = tuple(variant.name for variant in exercise.variants)
        if not names:
            return item

        def read(typed: str) -> str | None:
            return one_of(names, typed) if typed else None

        self._say(f"Variants: {numbered(names)}")
        text = " ".join(f"{variant.name}: {variant.how}" for variant in exercise.variants)
        return msgspec.structs.replace(
            item, variant=self._ask(f"Which variant (Enter: the plain {exercise.name})", text, "", read)
        )

    def _side(self, item: PlanItem, exercise: Exercise) -> PlanItem:
        variant = variant_of(item, exercise)
        if exercise.movement.one_sided:
            return self._with(
                item, "side", "Side: left, right or both", "Sets and reps are for each side.", _free, "both"
            )
        if variant is None or variant.count_as is None:
            return item
        question = "Side: left, right or both (Enter: it has no sides)"
        text = "For a variant on one leg say which; the sensor goes there."
        return self._with(item, "side", question, text, _free, "", optional=True)

    def _dose(self, item: PlanItem, exercise: Exercise) -> PlanItem:
        each = " on each side" if item.side == "both" else ""
        item = self._with(item, "sets", f"Sets{each}", f"Usual to begin with: {exercise.dose.sets}.", _free)
        item = self._with(item, "reps", f"Reps a set{each}", f"Usual to begin with: {exercise.dose.reps}.", _free)
        item = self._with(item, "rest_s", "Rest between sets, in seconds", "From 0 to 600.", _free)
        text = "Type bodyweight, 12 kg, band, band red or band 3 (the level printed on it)."
        item = msgspec.structs.replace(item, load=self._ask("Load", text, "bodyweight", self._load))
        return self._tempo(item, exercise)

    def _load(self, text: str) -> PlanLoad:
        load = self._read_load(text)
        said = {key: value for key, value in msgspec.structs.asdict(load).items() if value is not None}
        refuse(next(iter(mistakes(said, PlanLoad)), None))
        return load

    def _tempo(self, item: PlanItem, exercise: Exercise) -> PlanItem:
        words = exercise.movement.words
        while True:
            tempo = item.tempo_s
            for key in PlanTempo.__struct_fields__:
                question = f"Tempo, seconds for: {getattr(words, key)}"
                text = "Each rep: out of the rest posture, hold, back, rest. 0 leaves a phase out."
                tempo = self._with(tempo, key, question, text, _free)
            timed = msgspec.structs.replace(item, tempo_s=tempo)
            wrong = first_at("tempo_s", item_rules(timed))
            if wrong is None:
                return timed
            self._say(plainly(wrong.what, wrong.cure))

    def _progress(self, item: PlanItem) -> PlanItem:
        text = "When sessions go well RepBand proposes a little more of one of these, the first one first, up to your "
        text += "limits. The wearer accepts or not. Type them in their order: reps, sets, hold, load. No: type none."
        while True:
            by = self._ask("What may grow: reps, sets, hold, load or none", text, "reps", read_quantities)
            grown = msgspec.structs.replace(item, progress=Progress(by=by))
            wrong = next((one for one in item_rules(grown) if one.path == ("progress", "by")), None)
            if wrong is None:
                break
            self._say(plainly(wrong.what, wrong.cure))
        for quantity in by:
            grown = self._limit(grown, _KEYS[quantity], _WORDS[quantity], _ROOM.get(quantity))
        if "load" in by:
            grown = self._limit(grown, "step_kg", "Kilograms to add at a time", None)
        note = "Anything the wearer should know about it (Enter: nothing)"
        return self._with(grown, "note", note, "One line, shown with the exercise.", _free, "", optional=True)

    def _limit(self, item: PlanItem, key: str, question: str, room: int | None) -> PlanItem:
        begins = {"most_reps": item.reps, "most_sets": item.sets, "most_hold_s": item.tempo_s.hold}
        default = "" if room is None else f"{begins[key] + room:g}"

        def rules(progress: Progress) -> Iterable[Mistake]:
            found = item_rules(msgspec.structs.replace(item, progress=progress))
            return inside("progress", found)

        text = "The plan never asks for more than this."
        return msgspec.structs.replace(item, progress=self._with(item.progress, key, question, text, rules, default))

    # How one answer is asked for.

    def _field(self, struct: type[msgspec.Struct], key: str, question: str, text: str, default: str = "") -> Any:
        return self._ask(question, text, default, lambda typed: read_field(struct, key, typed))

    def _with(
        self,
        struct: StructT,
        key: str,
        question: str,
        text: str,
        rules: Callable[[StructT], Iterable[Mistake]],
        default: str | None = None,
        *,
        optional: bool = False,
    ) -> StructT:
        """The struct with one key as answered; what it holds already is the default."""
        held = getattr(struct, key)
        usual = ("" if held is None else as_typed(held)) if default is None else default

        def read(typed: str) -> StructT:
            if optional and not typed:
                return struct
            changed = msgspec.structs.replace(struct, **{key: read_field(type(struct), key, typed)})
            refuse(first_at(key, rules(changed)))
            return changed

        return self._ask(question, text, usual, read)

    def _yes(self, question: str, text: str, default: bool) -> bool:
        def read(typed: str) -> bool:
            if typed.lower() not in _YES | _NO:
                raise UsageError(f"{typed!r} is neither", cure="type yes or no")
            return typed.lower() in _YES

        return self._ask(question, text, "yes" if default else "no", read)

    def _ask(self, question: str, text: str, default: str, read: Callable[[str], ValueT]) -> ValueT:
        """Asks until the answer can be read."""
        while True:
            typed = self._prompt(question, default).strip()
            if typed == "?":
                self._say(f"  {text}")
                continue
            try:
                return read(typed)
            except UsageError as problem:
                self._say(plainly(problem.what, problem.cure))


def usual_item(exercise: Exercise) -> PlanItem:
    """An exercise at what its file calls usual to begin with."""
    usual, times = exercise.dose, exercise.tempo_s
    return PlanItem(
        exercise=exercise.name,
        sets=usual.sets,
        reps=usual.reps,
        rest_s=usual.rest_s,
        tempo_s=PlanTempo(times.out, times.hold, times.back, times.rest),
    )


def _pain_rules(pain: PlanPain) -> Iterable[Mistake]:
    return inside("pain", pain_rules(pain))


def _free(_: Any) -> Iterable[Mistake]:
    """No rule beyond the key's own."""
    return ()

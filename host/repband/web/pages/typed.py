"""What was typed into the form of a plan: kept as it is, read as a plan file would be, each mistake at its field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

import msgspec

from repband.exercise import Exercise
from repband.exercise.lines import KeyPath
from repband.exercise.schema import Mistake, mistakes, spoken
from repband.plan import Plan, PlanItem
from repband.plan.answers import plainly
from repband.plan.ask import usual_item
from repband.plan.base import PlanPain, Progress
from repband.plan.files import GUIDE
from repband.plan.rules import item_rules, pain_rules, repeated

MOST_EXERCISES = 20
GROWING = 4
"""How many quantities may grow, one after the other."""

TEXTS = frozenset({"name", "for_whom", "note", "source", "exercise", "variant", "side", "kind", "label", "by"})
"""Keys that hold text; everything else is a number."""

PLAN_KEYS: tuple[KeyPath, ...] = (
    *((key,) for key in ("name", "for_whom", "sessions_per_week", "note")),
    *(("pain", key) for key in PlanPain.__struct_fields__),
)
_LIMITS = tuple(key for key in Progress.__struct_fields__ if key != "by")
ITEM_KEYS: tuple[KeyPath, ...] = (
    *((key,) for key in ("exercise", "variant", "side", "sets", "reps", "rest_s")),
    *(("load", key) for key in ("kind", "value", "label")),
    *(("tempo_s", key) for key in ("out", "hold", "back", "rest")),
    *(("progress", "by", place) for place in range(GROWING)),
    *(("progress", key) for key in _LIMITS),
    ("note",),
    ("source",),
)
_MISSING = re.compile(r"^the key (\S+?) is missing(?:: (.*))?$")
_SPOKEN = re.compile(r"exercises\[(\d+)\](?:\.([a-z_.]+))?|\b(?:pain|progress)\.[a-z_]+")
_WORDS = {
    "tempo_s": "the tempo",
    "progress.most_hold_s": "the longest hold",
    "pain.watch_from": "“watch from”",
    "pain.stop_from": "“stop from”",
}

Typed = dict[KeyPath, str]
"""What stands in each field."""


def name_of(path: KeyPath) -> str:
    """A field's name in the form: "exercises.0.sets"."""
    return ".".join(map(str, path))


def read_typed(sent: Iterable[tuple[str, str]]) -> Typed:
    """The fields of a form as it was sent; names that are no field are passed over, exercises move up to close gaps."""
    by_name = {name: text.strip() for name, text in sent}
    found = {path: by_name[name_of(path)] for path in PLAN_KEYS if name_of(path) in by_name}
    kept = [index for index in range(MOST_EXERCISES) if f"exercises.{index}.exercise" in by_name]
    for place, index in enumerate(kept):
        for key in ITEM_KEYS:
            text = by_name.get(name_of(("exercises", index, *key)))
            if text is not None:
                found["exercises", place, *key] = text
    return found


def items_in(typed: Typed) -> int:
    """How many exercises the form holds."""
    return sum(path[0] == "exercises" and path[2:] == ("exercise",) for path in typed)


def moved(typed: Typed, index: int, to: int | None) -> Typed:
    """With an exercise at another place, or without it where `to` is None; what lies outside stays as it is."""
    order = list(range(items_in(typed)))
    if index not in order or (to is not None and to not in order):
        return typed
    order.remove(index)
    if to is not None:
        order.insert(to, index)
    place = {old: new for new, old in enumerate(order)}
    kept = {path: text for path, text in typed.items() if path[0] != "exercises"}
    for path, text in typed.items():
        if path[0] == "exercises" and path[1] in place:
            kept["exercises", place[path[1]], *path[2:]] = text
    return kept


def with_exercise(typed: Typed, exercise: Exercise) -> Typed:
    """With one exercise more, at what its file calls usual; reps may grow by five, as `repband plan new` suggests."""
    index = items_in(typed)
    if index >= MOST_EXERCISES:
        return typed
    item = usual_item(exercise)
    item = msgspec.structs.replace(
        item,
        side="both" if exercise.movement.one_sided else None,
        progress=Progress(by=("reps",), most_reps=item.reps + 5),
    )
    return typed | _typed_of(item, ("exercises", index), ITEM_KEYS)


def typed_of(plan: Plan) -> Typed:
    """A plan as somebody would have typed it."""
    found = _typed_of(plan, (), PLAN_KEYS)
    for index, item in enumerate(plan.exercises):
        found |= _typed_of(item, ("exercises", index), ITEM_KEYS)
    return found


def _typed_of(struct: msgspec.Struct, at: KeyPath, keys: Iterable[KeyPath]) -> Typed:
    return {(*at, *key): _text(_inside(struct, key)) for key in keys}


def _inside(value: Any, key: KeyPath) -> Any:
    for part in key:
        value = _at(value, part) if isinstance(part, int) else getattr(value, part)
    return value


def _at(values: Sequence[Any], place: int) -> Any:
    return values[place] if place < len(values) else None


def _text(value: Any) -> str:
    if isinstance(value, float):
        short = f"{value:g}"
        return short if float(short) == value else repr(value)
    return "" if value is None else str(value)


def plan_of(typed: Typed) -> tuple[Plan | None, dict[KeyPath, list[str]]]:
    """The plan, or None and what is wrong, by field; ("exercises",) is the list itself."""
    data = _data(typed)
    wrong = mistakes(data, Plan, GUIDE)
    items = cast("list[dict[str, Any]]", data["exercises"])
    clean: list[PlanItem] = []
    for index, item in enumerate(items):
        if not mistakes(item, PlanItem, GUIDE):
            clean.append(msgspec.convert(item, PlanItem))
            wrong += item_rules(clean[-1], ("exercises", index))
    if len(clean) == len(items):
        wrong += repeated(clean)
    if not mistakes(data.get("pain", {}), PlanPain, GUIDE):
        wrong += pain_rules(msgspec.convert(data.get("pain", {}), PlanPain))
    if not wrong:
        return msgspec.convert(data, Plan), {}
    found: dict[KeyPath, list[str]] = {}
    for mistake in wrong:
        told = found.setdefault(_field(mistake, typed), [])
        if (text := words(mistake)) not in told:
            told.append(text)
    return None, found


def _data(typed: Typed) -> dict[str, Any]:
    """What a plan file would hold: empty fields are left out."""
    items: list[dict[str, Any]] = [{"load": {}, "tempo_s": {}, "progress": {}} for _ in range(items_in(typed))]
    data: dict[str, Any] = {"exercises": items}
    for path, text in typed.items():
        if not text:
            continue
        if path[0] == "exercises":
            _put(items[cast("int", path[1])], path[2:], text)
        else:
            _put(data, path, text)
    return data


def _put(table: dict[str, Any], path: KeyPath, text: str) -> None:
    *tables, last = path
    if isinstance(last, int):
        table["progress"].setdefault("by", []).append(text)
        return
    for key in tables:
        table = table.setdefault(cast("str", key), {})
    table[last] = text if last in TEXTS else _number(text)


def _number(text: str) -> int | float | str:
    """A number as people type it, with a point or a comma; the text itself where it is none."""
    for kind, shown in ((int, text), (float, text.replace(",", "."))):
        try:
            return kind(shown)
        except ValueError:
            continue
    return text


def _field(mistake: Mistake, typed: Mapping[KeyPath, str]) -> KeyPath:
    """The field that a mistake is shown at."""
    missing = _MISSING.match(mistake.what)
    fields = [*PLAN_KEYS, *(("exercises", n, *key) for n in range(items_in(dict(typed))) for key in ITEM_KEYS)]
    if missing:
        return next((field for field in fields if spoken(field) == missing[1]), ("exercises",))
    for length in range(len(mistake.path), 0, -1):
        near = [field for field in fields if field[:length] == mistake.path[:length]]
        if near and (length > 1 or len(near) == 1):
            return near[0]
    return ("exercises",)


def words(mistake: Mistake) -> str:
    """A mistake for somebody who sees no keys."""
    missing = _MISSING.match(mistake.what)
    what = mistake.what
    if missing:
        what = "Missing" + (f": {missing[2]}" if missing[2] else "")
    cure = "fill it in" if mistake.cure.startswith("add it; ") else mistake.cure
    cure = re.sub(r"\bwrite (?:side|kind) = ", "choose ", cure).replace("_from", " from")
    return _SPOKEN.sub(_named, plainly(what, cure).strip())


def _named(found: re.Match[str]) -> str:
    if found[1] is None:
        return _WORDS.get(found[0], "this")
    return _WORDS.get(found[2], "this") if found[2] else f"exercise {found[1]}"


def placed(found: Mapping[KeyPath, list[str]]) -> Iterator[tuple[KeyPath, str]]:
    """Every mistake with its field, in the order of the form."""
    return ((path, text) for path, texts in sorted(found.items(), key=lambda one: _order(one[0])) for text in texts)


def _order(path: KeyPath) -> tuple[int, int, int]:
    if path in PLAN_KEYS:
        return (0, 0, PLAN_KEYS.index(path))
    if len(path) < 3:
        return (1, MOST_EXERCISES, 0)
    return (1, cast("int", path[1]), ITEM_KEYS.index(path[2:]))

"""Reads single answers, with the same ranges and words as a plan file's check."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import msgspec

from repband.errors import UsageError
from repband.exercise.schema import Mistake, mistakes
from repband.plan.base import Progress

_KEY = re.compile(r"^[a-z_]+(?:\[\d+\]|\.[a-z_]+)*(?= (?:is|holds|names|has \d))")


def read_field(struct: type[msgspec.Struct], key: str, typed: str) -> Any:
    """The value of a key, held against what the plan file allows there.

    Raises:
        UsageError: it is not allowed; what and cure as `repband plan check` would say them.
    """
    if not typed.isprintable():
        raise UsageError("that holds characters that can't be kept", cure="type plain text")
    value, number = typed, _number(typed)
    wrong = _mistake(struct, key, value)
    if wrong is not None and number is not None:
        value, wrong = number, _mistake(struct, key, number)
    refuse(wrong)
    kind = next(field.type for field in msgspec.structs.fields(struct) if field.name == key)
    return msgspec.convert(value, kind)


def _mistake(struct: type[msgspec.Struct], key: str, value: Any) -> Mistake | None:
    return first_at(key, mistakes({key: value}, struct))


def first_at(key: str, found: Iterable[Mistake]) -> Mistake | None:
    """The first mistake at a key."""
    return next((one for one in found if one.path[:1] == (key,)), None)


def plainly(what: str, cure: str | None) -> str:
    """A mistake for somebody who sees no keys: "That is 9; choose a number from 1 to 7."."""
    what = _KEY.sub("That", what)
    return f"  {what}; {cure}." if cure and not cure.endswith("?") else f"  {what}; {cure}" if cure else f"  {what}."


def numbered(names: tuple[str, ...]) -> str:
    """A list to choose from: "1 bridge, 2 clamshell"."""
    return ", ".join(f"{number} {name}" for number, name in enumerate(names, start=1))


def inside(table: str, found: Iterable[Mistake]) -> list[Mistake]:
    """The mistakes of a table, their paths as seen from it."""
    return [replace(one, path=one.path[1:]) for one in found if one.path[:1] == (table,)]


def refuse(wrong: Mistake | None) -> None:
    """Raises UsageError where something is wrong."""
    if wrong is not None:
        raise UsageError(wrong.what, cure=wrong.cure)


def _number(typed: str) -> int | float | None:
    """A number as people type it, with a point or a comma; None where it is none."""
    try:
        return int(typed)
    except ValueError:
        pass
    try:
        return float(typed.replace(",", "."))
    except ValueError:
        return None


def one_of(names: tuple[str, ...], typed: str) -> str:
    """A name, or its number in the list as shown."""
    if typed.isdecimal() and 1 <= int(typed) <= len(names):
        return names[int(typed) - 1]
    by_lower = {name.lower(): name for name in names}
    if typed.lower() in by_lower:
        return by_lower[typed.lower()]
    begins = [name for name in by_lower if typed and name.startswith(typed.lower())]
    near = begins or difflib.get_close_matches(typed.lower(), list(by_lower), n=1)
    raise UsageError(f"{typed!r} is not in the list", cure=f"did you mean {near[0]}?" if near else "type its number")


def read_quantities(typed: str) -> Any:
    """What may grow, in its order: "reps, hold"; nothing for "none". Raises UsageError for another word."""
    words = typed.lower().replace(",", " ").split()
    if words in (["none"], ["no"]):
        return ()
    refuse(next(iter(mistakes({"by": words}, Progress)), None))
    return tuple(words)


def as_typed(value: Any) -> str:
    """A value as somebody would type it."""
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)

"""Holds TOML data against a msgspec struct and names every mistake, not only the first."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import msgspec
from msgspec import inspect

from repband.exercise.lines import KeyPath

GUIDE = "protocols/exercises/README.md"
"""Where every key of an exercise file is explained."""

# What could move a terminal's cursor, or turn the direction of writing.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")

_HUGE = 10**15
_LONGEST_SHOWN = 40


@dataclass(frozen=True)
class Mistake:
    """What is wrong at one key of a document, and what mends it."""

    path: KeyPath
    what: str
    cure: str


def mistakes(data: dict[str, Any], struct: type[msgspec.Struct], guide: str = GUIDE) -> list[Mistake]:
    """Every way in which `data` is not a `struct`, in the order of the struct's fields.

    Args:
        data: what tomllib read.
        struct: a frozen msgspec struct whose fields carry their ranges as `msgspec.Meta`.
        guide: where a person finds every key explained.
    """
    kind = _shape(struct)
    return list(_check_table(data, kind, (), _Root(kind, guide)))


@cache
def _shape(struct: type[msgspec.Struct]) -> inspect.StructType:
    kind = inspect.type_info(struct)
    assert isinstance(kind, inspect.StructType)
    return kind


@dataclass(frozen=True)
class _Root:
    """The whole document: its shape, and where that is explained."""

    kind: inspect.StructType
    guide: str


def spoken(path: KeyPath) -> str:
    """A key path as people write it: `movement.words.out`, `steps[2]` (the first is 1)."""
    text = ""
    for key in path:
        text += f"[{key + 1}]" if isinstance(key, int) else f".{_plain(key)}"
    return text.removeprefix(".")


def _plain(key: str) -> str:
    """A key that a message can carry: nothing in it moves the cursor, and it is not endless."""
    return _cut(key if key and key.isprintable() else ascii(key))


def _check_table(data: Any, kind: inspect.StructType, path: KeyPath, root: _Root) -> Iterator[Mistake]:
    if not isinstance(data, dict):
        yield _wrong_type(data, path, f"a table with the keys {', '.join(_names(kind))}")
        return
    table = cast("dict[str, Any]", data)
    meant: set[str] = set()  # known keys that a misspelt one probably stands for
    for key in [key for key in table if key not in _names(kind)]:
        near = difflib.get_close_matches(key, [name for name in _names(kind) if name not in table], n=1)
        meant.update(near)
        yield Mistake((*path, key), f"unknown key {spoken((*path, key))}", _unknown_cure(key, near, kind, path, root))
    for field in kind.fields:
        if field.encode_name in table:
            yield from _check(table[field.encode_name], field.type, (*path, field.encode_name), root)
        elif field.required and field.encode_name not in meant:
            cure = f"add it; {root.guide} explains every key"
            yield Mistake(path, f"the key {spoken((*path, field.encode_name))} is missing", cure)


def _unknown_cure(key: str, near: list[str], kind: inspect.StructType, path: KeyPath, root: _Root) -> str:
    if near:
        return f"did you mean {near[0]}?"
    if path and key in _names(root.kind):
        return f"{key} belongs to the top of the file: move it above the first [table]"
    return f"remove it; known here: {', '.join(_names(kind))}"


def _check(value: Any, kind: inspect.Type, path: KeyPath, root: _Root) -> Iterator[Mistake]:
    match kind:
        case inspect.StructType():
            yield from _check_table(value, kind, path, root)
        case inspect.VarTupleType():
            yield from _check_list(value, kind, path, root)
        case inspect.StrType():
            yield from _check_text(value, kind, path)
        case inspect.LiteralType():
            yield from _check_choice(value, kind, path)
        case inspect.BoolType():
            if not isinstance(value, bool):
                yield _wrong_type(value, path, "true or false")
        case inspect.IntType() | inspect.FloatType():
            yield from _check_number(value, kind, path)
        case inspect.UnionType():  # "or none": TOML has no null, so the other type is meant
            some = next(option for option in kind.types if not isinstance(option, inspect.NoneType))
            yield from _check(value, some, path, root)
        case _:
            raise TypeError(f"no check for {kind} at {spoken(path)}")


def _check_list(value: Any, kind: inspect.VarTupleType, path: KeyPath, root: _Root) -> Iterator[Mistake]:
    if not isinstance(value, list):
        yield _wrong_type(value, path, "a list [...]")
        return
    items = cast("list[Any]", value)
    if kind.min_length is not None and len(items) < kind.min_length:
        yield Mistake(path, f"{spoken(path)} is empty", "write at least one entry")
    if kind.max_length is not None and len(items) > kind.max_length:
        yield Mistake(path, f"{spoken(path)} has {len(items)} entries", f"keep it to {kind.max_length}")
    for index, item in enumerate(items[: kind.max_length]):
        yield from _check(item, kind.item_type, (*path, index), root)


def _check_text(value: Any, kind: inspect.StrType, path: KeyPath) -> Iterator[Mistake]:
    if not isinstance(value, str):
        yield _wrong_type(value, path, 'a text in "quotes"')
    elif not value.strip():
        yield Mistake(path, f"{spoken(path)} is empty", "write what the wearer should read there")
    elif kind.max_length is not None and len(value) > kind.max_length:
        yield Mistake(
            path, f"{spoken(path)} is {len(value)} characters long", f"shorten it to {kind.max_length} or fewer"
        )
    elif _CONTROL.search(value):
        what = f"{spoken(path)} holds a line break, tab or control character"
        yield Mistake(path, what, "write one plain paragraph; screens wrap it")
    elif kind.pattern is not None and not re.search(kind.pattern, value):
        yield Mistake(
            path, f"{spoken(path)} is {value!r}", "use small letters, digits and single hyphens, a letter first"
        )


def _check_choice(value: Any, kind: inspect.LiteralType, path: KeyPath) -> Iterator[Mistake]:
    choices = [str(choice) for choice in kind.values]
    if not isinstance(value, str):
        yield _wrong_type(value, path, " or ".join(f'"{choice}"' for choice in choices))
    elif value not in choices:
        near = difflib.get_close_matches(value, choices, n=1)
        cure = f"did you mean {near[0]}?" if near else f"choose one of {', '.join(choices)}"
        yield Mistake(path, f"{spoken(path)} is {_shown(value)}", cure)


def _check_number(value: Any, kind: inspect.IntType | inspect.FloatType, path: KeyPath) -> Iterator[Mistake]:
    whole = isinstance(kind, inspect.IntType)
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
        yield _wrong_type(value, path, "a whole number" if whole else "a number")
        return
    least = -math.inf if kind.ge is None else kind.ge
    most = math.inf if kind.le is None else kind.le
    if not least <= value <= most:  # written so that nan fails too
        yield Mistake(path, f"{spoken(path)} is {_shown(value)}", f"choose a number from {least} to {most}")


def _wrong_type(value: Any, path: KeyPath, wanted: str) -> Mistake:
    return Mistake(path, f"{spoken(path)} is {_shown(value)}", f"write {wanted}")


def _shown(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case dict():
            return "a table"
        case list():
            return "a list"
        case int() if abs(value) >= _HUGE:  # Python refuses to write out thousands of digits
            return "a huge number"
        case str() | int() | float():
            return _cut(repr(value))
        case _:
            return "a date or time"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."


def _names(kind: inspect.StructType) -> list[str]:
    return [field.encode_name for field in kind.fields]

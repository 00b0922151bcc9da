"""Writes a plan as the TOML file that reads well and gives the same plan back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from repband.errors import JournalError, UsageError
from repband.plan.base import Plan, PlanItem

_HEADER = """\
# A RepBand plan. After a change run: repband plan check FILE
# protocols/plans/README.md explains every key. Reps and sets are per side for one-sided exercises."""


def to_toml(plan: Plan) -> str:
    """The plan as a file: `load_plan` reads the same plan from it. What is as the defaults have it is left out."""
    return "\n".join([_HEADER, "", *_lines(plan)]) + "\n"


def refuse_existing(file: Path) -> None:
    """Says at once when a plan can't be written there.

    Raises:
        UsageError: the file exists, is no .toml file, or its folder does not exist.
    """
    if file.suffix != ".toml":
        raise UsageError("a plan is a .toml file", where=str(file), cure=f"write -o {file.name or 'plan'}.toml")
    if file.exists() or file.is_symlink():
        raise UsageError("the file exists and is not overwritten", where=str(file), cure="choose another name")
    if not file.parent.is_dir():
        raise UsageError("there is no such folder", where=str(file.parent), cure="make it, or choose another")


def write_new(plan: Plan, file: Path) -> None:
    """Writes the plan to a new file.

    Raises:
        UsageError: the file exists by now.
        JournalError: the system did not let it be written.
    """
    try:
        with file.open("x", encoding="utf-8", newline="\n") as out:
            out.write(to_toml(plan))
    except FileExistsError:
        raise UsageError(
            "the file exists and is not overwritten", where=str(file), cure="choose another name"
        ) from None
    except OSError as problem:
        what = f"can't be written ({problem.strerror or problem})"
        raise JournalError(what, where=str(file), cure="choose another folder") from problem


def _lines(plan: Plan) -> Iterator[str]:
    yield from _keys(plan, ("name", "for_whom", "sessions_per_week", "note"))
    pain = list(_keys(plan.pain, plan.pain.__struct_fields__))
    if pain:
        yield from ("", "[pain]", *pain)
    for item in plan.exercises:
        yield from ("", "[[exercises]]", *_item(item))


def _item(item: PlanItem) -> Iterator[str]:
    yield from _keys(
        item, ("exercise", "variant", "side", "sets", "reps", "rest_s", "load", "tempo_s", "note", "source")
    )
    progress = list(_keys(item.progress, item.progress.__struct_fields__))
    if progress:
        yield from ("", "[exercises.progress]", *progress)


def _keys(struct: msgspec.Struct, names: tuple[str, ...]) -> Iterator[str]:
    """`key = value` for each key that says something."""
    defaults = {field.name: field.default for field in msgspec.structs.fields(struct)}
    for name in names:
        value = getattr(struct, name)
        if value != defaults[name]:
            yield f"{name} = {_value(value)}"


def _value(value: Any) -> str:
    match value:
        case str():
            return json.dumps(value, ensure_ascii=False)  # a JSON string is a TOML string too
        case float():
            return _number(value)
        case int():
            return str(value)
        case tuple():
            return f"[{', '.join(_value(item) for item in value)}]"  # pyright: ignore[reportUnknownVariableType]
        case msgspec.Struct():
            return f"{{ {', '.join(_keys(value, value.__struct_fields__))} }}"
        case _:
            raise TypeError(f"no TOML for {value!r}")


def _number(value: float) -> str:
    """As short as it can be said exactly."""
    short = f"{value:g}"
    return short if float(short) == value else repr(value)

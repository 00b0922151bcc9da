"""Reads a TOML file into a msgspec struct; every mistake comes with file, line and cure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from repband.errors import ExerciseFileError
from repband.exercise.lines import KeyPath, key_lines
from repband.exercise.schema import GUIDE, Mistake, mistakes

MAX_FILE_BYTES = 64 * 1024
"""Ten times the largest file that ships; a larger one is something else."""

_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")

StructT = TypeVar("StructT", bound=msgspec.Struct)


class ExerciseMistakesError(ExerciseFileError):
    """All mistakes of one file.

    Attributes:
        mistakes: one error each, with its own where, what and cure, in the order of their lines.
    """

    def __init__(self, found: Iterable[ExerciseFileError]) -> None:
        self.mistakes = tuple(found)
        first = self.mistakes[0]
        super().__init__(first.what, where=first.where, cure=first.cure)

    def __str__(self) -> str:
        return "\n".join(str(mistake) for mistake in self.mistakes)


def read_toml(
    path: Path, struct: type[StructT], rules: Callable[[StructT], Iterable[Mistake]], guide: str = GUIDE
) -> StructT:
    """The struct that a file describes.

    Args:
        path: the file.
        struct: what it should hold.
        rules: what must hold between keys; asked only when every key is right by itself.
        guide: where a person finds every key explained.

    Raises:
        ExerciseFileError: the file can't be read or has mistakes; all of them are named at once.
    """
    text = _read_text(path)
    data = _parse(text, path)
    found = mistakes(data, struct, guide)
    if not found:
        value = msgspec.convert(data, struct)
        found = list(rules(value))
        if not found:
            return value
    lines = key_lines(text)
    located = sorted(((_line_of(mistake.path, lines), mistake) for mistake in found), key=lambda pair: pair[0])
    raise ExerciseMistakesError(
        ExerciseFileError(mistake.what, where=f"{path} line {line}", cure=mistake.cure) for line, mistake in located
    )


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        raise ExerciseFileError("there is no such file", where=str(path), cure="check the name") from None
    except (OSError, ValueError) as problem:  # ValueError: a null byte in the name
        reason = getattr(problem, "strerror", None) or str(problem)
        raise ExerciseFileError(
            f"can't be read ({reason})", where=str(path), cure="give a readable TOML file"
        ) from problem
    if len(raw) > MAX_FILE_BYTES:
        size = f"the file is larger than {MAX_FILE_BYTES // 1024} KB"
        raise _at_line(path, _count_lines(raw), size, "a few KB of text are enough; give the right file")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = _count_lines(raw[: problem.start])
        raise _at_line(path, line, "the text is not UTF-8", "save the file with the encoding UTF-8") from problem


def _parse(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise _at_line(path, _deepest_line(text), "lists or tables are nested too deep", "flatten them") from None
    except ValueError as problem:  # TOMLDecodeError, or a number with thousands of digits
        line, column, what = _syntax_place(str(problem), text)
        place = f"{path} line {line}" + (f" column {column}" if column else "")
        raise ExerciseFileError(f"not TOML: {what}", where=place, cure=_syntax_cure(what)) from problem


def _syntax_place(message: str, text: str) -> tuple[int, int | None, str]:
    """Line, column and plain words of what tomllib said."""
    found = _PLACE.search(message)
    if found is None:
        return _longest_line(text), None, message.split(":")[0]
    what = message[: found.start()]
    if found[1] is None:
        return max(1, len(text.splitlines())), None, f"{what} at the end of the file"
    return int(found[1]), int(found[2]), what


def _syntax_cure(what: str) -> str:
    if what.startswith("Cannot overwrite") or "twice" in what:
        return "the same key stands there twice; keep one"
    if "value" in what or "string" in what or "character" in what:
        return 'put texts in "quotes" on one line, and a comma between the entries of a list'
    return "write key = value, or [table] on a line of its own"


def _line_of(path: KeyPath, lines: dict[KeyPath, int]) -> int:
    """The line of the key, or of the nearest table around it that is written down."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _at_line(path: Path, line: int, what: str, cure: str) -> ExerciseFileError:
    return ExerciseFileError(what, where=f"{path} line {line}", cure=cure)


def _count_lines(raw: bytes) -> int:
    return raw.count(b"\n") + 1


def _deepest_line(text: str) -> int:
    depth = deepest = 0
    line = 1
    for number, content in enumerate(text.split("\n"), start=1):
        depth += sum(content.count(mark) for mark in "[{") - sum(content.count(mark) for mark in "]}")
        if depth > deepest or number == 1:
            deepest, line = depth, number
    return line


def _longest_line(text: str) -> int:
    lines = text.split("\n")
    return lines.index(max(lines, key=len)) + 1

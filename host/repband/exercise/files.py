"""Finds exercise files by name: those that ship, and the wearer's own."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

from repband.errors import ExerciseFileError, UsageError
from repband.exercise.base import DurationSpan, ExcursionSpan, Exercise
from repband.exercise.schema import Mistake
from repband.exercise.toml import read_toml
from repband.paths import data_dir, shipped

_NOT_EXERCISES = frozenset({"safety"})  # lies beside the exercises and has another shape


def exercise_names() -> tuple[str, ...]:
    """The names of all exercises, sorted: those that ship and the wearer's own (files are not opened)."""
    return tuple(sorted(set(_stems(shipped("exercises"))) | set(_stems(_own_folder()))))


def is_own(name: str) -> bool:
    """Does the name lead to a file of the wearer's?"""
    return name in _stems(_own_folder())


def exercise_path(name: str) -> Path:
    """The file behind a name; the wearer's own before the shipped one.

    Raises:
        UsageError: there is no exercise of this name.
    """
    for folder in (_own_folder(), shipped("exercises")):
        if name in _stems(folder):
            return folder / f"{name}.toml"
    names = exercise_names()
    near = difflib.get_close_matches(name, names, n=1)
    cure = f"did you mean {near[0]}?" if near else f"choose one of {', '.join(names)}"
    raise UsageError(f"there is no exercise {name!r}", cure=cure)


def load_exercise(name_or_path: str | Path) -> Exercise:
    """Reads an exercise.

    Args:
        name_or_path: a name as in `exercise_names()`, or a file (a Path, or a text that ends in .toml).

    Raises:
        UsageError: there is no exercise of this name.
        ExerciseFileError: the file can't be read or has mistakes; file, line and cure are named, all at once.
    """
    if isinstance(name_or_path, str) and not name_or_path.endswith(".toml"):
        path = exercise_path(name_or_path)
    else:
        path = Path(name_or_path)
    return read_toml(path, Exercise, lambda exercise: _rules(exercise, path))


def _own_folder() -> Path:
    return data_dir() / "exercises"


def _stems(folder: Path) -> list[str]:
    try:
        return [file.stem for file in folder.glob("*.toml") if file.stem not in _NOT_EXERCISES]
    except OSError as problem:
        raise ExerciseFileError(
            f"the folder can't be read ({problem.strerror})",
            where=str(folder),
            cure="give yourself the right to read it",
        ) from problem


def _rules(exercise: Exercise, path: Path) -> Iterator[Mistake]:
    yield from _name_rules(exercise, path)
    yield from _span_rules(exercise.movement.excursion_deg, "excursion_deg")
    yield from _span_rules(exercise.movement.rep_s, "rep_s")
    yield from _tempo_rules(exercise)


def _name_rules(exercise: Exercise, path: Path) -> Iterator[Mistake]:
    if exercise.name in _NOT_EXERCISES:
        yield Mistake(("name",), f"the name {exercise.name} is taken by a file of another kind", "choose another name")
    elif exercise.name != path.stem:
        cure = f"rename the file to {exercise.name}.toml, or write name = {path.stem!r}"
        yield Mistake(("name",), f"the name is {exercise.name!r} but the file is {path.name!r}", cure)
    folder = shipped("exercises")
    if path.resolve().parent == folder.resolve():
        return
    ships = exercise.name in _stems(folder)
    if ships and not exercise.replaces_shipped:
        cure = "choose another name, or write replaces_shipped = true at the top to use yours instead"
        yield Mistake(("name",), f"an exercise {exercise.name} ships with RepBand", cure)
    if exercise.replaces_shipped and not ships:
        yield Mistake(("replaces_shipped",), f"no exercise {exercise.name} ships with RepBand", "remove the line")


def _span_rules(span: ExcursionSpan | DurationSpan, key: str) -> Iterator[Mistake]:
    if not span.least <= span.typical <= span.most:
        figures = f"least {span.least:g}, typical {span.typical:g}, most {span.most:g}"
        yield Mistake(("movement", key), f"movement.{key} is out of order: {figures}", "write them in rising order")


def _tempo_rules(exercise: Exercise) -> Iterator[Mistake]:
    tempo, rep_s = exercise.tempo_s, exercise.movement.rep_s
    total_s = tempo.out + tempo.hold + tempo.back
    if not rep_s.least <= total_s <= rep_s.most:
        span = f"{rep_s.least:g} to {rep_s.most:g} s"
        what = f"out, hold and back of tempo_s make {total_s:g} s, outside movement.rep_s ({span})"
        yield Mistake(("tempo_s",), what, "change the tempo, or the span of rep_s")

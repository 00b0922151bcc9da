"""`repband exercises`: list, show and check exercise files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

json_option = click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """List the exercises; show one as a person reads it; check a file of your own.

    Own files lie in the folder exercises of RepBand's data folder (REPBAND_HOME overrides it).
    """
    if ctx.invoked_subcommand is None:
        _list(as_json)


@command.command("list")
@json_option
def list_command(as_json: bool) -> None:
    """List all exercises (also what plain `repband exercises` does)."""
    _list(as_json)


@command.command("show", short_help="Show an exercise with its safety texts.")
@click.argument("name")
@json_option
def show_command(name: str, as_json: bool) -> None:
    """Show the exercise NAME (or a file) with its safety texts; `repband exercise NAME` does the same."""
    show(name, as_json)


@command.command("check", short_help="Check exercise files, mistake by mistake.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@json_option
def check_command(files: tuple[Path, ...], as_json: bool) -> int:
    """Check exercise files; every mistake is named with its line and cure."""
    from repband.errors import ExerciseFileError

    good = [_check(file, as_json) for file in files]
    return 0 if all(good) else ExerciseFileError.exit_code


def show(name: str, as_json: bool) -> None:
    """Prints the page of an exercise, or the exercise and its safety texts as JSON.

    Raises:
        UsageError, ExerciseFileError: there is no such exercise, or its file has mistakes.
    """
    from repband.exercise import load_exercise, load_safety

    exercise, safety = load_exercise(name), load_safety()
    if as_json:
        click.echo(_dump({"exercise": exercise, "safety": safety}))
        return
    from repband.exercise.page import print_page

    print_page(exercise, safety)


def _list(as_json: bool) -> None:
    rows = _rows()
    if as_json:
        click.echo(_dump(rows))
        return
    width = max(len(row["name"]) for row in rows)
    for row in rows:
        origin = "own" if row["own"] else "shipped"
        click.echo(f"{row['name']:<{width}}  {origin:<7}  {row['title']}: {row['summary']}")


def _rows() -> list[dict[str, Any]]:
    """One row an exercise; a file with mistakes keeps its row and says how to see them."""
    from repband.errors import ExerciseFileError
    from repband.exercise import exercise_names, exercise_path, is_own, load_exercise

    rows: list[dict[str, Any]] = []
    for name in exercise_names():
        path = exercise_path(name)
        row = {"name": name, "title": None, "summary": None, "own": is_own(name), "file": str(path), "valid": True}
        try:
            exercise = load_exercise(path)
            row |= {"title": exercise.title, "summary": exercise.summary}
        except ExerciseFileError:
            row |= {"title": "has mistakes", "summary": f'run: repband exercises check "{path}"', "valid": False}
        rows.append(row)
    return rows


def _check(file: Path, as_json: bool) -> bool:
    from repband.errors import ExerciseFileError
    from repband.exercise import load_exercise

    try:
        exercise = load_exercise(file)
    except ExerciseFileError as error:
        found: tuple[ExerciseFileError, ...] = getattr(error, "mistakes", (error,))
        if as_json:
            listed = [{"where": mistake.where, "what": mistake.what, "cure": mistake.cure} for mistake in found]
            click.echo(_dump({"file": str(file), "valid": False, "mistakes": listed}))
        else:
            click.echo(str(error), err=True)
        return False
    if as_json:
        click.echo(_dump({"file": str(file), "valid": True, "name": exercise.name, "mistakes": []}))
    else:
        click.echo(f"{file}: {exercise.title}, no mistakes")
    return True


def _dump(value: Any) -> str:
    import msgspec

    return json.dumps(msgspec.to_builtins(value), ensure_ascii=False)

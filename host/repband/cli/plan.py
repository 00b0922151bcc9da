"""`repband plan`: check, show and write plans."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from repband.plan import Plan, PlanLoad

_json_option = click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")


@click.group()
def command() -> None:
    """Check a plan, show it as a person reads it, or write one by answering questions.

    Two plans ship: beginner and intermediate. Have a physiotherapist look at yours.
    """


@command.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@_json_option
def check_command(files: tuple[Path, ...], as_json: bool) -> int:
    """Check plan files; every mistake is named with its line and cure."""
    from repband.errors import ExerciseFileError

    good = [_check(file, as_json) for file in files]
    return 0 if all(good) else ExerciseFileError.exit_code


@command.command("show", short_help="Show a plan, or list those that ship.")
@click.argument("plan", required=False, metavar="[FILE|NAME]")
@_json_option
def show_command(plan: str | None, as_json: bool) -> None:
    """Show a plan file, or a plan that ships by its NAME; without either, list those that ship."""
    from repband.exercise import load_safety
    from repband.plan import load_plan

    if plan is None:
        _list(as_json)
        return
    shown = load_plan(Path(plan) if Path(plan).is_file() else plan)
    if as_json:
        click.echo(_dump(_full(shown)))
        return
    from repband.plan.page import print_plan

    print_plan(shown, load_safety())


@command.command("new", short_help="Write a plan by answering questions.")
@click.option("-o", "--output", "file", required=True, type=click.Path(path_type=Path), help="The file to write.")
def new_command(file: Path) -> None:
    """Write a plan by answering questions; type ? at any of them for help.

    An existing file is never overwritten; Ctrl-C leaves nothing behind.
    """
    from repband.plan.ask import Interview
    from repband.plan.write import refuse_existing, write_new

    refuse_existing(file)
    plan = Interview(_prompt, click.echo, _read_load).plan()
    if plan is None:
        click.echo("Nothing was written.")
        return
    write_new(plan, file)
    click.echo(f'Written: {file} (revision {plan.revision}). See it with: repband plan show "{file}"')


def _prompt(question: str, default: str) -> str:
    return click.prompt(question, default=default, show_default=bool(default))


def _read_load(text: str) -> PlanLoad:
    from repband.cli.options import parse_load
    from repband.plan import PlanLoad

    load = parse_load(text)
    return PlanLoad(load.kind, load.value, load.label or None)


def _list(as_json: bool) -> None:
    from repband.plan import load_plan, plan_names, plan_path

    plans = {name: load_plan(name) for name in plan_names()}
    if as_json:
        rows = [
            {"name": name, "title": plan.name, "for_whom": plan.for_whom, "file": str(plan_path(name))}
            for name, plan in plans.items()
        ]
        click.echo(_dump(rows))
        return
    width = max(map(len, plans))
    for name, plan in plans.items():
        click.echo(f"{name:<{width}}  {plan.sessions_per_week} x a week  {plan.for_whom}")
    click.echo("\nSee one with: repband plan show beginner")


def _check(file: Path, as_json: bool) -> bool:
    from repband.errors import ExerciseFileError
    from repband.plan import load_plan

    try:
        plan = load_plan(file)
    except ExerciseFileError as error:
        _say_mistakes(file, error, as_json)
        return False
    if as_json:
        click.echo(
            _dump({"file": str(file), "valid": True, "name": plan.name, "revision": plan.revision, "mistakes": []})
        )
    else:
        click.echo(f"{file}: {plan.name}, revision {plan.revision}, no mistakes")
    return True


def _say_mistakes(file: Path, error: Exception, as_json: bool) -> None:
    found: tuple[Any, ...] = getattr(error, "mistakes", (error,))
    if not as_json:
        click.echo(str(error), err=True)
        return
    listed = [{"where": mistake.where, "what": mistake.what, "cure": mistake.cure} for mistake in found]
    click.echo(_dump({"file": str(file), "valid": False, "mistakes": listed}))


def _full(plan: Plan) -> dict[str, Any]:
    """A plan with what follows from it."""
    from dataclasses import asdict

    import msgspec

    from repband.plan import pain_rule, planned_minutes, planned_sets

    return {
        "revision": plan.revision,
        "minutes": round(planned_minutes(plan), 1),
        "plan": msgspec.to_builtins(plan),
        "sets": [msgspec.to_builtins(asdict(one)) for one in planned_sets(plan)],
        "pain": msgspec.to_builtins(pain_rule(plan)),
    }


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)

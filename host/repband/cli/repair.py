"""`repband repair`: finishes recordings that a crash cut short."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from repband.errors import RepBandError

if TYPE_CHECKING:
    from repband.journal import RepairReport


@click.command("repair")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path())
@click.option("--check", is_flag=True, help="Only say what would be done; exit with 3 if any file needs repair.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line a file.")
@click.pass_context
def command(context: click.Context, files: tuple[str, ...], check: bool, as_json: bool) -> None:
    """Finish recordings that a crash cut short.

    Each FILE is replaced by a finished one that holds every message that could be read; the original is kept beside
    it as FILE.bak. Whole files are left alone. A file of which nothing can be read is named, and the others are done.

    Exit codes: 0 all whole or repaired, 3 some can't be read, 6 some can't be written.
    """
    from repband.journal import repair

    exit_code = 0
    for file in files:
        try:
            report = repair(file, dry_run=check)
        except RepBandError as error:
            click.echo(f"repband: {error}", err=True)
            exit_code = max(exit_code, error.exit_code)
            continue
        click.echo(_as_json(report) if as_json else str(report))
        if check and report.found != "whole":
            exit_code = max(exit_code, 3)
    context.exit(exit_code)


def _as_json(report: RepairReport) -> str:
    fields = asdict(report)
    paths = {"path": str(report.path), "backup": str(report.backup) if report.backup else None}
    return json.dumps({**fields, **paths})

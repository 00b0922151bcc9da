"""`repband export`: the history for other programs, and everything the wearer owns in one file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from repband.cli.spans import all_option, counted, from_option, to_option

_folder = click.option(
    "-o",
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="The folder; made where needed.",
)


@click.group("export")
def command() -> None:
    """Take your data elsewhere: tables, activities for other apps, or everything in one file."""


@command.command("csv", short_help="Write tables: a line a set, a line a rep.")
@from_option
@to_option
@all_option
@_folder
def csv_command(since: datetime | None, until: datetime | None, everything: bool, out: Path) -> None:
    """Write sets.csv (a line a set) and reps.csv (a line a rep) into a folder."""
    from repband.cli.spans import opened
    from repband.journal.overview import overview
    from repband.report.tables import write_reps, write_sets

    with opened(since, until, everything) as (history, span):
        if span is None:
            return
        lines = overview(history, since=span.since, until=span.until)
        out.mkdir(parents=True, exist_ok=True)
        with (out / "sets.csv").open("w", encoding="utf-8", newline="") as file:
            sets = write_sets(lines, file)
        with (out / "reps.csv").open("w", encoding="utf-8", newline="") as file:
            reps = write_reps(history, lines, file)
    click.echo(f"{out}: {counted(sets, 'set')}, {counted(reps, 'rep')}, {span.since} to {span.until}")


@command.command("fit")
@from_option
@to_option
@all_option
@_folder
def fit_command(since: datetime | None, until: datetime | None, everything: bool, out: Path) -> None:
    """Write a FIT activity for each session into a folder.

    Reps are what you say; what was counted stands beside it in a field of its own.
    """
    from repband.cli.spans import opened
    from repband.journal.overview import overview
    from repband.report.fit import fit_bytes

    with opened(since, until, everything) as (history, span):
        if span is None:
            return
        lines = [line for line in overview(history, since=span.since, until=span.until) if line.sets]
    out.mkdir(parents=True, exist_ok=True)
    for line in lines:
        when = datetime.fromisoformat(line.started).strftime("%Y-%m-%d_%H-%M-%S")
        (out / f"{when}_{line.id[:8]}.fit").write_bytes(fit_bytes(line))
    click.echo(f"{out}: {counted(len(lines), 'activity', 'activities')}, {span.since} to {span.until}")


@command.command("all", short_help="Write everything you own into one zip.")
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file, .zip.")
def all_command(out: Path) -> None:
    """Write everything you own into one zip: history, recordings, own exercises, tables. A backup."""
    from repband.cli.spans import wearers_history
    from repband.journal.keeping import note_backup
    from repband.report.bundle import write_bundle

    with wearers_history() as history:
        done = write_bundle(history, out)
        note_backup(history)
    click.echo(f"{out}: {counted(done.sessions, 'session')}, {done.files} files, {out.stat().st_size / 1e6:.1f} MB")
    for path in done.gone:
        click.echo(f"repband: {path}: the history names it, but it is no longer there", err=True)
    click.echo("it is about your health: keep it where only you can read it, and not on the same disk")

"""`repband report`: weeks of training on paper, for the physiotherapist."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from repband.cli.spans import all_option, counted, from_option, to_option


@click.command()
@from_option
@to_option
@all_option
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default="report.html",
    show_default=True,
    help="The file.",
)
@click.option("--name", default="", help="Whom it is about, for its title.")
@click.option("--example", is_flag=True, help="Show what one looks like, from made-up sessions.")
def command(
    since: datetime | None, until: datetime | None, everything: bool, out: Path, name: str, example: bool
) -> None:
    """Write a report for your physiotherapist: one file that opens in any browser and prints on A4.

    It holds adherence, volume, tempo and excursion against the prescription, left against right, pain and effort,
    every correction, and how good the data are. Without dates it covers the twelve weeks that end with the last
    session. Nothing is sent anywhere: give the file to whom you like.
    """
    from repband.cli.spans import opened
    from repband.report.page import write_report

    if example:
        _write_example(out)
        return
    with opened(since, until, everything) as (history, span):
        if span is None:
            return
        material = write_report(history, span, out, made=date.today(), name=name)
    click.echo(
        f"{out}: {counted(len(material.sessions), 'session')}, {span.since} to {span.until}; open it in a browser"
    )


def _write_example(out: Path) -> None:
    import tempfile

    from repband.journal.example import example_history
    from repband.report.page import write_report
    from repband.report.span import span_of

    with tempfile.TemporaryDirectory() as folder, example_history(Path(folder) / "history.sqlite") as history:
        span = span_of(history, None, None, False)
        if span is not None:
            write_report(history, span, out, made=date.today(), name="a made-up wearer")
    click.echo(f"{out}: an example from made-up sessions; open it in a browser")

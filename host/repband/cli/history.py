"""`repband history`: what was done, session by session and week by week, against the plan."""

from __future__ import annotations

import json
import sys
from datetime import datetime

import click

from repband.cli.spans import all_option, from_option, to_option


@click.command()
@from_option
@to_option
@all_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object a week, for scripts.")
@click.option("--plain", is_flag=True, help="Lines instead of a table, also in a terminal.")
def command(since: datetime | None, until: datetime | None, everything: bool, as_json: bool, plain: bool) -> None:
    """Show what was done each week and session, against the plan.

    Without dates it shows the twelve weeks that end with the last session.
    """
    from repband.cli.spans import opened
    from repband.journal.keeping import backup_reminder
    from repband.journal.overview import overview
    from repband.journal.plans import kept_plans
    from repband.report.adherence import joined, weeks_of
    from repband.report.plain import week_as_plain
    from repband.report.terminal import history_lines, print_history

    with opened(since, until, everything) as (history, span):
        if span is None:
            return
        lines = joined(overview(history, since=span.since, until=span.until, measures=as_json))
        weeks = weeks_of(lines, kept_plans(history), since=span.since, until=span.until)
        reminder = backup_reminder(history)
    others = [line for line in lines if not line.reps]
    if as_json:
        for week in weeks:
            click.echo(json.dumps(week_as_plain(week), allow_nan=False))
    elif plain or not sys.stdout.isatty():
        for text in history_lines(weeks, others):
            click.echo(text)
    else:
        print_history(weeks, others)
    if reminder:
        click.echo(f"repband: {reminder}", err=True)

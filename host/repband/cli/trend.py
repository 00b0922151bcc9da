"""`repband trend`: one exercise over time, in the terminal or as a picture."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click

from repband.cli.spans import all_option, from_option, to_option
from repband.errors import UsageError


@click.command()
@click.argument("exercise")
@from_option
@to_option
@all_option
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), help="Draw it: .png, .svg or .pdf.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a session and side, for scripts.")
def command(
    exercise: str, since: datetime | None, until: datetime | None, everything: bool, out: Path | None, as_json: bool
) -> None:
    """Show EXERCISE over time: reps, load, excursion, tempo, hold, left against right.

    Sessions in which the strap slipped or was put on anew are marked: they blur a trend of angles.
    """
    from repband.cli.spans import opened
    from repband.journal.overview import exercises_done, overview
    from repband.report.adherence import joined
    from repband.report.plain import point_as_plain
    from repband.report.terminal import trend_lines
    from repband.report.trend import trend_of

    with opened(since, until, everything) as (history, span):
        if span is None:
            return
        lines = joined(overview(history, since=span.since, until=span.until, exercise=exercise))
        known = exercises_done(history)
    trend = trend_of(exercise, lines)
    if not trend.points:
        others = f"done so far: {', '.join(known)}" if known and exercise not in known else "try --all"
        raise UsageError(f"no rep of '{exercise}' from {span.since} to {span.until}", cure=others)
    if as_json:
        for point in trend.points:
            click.echo(json.dumps(point_as_plain(point), allow_nan=False))
    else:
        for text in trend_lines(trend):
            click.echo(text)
    if out:
        from repband.report.picture import save_trend

        save_trend(trend, out)
        click.echo(f"drawn: {out}", err=as_json)

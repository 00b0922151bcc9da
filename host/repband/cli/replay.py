"""`repband replay`: run a recording through the live engine again."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("replay")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--speed", type=click.FloatRange(0.1, 1000), help="Play at this many times the recorded pace.  [default: at once]"
)
@click.option("--exercise", metavar="NAME", help="Count as another exercise than the recorded one.")
def command(file: Path, speed: float | None, exercise: str | None) -> None:
    """Replay FILE: a session gives the very events it gave live; other recordings are counted as one set.

    Without --speed it runs as fast as it can; with --speed 1 it takes its own time.
    """
    from repband.driver.driver import replay
    from repband.driver.recorded import paced, recorded_session
    from repband.driver.session import Session
    from repband.screen.plain import PlainScreen, stats_line
    from repband.screen.view import View

    recorded = recorded_session(file, exercise)
    session = Session(recorded.routine)
    view = View(recorded.exercise, recorded.target, file.name)
    records = recorded.records if speed is None else paced(recorded.records, speed)
    replay(records, session, [view.apply, PlainScreen(view, lambda line: click.echo(line))])
    click.echo(stats_line(session.stats))

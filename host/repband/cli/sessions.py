"""`repband sessions`: what was kept, as a list or one session in full."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from repband.journal import History

_as_json = click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for scripts.")
_plain = click.option("--plain", is_flag=True, help="Lines instead of tables, also in a terminal.")


@click.group("sessions")
def command() -> None:
    """List or show the sessions kept so far."""


@command.command("list")
@click.option("-n", "--limit", type=click.IntRange(1), default=20, show_default=True, help="How many, newest first.")
@_as_json
@_plain
def list_command(limit: int, as_json: bool, plain: bool) -> None:
    """List the latest sessions, newest first."""
    from repband.screen import kept as screen

    with _history() as history:
        kept = history.sessions(limit)
    if as_json:
        for session in kept:
            click.echo(json.dumps(screen.as_plain(session, with_reps=False), allow_nan=False))
    elif not kept:
        click.echo("no session is kept yet; begin with: repband live bridge --virtual")
    elif plain or not sys.stdout.isatty():
        for session in kept:
            click.echo(screen.list_line(session))
    else:
        from repband.screen.kept_tables import print_list

        print_list(kept)


@command.command("show", short_help="Show one session with all its reps.")
@click.argument("session", default="last")
@_as_json
@_plain
def show_command(session: str, as_json: bool, plain: bool) -> None:
    """Show one SESSION with all its reps: "last", an id or the beginning of one."""
    from repband.screen import kept as screen

    with _history() as history:
        kept = history.session(session)
    if as_json:
        click.echo(json.dumps(screen.as_plain(kept, with_reps=True), allow_nan=False))
    elif plain or not sys.stdout.isatty():
        for line in screen.show_lines(kept):
            click.echo(line)
    else:
        from repband.screen.kept_tables import print_session

        print_session(kept)


def _history() -> History:
    from repband.journal import History

    history = History()
    for notice in history.notices:
        click.echo(f"repband: {notice}", err=True)
    return history

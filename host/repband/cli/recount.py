"""`repband recount`: today's engine over old recordings; shows first, changes only when asked."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from repband.cli.spans import all_option, counted, from_option, to_option

if TYPE_CHECKING:
    from repband.journal.recount import Recounted, SetChange


@click.command()
@click.argument("sessions", nargs=-1, metavar="[SESSION]...")
@from_option
@to_option
@all_option
@click.option("--keep", is_flag=True, help="Let the new numbers hold where they differ; asks first.")
@click.option("--yes", is_flag=True, help="With --keep: do not ask.")
def command(
    sessions: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    everything: bool,
    keep: bool,
    yes: bool,
) -> None:
    """Count kept recordings again with today's engine, and show what would change.

    SESSION is "last", an id or its beginning; without one it takes the twelve weeks that end with the last session.
    Nothing changes without --keep. With it the new numbers hold, and the old ones are kept beside them. What you
    corrected stays as you said.
    """
    from repband.cli.spans import opened
    from repband.journal.overview import overview
    from repband.journal.recount import keep_recount, recount

    with opened(since, until, everything) as (history, span):
        if span is None:
            return
        names = sessions or [line.id for line in overview(history, since=span.since, until=span.until)]
        found: list[Recounted] = []
        for name in names:
            found.append(recount(history.session(name)))
            _say(found[-1])
        changed = sum(len(one.changes) for one in found)
        _say_sum(found, changed)
        if not keep or not changed:
            return
        if yes or click.confirm(f"Let the new numbers of {counted(changed, 'set')} hold?", default=False):
            kept = sum(keep_recount(history, one) for one in found)
            click.echo(f"new numbers hold for {counted(kept, 'set')}; the old ones are kept beside them")


def _say(one: Recounted) -> None:
    from repband.screen.kept import when

    if one.problem is None and not one.changes:
        return
    click.echo(f"{one.session.id[:8]}  {when(one.session.started)}  {one.session.exercise}")
    if one.problem is not None:
        click.echo(f"  not recounted: {one.problem}")
    for change in one.changes:
        click.echo(f"  {_change_text(change)}")


def _change_text(change: SetChange) -> str:
    if change.kept is None:
        reps = change.now.counted if change.now else 0
        return f"set {change.number}: {reps} reps, only in the recording; --keep adds it to the history"
    if change.now is None:
        return f"set {change.number}: {change.kept.counted} reps, not found any more; it stays as it is"
    count = f"{change.kept.counted} -> {change.now.counted} reps"
    if change.kept.counted == change.now.counted:
        count = f"{change.kept.counted} reps as before"
    moved = f", {change.moved} with other times or angles" if change.moved else ""
    said = f" (you said {change.kept.said}; that stays)" if change.kept.corrections else ""
    return f"set {change.number}: {count}{moved}{said}"


def _say_sum(found: list[Recounted], changed: int) -> None:
    failed = sum(one.problem is not None for one in found)
    sets = sum(len(one.sets) for one in found)
    detector = f" by detector {found[0].detector}" if found else ""
    done = f"{len(found) - failed} of {counted(len(found), 'session')} recounted{detector}"
    click.echo(f"{done}: {changed} of {counted(sets, 'set')} differ")

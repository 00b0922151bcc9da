"""`repband forget`: deletes sessions, old recordings or everything, after asking."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from repband.cli.spans import counted

_yes = click.option("--yes", is_flag=True, help="Do not ask.")


@click.group("forget")
def command() -> None:
    """Delete sessions, old recordings, or everything. It asks first."""


@command.command("session", short_help="Delete sessions with their recordings.")
@click.argument("sessions", nargs=-1, required=True, metavar="SESSION...")
@_yes
def session_command(sessions: tuple[str, ...], yes: bool) -> None:
    """Delete sessions with their sets, reps and recordings: "last", ids or their beginnings."""
    from repband.cli.spans import wearers_history
    from repband.journal.forget import forget_sessions, would_forget
    from repband.screen.kept import sets_by_reps, when

    with wearers_history() as history:
        found = list({one.id: one for one in (history.session(name) for name in sessions)}.values())
        for one in found:
            click.echo(f"{one.id[:8]}  {when(one.started)}  {one.exercise}  {sets_by_reps(one)}")
        planned = would_forget(history, [one.id for one in found])
        _say_files(planned.files)
        if not _sure(yes, f"Delete {counted(len(found), 'session')} for good?"):
            return
        done = forget_sessions(history, [one.id for one in found])
    click.echo(f"deleted: {counted(done.sessions, 'session')}, {counted(len(done.files), 'file')}")
    for path in done.unreadable:
        click.echo(f"repband: {path}: a damaged copy that may still hold it; delete it yourself", err=True)


@command.command("recordings")
@click.option("--older-than", type=click.IntRange(0), metavar="DAYS", help="Raw recordings older than this.")
@click.option("--from-now-on", is_flag=True, help="Keep it as a rule: after each session, without asking.")
@click.option("--never", is_flag=True, help="Keep recordings for ever: no rule.")
@_yes
def recordings_command(older_than: int | None, from_now_on: bool, never: bool, yes: bool) -> None:
    """Delete raw recordings; counts, times and answers stay. Without options: say what is kept.

    Without its recording a session can't be replayed or recounted by a better engine.
    """
    from repband.cli.spans import wearers_history
    from repband.errors import UsageError
    from repband.journal.keeping import delete_recordings, keep_recordings, old_recordings

    if never and (older_than is not None or from_now_on):
        raise UsageError("--never stands alone", cure="leave out the rest")
    if from_now_on and older_than is None:
        raise UsageError("--from-now-on needs --older-than DAYS", cure="say how old")
    with wearers_history() as history:
        if never:
            keep_recordings(history, None)
        elif older_than is not None:
            old = old_recordings(history, older_than)
            _say_files([path for _, path in old])
            rule = f", and after each session those older than {older_than} days" if from_now_on else ""
            if (old or from_now_on) and _sure(yes, f"Delete {counted(len(old), 'recording')} for good{rule}?"):
                click.echo(f"deleted: {counted(len(delete_recordings(history, old)), 'file')}")
                if from_now_on:
                    keep_recordings(history, older_than)
        click.echo(_rule(history))


def _rule(history: object) -> str:
    from repband.journal import History
    from repband.journal.keeping import keeping, old_recordings

    assert isinstance(history, History)
    days, kept = keeping(history).recordings_days, old_recordings(history, -1)
    size = sum(path.stat().st_size for _, path in kept) / 1e6
    rule = "kept for ever" if days is None else f"kept for {counted(days, 'day')}"
    return f"raw recordings are {rule}; there are {len(kept)} ({size:.1f} MB)"


@command.command("all")
@_yes
def all_command(yes: bool) -> None:
    """Delete the whole history, its older copies and all recordings. Own exercise files and plans stay."""
    from repband.cli.spans import wearers_history
    from repband.journal.forget import all_files, forget_all

    with wearers_history() as history:
        files = all_files(history)
        (row,) = history.rows("SELECT count(*) AS n FROM sessions")
        size = sum(path.stat().st_size for path in files) / 1e6
        click.echo(
            f"{counted(row['n'], 'session')}, {counted(len(files), 'file')} ({size:.1f} MB) in {history.path.parent}"
        )
        click.echo("to keep a copy first: repband export all -o FILE.zip")
        if not _sure(yes, "Delete all of it for good?"):
            return
        done = forget_all(history)
    click.echo(f"deleted: {counted(done.sessions, 'session')}, {counted(len(done.files), 'file')}")


def _say_files(files: Sequence[Path]) -> None:
    for path in files:
        click.echo(f"  {path}")


def _sure(yes: bool, question: str) -> bool:
    return yes or click.confirm(question, default=False)

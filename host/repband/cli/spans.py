"""Options by which commands choose a part of the history, and the history opened with it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from repband.journal import History
    from repband.report.span import Span

_NOTHING_YET = (
    "no session of yours is kept yet; begin with: repband live bridge --serial (or --ble). "
    "Demos do not count here; repband sessions list has them"
)
_DATE = click.DateTime(["%Y-%m-%d"])

from_option = click.option("--from", "since", type=_DATE, metavar="DATE", help="First day, such as 2025-01-31.")
to_option = click.option("--to", "until", type=_DATE, metavar="DATE", help="Last day.  [default: the last session's]")
all_option = click.option("--all", "everything", is_flag=True, help="From the first session on.")


def counted(number: int, one: str, many: str | None = None) -> str:
    """ "1 session", "3 sessions", "2 activities"."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


@contextmanager
def opened(since: datetime | None, until: datetime | None, everything: bool) -> Generator[tuple[History, Span | None]]:
    """The wearer's history and the span asked for; None, and a line that says so, where nothing is kept yet."""
    from repband.report.span import span_of

    with wearers_history() as history:
        span = span_of(history, since and since.date(), until and until.date(), everything)
        if span is None:
            click.echo(_NOTHING_YET)
        yield history, span


def wearers_history() -> History:
    """The wearer's own history; what they should be told about its file goes to stderr."""
    from repband.journal import History

    history = History()
    for notice in history.notices:
        click.echo(f"repband: {notice}", err=True)
    return history

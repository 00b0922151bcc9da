"""Kept sessions as tables, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from repband.journal.kept import KeptSession, KeptSet
from repband.screen.kept import (
    Words,
    all_reps,
    cue_lines,
    facts,
    mean_cells,
    mean_excursion,
    mean_tempo,
    missing,
    rep_cells,
    set_title,
    sets_by_reps,
    what,
    when,
    words_of,
)

_WIDE = 116  # columns from which the list has room for tempo and losses


def print_list(sessions: Sequence[KeptSession], console: Console | None = None) -> None:
    """The list as a table; `console` is injected in tests."""
    console = console or Console(highlight=False)
    wide = console.width >= _WIDE
    table = _table()
    table.add_column("when", no_wrap=True)
    table.add_column("what", overflow="fold")
    table.add_column("sets x reps")
    if wide:
        table.add_column("mean tempo", no_wrap=True)
    table.add_column("excursion", justify="right", no_wrap=True)
    if wide:
        table.add_column("missing", justify="right", no_wrap=True)
    table.add_column("id", style="dim", no_wrap=True)
    for session in sessions:
        table.add_row(*_list_row(session, wide))
    console.print(table)
    console.print(Text(_footnote(sessions), style="dim"))


def _list_row(session: KeptSession, wide: bool) -> list[Text]:
    words, reps = words_of(session.exercise), all_reps(session)
    title = Text(what(session, words))
    title.stylize("bold cyan", 0, len(words.title))
    sets = Text(sets_by_reps(session), style="yellow" if session.ended is None else "")
    tempo, lost = [Text(mean_tempo(reps, words))], [Text(missing(session))]
    if not wide:
        tempo, lost = [], []
    return [Text(when(session.started)), title, sets, *tempo, Text(mean_excursion(reps)), *lost, Text(session.id[:8])]


def _footnote(sessions: Sequence[KeptSession]) -> str:
    notes = ["excursion: mean of the thigh"]
    if any(one.corrections for session in sessions for one in session.sets):
        notes.append("* corrected by you")
    if any(session.ended is None for session in sessions):
        notes.append("yellow: broken off")
    return "; ".join(notes) + "\none in full: repband sessions show ID"


def print_session(session: KeptSession, console: Console | None = None) -> None:
    """One session as tables; `console` is injected in tests."""
    console = console or Console(highlight=False)
    words = words_of(session.exercise)
    console.print(Text(what(session, words), style="bold cyan"))
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, text in facts(session):
        grid.add_row(name, Text(text))
    console.print(grid)
    for one in session.sets:
        console.print()
        console.print(Text(set_title(one, session), style="bold"))
        for line in cue_lines(one):
            console.print(Text(line, style="yellow"))
        if one.reps:
            console.print(_rep_table(one, words))


def _rep_table(one: KeptSet, words: Words) -> Table:
    table = _table(show_footer=True)
    names = ("rep", f"{words.out} s", f"{words.hold} s", f"{words.back} s", "rest before s", "excursion", "")
    for name, mean in zip(names, mean_cells(one), strict=True):
        table.add_column(Text(name), footer=mean, justify="right" if name else "left")
    for rep in one.reps:
        table.add_row(*rep_cells(rep))
    return table


def _table(*, show_footer: bool = False) -> Table:
    return Table(
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        show_edge=False,
        show_footer=show_footer,
        header_style="dim",
        footer_style="bold",
    )

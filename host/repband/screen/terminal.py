"""The terminal screen: a large number, the phase against its target tempo, the last reps."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType

from rich.align import Align
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from repband.driver.base import Record
from repband.driver.session import Event
from repband.exercise import Exercise
from repband.reps import Phase, Rep, RepCounted
from repband.screen.checkscreen import render_check
from repband.screen.digits import big
from repband.screen.view import View
from repband.workout import Practice

# A phase within this share of its prescription is "at tempo". A metronome-led group of lifters holds a phase to about
# a quarter of its length; less would scold for what nobody can feel.
_TEMPO_TOLERANCE = 0.25
_BAR_CELLS = 24
_LAST_REPS = 6
_ROWS_BESIDE_NUMBER = 16


def phase_word(exercise: Exercise, phase: Phase) -> str:
    """What the exercise calls a phase: "lift", "hold", "lower", "rest"."""
    words = exercise.movement.words
    return {Phase.REST: words.rest, Phase.OUT: words.out, Phase.HOLD: words.hold, Phase.BACK: words.back}[phase]


def phase_target_s(exercise: Exercise, phase: Phase) -> float:
    """The prescribed time of a phase, in s."""
    tempo = exercise.tempo_s
    return {Phase.REST: tempo.rest, Phase.OUT: tempo.out, Phase.HOLD: tempo.hold, Phase.BACK: tempo.back}[phase]


def render(view: View, width: int, height: int) -> RenderableType:
    """The whole screen for one moment."""
    if view.check is not None:
        return render_check(view, view.check, width, height)
    return Group(
        _headline(view),
        Text(),
        Align.center(Text("\n".join(big(view.said, width, max(5, height - _ROWS_BESIDE_NUMBER))), style="bold")),
        Text(),
        Align.center(_phase_line(view)),
        Align.center(Text(f"! {view.alert}" if view.alert else "", style="bold yellow")),
        Align.center(rep_table(view.exercise, view.reps[-_LAST_REPS:])),
        _footer(view),
    )


def _headline(view: View) -> Text:
    target = f" of {view.target.reps}" if view.target.reps else ""
    sets = f"set {max(view.set_number, 1)} of {view.target.sets}"
    head = Text.assemble((view.exercise.title, "bold"), f"  ·  {sets}  ·  rep {view.said}{target}")
    if view.said != view.counted:
        head.append(f"  (counted {view.counted}, corrected by you)", style="yellow")
    return head


def _phase_line(view: View) -> Text:
    if view.rest_left_s is not None:
        return Text(f"REST  {view.rest_left_s:.0f} s to the next set", style="bold cyan")
    if view.done:
        return Text("DONE", style="bold green")
    if not view.set_number:
        return Text(f"WAITING  for {view.waits_for}", style="bold cyan")
    word = phase_word(view.exercise, view.phase).upper()
    if view.phase is Phase.REST and not view.counted:
        return Text(f"READY  begin when you are  ·  {view.excursion_deg:3.0f}°", style="bold cyan")
    target_s = phase_target_s(view.exercise, view.phase)
    filled = min(_BAR_CELLS, round(_BAR_CELLS * view.phase_s / target_s)) if target_s > 0 else 0
    bar = "━" * filled + "╌" * (_BAR_CELLS - filled)
    return Text(f"{word:<8} {view.phase_s:4.1f} / {target_s:.1f} s  {bar}  {view.excursion_deg:3.0f}°", style="bold")


def rep_table(exercise: Exercise, reps: Sequence[Rep]) -> Table:
    """Reps with their tempo against the target; what is off the target is marked by a word, not by colour alone."""
    words, tempo = exercise.movement.words, exercise.tempo_s
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for title in ("rep", f"{words.out} s", f"{words.hold} s", f"{words.back} s", "excursion", "note"):
        table.add_column(title, justify="left" if title == "note" else "right", min_width=5)
    targets = (f"{t:.1f}" for t in (tempo.out, tempo.hold, tempo.back))
    table.add_row("target", *targets, "", "", style="dim")
    for rep in reps:
        times = (f"{t:.1f}" for t in (rep.tempo_s.out, rep.tempo_s.hold, rep.tempo_s.back))
        table.add_row(str(rep.number), *times, f"{rep.excursion_deg:.0f}°", rep_note(exercise, rep))
    return table


def rep_note(exercise: Exercise, rep: Rep) -> str:
    """What stands out in a rep: phases quicker or slower than prescribed, and its flags."""
    words, tempo = exercise.movement.words, exercise.tempo_s
    notes = [
        text
        for word, took_s, target_s in (
            (words.out, rep.tempo_s.out, tempo.out),
            (words.back, rep.tempo_s.back, tempo.back),
        )
        if (text := _off_tempo(word, took_s, target_s))
    ]
    if tempo.hold > 0 and rep.tempo_s.hold < tempo.hold * (1 - _TEMPO_TOLERANCE):
        notes.append(f"{words.hold} short")
    return ", ".join([*notes, *rep.flags])


def _off_tempo(word: str, took_s: float, target_s: float) -> str:
    if target_s <= 0:
        return ""
    if took_s < target_s * (1 - _TEMPO_TOLERANCE):
        return f"{word} quick"
    return f"{word} slow" if took_s > target_s * (1 + _TEMPO_TOLERANCE) else ""


def _footer(view: View) -> Text:
    note = f"  ·  {view.notes[-1]}" if view.notes else ""
    return Text(
        f"{view.source}{note}  ·  Ctrl-C ends and keeps the session", style="dim", overflow="ellipsis", no_wrap=True
    )


class TerminalScreen:
    """Draws the view in place, at most ten times a second; a driver's listener."""

    def __init__(self, view: View, console: Console) -> None:
        self._view = view
        self._console = console
        self._live = Live(get_renderable=self._draw, console=console, refresh_per_second=10, screen=True)

    def __enter__(self) -> TerminalScreen:
        self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._live.stop()

    def __call__(self, record: Record | None, events: Sequence[Event]) -> None:
        """Rings the bell for each announced rep, of practice too; the picture itself follows the view."""
        told = [event.event if isinstance(event, Practice) else event for event in events]
        if any(isinstance(event, RepCounted) for event in told):
            self._console.bell()

    def _draw(self) -> RenderableType:
        return render(self._view, self._console.width, self._console.height)

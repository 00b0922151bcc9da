"""The session as lines of text: for pipes, logs, screen readers and terminals that can't draw."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from repband.cue import Cue
from repband.driver.base import Record
from repband.driver.session import Event
from repband.driver.watch import LooksLike
from repband.exercise import Exercise
from repband.mount import MountWarning
from repband.reps import Rep, RepCounted, RepMeasured, RepRejected
from repband.screen.view import View, gap_text, suggestion_text, warning_text
from repband.stream import Gap, StreamStats
from repband.workout import (
    Answered,
    Corrected,
    EndReason,
    PainStop,
    Paused,
    Resumed,
    SetArmed,
    SetEnded,
    SetReady,
    SetSummary,
    SideChange,
    TargetChanged,
)

_ENDED = {
    EndReason.TARGET: "target reached",
    EndReason.RESTED: "no rep for a while",
    EndReason.STOPPED: "stopped",
    EndReason.SKIPPED: "skipped",
    EndReason.PAIN: "stopped for pain",
    EndReason.SOURCE: "the samples ended",
}


class PlainScreen:
    """Says one line for each thing that matters; a driver's listener.

    Args:
        view: for the exercise's words and the target.
        say: takes one line.
    """

    def __init__(self, view: View, say: Callable[[str], None]) -> None:
        self._view = view
        self._say = say

    def __call__(self, record: Record | None, events: Sequence[Event]) -> None:
        """Says what one record led to."""
        for event in events:
            line = self._line(event)
            if line:
                self._say(line)

    def _line(self, event: Event) -> str | None:
        exercise = self._view.exercise
        match event:
            case SetArmed():
                target = f", {event.target_reps} reps" if event.target_reps else ""
                title = event.task.title if event.task else exercise.title
                side = f", {event.task.side} side" if event.task and event.task.side else ""
                return f"set {event.number}: {title}{side}{target}; begin when you are ready"
            case RepCounted():
                return f"{event.announced_s:7.1f} s  rep {event.number}"
            case RepMeasured():
                return f"           {rep_line(exercise, event.rep)}"
            case RepRejected():
                return (
                    f"{event.decided_s:7.1f} s  not counted: {event.reason} ({event.start_s:.1f}-{event.end_s:.1f} s)"
                )
            case Corrected():
                return f"           corrected to {event.said} (counted {event.counted})"
            case SetReady():
                return f"{event.ready_s:7.1f} s  go: reps count from here"
            case Cue():
                return f"{event.at_s:7.1f} s  {event.say} ({event.because})"
            case Paused():
                return "           paused"
            case Resumed():
                return "           going on"
            case TargetChanged():
                return f"           target of set {event.set_number}: {event.reps} reps (planned: {event.planned})"
            case SideChange():
                return f"           move the sensor to the {event.side} thigh, then confirm it on the page"
            case Answered():
                said = f": {event.band.say}" if event.band else ""
                return f"           {event.question} after set {event.set_number}: {event.score}{said}"
            case PainStop():
                return f"           stopped for pain of {event.score}; see the safety text on the page"
            case SetEnded():
                return summary_line(event.summary)
            case Gap():
                return f"{event.end_s:7.1f} s  {gap_text(event)}"
            case MountWarning():
                return f"{event.t_s:7.1f} s  look: {warning_text(event)}"
            case LooksLike():
                return f"{event.at_s:7.1f} s  look: {suggestion_text(event)}"
            case _:
                return None


def rep_line(exercise: Exercise, rep: Rep) -> str:
    """One rep's tempo and excursion: "lift 1.3 s  hold 2.1 s  lower 0.9 s  11 degrees"."""
    words, tempo = exercise.movement.words, rep.tempo_s
    flags = f"  [{', '.join(rep.flags)}]" if rep.flags else ""
    return (
        f"{words.out} {tempo.out:.1f} s  {words.hold} {tempo.hold:.1f} s  {words.back} {tempo.back:.1f} s  "
        f"{rep.excursion_deg:.0f} degrees{flags}"
    )


def summary_line(summary: SetSummary) -> str:
    """One finished set in a line; both numbers where the wearer corrected, the range where samples are missing."""
    of = f" of {summary.target_reps}" if summary.target_reps else ""
    text = f"set {summary.number} over: {summary.said}{of} reps, {_ENDED[summary.ended]}"
    if summary.said != summary.counted:
        text += f"; counted {summary.counted}, corrected by you"
    if summary.count_min != summary.count_max:
        text += f"; between {summary.count_min} and {summary.count_max}, as samples are missing"
    return text


def stats_line(stats: StreamStats) -> str:
    """How the samples came: "3120 samples at 52.0 Hz, none missing"."""
    rate = f" at {stats.rate_hz:.1f} Hz" if stats.rate_hz else ""
    known = [str(stats.missing)] if stats.missing or not stats.restarts else []
    unknown = ["an unknown number"] if stats.restarts else []
    gaps = f"{' and '.join(known + unknown)} missing in {stats.gaps} gap{'s' if stats.gaps > 1 else ''}"
    missing = gaps if stats.gaps else "none missing"
    others = (
        (stats.duplicates, "came twice"),
        (stats.late, "came too late"),
        (stats.corrupt, "frames could not be read"),
        (stats.retimed, "had odd times"),
        (stats.restarts, f"restart{'s' if stats.restarts > 1 else ''} of the sensor"),
    )
    return f"{stats.samples} samples{rate}, {missing}" + "".join(f", {n} {what}" for n, what in others if n)

"""What `repband count` says of one recording: the counting contract as JSON, and a short table for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from repband.recognise import Recognition
from repband.reps import CountResult, PhaseTimes, Rep, RepRejected

if TYPE_CHECKING:
    from rich.table import Table

TIME_DIGITS = 3  # milliseconds: finer than any instant is known
ANGLE_DIGITS = 1


@dataclass(frozen=True, slots=True)
class Counted:
    """One counted recording.

    Attributes:
        recording: its name as the person gave it.
        exercise: the exercise it was counted as.
        result: what the engine says.
        recognised: which exercise it looks like.
    """

    recording: str
    exercise: str
    result: CountResult
    recognised: Recognition


def contract(counted: Counted) -> dict[str, Any]:
    """The object that `repband count --json` prints, its keys in the contract's order.

    Instants are rounded to milliseconds first and phases taken between them, so that out + hold + back is
    end - start to the digit.
    """
    result = counted.result
    return {
        "recording": counted.recording,
        "exercise": counted.exercise,
        "detector": result.detector,
        "duration_s": _time(result.duration_s),
        "count": result.count,
        "count_min": result.count_min,
        "count_max": result.count_max,
        "reps": [_rep(rep) for rep in result.reps],
        "rejected": [_rejected(candidate) for candidate in result.rejected],
        "recognised": counted.recognised.as_plain(),
    }


def table(counted: Counted) -> Table:
    """One line a rep, and the count in the title."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    title = f"[bold]{counted.recording}[/bold]: {headline(counted)}"
    made = Table(title=title, title_justify="left", title_style="", box=SIMPLE_HEAD, pad_edge=False)
    for name in ("rep", "from, s", "to, s", "out", "hold", "back", "rest before", "excursion", "notes"):
        made.add_column(name, justify="left" if name == "notes" else "right")
    for rep in counted.result.reps:
        made.add_row(*_cells(rep))
    return made


def headline(counted: Counted) -> str:
    """The count in words: "8 reps of bridge in 61.7 s"."""
    result = counted.result
    reps = "rep" if result.count == 1 else "reps"
    text = f"{result.count} {reps} of {counted.exercise} in {result.duration_s:.1f} s"
    if result.count_min != result.count_max:
        text += f" (samples are missing: {result.count_min} to {result.count_max})"
    seen = counted.recognised.instead_of(counted.exercise)
    return f"{text}; looks like {seen}" if seen else text


def not_counted(rejected: Sequence[RepRejected]) -> str:
    """What was looked at and not counted, by reason: "2 too-small, 1 unconfirmed"; empty where there is nothing."""
    reasons = Counter(candidate.reason for candidate in rejected)
    return ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))


def _cells(rep: Rep) -> list[str]:
    tempo = rep.tempo_s
    rest = "" if tempo.rest_before is None else f"{tempo.rest_before:.1f}"
    phases = [f"{rep.start_s:.1f}", f"{rep.end_s:.1f}", f"{tempo.out:.1f}", f"{tempo.hold:.1f}", f"{tempo.back:.1f}"]
    return [str(rep.number), *phases, rest, f"{rep.excursion_deg:.0f}°", ", ".join(rep.flags)]


def _rep(rep: Rep) -> dict[str, Any]:
    return {
        "number": rep.number,
        "announced_s": _time(rep.announced_s),
        "measured_s": _time(rep.measured_s),
        "start_s": _time(rep.start_s),
        "half_up_s": _time(rep.half_up_s),
        "turn_s": _time(rep.turn_s),
        "half_down_s": _time(rep.half_down_s),
        "end_s": _time(rep.end_s),
        "excursion_deg": round(rep.excursion_deg, ANGLE_DIGITS),
        "tempo_s": _tempo(rep),
        "tempo_sd_s": _phases(rep.tempo_sd_s),
        "flags": [str(flag) for flag in rep.flags],
    }


def _tempo(rep: Rep) -> dict[str, float | None]:
    start, out_end = _time(rep.start_s), _time(rep.start_s + rep.tempo_s.out)
    back_start, end = _time(rep.end_s - rep.tempo_s.back), _time(rep.end_s)
    rest = rep.tempo_s.rest_before
    return _phases(PhaseTimes(rest, out_end - start, back_start - out_end, end - back_start))


def _phases(times: PhaseTimes) -> dict[str, float | None]:
    rest = None if times.rest_before is None else _time(times.rest_before)
    return {"rest_before": rest, "out": _time(times.out), "hold": _time(times.hold), "back": _time(times.back)}


def _rejected(candidate: RepRejected) -> dict[str, Any]:
    return {"start_s": _time(candidate.start_s), "end_s": _time(candidate.end_s), "reason": candidate.reason}


def _time(seconds: float) -> float:
    return round(seconds, TIME_DIGITS) + 0.0  # never "-0.0"

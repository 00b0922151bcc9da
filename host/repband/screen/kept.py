"""Kept sessions as text for people and as plain values for scripts; `kept_tables` lays the text out in a terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from statistics import fmean
from typing import Any, cast

import msgspec

from repband.errors import RepBandError
from repband.journal.kept import KeptSession, KeptSet
from repband.reps.base import PhaseTimes, Rep
from repband.screen.phrases import ENDED, counts_differ, link_text, samples_text


@dataclass(frozen=True, slots=True)
class Words:
    """What to call an exercise and its phases."""

    title: str
    out: str
    hold: str
    back: str


def words_of(exercise: str) -> Words:
    """The exercise's own words; plain ones where its file is gone."""
    from repband.exercise import load_exercise

    try:
        found = load_exercise(exercise)
    except RepBandError:
        return Words(exercise, "out", "hold", "back")
    words = found.movement.words
    return Words(found.title, words.out, words.hold, words.back)


# For scripts.


def as_plain(session: KeptSession, *, with_reps: bool) -> dict[str, Any]:
    """One session as values that JSON knows; NaN and infinities become null. Sets say `counted` and `said`."""
    fields = asdict(session)
    fields["load"] = msgspec.to_builtins(session.load)
    fields["recording"] = None if session.recording is None else str(session.recording)
    fields["sets"] = [_set_as_plain(one, with_reps) for one in session.sets]
    return cast("dict[str, Any]", _finite(fields))


def _set_as_plain(one: KeptSet, with_reps: bool) -> dict[str, Any]:
    fields = asdict(one)
    fields["load"] = msgspec.to_builtins(one.load)
    fields["said"] = one.said
    fields["mean_excursion_deg"] = one.mean_excursion_deg
    fields["mean_tempo_s"] = asdict(one.mean_tempo_s) if one.mean_tempo_s else None
    if not with_reps:
        del fields["reps"]
    return fields


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in cast("Sequence[Any]", value)]
    return None if isinstance(value, float) and not math.isfinite(value) else value


# Pieces of text that tables and lines share.


def when(iso: str) -> str:
    """ "2025-03-01 18:30", in the zone it was kept in."""
    return datetime.fromisoformat(iso).strftime("%Y-%m-%d %H:%M")


def _lasted(session: KeptSession) -> str:
    if session.ended is None:
        return "broken off"
    seconds = (datetime.fromisoformat(session.ended) - datetime.fromisoformat(session.started)).total_seconds()
    return f"{seconds / 60:.0f} min" if seconds >= 60 else f"{max(seconds, 0):.0f} s"


def _how_well_known(session: KeptSession) -> str:
    """How well the sensor's own clock knows the time of a session that it counted by itself."""
    if session.quality.get("started_at_latest"):
        return "  (at the latest: the sensor was restarted since)"
    uncertain_s = session.quality.get("started_sd_s")
    return f"  (± {max(1.0, uncertain_s / 60):.0f} min, by the sensor's clock)" if uncertain_s else ""


def sets_by_reps(session: KeptSession) -> str:
    """ "3 x 10", or "10 + 9* + 8" where they differ; the star marks a correction."""
    if not session.sets:
        return "no set"
    reps = [f"{one.said}{'*' if one.corrections else ''}" for one in session.sets]
    return f"{len(reps)} x {reps[0]}" if len(set(reps)) == 1 else " + ".join(reps)


def all_reps(session: KeptSession) -> list[Rep]:
    """The measured reps of all sets."""
    return [rep for one in session.sets for rep in one.reps]


def mean_tempo(reps: Sequence[Rep], words: Words) -> str:
    """ "lift 1.3  hold 2.1  lower 0.9 s"; empty without reps."""
    if not reps:
        return ""
    out, hold, back = (fmean(getattr(rep.tempo_s, name) for rep in reps) for name in ("out", "hold", "back"))
    return f"{words.out} {out:.1f}  {words.hold} {hold:.1f}  {words.back} {back:.1f} s"


def mean_excursion(reps: Sequence[Rep]) -> str:
    """ "16°"; empty without reps."""
    return f"{fmean(rep.excursion_deg for rep in reps):.0f}°" if reps else ""


def missing(session: KeptSession) -> str:
    """Share of samples that are missing; empty where nobody knows."""
    lost, samples = session.quality.get("missing"), session.quality.get("samples")
    if lost is None or samples is None or lost + samples == 0:
        return ""
    return "none" if lost == 0 else f"{100 * lost / (lost + samples):.1f} %"


def _samples(session: KeptSession) -> str:
    """ "3120 samples at 52.0 Hz, 12 missing in 2 gaps"."""
    if session.quality.get("counted_by_sensor"):
        return "none: the sensor counted by itself"
    return samples_text(session.quality) if session.quality.get("samples") else "no figures were kept"


def _recording(session: KeptSession) -> str:
    if session.recording is None:
        return "none"
    return f"{session.recording}{'' if session.recording.exists() else '  (no longer there)'}"


def set_title(one: KeptSet, session: KeptSession) -> str:
    """What the set came to, and where it differs from the session."""
    of = f" of {one.target_reps}" if one.target_reps else ""
    parts = [f"Set {one.number}: {one.said}{of} reps", ENDED.get(one.ended_why or "", one.ended_why or "broken off")]
    if one.corrections:
        parts.append(f"counted {one.counted}, corrected by you to {one.said}")
    if one.device_counted is not None:
        missing_here = one.count_min != one.count_max
        parts.append(counts_differ(one.counted, one.device_counted, missing=missing_here))
    if one.count_min is not None and one.count_max is not None and one.count_min != one.count_max:
        parts.append(f"between {one.count_min} and {one.count_max}, as samples are missing")
    parts += [
        text
        for text, same in (
            (one.exercise, one.exercise == session.exercise),
            (f"{one.side} side", one.side == session.side),
            (str(one.load), one.load == session.load),
        )
        if not same
    ]
    parts += [f"{name} {score} of 10" for name in ("effort", "pain") if (score := getattr(one, name)) is not None]
    if one.detector != session.detector:
        parts.append(f"reps by detector {one.detector}")
    return ", ".join(parts)


def what(session: KeptSession, words: Words) -> str:
    """ "Bridge, left side, 12 kg"."""
    side = f", {session.side} side" if session.side else ""
    return f"{words.title}{side}, {session.load}{', demo' if session.demo else ''}"


def facts(session: KeptSession) -> Iterator[tuple[str, str]]:
    """What to say of a session before its sets, as names and texts."""
    yield "when", f"{when(session.started)}, {_lasted(session)}{_how_well_known(session)}"
    yield (
        "sets",
        sets_by_reps(session) + ("  (* corrected by you)" if any(s.corrections for s in session.sets) else ""),
    )
    if session.plan_name:
        yield "plan", session.plan_name + (f", revision {session.plan_revision}" if session.plan_revision else "")
    if session.worse_next_day is not None:
        yield "the day after", "pain worse" if session.worse_next_day else "pain no worse"
    yield "samples", _samples(session)
    if link := link_text(session.quality):
        yield "link", link
    yield "sensor", session.sensor or "unknown"
    if session.demo:
        yield "demo", "not your own doing: history, trends and report leave it out"
    yield "counted by", f"detector {session.detector or 'none'}, RepBand {session.repband}"
    yield "recording", _recording(session)
    yield "id", session.id


def cue_lines(one: KeptSet) -> Iterator[str]:
    """What the coach said in a set, each text once: "said: Slower down. (3 times; lower 0.9 s instead of 2 s)"."""
    said: dict[str, list[str]] = {}
    for cue in one.cues:
        said.setdefault(cue.said, []).append(cue.because)
    for text, reasons in said.items():
        times = f"{len(reasons)} times" if len(reasons) > 1 else ""
        notes = "; ".join(note for note in (times, reasons[-1]) if note)
        yield f"said: {text}" + (f" ({notes})" if notes else "")


def _figure(value_s: float | None, sd_s: float | None) -> str:
    if value_s is None:
        return ""
    return f"{value_s:.1f}" if sd_s is None or not math.isfinite(sd_s) else f"{value_s:.1f} ± {sd_s:.1f}"


def rep_cells(rep: Rep) -> list[str]:
    """Number, out, hold, back, rest before, excursion, flags."""
    tempo, sd = rep.tempo_s, rep.tempo_sd_s
    phases = ("out", "hold", "back", "rest_before")
    figures = [_figure(getattr(tempo, name), getattr(sd, name)) for name in phases]
    return [str(rep.number), *figures, f"{rep.excursion_deg:.0f}°", ", ".join(rep.flags)]


def mean_cells(one: KeptSet) -> list[str]:
    """The same for the mean over a set."""
    tempo = one.mean_tempo_s or PhaseTimes(None, math.nan, math.nan, math.nan)
    figures = [_figure(value, None) for value in (tempo.out, tempo.hold, tempo.back, tempo.rest_before)]
    return ["mean", *figures, mean_excursion(one.reps), ""]


# Lines, for pipes, logs and screen readers.


def list_line(session: KeptSession) -> str:
    """One session in one line, its parts separated by two spaces or more."""
    words, reps = words_of(session.exercise), all_reps(session)
    lost = missing(session)
    parts = (
        session.id[:8],
        when(session.started),
        session.exercise,
        session.side or "",
        str(session.load),
        sets_by_reps(session),
        mean_tempo(reps, words),
        mean_excursion(reps),
        f"missing {lost}" if lost not in ("", "none") else "",
        "broken off" if session.ended is None else "",
        "demo" if session.demo else "",
    )
    return "  ".join(part for part in parts if part)


def show_lines(session: KeptSession) -> Iterator[str]:
    """One session in full, line by line."""
    words = words_of(session.exercise)
    yield what(session, words)
    for name, text in facts(session):
        yield f"{name}: {text}"
    for one in session.sets:
        yield set_title(one, session)
        yield from (f"  {line}" for line in cue_lines(one))
        for rep in one.reps:
            yield f"  {_rep_text(rep_cells(rep), words)}"
        if one.reps:
            yield f"  {_rep_text(mean_cells(one), words)}"


def _rep_text(cells: Sequence[str], words: Words) -> str:
    number, out, hold, back, rest, excursion, flags = cells
    rest = f"  rest before {rest} s" if rest else ""
    flags = f"  [{flags}]" if flags else ""
    return f"{number:>4}  {words.out} {out} s  {words.hold} {hold} s  {words.back} {back} s{rest}  {excursion}{flags}"

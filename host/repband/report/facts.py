"""The report's figures in words: what a reader should see first. Facts only; what they mean is for the reader."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from repband.journal.overview import SetLine
from repband.report.charts import TOLERANCE
from repband.report.gather import Material
from repband.report.terminal import signed
from repband.report.trend import Trend, change_of
from repband.screen.kept import Words, words_of

_PHASES = ("out", "hold", "back")


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure at the top: its name, the figure, a word of explanation."""

    name: str
    figure: str
    note: str


def tiles(material: Material) -> Iterator[Tile]:
    """The figures at a glance."""
    planned = [week.planned for week in material.weeks if week.planned is not None]
    done, reps = len(material.sessions), sum(line.reps for line in material.sessions)
    if planned:
        share = sum(week.share or 0.0 for week in material.weeks if week.planned) / len(planned)
        yield Tile("Sessions", f"{done} of {sum(planned)}", f"{share:.0%} of the planned ones, week by week")
    else:
        yield Tile("Sessions", f"{done}", "no plan was kept")
    yield Tile("Reps", f"{reps}", _of_planned(material))
    pains = [one.pain for _, one in material.sets if one.pain is not None]
    answered = f"answered after {len(pains)} of {len(material.sets)} sets"
    yield Tile("Highest pain", f"{max(pains)} of 10" if pains else "not known", answered)
    worse = [line.worse_next_day for line in material.sessions if line.worse_next_day is not None]
    yield Tile("Worse next day", f"{sum(worse)}", f"of {len(worse)} answers, {len(material.sessions)} sessions")


def _of_planned(material: Material) -> str:
    known = [line for line in material.sessions if line.planned_reps]
    if not known:
        return "done, as the wearer says"
    done = sum(line.reps for line in known) / sum(line.planned_reps or 0 for line in known)
    return f"{done:.0%} of those planned in the sessions done"


def findings(material: Material) -> Iterator[str]:
    """What stands out, one sentence each; the order is safety, work, measure, trust."""
    yield from _pain(material)
    yield from _gaps(material)
    for trend in material.trends:
        words = words_of(trend.exercise)
        yield from _tempo(material, trend, words)
        yield from _sides(trend, words)
    yield from _trust(material)


def _pain(material: Material) -> Iterator[str]:
    stopped = [line for line in material.sessions if any(one.ended_why == "pain" for one in line.sets)]
    if stopped:
        days = ", ".join(str(line.day) for line in stopped)
        yield f"{_count(len(stopped), 'session was', 'sessions were')} stopped for pain: {days}."
    worse = [str(line.day) for line in material.sessions if line.worse_next_day]
    if worse:
        yield f"Worse the next day after {_count(len(worse), 'session', 'sessions')}: {', '.join(worse[:12])}."


def _gaps(material: Material) -> Iterator[str]:
    off = [str(week.monday) for week in material.weeks if not week.done]
    if off and len(off) <= 8:
        yield f"No session in {_count(len(off), 'the week', 'the weeks')} of {', '.join(off)}."
    elif off:
        yield f"No session in {len(off)} of {len(material.weeks)} weeks."


def _tempo(material: Material, trend: Trend, words: Words) -> Iterator[str]:
    sets = material.sets_of(trend.exercise)
    slow: list[str] = []
    for phase in _PHASES:
        kept, of = within(sets, phase)
        if of >= 3 and kept < of / 2:
            slow.append(f"{getattr(words, phase)} in {of - kept} of {of} sets")
    if slow:
        yield f"{words.title}: more than a quarter off the prescribed tempo for {' and '.join(slow)}."


def within(sets: Sequence[SetLine], phase: str) -> tuple[int, int]:
    """Sets whose mean time of a phase is within the tolerance of its prescription, and sets where both are known."""
    known = [(getattr(one, f"{phase}_s"), getattr(one, f"tempo_{phase}_s")) for one in sets]
    pairs = [(done, planned) for done, planned in known if done is not None and planned]
    return sum(abs(done - planned) <= TOLERANCE * planned for done, planned in pairs), len(pairs)


def _sides(trend: Trend, words: Words) -> Iterator[str]:
    found = trend.symmetry("excursion_deg")
    if found is None or not found.is_clear or found.low is None or found.high is None or found.percent is None:
        return
    more, less = ("left", "right") if found.difference > 0 else ("right", "left")
    low, high = sorted((abs(found.low), abs(found.high)))
    yield (
        f"{words.title}: the {more} thigh moves {abs(found.difference):.1f}° ({abs(found.percent):.0f} %) farther than "
        f"the {less} one, 95 % interval {low:.1f} to {high:.1f}°, over {found.pairs} sessions."
    )


def _trust(material: Material) -> Iterator[str]:
    corrected = sum(one.corrected for _, one in material.sets)
    if corrected:
        yield f"The wearer corrected the count of {_count(corrected, 'set', 'sets')} of {len(material.sets)}."
    refits = sum(any(refit.why != "side" for refit in line.refits) for line in material.sessions)
    if refits:
        text = _count(refits, "session", "sessions")
        yield f"The strap slipped or was put on anew during {text}: angles there compare less well."
    silent = len(material.sets) - sum(one.pain is not None for _, one in material.sets)
    if silent > len(material.sets) / 4:
        yield f"Pain was not answered after {silent} of {len(material.sets)} sets."


def change_cells(trend: Trend, side: str | None, quantity: str, unit: str, digits: int) -> tuple[str, str, str]:
    """First sessions, last sessions, change."""
    change = change_of(trend.of_side(side), quantity)
    if change is None:
        return "", "", ""
    last = f"{change.last:.{digits}f}{unit}"
    if change.sessions < 2:
        return "", last, ""
    return f"{change.first:.{digits}f}{unit}", last, f"{signed(change.last - change.first, digits)}{unit}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}" if not one.startswith("the ") else (one if number == 1 else many)

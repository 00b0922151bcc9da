"""Sums up the outcomes of a group of recordings: every figure with what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from repband.bench import intervals
from repband.bench.intervals import Interval
from repband.bench.outcome import Counter, Outcome
from repband.bench.score import SetScore

Choice = Callable[[Outcome], Counter | None]


@dataclass(frozen=True, slots=True)
class Share:
    """A number of sets out of all, with its interval."""

    sets: int
    of: int
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and 90th percentile of n values, in s; None of n = 0."""

    median_s: float | None
    p90_s: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Reps:
    """Reps by overlap, over all recordings whose spans are known."""

    true: int
    matched: int
    missed: int
    false: int
    f1: float | None
    f1_interval: Interval | None


@dataclass(frozen=True, slots=True)
class FalseRate:
    """Reps counted where there are none."""

    false: int
    hours: float
    per_hour: float | None
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What one counter reached on one group of recordings."""

    recordings: int
    people: int
    counted: int
    hours: float
    exact: Share
    within_one: Share
    exact_by_count: Share
    within_one_by_count: Share
    reps: Reps | None
    bounds: Spread
    latency: Spread
    phases: Spread
    negatives: FalseRate | None


def figures(outcomes: Sequence[Outcome], choose: Choice) -> Figures:
    """Sums up one counter's outcomes; recordings that failed are left out (the report names them)."""
    done = [(o, c) for o in outcomes if (c := choose(o)) is not None]
    scores = [c.score for _, c in done if c.score is not None]
    return Figures(
        recordings=len(done),
        people=len({o.subject.person for o, _ in done}),
        counted=sum(c.counted for _, c in done),
        hours=sum(o.duration_s for o, _ in done) / 3600,
        exact=_share(scores, lambda s: s.exact),
        within_one=_share(scores, lambda s: s.within_one),
        exact_by_count=_share(scores, lambda s: s.exact_by_count),
        within_one_by_count=_share(scores, lambda s: abs(s.count_error) <= 1),
        reps=_reps([(o.subject.person, c.score) for o, c in done if c.score is not None]),
        bounds=_spread(e for s in scores for e in (*s.start_errors_s, *s.end_errors_s)),
        latency=_spread((e for s in scores for e in s.latencies_s), absolute=False),
        phases=_spread(e for _, c in done for e in c.phase_errors_s),
        negatives=_false_rate([(o.duration_s, c.counted) for o, c in done if o.true == 0]),
    )


def engine(outcome: Outcome) -> Counter | None:
    """Chooses the live engine's counter."""
    return outcome.engine


def peaks(outcome: Outcome) -> Counter | None:
    """Chooses the plain counter."""
    return outcome.peaks


def _share(scores: Sequence[SetScore], right: Callable[[SetScore], bool]) -> Share:
    sets = sum(right(s) for s in scores)
    return Share(sets, len(scores), intervals.proportion(sets, len(scores)))


def _reps(scores: Sequence[tuple[str, SetScore]]) -> Reps | None:
    people: dict[str, list[int]] = {}
    for person, score in scores:
        if score.matched is not None:
            tally = people.setdefault(person, [0, 0, 0])
            for i, value in enumerate((score.matched, score.missed or 0, score.false or 0)):
                tally[i] += value
    if not people:
        return None
    matched, missed, false = (sum(tally[i] for tally in people.values()) for i in range(3))
    return Reps(
        matched + missed, matched, missed, false, intervals.f1(matched, missed, false), intervals.f1_by_person(people)
    )


def _spread(values: Iterable[float], *, absolute: bool = True) -> Spread:
    array = np.fromiter(values, dtype=float)
    if not len(array):
        return Spread(None, None, 0)
    median, p90 = np.percentile(np.abs(array) if absolute else array, [50, 90])
    return Spread(float(median), float(p90), len(array))


def _false_rate(negatives: Sequence[tuple[float, int]]) -> FalseRate | None:
    if not negatives:
        return None
    hours = sum(duration for duration, _ in negatives) / 3600
    false = sum(counted for _, counted in negatives)
    return FalseRate(false, hours, false / hours if hours else None, intervals.rate(false, hours))

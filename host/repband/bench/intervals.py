"""95 % intervals for the few people behind each figure, in plain arithmetic (no scipy needed)."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence

Interval = tuple[float, float]

_TAIL = 0.025  # on each side of a 95 % interval
_DRAWS = 2000  # bootstrap draws: the ends of the interval then wander by less than a point
_SEED = 20240607


def proportion(successes: int, trials: int) -> Interval | None:
    """Exact (Clopper-Pearson) 95 % interval of a proportion; None without trials.

    It takes the trials as independent. Sets of one person are not, so read it as the narrowest it can be.
    Source: Clopper and Pearson, Biometrika 26 (1934) 404-413.
    """
    if trials == 0:
        return None
    low = 0.0 if successes == 0 else _solve(lambda p: 1 - _binomial_cdf(successes - 1, trials, p), rising=True)
    high = 1.0 if successes == trials else _solve(lambda p: _binomial_cdf(successes, trials, p), rising=False)
    return low, high


def rate(events: int, exposure: float) -> Interval | None:
    """Exact (Garwood) 95 % interval of a Poisson rate, in events per unit of `exposure`; None without exposure.

    Source: Garwood, Biometrika 28 (1936) 437-442. No event in `exposure` still allows 3.7 / exposure.
    """
    if exposure <= 0:
        return None
    top = 10.0 + events + 10.0 * math.sqrt(events + 1)
    low = 0.0 if events == 0 else top * _solve(lambda x: 1 - _poisson_cdf(events - 1, x * top), rising=True)
    high = top * _solve(lambda x: _poisson_cdf(events, x * top), rising=False)
    return low / exposure, high / exposure


def f1(matched: int, missed: int, false: int) -> float | None:
    """F1 of reps; None where there is nothing to find and nothing found."""
    whole = 2 * matched + missed + false
    return 2 * matched / whole if whole else None


def f1_by_person(tallies: Mapping[str, Sequence[int]]) -> Interval | None:
    """95 % interval of F1, by drawing whole people with replacement (percentile bootstrap, seeded).

    Args:
        tallies: person -> (matched, missed, false), summed over that person's recordings.

    Returns:
        None for fewer than two people: one person says nothing about the next.
    """
    people = [tallies[name] for name in sorted(tallies)]
    if len(people) < 2:
        return None
    draw = random.Random(_SEED)
    scores = sorted(_drawn_f1(draw, people) for _ in range(_DRAWS))
    return scores[round(_TAIL * (_DRAWS - 1))], scores[round((1 - _TAIL) * (_DRAWS - 1))]


def _drawn_f1(draw: random.Random, people: Sequence[Sequence[int]]) -> float:
    drawn = draw.choices(people, k=len(people))
    score = f1(sum(p[0] for p in drawn), sum(p[1] for p in drawn), sum(p[2] for p in drawn))
    return 1.0 if score is None else score


def _solve(tail: Callable[[float], float], *, rising: bool) -> float:
    """The argument in 0..1 at which the monotone `tail` passes _TAIL, by bisection to 1e-9."""
    low, high = 0.0, 1.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        if (tail(middle) < _TAIL) == rising:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _binomial_cdf(k: int, n: int, p: float) -> float:
    if p <= 0 or p >= 1:
        return 1.0 if p <= 0 or k >= n else 0.0
    whole = math.lgamma(n + 1)
    return math.fsum(
        math.exp(whole - math.lgamma(i + 1) - math.lgamma(n - i + 1) + i * math.log(p) + (n - i) * math.log1p(-p))
        for i in range(k + 1)
    )


def _poisson_cdf(k: int, mean: float) -> float:
    if mean <= 0:
        return 1.0
    return math.fsum(math.exp(i * math.log(mean) - mean - math.lgamma(i + 1)) for i in range(k + 1))

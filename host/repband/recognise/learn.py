"""Learns the Gaussians from the features of many people's sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from repband.recognise.features import FEATURES
from repband.recognise.model import Model, Movement

Floats = npt.NDArray[np.float64]

OURS_SHARE = 0.7
"""How often a set is one of ours: it sets the balance between a missed exercise and a false name (README.md)."""

BROAD_SHARE = 0.3
"""Share of "unknown" that is like nothing recorded."""

PRIOR_PEOPLE = 12.0
"""A movement's own covariance weighs against the pooled one as its people against this many."""

BROAD_FACTOR = 1.5
"""The broad Gaussian is as wide as the movements' means lie apart, times this, and the spread over people on top."""

_RIDGE = 1e-3  # keeps a covariance of few sets invertible; far below any spread over people
_OWN_COVARIANCE = 4  # sets below which a movement has none of its own


@dataclass(frozen=True, slots=True)
class Example:
    """One set: the features as a live session has them after each of its reps from the second, shape (k, n)."""

    movement: str
    person: str
    name: str
    steps: Floats


def learn(examples: Sequence[Example], ours: Sequence[str], *, made_by: str = "", sources: Sequence[str] = ()) -> Model:
    """The model of these sets. Each set weighs the same, however many reps it has.

    Args:
        examples: sets with at least one step.
        ours: movements that may be suggested.
        made_by, sources: as in `Model`.
    """
    groups: dict[str, list[Example]] = {}
    for example in examples:
        groups.setdefault(example.movement, []).append(example)
    means = {name: _mean(group) for name, group in groups.items()}
    pooled = _pooled(groups, means)
    people = {name: len({e.person for e in group}) for name, group in groups.items()}
    shares = _shares(people, ours)
    movements = [
        _movement(
            name,
            name in ours,
            shares[name],
            people[name],
            len(group),
            means[name],
            _covariance(group, means[name], pooled, people[name]),
        )
        for name, group in sorted(groups.items())
    ]
    centres = np.array([means[name] for name in sorted(groups)])
    broad = np.cov(centres.T) * BROAD_FACTOR + pooled
    left = 1.0 - sum(m.share for m in movements)
    everyone = len({e.person for e in examples})
    movements.append(_movement("anything else", False, left, everyone, len(examples), centres.mean(axis=0), broad))
    surprise = 1.0 / (min(m.people for m in movements if m.ours) + 2)
    return Model(2, made_by, tuple(sources), FEATURES, surprise, tuple(movements))


def _shares(people: dict[str, int], ours: Sequence[str]) -> dict[str, float]:
    """How common each movement is taken to be: ours alike, the others as the square root of their people.

    With more people behind a movement it is more than one person's habit; but how many were recorded is not how common
    it is, hence the root.
    """
    roots = {name: n**0.5 for name, n in people.items() if name not in ours}
    left = (1 - OURS_SHARE) * (1 - BROAD_SHARE) / max(sum(roots.values()), 1e-9)
    return {name: roots[name] * left if name in roots else OURS_SHARE / len(ours) for name in people}


def _mean(group: Sequence[Example]) -> Floats:
    return np.mean([e.steps.mean(axis=0) for e in group], axis=0)


def _scatter(group: Sequence[Example], mean: Floats) -> Floats:
    """Sum over sets of the mean square distance of their steps from the movement's mean, shape (n, n)."""
    n = len(mean)
    total = np.zeros((n, n))
    for example in group:
        away = example.steps - mean
        total += away.T @ away / len(away)
    return total


def _pooled(groups: dict[str, list[Example]], means: dict[str, Floats]) -> Floats:
    several = {name: group for name, group in groups.items() if len(group) > 1}
    scatter = sum(_scatter(group, means[name]) for name, group in several.items())
    return np.asarray(scatter / (sum(map(len, several.values())) - len(several)))


def _covariance(group: Sequence[Example], mean: Floats, pooled: Floats, people: int) -> Floats:
    """The movement's own, drawn towards the pooled one, and wider the fewer people its mean rests on."""
    own = _scatter(group, mean) / (len(group) - 1) if len(group) >= _OWN_COVARIANCE else pooled
    weight = PRIOR_PEOPLE / (PRIOR_PEOPLE + people)
    return ((1 - weight) * own + weight * pooled) * (1 + 1 / people)


def _movement(
    name: str, ours: bool, share: float, people: int, sets: int, mean: Floats, covariance: Floats
) -> Movement:
    covariance = covariance + _RIDGE * np.eye(len(mean))
    precision = np.linalg.inv(covariance)
    return Movement(
        name=name,
        ours=ours,
        share=float(share),
        people=people,
        sets=sets,
        mean=tuple(mean.tolist()),
        precision=tuple(tuple(row) for row in ((precision + precision.T) / 2).tolist()),
        log_det=float(np.linalg.slogdet(covariance)[1]),
    )

"""The classifier as data: one Gaussian for each movement, and a broad one for all that nobody has recorded."""

from __future__ import annotations

from functools import cache
from math import exp, log
from pathlib import Path

import msgspec

MODEL_FILE = Path(__file__).with_name("model.json")


class Movement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one movement's features spread over people.

    Attributes:
        name: as the data call it.
        ours: whether it is an exercise that may be suggested; the others make up "unknown".
        share: how common it is taken to be; all shares add up to 1.
        people, sets: what it was learnt from.
        mean: shape (n,).
        precision: inverse covariance, shape (n, n).
        log_det: natural logarithm of the covariance's determinant.
    """

    name: str
    ours: bool
    share: float
    people: int
    sets: int
    mean: tuple[float, ...]
    precision: tuple[tuple[float, ...], ...]
    log_det: float

    def log_density(self, x: tuple[float, ...]) -> float:
        """Logarithm of the Gaussian at x, less a constant that all movements share."""
        d = [a - b for a, b in zip(x, self.mean, strict=True)]
        square = 0.0
        for a, row in zip(d, self.precision, strict=True):
            for b, p in zip(d, row, strict=True):
                square += a * p * b
        return -0.5 * (square + self.log_det)


class Model(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything recognition has learnt, and from where.

    Attributes:
        version: rises whenever results may change.
        made_by: the command that made it.
        sources: one line for each folder of recordings: what, how many people and sets.
        features: their names, in order.
        surprise: chance that a set is like none of the Gaussians says, so that nothing is ever certain: with n
            people behind an exercise, the rule of succession gives the next one 1 in n + 2 to differ from all.
        movements: the Gaussians.
    """

    version: int
    made_by: str
    sources: tuple[str, ...]
    features: tuple[str, ...]
    surprise: float
    movements: tuple[Movement, ...]

    @property
    def exercises(self) -> tuple[str, ...]:
        """Names of the exercises that may be suggested."""
        return tuple(m.name for m in self.movements if m.ours)

    def shares(self, x: tuple[float, ...]) -> dict[str, float]:
        """Probability of each of `exercises` given the features, and of "unknown"; they add up to 1."""
        logs = [log(m.share) + m.log_density(x) for m in self.movements]
        most = max(logs)
        weights = [exp(v - most) for v in logs]
        whole = sum(weights)
        shares = dict.fromkeys((*self.exercises, "unknown"), 0.0)
        for movement, weight in zip(self.movements, weights, strict=True):
            expected = self.surprise * movement.share + (1.0 - self.surprise) * weight / whole
            shares[movement.name if movement.ours else "unknown"] += expected
        return shares

    def nearest(self, x: tuple[float, ...]) -> str:
        """The movement, ours or not, that explains the features best."""
        return max(self.movements, key=lambda m: log(m.share) + m.log_density(x)).name


@cache
def shipped_model() -> Model:
    """The model that comes with RepBand."""
    return msgspec.json.decode(MODEL_FILE.read_bytes(), type=Model)

"""Left against right, with the uncertainty that the scatter from session to session leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev

LEAST_PAIRS = 3
"""Fewer sessions with both sides give no interval worth printing."""

# 97.5 % quantiles of Student's t (two-sided 95 %) by degrees of freedom; between the last ones we take the larger.
# NIST/SEMATECH e-Handbook of Statistical Methods, table 1.3.6.7.2.
_T_975 = {
    2: 4.303,
    3: 3.182,
    4: 2.776,
    5: 2.571,
    6: 2.447,
    7: 2.365,
    8: 2.306,
    9: 2.262,
    10: 2.228,
    11: 2.201,
    12: 2.179,
    13: 2.160,
    14: 2.145,
    15: 2.131,
    16: 2.120,
    17: 2.110,
    18: 2.101,
    19: 2.093,
    20: 2.086,
    21: 2.080,
    22: 2.074,
    23: 2.069,
    24: 2.064,
    25: 2.060,
    26: 2.056,
    27: 2.052,
    28: 2.048,
    29: 2.045,
    30: 2.042,
    40: 2.021,
    60: 2.000,
    100: 1.984,
    1000: 1.962,
}


@dataclass(frozen=True, slots=True)
class Symmetry:
    """Left minus right over sessions that did both.

    Attributes:
        pairs: such sessions.
        left, right: mean of each side over them.
        difference: mean of left minus right, in the quantity's unit.
        low, high: its 95 % interval; None below `LEAST_PAIRS`.
    """

    pairs: int
    left: float
    right: float
    difference: float
    low: float | None
    high: float | None

    @property
    def percent(self) -> float | None:
        """The difference as a share of the mean of both sides, in percent."""
        mean = (self.left + self.right) / 2
        return 100 * self.difference / mean if mean else None

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def symmetry_of(pairs: Sequence[tuple[float, float]]) -> Symmetry | None:
    """Compares the sides.

    Each session gives one pair, however many reps it had: the strap is put on anew for each side of each session, so
    reps of one session share its error and are not independent.

    Args:
        pairs: (left, right) means, one a session.

    Returns:
        None without a single pair.
    """
    if not pairs:
        return None
    differences = [left - right for left, right in pairs]
    mean = fmean(differences)
    low = high = None
    if len(pairs) >= LEAST_PAIRS:
        half = t_975(len(pairs) - 1) * stdev(differences) / sqrt(len(pairs))
        low, high = mean - half, mean + half
    return Symmetry(len(pairs), fmean(left for left, _ in pairs), fmean(right for _, right in pairs), mean, low, high)


def t_975(freedom: int) -> float:
    """97.5 % quantile of Student's t, never below the true one by more than the table's rounding (freedom >= 2)."""
    return _T_975[max(known for known in _T_975 if known <= freedom)]

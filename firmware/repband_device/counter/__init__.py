"""Counts reps on the board: the host's algorithm in whole numbers of 31 bits, without a byte of memory a sample.

`Counter(table, rate_chz, range_g)` takes samples with `feed` or `follow(ring)`; both give the number of new reps.
"""

from .counter import Counter

__all__ = ["Counter"]

"""Numbers as a line of blocks."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import TypeVar

ValueT = TypeVar("ValueT")

_BLOCKS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float | None], width: int) -> str:
    """One character a value, lowest to highest; a blank where there is none.

    Args:
        values: in order of time.
        width: the most characters; more values are averaged in neighbouring groups.
    """
    cells = [_mean(group) for group in grouped(values, width)]
    known = [cell for cell in cells if cell is not None]
    if not known:
        return " " * len(cells)
    low, span = min(known), max(known) - min(known)
    return "".join(" " if cell is None else _block((cell - low) / span if span else 0.5) for cell in cells)


def marks(flags: Sequence[bool], width: int, mark: str = "^") -> str:
    """A line under a sparkline of the same values: a mark under each group that holds one."""
    return "".join(mark if any(group) else " " for group in grouped(flags, width))


def grouped(values: Sequence[ValueT], width: int) -> list[Sequence[ValueT]]:
    """At most `width` neighbouring groups of nearly equal size."""
    count = min(width, len(values))
    return [values[n * len(values) // count : (n + 1) * len(values) // count] for n in range(count)]


def _mean(group: Sequence[float | None]) -> float | None:
    known = [value for value in group if value is not None]
    return fmean(known) if known else None


def _block(share: float) -> str:
    return _BLOCKS[min(len(_BLOCKS) - 1, int(share * len(_BLOCKS)))]

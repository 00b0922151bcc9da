"""What commands carry, checked: pages, keys and recordings may say anything."""

from __future__ import annotations

from collections.abc import Mapping

from repband.driver.base import Plain

_MOST_REPS = 1000


def wanted_reps(args: Mapping[str, Plain], before: int | None) -> int | None:
    """The target asked for: "reps" as it is, or "by" more or fewer than before; None where neither makes sense."""
    reps, by = args.get("reps"), args.get("by")
    if reps is None and whole(by, -_MOST_REPS, _MOST_REPS) and before is not None:
        assert isinstance(by, int)
        reps = before + by
    if not whole(reps, 1, _MOST_REPS):
        return None
    assert isinstance(reps, int)
    return reps


def whole(value: Plain, least: int, most: int) -> bool:
    """Whether a value is a whole number within bounds, and no truth value."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most

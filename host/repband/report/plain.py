"""Weeks, sessions and trends as plain values for scripts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, cast

import msgspec

from repband.journal.meta import Load
from repband.journal.overview import SessionLine, SetLine
from repband.report.adherence import Week
from repband.report.trend import TrendPoint


def week_as_plain(week: Week) -> dict[str, Any]:
    """One week with its sessions, without reps."""
    return {
        "monday": week.monday.isoformat(),
        "done": week.done,
        "planned": week.planned,
        "reps": week.reps,
        "planned_reps": week.planned_reps,
        "sessions": [session_as_plain(line) for line in week.sessions],
    }


def session_as_plain(line: SessionLine) -> dict[str, Any]:
    """One session with its sets in figures."""
    fields = asdict(line)
    fields["sets"] = [set_as_plain(one) for one in line.sets]
    return cast("dict[str, Any]", plain(fields))


def set_as_plain(one: SetLine) -> dict[str, Any]:
    """One set in figures."""
    return {**one._asdict(), "load": str(one.load)}


def point_as_plain(point: TrendPoint) -> dict[str, Any]:
    """One session and side of a trend."""
    return cast("dict[str, Any]", plain({**asdict(point), "load": point.load}))


def plain(value: Any) -> Any:
    """The same with only what JSON knows; NaN and infinities become null."""
    match value:
        case dict():
            return {key: plain(item) for key, item in cast("dict[str, Any]", value).items()}
        case list() | tuple():
            return [plain(item) for item in cast("Sequence[Any]", value)]
        case Load():
            return msgspec.to_builtins(value)
        case date():
            return value.isoformat()
        case float() if not math.isfinite(value):
            return None
        case _:
            return value

"""What the driver adds to the stream of arrivals: the wearer's commands and the passing of time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from repband.source import Arrival

Plain = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Command:
    """Something the wearer, or the plan for them, did.

    Attributes:
        name: "start", "stop", "undo" and so on (repband.workout lists them).
        at_index: stream index of the first sample it counts for.
        args: plain values only, so that a recording keeps them as they are.
    """

    name: str
    at_index: int
    args: Mapping[str, Plain] = field(default_factory=dict[str, Plain])


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed, samples or not: host time in s on the clock of the arrivals."""

    now_s: float


Record = Arrival | Command | Tick
"""Everything that moves a session, in the order in which it acted: what is recorded is what is replayed."""

"""The one interface of all sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Frame:
    """One wire packet as it arrived.

    Attributes:
        data: the packet's bytes (protocols/wire/README.md).
        arrival_s: host time of arrival, in s, on any steady clock that starts with the source.
    """

    data: bytes
    arrival_s: float


@dataclass(frozen=True, slots=True, eq=False)
class TimedSamples:
    """Bare samples that carry their own times, as in a CSV file.

    Attributes:
        t_s: times as written, shape (n,), in s; may start anywhere, jitter, repeat or jump.
        accel_g: specific force, shape (n, 3), in g.
        gyro_dps: rotation rate, shape (n, 3), in deg/s, or None where the sensor has none.
        arrival_s: host time of arrival, in s.
        where: names the origin for messages, such as "walk.csv line 812".
    """

    t_s: Floats
    accel_g: Floats
    gyro_dps: Floats | None
    arrival_s: float
    where: str


Arrival = Frame | TimedSamples


class Source(Protocol):
    """Anything that yields arrivals in order of `arrival_s`.

    Iterating is synchronous and may block until something arrives; a source that ends stops iterating.
    It raises `repband.errors.SourceError` or `RecordingError` when it can't go on.
    """

    @property
    def name(self) -> str:
        """What a person would call it: "virtual sensor", "bridge.csv", "RepBand-1A2B"."""
        ...

    def __iter__(self) -> Iterator[Arrival]: ...

    def close(self) -> None:
        """Releases what it holds; iterating ends. Calling it twice does no harm."""
        ...

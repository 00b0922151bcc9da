"""Plays any source at the pace at which it was recorded, or faster."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from repband.source.base import Arrival, Source, TimedSamples

# A file comes in long blocks; a sensor sends ten packets a second.
_BLOCK_S = 0.1


class PacedSource:
    """Re-times another source: each arrival comes when its `arrival_s` (bare samples: its `t_s`) is due.

    Args:
        source: any source.
        speed: 1 for the recorded pace, 10 for ten times as fast.
    """

    def __init__(self, source: Source, speed: float = 1.0) -> None:
        self._source = source
        self._speed = speed
        self._closed = threading.Event()

    @property
    def name(self) -> str:
        """The name of the source behind it."""
        return self._source.name

    def __iter__(self) -> Iterator[Arrival]:
        begun_s: float | None = None
        first_s = 0.0
        for arrival in self._source:
            for part in _small(arrival):
                if begun_s is None:
                    begun_s, first_s = time.monotonic(), part.arrival_s
                due_s = begun_s + (part.arrival_s - first_s) / self._speed
                if self._closed.wait(max(0.0, due_s - time.monotonic())):
                    return
                yield part

    def close(self) -> None:
        """Stops waiting and closes the source behind it."""
        self._closed.set()
        self._source.close()


def _small(arrival: Arrival) -> Iterator[Arrival]:
    if not isinstance(arrival, TimedSamples):
        yield arrival
        return
    # Odd time stamps may go back; arrivals never do.
    latest_s: npt.NDArray[np.float64] = np.maximum.accumulate(arrival.t_s)
    start = 0
    while start < len(latest_s):
        end = int(np.count_nonzero(latest_s <= latest_s[start] + _BLOCK_S))
        gyro = None if arrival.gyro_dps is None else arrival.gyro_dps[start:end]
        yield TimedSamples(
            arrival.t_s[start:end], arrival.accel_g[start:end], gyro, float(latest_s[end - 1]), arrival.where
        )
        start = end

"""The device's own counter, run by this Python: the same files as on the board, a hundred times as fast."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from repband.bench.score import Found
from repband.exercise import Exercise
from repband.exercise.table import device_table
from repband.stream import SampleBlock, StreamItem

sys.path.append(str(Path(__file__).parents[2] / "firmware"))

from repband_device.counter import Counter

RANGE_G = 4  # what the board's config has by default
BLOCK = 5  # a drain every 100 ms at 52 Hz

Counts = npt.NDArray[np.int16]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class DeviceRep:
    """One rep as the device says it: sample indices, 0.1 degrees, 0.01 s."""

    number: int
    announced: int
    start: int
    turn: int
    index: int
    excursion: int
    out: int
    hold: int
    back: int
    flags: int

    def found(self, rate_hz: float, first_s: float = 0.0) -> Found:
        """For scoring; half height is passed half-way through a swing."""
        start_s, end_s = first_s + self.start / rate_hz, first_s + self.index / rate_hz
        return Found(
            start_s,
            start_s + self.out / 200,
            end_s - self.back / 200,
            end_s,
            first_s + self.announced / rate_hz,
        )


def quantised(accel_g: Floats, range_g: int = RANGE_G) -> Counts:
    """What a part of that range would have read."""
    return np.clip(np.rint(accel_g * (32768 / range_g)), -32768, 32767).astype("<i2")


def samples_of(items: Sequence[StreamItem]) -> tuple[Floats, Floats]:
    """Times and acceleration of a recording without holes."""
    blocks = [item for item in items if isinstance(item, SampleBlock)]
    return np.concatenate([b.t_s for b in blocks]), np.concatenate([b.accel_g for b in blocks])


def rate_of(t_s: Floats) -> float:
    """The rate that a sensor with those times has, in Hz."""
    return (len(t_s) - 1) / float(t_s[-1] - t_s[0])


def count(
    counts: Counts, rate_hz: float, exercise: Exercise | None, range_g: int = RANGE_G, block: int = BLOCK
) -> list[DeviceRep]:
    """Feeds it samples of shape (n, 3) in small blocks; gives its reps."""
    counter = Counter(device_table(exercise), round(rate_hz * 100), range_g)
    data = counts.astype("<i2").tobytes()
    reps: list[DeviceRep] = []
    for first in range(0, len(counts), block):
        counter.feed(data, first * 6, min(block, len(counts) - first))
        collect(counter, reps)
    counter.finish()
    collect(counter, reps)
    return reps


def collect(counter: Counter, reps: list[DeviceRep]) -> None:
    """Takes over what is newly measured."""
    while len(reps) < counter.measured:
        rep = counter.rep(len(reps) + 1)
        names = DeviceRep.__dataclass_fields__
        reps.append(DeviceRep(**{name: getattr(rep, name) for name in names}))

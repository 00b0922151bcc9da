"""What the stream gives: samples in device order, and every hole named."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class GapCause(StrEnum):
    """Why samples are missing."""

    LOST = "lost"  # packets that never came
    OVERFLOW = "overflow"  # the device says its own buffer overflowed
    RESTART = "restart"  # the device restarted: a new session number
    SOURCE = "source"  # the recording itself has a hole: its times jump ahead
    CLOCK = "clock"  # the source's clock jumped; the length of the hole is not known


@dataclass(frozen=True, slots=True)
class Gap:
    """A hole in the stream, from the last sample before it to the first after it.

    Attributes:
        start_s: stream time of the last sample before the hole, in s.
        end_s: stream time of the first sample after it, in s.
        missing: samples missing, or None where nobody can know.
        cause: why.
    """

    start_s: float
    end_s: float
    missing: int | None
    cause: GapCause


@dataclass(frozen=True, slots=True, eq=False)
class SampleBlock:
    """Consecutive samples without a hole, in device order.

    Attributes:
        index: stream index of the first sample, counted from 0 over all samples that were or should have been.
        t_s: stream time, shape (n,), n >= 1, strictly rising, in s. For a recording that carries its own times it
            is the recording's time axis; for frames it is device time since the session's first sample.
        accel_g: specific force, shape (n, 3), in g.
        gyro_dps: rotation rate, shape (n, 3), in deg/s, or None.
    """

    index: int
    t_s: Floats
    accel_g: Floats
    gyro_dps: Floats | None = None


StreamItem = SampleBlock | Gap

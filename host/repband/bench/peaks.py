"""The plain counter to compare with: scipy.signal.find_peaks on one smoothed axis.

It is what many would write first, done properly: offline (it sees the whole recording before it counts),
on the principal axis of the low-passed signal, so that the mount does not matter. It knows nothing of
rest, of the exercise or of what a movement is; nothing in it was tuned to any recording.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from repband.bench.score import Found
from repband.errors import UsageError
from repband.stream import SampleBlock, StreamItem

Floats = npt.NDArray[np.float64]

RATE_HZ = 25.0
CUTOFF_HZ = 1.0  # reps take a second or more
LEAST_PROMINENCE = 0.4  # of the spread between the 5th and 95th percentile
LEAST_PROMINENCE_G = 0.05  # about 3 degrees: below it lies noise
LEAST_DISTANCE_S = 1.3


def find_peaks_count(items: Sequence[StreamItem]) -> list[Found]:
    """Counts the peaks of a whole recording, gaps interpolated.

    A peak's width at half its prominence gives the half-height crossings, at 95 % onset and return. The axis
    points away from the recording's first second, as for someone who begins at rest.

    Raises:
        UsageError: scipy is not installed.
    """
    t_s, accel_g = joined(items)
    if len(t_s) < 2 or t_s[-1] - t_s[0] < 2.0:
        return []
    grid = np.arange(t_s[0], t_s[-1], 1 / RATE_HZ)
    even = np.column_stack([np.interp(grid, t_s, accel_g[:, axis]) for axis in range(3)])
    return _peaks(_principal(_lowpass(even)), float(grid[0]))


def joined(items: Sequence[StreamItem]) -> tuple[Floats, Floats]:
    """All samples of a recording: times (n,) in s and specific force (n, 3) in g."""
    blocks = [item for item in items if isinstance(item, SampleBlock)]
    if not blocks:
        return np.empty(0), np.empty((0, 3))
    return np.concatenate([b.t_s for b in blocks]), np.concatenate([b.accel_g for b in blocks])


def need_scipy() -> Any:
    """The scipy.signal module.

    Raises:
        UsageError: it is not installed.
    """
    try:
        return importlib.import_module("scipy.signal")
    except ImportError as error:
        raise UsageError("the yardstick needs scipy", cure="install it with: pip install 'repband[bench]'") from error


def _lowpass(even: Floats) -> Floats:
    signal = need_scipy()
    sos = signal.butter(2, CUTOFF_HZ, fs=RATE_HZ, output="sos")
    return signal.sosfiltfilt(sos, even, axis=0, padlen=min(len(even) - 1, int(3 * RATE_HZ)))


def _principal(smooth: Floats) -> Floats:
    """The coordinate along the axis of greatest spread, rising away from the first second."""
    centred = smooth - smooth.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    along = centred @ axes[:, -1]
    return -along if along[: int(RATE_HZ)].mean() > np.median(along) else along


def _peaks(along: Floats, start_s: float) -> list[Found]:
    signal = need_scipy()
    low, high = np.percentile(along, [5, 95])
    prominence = max(LEAST_PROMINENCE * (high - low), LEAST_PROMINENCE_G)
    peaks, facts = signal.find_peaks(along, prominence=prominence, distance=LEAST_DISTANCE_S * RATE_HZ)
    around = (facts["prominences"], facts["left_bases"], facts["right_bases"])
    _, _, up, down = signal.peak_widths(along, peaks, rel_height=0.5, prominence_data=around)
    _, _, out, back = signal.peak_widths(along, peaks, rel_height=0.95, prominence_data=around)
    rows = (np.column_stack([out, up, down, back]) / RATE_HZ + start_s).tolist()
    return [Found(out_s, up_s, down_s, back_s) for out_s, up_s, down_s, back_s in rows]

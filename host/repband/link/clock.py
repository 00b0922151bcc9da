"""The sensor's clock against the host's, from two-way exchanges."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from repband_wire import TIME_WRAP_US

_BLOCK_S = 5.0
_BLOCKS = 120  # ten minutes
_DRIFT_SPAN_S = 20.0  # below that a drift of some ppm drowns in the delays
_MOST_DRIFT = 250e-6  # between two quartz clocks, with room to spare; only until the drift is measured
_LEAST_SCATTER = 0.01  # a tenth of the half trip: few exchanges may agree by chance
_PASSES = 3  # the scatter is that of the fit before; it settles at once
_JUMP_S = 1.0  # no clock drifts that far between two exchanges: the device has restarted


@dataclass(frozen=True, slots=True)
class ClockEstimate:
    """Device time to host time: `host_s = device_s + offset_s + drift_ppm * 1e-6 * (device_s - at_s)`.

    Attributes:
        offset_s: host time less unwrapped device time at `at_s`, in s.
        drift_ppm: how much faster host time runs, in parts per million; 0 until twenty seconds have been seen.
        at_s: unwrapped device time for which the offset is given, in s.
        uncertainty_s: at `at_s` the true offset lies within this of `offset_s`, in s: half the shortest trip of the
            exchanges near `at_s` (a reply says nothing about how the trip was shared between the two ways), and
            twice the standard error of the fitted line.
        drift_uncertainty_ppm: twice the standard error of the drift; None while there is none.
        round_trip_s: the shortest round trip, less the device's turnaround, in s.
        exchanges: how many the estimate rests on.
    """

    offset_s: float
    drift_ppm: float
    at_s: float
    uncertainty_s: float
    drift_uncertainty_ppm: float | None
    round_trip_s: float
    exchanges: int

    def host_s(self, device_s: float) -> float:
        """Host time of an unwrapped device time, in s."""
        return device_s + self.offset_s + self.drift_ppm * 1e-6 * (device_s - self.at_s)

    def within_s(self, device_s: float) -> float:
        """How far `host_s` may be off, in s: the uncertainty, and that of the drift since `at_s`."""
        ppm = self.drift_uncertainty_ppm
        drift = _MOST_DRIFT if ppm is None else min(_MOST_DRIFT, ppm * 1e-6)
        return self.uncertainty_s + drift * abs(device_s - self.at_s)


@dataclass(frozen=True, slots=True)
class _Exchange:
    device_s: float  # middle of the device's turnaround
    offset_s: float  # host time less device time, the trip taken as shared evenly
    trip_s: float  # both ways, without the turnaround


class ClockExchange:
    """Collects exchanges; of each five seconds it keeps the one with the shortest trip.

    A long trip was delayed by the radio, mostly one way, and says little: that is how sample times stay where they
    are while packets come in bunches.
    """

    def __init__(self) -> None:
        self._best: deque[_Exchange] = deque(maxlen=_BLOCKS)
        self._block_end_s = -np.inf
        self._last: _Exchange | None = None
        self._last_us = 0
        self._unwrapped_us = 0
        self._count = 0
        self.restarts = 0

    def add(self, sent_s: float, received_us: int, turnaround_us: int, answered_s: float) -> None:
        """One exchange.

        Args:
            sent_s: host time at which the request was sent.
            received_us: device time at which it was read, modulo TIME_WRAP_US.
            turnaround_us: device time from there until the reply was handed to the link.
            answered_s: host time at which the reply came.
        """
        turnaround_s = turnaround_us * 1e-6
        trip_s = answered_s - sent_s - turnaround_s
        if trip_s < 0:  # the device's clock is no clock, or the reply belongs to another request
            return
        middle_s = (sent_s + answered_s) / 2
        device_s = self._unwrap_s(received_us, sent_s + trip_s / 2) + turnaround_s / 2
        exchange = _Exchange(device_s, middle_s - device_s, trip_s)
        if self._last is not None and abs(exchange.offset_s - self._last.offset_s) > _JUMP_S + trip_s:
            self._forget()
        self._last = exchange
        self._count += 1
        self._keep(exchange)

    def estimate(self) -> ClockEstimate | None:
        """What is known now; None before the first exchange."""
        if not self._best:
            return None
        device_s = np.array([one.device_s for one in self._best])
        offset_s = np.array([one.offset_s for one in self._best])
        trip_s = np.array([one.trip_s for one in self._best])
        if len(device_s) < 3 or device_s[-1] - device_s[0] < _DRIFT_SPAN_S:
            age_s = device_s[-1] - device_s
            within_s = trip_s / 2 + _MOST_DRIFT * age_s
            best = int(np.argmin(within_s))
            found = float(offset_s[best]), 0.0, float(within_s[best]), None
        else:
            found = _line(device_s, offset_s, trip_s)
        offset, slope, uncertainty, slope_error = found
        error_ppm = None if slope_error is None else 2e6 * slope_error
        at_s = float(device_s[-1])
        return ClockEstimate(offset, slope * 1e6, at_s, uncertainty, error_ppm, float(trip_s.min()), self._count)

    def _unwrap_s(self, received_us: int, host_s: float) -> float:
        if self._last is None:
            self._unwrapped_us = received_us
        else:
            expected_us = self._unwrapped_us + (host_s - self._last.device_s - self._last.offset_s) * 1e6
            expected = round(expected_us)
            behind = (received_us - expected + TIME_WRAP_US // 2) % TIME_WRAP_US - TIME_WRAP_US // 2
            self._unwrapped_us = expected + behind
        return self._unwrapped_us * 1e-6

    def _keep(self, exchange: _Exchange) -> None:
        if exchange.device_s >= self._block_end_s:
            self._best.append(exchange)
            self._block_end_s = exchange.device_s + _BLOCK_S
        elif exchange.trip_s < self._best[-1].trip_s:
            self._best[-1] = exchange

    def _forget(self) -> None:
        self._best.clear()
        self._block_end_s = -np.inf
        self._count = 0
        self.restarts += 1


def _line(device_s: np.ndarray, offset_s: np.ndarray, trip_s: np.ndarray) -> tuple[float, float, float, float]:
    """Offset at the last exchange, slope, uncertainty of the offset, standard error of the slope.

    Each exchange bounds the offset to half its trip either way, so it weighs by the inverse square of that.
    """
    half_s = np.maximum(trip_s / 2, 1e-6)
    at = device_s - device_s[-1]
    design = np.stack([np.ones_like(at), at], axis=1)
    # An error anywhere within the half trip, evenly likely, has a variance of a third of its square; what the exchanges
    # show of each other may say that it is less.
    share = 1.0 / 3.0
    for _ in range(_PASSES):
        rest = (offset_s - design @ _fit(design, offset_s, share * half_s**2)[0]) / half_s
        share = min(1.0 / 3.0, max(float(rest @ rest) / max(1, len(at) - 2), _LEAST_SCATTER))
    found, spread = _fit(design, offset_s, share * half_s**2)
    shared_s = float(np.min(half_s))  # the ways' asymmetry is common to all
    return float(found[0]), float(found[1]), shared_s + 2 * float(spread[0]), float(spread[1])


def _fit(design: np.ndarray, offset_s: np.ndarray, variance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Offset and slope, and the standard error of each."""
    normal = design.T @ (design / variance[:, None])
    normal[1, 1] += 1.0 / _MOST_DRIFT**2  # what is known of the drift before anything is measured
    inverse: np.ndarray = np.linalg.inv(normal)
    return inverse @ (design.T @ (offset_s / variance)), np.sqrt(np.diag(inverse))

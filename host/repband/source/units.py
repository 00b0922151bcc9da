"""Gravity is always there, so its size tells whether accelerations are in the unit they claim."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from repband.errors import RecordingError
from repband.source.layout import Layout

Floats = npt.NDArray[np.float64]

_ENOUGH = 200  # samples; a median over fewer could meet one hard movement
# In 494 real recordings the median over a whole file lies between 0.81 and 2.06 g (the latter in running).
_NO_GRAVITY_G = 0.3
_TOO_MUCH_G = 4.0


class UnitCheck:
    """Looks at the first samples of a table and refuses it when gravity has the wrong size."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._norms: list[Floats] = []
        self._count = 0
        self._done = False

    def feed(self, accel_g: Floats, layout: Layout) -> None:
        """Takes samples, shape (n, 3), in what should be g; RecordingError once enough of them look wrong."""
        if self._done:
            return
        self._norms.append(np.sqrt((accel_g * accel_g).sum(axis=1)))
        self._count += len(accel_g)
        if self._count >= _ENOUGH:
            self.finish(layout)

    def finish(self, layout: Layout) -> None:
        """Judges what has come so far."""
        if self._done or not self._norms:
            return
        self._done = True
        median_g = float(np.median(np.concatenate(self._norms)))
        self._norms.clear()
        if _NO_GRAVITY_G <= median_g <= _TOO_MUCH_G:
            return
        as_written = median_g / layout.to_g
        raise RecordingError(
            f"accelerations have a median size of {as_written:.3g}, which is not gravity in {_unit(layout)}",
            where=self._name,
            cure=_cure(median_g),
        )


def _unit(layout: Layout) -> str:
    return "g" if layout.to_g == 1.0 else "m/s^2"


def _cure(median_g: float) -> str:
    if median_g < _NO_GRAVITY_G:
        return "record acceleration with gravity (not linear acceleration), or convert the columns to g"
    if 7 < median_g < 13:
        return "they look like m/s^2: divide them by 9.80665"
    if 700 < median_g < 1300:
        return "they look like milli-g: divide them by 1000"
    return "convert the columns to g"

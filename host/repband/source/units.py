"""Gravity is always there, so its size tells whether accelerations are in the unit they claim."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from repband.errors import RecordingError
from repband.source.layout import STANDARD_GRAVITY_MPS2, Layout

Floats = npt.NDArray[np.float64]

_ENOUGH = 200  # samples; a median over fewer could meet one hard movement
# In 494 real recordings the median over a whole file lies between 0.81 and 2.06 g (the latter in running).
_NO_GRAVITY_G = 0.3
_TOO_MUCH_G = 4.0


class UnitCheck:
    """Looks at the first accelerations of a table: finds their unit where it is open, and refuses what is no gravity.

    Args:
        name: the table, for messages.
        layout: what its header says.
    """

    def __init__(self, name: str, layout: Layout) -> None:
        self._name = name
        self._layout = layout
        self._to_g = layout.to_g
        self._norms: list[Floats] = []
        self._count = 0
        self._done = False

    def to_g(self, accel: Floats) -> float:
        """The factor that turns accelerations, shape (n, 3), as written, into g.

        Raises:
            RecordingError: their size is not that of gravity.
        """
        if not self._done:
            self._norms.append(np.sqrt((accel * accel).sum(axis=1)))
            self._count += len(accel)
            if self._to_g is None:
                self._to_g = self._found(float(np.median(self._norms[0])))
            if self._count >= _ENOUGH:
                self.finish()
        assert self._to_g is not None
        return self._to_g

    def finish(self) -> None:
        """Judges what has come so far."""
        if self._done or not self._norms or self._to_g is None:
            return
        self._done = True
        median = float(np.median(np.concatenate(self._norms)))
        self._norms.clear()
        if not _NO_GRAVITY_G <= median * self._to_g <= _TOO_MUCH_G:
            raise self._refusal(median, _cure(median * self._to_g))

    def _found(self, median: float) -> float:
        """The unit, by the size of gravity alone."""
        for factor in (1.0, 1 / STANDARD_GRAVITY_MPS2):
            if _NO_GRAVITY_G <= median * factor <= 2.0:
                return factor
        cure = "give TotalAcceleration.csv or AccelerometerUncalibrated.csv, or the whole export (folder or zip)"
        raise self._refusal(median, cure)

    def _refusal(self, median: float, cure: str) -> RecordingError:
        unit = {1.0: "g", None: "g or m/s^2"}.get(self._layout.to_g, "m/s^2")
        return RecordingError(
            f"the median size of its accelerations is {median:.3g}, which is not gravity in {unit}",
            where=self._name,
            cure=cure,
        )


def _cure(median_g: float) -> str:
    if median_g < _NO_GRAVITY_G:
        return "record acceleration with gravity (not linear acceleration), or convert the columns to g"
    if 7 < median_g < 13:
        return "they look like m/s^2: divide them by 9.80665"
    if 700 < median_g < 1300:
        return "they look like milli-g: divide them by 1000"
    return "convert the columns to g"

"""In a one-sided exercise on the floor the sensor sits on the leg that rests."""

from __future__ import annotations

from repband.mount.base import MountKind, MountWarning
from repband.recognise.shape import RepShape

SMALL_DEG = {"clamshell": 16.0}
"""Mean excursion of the first two reps, in degrees, below which it is hardly the working leg: on the resting leg three
people showed 12, 12 and 22, on the working leg fifteen showed 20 or more (`python -m repband.mount.measure DIR`)."""

FIRST_REPS = 2


class LegCheck:
    """Looks at the first two reps only: later ones shrink with fatigue."""

    def __init__(self, exercise: str) -> None:
        self._least_deg = SMALL_DEG.get(exercise)
        self._seen: list[float] = []

    def rep(self, t_s: float, shape: RepShape) -> MountWarning | None:
        """Takes the next rep."""
        if self._least_deg is None or len(self._seen) >= FIRST_REPS:
            return None
        self._seen.append(shape.excursion_deg)
        mean_deg = sum(self._seen) / len(self._seen)
        if len(self._seen) < FIRST_REPS or mean_deg >= self._least_deg:
            return None
        return MountWarning(
            MountKind.WRONG_LEG,
            t_s,
            f"The sensor moves by only {mean_deg:.0f} degrees",
            "Check that it sits on the upper leg, the one that lifts",
        )

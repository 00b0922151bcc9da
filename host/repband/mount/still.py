"""Nothing moves though a set is armed."""

from __future__ import annotations

from repband.mount.base import MountKind, MountWarning
from repband.recognise.vectors import Vector, angle_deg

MOVED_DEG = 2.5
"""Less than this from where it was is no movement: half of the smallest rep measured on a thigh (5 degrees, a bridge),
and more than a resting leg shows in ten seconds while the other one works (0.9 degrees or less in 7 clamshell sets)."""

STILL_S = 10.0
"""How long nothing may move before the first rep."""

PAUSE_S = 30.0
"""How long nothing may move once reps were counted: people pause within a set."""


class StillCheck:
    """Watches for stillness.

    Args:
        one_sided: the exercise trains one leg, so that the sensor may sit on the other one.
    """

    def __init__(self, one_sided: bool) -> None:
        self._one_sided = one_sided
        self._place: Vector | None = None
        self._since_s = 0.0
        self._said = False
        self._reps = 0

    def rep(self) -> None:
        """A rep was counted."""
        self._reps += 1

    def restart(self) -> None:
        """A hole in the stream: nobody knows what happened in it."""
        self._place = None

    def frame(self, t_s: float, down: Vector) -> MountWarning | None:
        """Takes gravity's direction at one time; warns once for each stretch of stillness."""
        if self._place is None or angle_deg(self._place, down) > MOVED_DEG:
            self._place, self._since_s, self._said = down, t_s, False
            return None
        patience_s = PAUSE_S if self._reps else STILL_S
        if self._said or t_s - self._since_s < patience_s:
            return None
        self._said = True
        leg = "the leg that works" if self._one_sided else "your thigh"
        return MountWarning(
            MountKind.STILL,
            t_s,
            f"The sensor has not moved for {patience_s:.0f} seconds",
            f"If you are already moving, check that it sits on {leg}",
        )

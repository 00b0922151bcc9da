"""The get-ready guard: moving into position is no rep."""

from __future__ import annotations

from repband.motion import FRAME_S, MotionFrame, MotionGap, MotionItem

# In position: gravity in the sensor's frame has turned by less than 6 degrees (a chord of 0.10 g) for a second.
# Breathing and sway of people at rest stay under 0.03 g; getting into position turns a thigh by 30 degrees and more.
QUIET_S = 1.0
QUIET_G = 0.10
# Somebody who never keeps still is not locked out: from then on everything counts.
PATIENCE_S = 20.0


class Guard:
    """Waits until the thigh has been quiet; keeps the quiet frames, so that the counter knows the rest posture."""

    def __init__(self) -> None:
        self._quiet: list[MotionFrame] = []
        self._since_s: float | None = None

    def feed(self, item: MotionItem) -> list[MotionItem] | None:
        """Takes one frame or gap; gives what the counter should begin with once the wearer is in position."""
        if isinstance(item, MotionGap):
            self._quiet.clear()
            return None
        if self._since_s is None:
            self._since_s = item.known_s
        if self._quiet and _turned_g(self._quiet[0], item) > QUIET_G:
            self._quiet.clear()
        self._quiet.append(item)
        if len(self._quiet) * FRAME_S >= QUIET_S or item.known_s - self._since_s >= PATIENCE_S:
            return [*self._quiet]
        return None


def _turned_g(first: MotionFrame, now: MotionFrame) -> float:
    return ((now.x - first.x) ** 2 + (now.y - first.y) ** 2 + (now.z - first.z) ** 2) ** 0.5

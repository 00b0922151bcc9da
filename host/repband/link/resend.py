"""Which missing samples to ask for, and when to ask again."""

from __future__ import annotations

from collections.abc import Sequence

AGAIN_S = 0.6  # what was asked for comes with the device's next packets, 0.15 s later; the rest is the link's delay
MOST_AT_ONCE = 4  # ranges a device keeps in mind
MOST_ASKS = 8  # for one hole; the stream waits for 3 s of newer samples


class Resends:
    """Remembers what was asked for.

    Attributes:
        asked: how many requests were made.
    """

    def __init__(self) -> None:
        self.asked = 0
        self._last: dict[int, tuple[float, int]] = {}  # first index of a hole: when asked last, how often

    def due(self, holes: Sequence[tuple[int, int]], now_s: float) -> list[tuple[int, int]]:
        """The holes to ask for now, as first index and count each.

        Args:
            holes: what is missing and may still come, oldest first.
            now_s: on the link's clock.
        """
        begins = {index for index, _ in holes}
        self._last = {index: last for index, last in self._last.items() if index in begins}
        found: list[tuple[int, int]] = []
        for index, count in holes[:MOST_AT_ONCE]:
            asked_s, times = self._last.get(index, (float("-inf"), 0))
            if now_s - asked_s >= AGAIN_S and times < MOST_ASKS:
                self._last[index] = (now_s, times + 1)
                found.append((index, count))
        self.asked += len(found)
        return found

    def forget(self) -> None:
        """The link is gone: what was asked for will not come."""
        self._last.clear()

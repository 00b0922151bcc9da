"""The last minute of frames: what a finished movement is measured on."""

from __future__ import annotations

from collections import deque
from itertools import islice

from repband.motion import FRAME_S, MotionFrame

KEPT = round(60 / FRAME_S)
"""Frames kept: the longest excursion of 20 s, its rest before and after, and the 30 s that it may wait for another."""


class History:
    """A ring of frames, found by their index."""

    def __init__(self) -> None:
        self._frames: deque[MotionFrame] = deque(maxlen=KEPT)

    def append(self, frame: MotionFrame) -> None:
        """Adds the newest frame."""
        self._frames.append(frame)

    def since(self, index: int) -> list[MotionFrame]:
        """Frames from `index` on, oldest first, as far as they are kept."""
        frames = self._frames
        if not frames:
            return []
        skip = len(frames) - (frames[-1].number - index + 1)  # exact without holes, too far back with them
        found = list(islice(frames, max(0, skip), None))
        first = next((i for i, f in enumerate(found) if f.number >= index), len(found))
        return found[first:]

    def clear(self) -> None:
        """Forgets all frames."""
        self._frames.clear()

"""Several rest postures at once: wherever the thigh halts there may be rest."""

from __future__ import annotations

from repband.motion import MotionFrame
from repband.reps.excursion import Excursion, Vector, dot, minus
from repband.reps.history import History
from repband.reps.pace import Pace
from repband.reps.track import Track

MOST_TRACKS = 4
"""The posture before the set, rest, the turn, and one to spare."""


class Tracks:
    """The rest postures under consideration, the oldest first."""

    def __init__(self) -> None:
        self._tracks: list[Track] = []

    @property
    def latest(self) -> Track:
        """The one the thigh was at last."""
        return max(self._tracks, key=lambda track: track.seen)

    def step(self, frame: MotionFrame, pace: Pace, leave_g: float, history: History) -> list[tuple[Excursion, Track]]:
        """Takes the next frame; gives the excursions that it completes, and whose they are."""
        if not self._tracks:
            self._tracks.append(Track((frame.x, frame.y, frame.z), frame.number))
        found: list[tuple[Excursion, Track]] = []
        for track in self._tracks:
            excursion = track.step(frame, pace, leave_g, history)
            if excursion is not None:
                found.append((excursion, track))
        return found

    def halt(self, here: Vector, number: int, leave_g: float) -> None:
        """The thigh halts here: rest may be here, unless a known rest posture is near."""
        for track in self._tracks:
            away = minus(here, track.rest_g)
            if dot(away, away) <= leave_g * leave_g:
                return
        if len(self._tracks) >= MOST_TRACKS:
            self._tracks.remove(min(self._tracks, key=lambda track: track.seen))
        self._tracks.append(Track(here, number))

    def keep(self, track: Track) -> None:
        """A rep was counted from this one: the others were wrong."""
        self._tracks = [track]

    def drop_lost(self, number: int) -> list[Track]:
        """Gives up the postures that the thigh left too long ago, but never the last one."""
        if len(self._tracks) < 2:
            return []
        lost = [track for track in self._tracks if track.lost(number)]
        if lost:
            self._tracks = [track for track in self._tracks if track not in lost] or [self._tracks[-1]]
        return lost

    def clear(self) -> None:
        """Forgets them all."""
        self._tracks.clear()

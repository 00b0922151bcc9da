"""What holes in the stream leave open about the count."""

from __future__ import annotations

from repband.exercise.base import Exercise
from repband.motion import BRIDGE_S, FRAME_S, MotionGap
from repband.reps.excursion import Excursion

_FASTER = 0.6  # the quickest rep of a set takes at least this share of the usual time (mex, uci: 394 reps)
_DOUBTFUL_S = 0.5  # a rep with more than this missing may be none


class Losses:
    """Counts reps that a hole may have hidden, and reps that one may have feigned.

    Attributes:
        hidden: at most so many reps were missed.
        doubtful: at most so many counted reps were none.
    """

    def __init__(self, exercise: Exercise | None) -> None:
        self.hidden = 0
        self.doubtful = 0
        self._least_s = max(exercise.movement.rep_s.least if exercise else BRIDGE_S, BRIDGE_S)

    def gap(self, gap: MotionGap, period_s: float | None) -> None:
        """A hole in the stream, and the wearer's time from rep to rep so far."""
        if not gap.length_known:
            self.hidden += 1  # nobody knows how long it was: at least one
            return
        least_s = self._least_s if period_s is None else max(_FASTER * period_s, BRIDGE_S)
        self.hidden += int((gap.end_s - gap.start_s) / least_s)

    def counted(self, found: Excursion) -> None:
        """A rep was counted."""
        if found.gap_frames * FRAME_S > _DOUBTFUL_S:
            self.doubtful += 1

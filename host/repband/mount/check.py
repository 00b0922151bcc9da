"""Is the sensor worn where it can count? One check for each armed set."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt

from repband.motion import FILTER_DELAY_S, MotionFrame, MotionGap, MotionItem
from repband.mount.base import MountWarning
from repband.mount.elsewhere import StandingCheck, UnlikeCheck
from repband.mount.leg import LegCheck
from repband.mount.slip import SlipCheck
from repband.mount.still import StillCheck
from repband.recognise import Recogniser, Recognition
from repband.recognise.model import Model
from repband.recognise.shape import Merge, Still, Tape
from repband.recognise.vectors import unit
from repband.reps import Rep, RepEvent

ONE_SIDED = ("clamshell", "lunge")
"""Exercises in which the sensor may sit on the leg that does not work."""


class MountCheck:
    """Watches one armed set. Causal; the same whatever the block size and however the sensor is turned.

    Args:
        exercise: the exercise's name; what is not known for it is not checked.
        model: what recognition has learnt; the shipped one by default.
    """

    def __init__(self, exercise: str, model: Model | None = None) -> None:
        self._merge = Merge()
        self._tape = Tape()
        self._recogniser = Recogniser(model)
        self._still = StillCheck(exercise in ONE_SIDED)
        self._slip = SlipCheck()
        self._leg = LegCheck(exercise)
        self._standing = StandingCheck(exercise)
        self._unlike = UnlikeCheck(exercise)

    def feed(self, items: Iterable[MotionItem], events: Iterable[RepEvent] = ()) -> list[MountWarning]:
        """Takes what motion gave and what the rep counter said of it, in order; gives warnings in order."""
        return [warning for item in self._merge.feed(items, events) for warning in self._take(item)]

    def recognition(self) -> Recognition:
        """Which exercise the set looks like so far. Takes some milliseconds: ask once a rep."""
        return self._recogniser.result()

    def _take(self, item: MotionItem | Rep) -> list[MountWarning]:
        self._recogniser.take(item)
        if isinstance(item, Rep):
            return self._rep(item)
        if isinstance(item, MotionGap):
            self._restart()
            return []
        return self._frame(item)

    def _restart(self) -> None:
        # The strap may have been set right in the hole: what was known of the place is forgotten.
        self._tape.clear()
        self._still.restart()
        self._slip.restart()
        self._standing.restart()

    def _frame(self, frame: MotionFrame) -> list[MountWarning]:
        self._tape.add(frame)
        down = unit((frame.x, frame.y, frame.z))
        if down is None:
            return []
        size_g = sqrt(frame.ux * frame.ux + frame.uy * frame.uy + frame.uz * frame.uz)
        still = Still(frame.t_s - FILTER_DELAY_S, down, size_g, frame.jerk_g)
        said = (self._still.frame(frame.known_s, down), self._standing.frame(still))
        return [warning for warning in said if warning is not None]

    def _rep(self, rep: Rep) -> list[MountWarning]:
        self._still.rep()
        shape = self._tape.shape(rep)
        said = [self._unlike.rep(rep.measured_s, self._recogniser)]
        if shape is not None:
            said += [self._leg.rep(rep.measured_s, shape), self._slip.rep(rep.measured_s, shape)]
        return [warning for warning in said if warning is not None]

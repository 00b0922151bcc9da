"""Where gravity points at rest and at the farthest point of a rep, and what lies between."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from math import acos, degrees, inf, sqrt
from typing import NamedTuple

from repband.motion import FILTER_DELAY_S, FRAME_S, MotionFrame, MotionGap, MotionItem
from repband.recognise.vectors import Vector, cross, dot, total, unit
from repband.reps import Rep, RepEvent, RepMeasured

KEPT_S = 45.0
"""How far back motion is kept: two slow reps with their rests (README.md tries 20 to 60 s)."""

_BEFORE_S = 0.3  # rest is what gravity does this long before the onset
_LEAST_RAD = 0.02  # about one degree: below it a path has no plane
_FEWEST_FRAMES = 5


class Still(NamedTuple):
    """What is kept of one frame.

    Attributes:
        t_s: stream time of the frame's middle, the low-pass's delay taken off, in s.
        down: unit vector along the low-passed specific force.
        size_g: size of the specific force, in g.
        jerk_g: as in `MotionFrame`.
    """

    t_s: float
    down: Vector
    size_g: float
    jerk_g: float


class RepShape(NamedTuple):
    """One rep as gravity's path.

    Attributes:
        start_s: onset, as the counter gave it, in s.
        rest, turn: unit vectors of gravity at rest and at the farthest point, in the sensor's frame.
        excursion_deg: the angle between them.
    """

    start_s: float
    rest: Vector
    turn: Vector
    excursion_deg: float


class Tape:
    """The last `KEPT_S` of motion."""

    def __init__(self) -> None:
        self._frames: deque[Still] = deque(maxlen=round(KEPT_S / FRAME_S))

    def add(self, frame: MotionFrame) -> None:
        """Takes the next frame."""
        down = unit((frame.x, frame.y, frame.z))
        if down is not None:
            size_g = sqrt(frame.ux * frame.ux + frame.uy * frame.uy + frame.uz * frame.uz)
            self._frames.append(Still(frame.t_s - FILTER_DELAY_S, down, size_g, frame.jerk_g))

    def clear(self) -> None:
        """Forgets everything: what comes next has no connection with it."""
        self._frames.clear()

    def since(self, start_s: float, end_s: float = inf) -> list[Still]:
        """What is kept of the time between."""
        return [f for f in self._frames if start_s <= f.t_s <= end_s]

    def shape(self, rep: Rep) -> RepShape | None:
        """The shape of a rep whose end has just been seen; None where too little is known of it."""
        known = self.since(rep.start_s - _BEFORE_S)
        path = [f.down for f in known if rep.start_s <= f.t_s <= rep.end_s]
        rest = unit(total(f.down for f in known if f.t_s <= rep.start_s))
        if rest is None or len(path) < _FEWEST_FRAMES:
            return None
        turn = min(path, key=lambda down: dot(down, rest))
        excursion = acos(max(-1.0, min(1.0, dot(rest, turn))))
        if unit(cross(rest, turn)) is None or excursion < _LEAST_RAD:
            return None
        return RepShape(rep.start_s, rest, turn, degrees(excursion))


class Merge:
    """Puts motion and measured reps in the order of the stream.

    However the stream is cut into blocks, each rep comes after exactly the frames that were known when it was measured.
    """

    def __init__(self) -> None:
        self._waiting: deque[Rep] = deque()

    def feed(self, items: Iterable[MotionItem], events: Iterable[RepEvent]) -> Iterator[MotionItem | Rep]:
        """Takes what motion gave and what the counter said of it; gives frames, gaps and measured reps in order."""
        self._waiting.extend(e.rep for e in events if isinstance(e, RepMeasured))
        known_s: float | None = None
        for item in items:
            known_s = item.start_s if isinstance(item, MotionGap) else item.known_s
            while self._waiting and self._waiting[0].measured_s < known_s:
                yield self._waiting.popleft()
            yield item
        while self._waiting and known_s is not None and self._waiting[0].measured_s <= known_s:
            yield self._waiting.popleft()

    def finish(self) -> Iterator[Rep]:
        """The stream has ended: gives the reps that are left."""
        while self._waiting:
            yield self._waiting.popleft()

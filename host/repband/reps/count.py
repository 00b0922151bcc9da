"""Counts a whole stream at once, with the live engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from repband.exercise.base import Exercise
from repband.motion import Motion, MotionItem
from repband.reps.base import Rep, RepEvent, RepMeasured, RepRejected
from repband.reps.counter import RepCounter
from repband.stream import Gap, StreamItem

DETECTOR_VERSION = "2"
"""Every stored rep names it; it rises when the same stream would give other reps."""


Listener = Callable[[Sequence[MotionItem], Sequence[RepEvent]], None]


@dataclass(frozen=True, slots=True)
class CountResult:
    """What a stream holds.

    Attributes:
        count, count_min, count_max: reps, and the range that gaps leave open.
        reps: every counted rep, in order.
        rejected: every movement that was looked at and not counted.
        duration_s: from the first sample to the last, in s.
        detector: version of the detector.
    """

    count: int
    count_min: int
    count_max: int
    reps: tuple[Rep, ...]
    rejected: tuple[RepRejected, ...]
    duration_s: float
    detector: str = DETECTOR_VERSION


def count_items(
    items: Iterable[StreamItem], exercise: Exercise | None = None, listen: Listener | None = None
) -> CountResult:
    """Feeds a stream to the live engine and collects what it says.

    Args:
        items: sample blocks and gaps, in order.
        exercise: what the wearer did; None counts anything that goes out and comes back.
        listen: told what motion gave and what the counter said of it, piece by piece.
    """
    motion, counter = Motion(), RepCounter(exercise)
    events: list[RepEvent] = []
    first_s = last_s = 0.0
    started = False
    for item in items:
        begin_s, end_s = (item.start_s, item.end_s) if isinstance(item, Gap) else map(float, item.t_s[[0, -1]])
        first_s, last_s, started = (first_s if started else begin_s), end_s, True
        frames = motion.feed(item)
        said = counter.feed(frames)
        events += said
        if listen is not None:
            listen(frames, said)
    last = counter.finish()
    if listen is not None:
        listen([], last)
    events += last
    return CountResult(
        counter.count,
        counter.count_min,
        counter.count_max,
        tuple(e.rep for e in events if isinstance(e, RepMeasured)),
        tuple(e for e in events if isinstance(e, RepRejected)),
        last_s - first_s,
    )

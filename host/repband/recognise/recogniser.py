"""Motion and reps in, a suggestion out; causal, the same whatever the block size and however the sensor is turned."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from math import exp

from repband.motion import MotionGap, MotionItem
from repband.recognise.base import UNKNOWN, Recognition
from repband.recognise.features import features_of
from repband.recognise.model import Model, shipped_model
from repband.recognise.shape import KEPT_S, Merge, RepShape, Tape
from repband.reps import Rep, RepEvent, RepMeasured

FEWEST_REPS = 2
"""Reps without which nothing is said: one has no period."""

LAST_REPS = 8
"""Reps that say which end of the path is rest."""

NAMED_FROM = 0.5
"""An exercise is named when it is more likely than everything else together."""

_MARGIN_S = 1.0  # of the rest before the first and behind the last rep


class Recogniser:
    """Says which exercise a set looks like. A new set needs a new one.

    Args:
        model: what it has learnt; the shipped one by default.
    """

    def __init__(self, model: Model | None = None) -> None:
        self._model = model
        self._merge = Merge()
        self._tape = Tape()
        self._shapes: deque[RepShape] = deque(maxlen=LAST_REPS)
        self._first_s = self._last_s = 0.0
        self._earlier: tuple[float, ...] | None = None
        self.reps = 0

    def feed(self, items: Iterable[MotionItem], events: Iterable[RepEvent] = ()) -> None:
        """Takes what motion gave and what the rep counter said of it, in order."""
        for item in self._merge.feed(items, events):
            self.take(item)

    def finish(self) -> None:
        """The stream has ended: takes reps that were measured only then."""
        for rep in self._merge.finish():
            self.take(rep)

    def take(self, item: MotionItem | Rep) -> None:
        """Takes one thing, in the order of `Merge`."""
        if isinstance(item, Rep):
            self._rep(item)
        elif isinstance(item, MotionGap):
            self._gap(item)
        else:
            self._tape.add(item)

    def _gap(self, gap: MotionGap) -> None:
        """No line is drawn over a hole; a short one only leaves what was known before it."""
        short = gap.length_known and gap.end_s - gap.start_s < KEPT_S
        self._earlier = self.features() if short else None
        self._tape.clear()
        self._shapes.clear()
        self.reps = 0

    def _rep(self, rep: Rep) -> None:
        shape = self._tape.shape(rep)
        if shape is None:
            return
        if not self._shapes:
            self._first_s = rep.start_s
        self._last_s = rep.end_s
        self._shapes.append(shape)
        self.reps += 1

    def features(self) -> tuple[float, ...] | None:
        """The set so far (at most the last `KEPT_S`) in numbers; None where too little is known."""
        if self.reps < FEWEST_REPS:
            return self._earlier
        motion = self._tape.since(self._first_s - _MARGIN_S, self._last_s + _MARGIN_S)
        return features_of(motion, self._shapes) or self._earlier

    def result(self) -> Recognition:
        """What it looks like now. Takes some milliseconds: ask once a rep or once a second."""
        x = self.features()
        if x is None:
            return Recognition(None, 0.0, f"{self.reps} reps seen, at least {FEWEST_REPS} whole ones are needed")
        return suggest(x, self._model or shipped_model())


def suggest(x: tuple[float, ...], model: Model) -> Recognition:
    """What these features look like."""
    shares = {name: round(share, 2) for name, share in model.shares(x).items()}
    ours = max(model.exercises, key=lambda name: shares[name])
    named = ours if shares[ours] > NAMED_FROM else None
    because = f"{exp(x[1]):.0f} degrees every {exp(x[0]):.1f} s; nearest: {model.nearest(x).replace('_', ' ')}"
    return Recognition(named, shares[named or UNKNOWN], because, tuple(shares.items()))


def recognise_result(items: Iterable[MotionItem], reps: Iterable[Rep], model: Model | None = None) -> Recognition:
    """The same for a whole recording: what a live session would say at its end.

    Args:
        items: everything motion gave, in order.
        reps: every counted rep, as in `CountResult.reps`.
        model: what it has learnt; the shipped one by default.
    """
    recogniser = Recogniser(model)
    recogniser.feed(items, [RepMeasured(rep) for rep in reps])
    recogniser.finish()
    return recogniser.result()

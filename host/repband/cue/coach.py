"""Chooses what to say: the most urgent cue, one at a time, seldom the same one twice."""

from __future__ import annotations

from repband.cue import rules
from repband.cue.base import Cue
from repband.exercise import Exercise
from repband.exercise.base import Tempo
from repband.reps import Phase, Rep, RepCounted, RepEvent, RepMeasured, RepProgress

# Between any two cues: time to hear one and to act on it.
APART_S = 6.0
# The same cue again only after so many more reps.
AGAIN_REPS = 3
# What can be measured in every exercise has words even where the exercise file gives none.
_COMMON_WORDS = {"no-movement": "Nothing has moved for a while: go on when you are ready, or end the set."}


class Coach:
    """Listens to the reps of one set.

    Args:
        exercise: names the cues it has words for; what has none is never said. Its `range_cue` switches the
            cue of a shrinking excursion off for good.
        tempo_s: the prescription.
    """

    def __init__(self, exercise: Exercise, tempo_s: Tempo) -> None:
        self._exercise = exercise
        self._tempo_s = tempo_s
        self._words = _COMMON_WORDS | {cue.when: cue.say for cue in exercise.cues}
        self._reps: list[Rep] = []
        self._said_s: float | None = None
        self._said_at_rep: dict[str, int] = {}
        self._peak_deg = 0.0
        self._moved_s: float | None = None

    def feed(self, event: RepEvent, *, enough: bool = False) -> list[Cue]:
        """Takes what the counter says; gives at most one cue.

        Args:
            event: in the order of the stream.
            enough: the target is reached: keeping still is right.
        """
        match event:
            case RepMeasured():
                self._reps.append(event.rep)
                return self._say(self._after_rep(), event.rep.measured_s)
            case RepCounted():
                self._moved_s = event.announced_s
            case RepProgress():
                return self._say(self._under_way(event, enough), event.t_s)
            case _:
                pass
        return []

    def _after_rep(self) -> list[tuple[str, str | None]]:
        words = self._exercise.movement.words
        found = [
            ("too-fast", rules.too_fast(self._reps, self._tempo_s, words)),
            ("hold-short", rules.hold_short(self._reps, self._tempo_s, words)),
        ]
        if self._exercise.movement.range_cue:
            found.append(("range-shrinking", rules.range_shrinking(self._reps)))
        return found

    def _under_way(self, event: RepProgress, enough: bool) -> list[tuple[str, str | None]]:
        if event.phase is not Phase.REST or self._moved_s is None or enough:
            self._moved_s = event.t_s
        self._peak_deg = max(self._peak_deg, event.excursion_deg) if event.phase in (Phase.OUT, Phase.HOLD) else 0.0
        if event.phase is Phase.HOLD and self._tempo_s.hold > 0:
            return [("hold-sagging", rules.sagging(self._peak_deg, event.excursion_deg))]
        still_s = event.t_s - self._moved_s
        if still_s >= rules.patience_s(self._reps):
            return [("no-movement", f"nothing has moved for {still_s:.0f} s")]
        return []

    def _say(self, found: list[tuple[str, str | None]], at_s: float) -> list[Cue]:
        """The first that may be said now: rules come in the order of their urgency."""
        if self._said_s is not None and at_s - self._said_s < APART_S:
            return []
        for when, because in found:
            if because is None or when not in self._words or not self._due(when):
                continue
            self._said_s, self._said_at_rep[when] = at_s, len(self._reps)
            return [Cue(when, self._words[when], because, at_s)]
        return []

    def _due(self, when: str) -> bool:
        said_at = self._said_at_rep.get(when)
        return said_at is None or len(self._reps) - said_at >= AGAIN_REPS

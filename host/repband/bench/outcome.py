"""What one recording's counting gave: the live engine's score and, beside it, the plain counter's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from repband.bench.score import Found, SetScore, Span, Truth, score_set


@dataclass(frozen=True, slots=True)
class Subject:
    """What a recording is, apart from its samples.

    Attributes:
        name: "mex/01_bridging_1.csv", unique in one run.
        folder, exercise, placement, kind: as the folder's index.csv says.
        person: who wears the sensor, unique over folders.
        odd: which half of the people.
    """

    name: str
    folder: str
    exercise: str
    placement: str
    kind: str
    person: str
    odd: bool


@dataclass(frozen=True, slots=True)
class Counter:
    """One counter on one recording.

    Attributes:
        counted: reps counted, edges and all.
        score: None where the truth is not known.
        rejected: candidates looked at and not counted.
        phase_errors_s: counted minus true phase instants of the matched reps, where the truth knows them.
    """

    counted: int
    score: SetScore | None
    rejected: int = 0
    phase_errors_s: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """One recording, counted by both; `error` says why it could not be, and then there are no counters.

    `looks_like` is what recognition called it at its end ("unknown" is an answer); `mount` holds what the self-check
    of the mount doubted, each kind once.
    """

    subject: Subject
    duration_s: float = 0.0
    true: int | None = None
    engine: Counter | None = None
    peaks: Counter | None = None
    looks_like: str | None = None
    mount: tuple[str, ...] = ()
    error: str | None = None

    @property
    def is_wrong(self) -> bool:
        """Whether the truth is known and the engine's count is not exact."""
        score = self.engine.score if self.engine else None
        return score is not None and not score.exact


def counter(found: Sequence[Found], truth: Truth, recorded: Span | None = None, rejected: int = 0) -> Counter:
    """Scores what one counter found."""
    return Counter(len(found), score_set(found, truth, recorded), rejected)

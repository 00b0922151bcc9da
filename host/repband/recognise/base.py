"""What recognition says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recognition:
    """A suggestion.

    Attributes:
        exercise: the exercise's name, or None for unknown.
        confidence: probability that this is right, 0..1, in steps of 0.01; 0 while too few reps were seen.
        because: one line that says what it rests on.
        likely: the share of each exercise that can be recognised, and of "unknown"; empty while too few were seen.
    """

    exercise: str | None
    confidence: float
    because: str
    likely: tuple[tuple[str, float], ...] = ()

    def as_plain(self) -> dict[str, str | float]:
        """The `recognised` object of the counting contract."""
        return {"exercise": self.exercise or UNKNOWN, "confidence": self.confidence}

    def speaks_against(self, chosen: str) -> bool:
        """True where the reps are hardly the exercise that was chosen.

        Only an exercise that can be recognised can be doubted: for a squat nothing is known but that it is not seen.
        """
        share = dict(self.likely).get(chosen)
        return share is not None and share <= DOUBT

    def instead_of(self, chosen: str) -> str | None:
        """The exercise to suggest in place of the chosen one; None where there is no reason to."""
        if self.exercise in (None, chosen):
            return None
        return self.exercise if chosen == "generic" or self.speaks_against(chosen) else None


UNKNOWN = "unknown"
DOUBT = 0.02
"""Share of the chosen exercise at which it is doubted: what `Model.surprise` alone leaves it."""

"""One true rep as a person marked it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
    """How a label came about. Files of others may hold other words, or none."""

    HAND = "hand"  # placed by a person on the plot or in the table
    PRESSED = "pressed"  # a key pressed by someone who watched the wearer: a moment without bounds
    PRESSED_BOUNDED = "pressed-bounded"  # such a moment, given its bounds on the plot later
    ENGINE = "engine"  # the engine's own rep, looked at and left as it was
    ENGINE_MOVED = "engine-moved"  # the engine's own rep with a bound or mark corrected


@dataclass(frozen=True, slots=True)
class Label:
    """A true rep, from the onset of the movement to its return; times in s, in the recording's own time.

    Attributes:
        start_s, end_s: its bounds; equal for a moment, where nobody marked them.
        top_s: the farthest point, or the moment itself; None where it was not marked.
        doubtful: cut by the recording or not surely a rep: free for a counter, found or not (`edge` in the file).
        source: how it came about (one of Source, or another's word).
        detector: version of the detector whose reps its maker had before their eyes; empty for independent truth.
    """

    start_s: float
    end_s: float
    top_s: float | None = None
    doubtful: bool = False
    source: str = ""
    detector: str = ""

    @property
    def is_moment(self) -> bool:
        """It has a moment and no bounds."""
        return self.start_s == self.end_s

    @property
    def middle_s(self) -> float:
        """Halfway between its bounds."""
        return (self.start_s + self.end_s) / 2

    @property
    def length_s(self) -> float:
        """From bound to bound; 0 for a moment."""
        return self.end_s - self.start_s

    @classmethod
    def moment(cls, at_s: float, *, doubtful: bool = False, source: str = Source.PRESSED) -> Label:
        """A rep of which one moment is known."""
        return cls(at_s, at_s, at_s, doubtful, source)


def in_words(labels: Sequence[Label]) -> str:
    """How many there are: "8 reps and 1 doubtful"."""
    doubtful = sum(label.doubtful for label in labels)
    certain = len(labels) - doubtful
    text = f"{certain} rep{'' if certain == 1 else 's'}"
    return f"{text} and {doubtful} doubtful" if doubtful else text


def place(label: Label) -> str:
    """What a message calls it: "the rep at 12.3 s"."""
    kind = "doubtful rep" if label.doubtful else "rep"
    return f"the {kind} at {label.start_s:.1f} s"

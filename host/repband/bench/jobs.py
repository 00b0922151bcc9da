"""What the yardstick counts: recordings in folders, splices of them, and simulated sets. Each job loads itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from repband.bench.outcome import Subject
from repband.bench.score import Span, Truth
from repband.bench.truth import Labelled
from repband.stream import SampleBlock, StreamItem

OURS = ("bridge", "clamshell", "squat", "deadlift", "lunge")
SIMULATED = ("plain", "hard")


@dataclass(frozen=True, slots=True)
class Material:
    """A recording with its truth, ready to count.

    Attributes:
        exercise: the exercise given to the counter; "generic" where it is none of ours.
        items: its samples and gaps.
        instants: for each true rep its onset, end of the way out, start of the way back and return, in s, where known.
    """

    exercise: str
    items: Sequence[StreamItem]
    truth: Truth
    instants: tuple[tuple[float, float, float, float], ...] = ()

    @property
    def recorded(self) -> Span:
        """From the first sample to the last."""
        blocks = [item for item in self.items if isinstance(item, SampleBlock)]
        return Span(float(blocks[0].t_s[0]), float(blocks[-1].t_s[-1])) if blocks else Span(0.0, 0.0)


class Job(Protocol):
    """One recording to count; small, so that it can be handed to another process."""

    @property
    def subject(self) -> Subject:
        """What it is, known before it is loaded."""
        ...

    def load(self) -> Material:
        """Reads or makes it.

        Raises:
            RepBandError: it can't be.
        """
        ...


@dataclass(frozen=True, slots=True)
class FileJob:
    """A labelled recording of a folder."""

    labelled: Labelled
    exercise: str | None = None  # overrides what the index says

    @property
    def subject(self) -> Subject:
        """As the folder's index.csv says."""
        it = self.labelled
        name = f"{it.folder}/{it.path.name}"
        return Subject(name, it.folder, it.exercise, it.placement, it.kind, it.person, it.odd)

    def load(self) -> Material:
        """Reads the file."""
        from repband.bench.recorded import read_items

        given = self.exercise or exercise_given(self.labelled.exercise)
        return Material(given, read_items(self.labelled.path), self.labelled.truth)


@dataclass(frozen=True, slots=True)
class SpliceJob:
    """One splice of recordings below `root`."""

    root: Path
    number: int

    @property
    def subject(self) -> Subject:
        """Whose reps they are follows from the labels alone."""
        from repband.bench.splices import choose

        return choose(self.root, self.number).subject

    def load(self) -> Material:
        """Cuts and joins it."""
        from repband.bench.splices import splice

        made = splice(self.root, self.number)
        return Material(exercise_given(made.subject.exercise), made.items, made.truth)


@dataclass(frozen=True, slots=True)
class SimulatedJob:
    """One set of the body model: of a person of their own, mounted anyhow. Accelerometer only."""

    kind: str  # one of SIMULATED
    exercise: str
    number: int

    @property
    def subject(self) -> Subject:
        """Each simulated set is a person of its own."""
        name = f"simulated_{self.kind}/{self.exercise}_{self.number:03d}"
        return Subject(name, f"simulated_{self.kind}", self.exercise, "thigh", "", name, bool(self.number % 2))

    def load(self) -> Material:
        """Lets the body model move."""
        from repband.simulate import hard_plan, plain_plan, simulate_set

        words = [SIMULATED.index(self.kind), OURS.index(self.exercise), self.number]
        plan = (plain_plan if self.kind == "plain" else hard_plan)(self.exercise, np.random.default_rng(words))
        made = simulate_set(plan, seed=self.number)
        spans = tuple(Span(r.start_s, r.end_s) for r in made.reps)
        return Material(
            exercise=self.exercise,
            items=(SampleBlock(0, made.t_s, made.accel_g),),
            truth=Truth(made.count, spans),
            instants=tuple((r.start_s, r.hold_start_s, r.hold_end_s, r.end_s) for r in made.reps),
        )


def exercise_given(name: str) -> str:
    """The exercise by that name if it is one of ours, else "generic"."""
    return name.casefold() if name.casefold() in OURS else "generic"

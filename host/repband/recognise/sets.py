"""Turns labelled recordings (bench/RULES.md) into examples to learn from and to be judged by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from repband.bench.recorded import read_items
from repband.bench.truth import Labelled, read_folders
from repband.motion import Motion, MotionItem
from repband.recognise.features import FEATURES
from repband.recognise.learn import Example
from repband.recognise.recogniser import Recogniser
from repband.recognise.shape import Merge
from repband.reps import Rep, RepCounter
from repband.simulate import plain_plan, simulate_set
from repband.stream import SampleBlock

OURS = ("bridge", "clamshell")
"""What may be suggested: exercises of ours that more than ten people were recorded at with the sensor on a thigh."""

UNCERTAIN_KINDS = ("passive", "still")
"""Clamshells with the sensor on the resting leg: neither the exercise nor another one."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recording as recognition sees it.

    Attributes:
        label: what index.csv says.
        movement: the exercise, with the folder's name where it means nothing outside of it ("uci_pt e4").
        example: the features as a live session has them; None where they never come about.
    """

    label: Labelled
    movement: str
    example: Example | None


STANDING = ("squat", "lunge", "deadlift")
"""Exercises of ours without thigh recordings of several people: simulated sets stand in for them, as movements that
are known and not suggested. Without them nearly every simulated squat or lunge is called a clamshell."""

SIMULATED_SETS = 20
"""Sets of each, every one of another simulated person."""

_FIRST_SEED = 2000


@cache
def simulated() -> tuple[Example, ...]:
    """The simulated sets of `STANDING`."""
    examples: list[Example] = []
    for exercise in STANDING:
        for seed in range(_FIRST_SEED, _FIRST_SEED + SIMULATED_SETS):
            made = simulate_set(plain_plan(exercise, np.random.default_rng(seed)), seed)
            steps = steps_of(Motion().feed(SampleBlock(0, made.t_s, made.accel_g)))
            if steps:
                name = f"simulated {exercise}"
                examples.append(Example(name, f"simulated/{seed}", f"{name} {seed}", np.array(steps)))
    return tuple(examples)


def on_thigh(label: Labelled) -> bool:
    """Whether the sensor sits on a thigh: UCI calls it u3."""
    return label.placement.startswith("thigh") or (label.folder.startswith("uci") and label.placement == "u3")


def read_recorded(root: Path) -> list[Recorded]:
    """Every thigh recording of the folders in `root`, counted as `generic`.

    Raises:
        RecordingError: a folder or a recording can't be read.
    """
    return [_recorded(label) for label in read_folders(root) if on_thigh(label)]


def steps_of(items: Iterable[MotionItem]) -> list[tuple[float, ...]]:
    """The features after each rep that the counter finds when it does not know the exercise, and at the end."""
    counter, merge, recogniser = RepCounter(), Merge(), Recogniser()
    frames = list(items)
    steps: list[tuple[float, ...] | None] = []
    for item in (*merge.feed(frames, [*counter.feed(frames), *counter.finish()]), *merge.finish()):
        recogniser.take(item)
        if isinstance(item, Rep):
            steps.append(recogniser.features())
    steps.append(recogniser.features())
    return [step for step in steps if step is not None]


def _recorded(label: Labelled) -> Recorded:
    motion = Motion()
    steps = steps_of(frame for item in read_items(label.path) for frame in motion.feed(item))
    movement = f"{label.folder} {label.exercise}" if label.folder.startswith(("uci", "cmu")) else label.exercise
    name = f"{label.folder}/{label.path.name}"
    rows = np.array(steps, dtype=np.float64).reshape(-1, len(FEATURES))
    return Recorded(label, movement, Example(movement, label.person, name, rows) if steps else None)

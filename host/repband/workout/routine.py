"""What is to be done, as data that a recording can keep: one task for each set, and how the session runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from repband.exercise import Exercise, PainRule, load_safety
from repband.exercise.base import Tempo

Side = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be done of one exercise.

    Attributes:
        sets: number of sets.
        reps: reps a set, or None to count until told to stop.
        rest_s: rest between two sets, in s.
    """

    sets: int = 1
    reps: int | None = None
    rest_s: float = 60.0


@dataclass(frozen=True, slots=True)
class SetTask:
    """One set to be done.

    Attributes:
        exercise: the exercise it is counted as.
        title: what to call it on a screen.
        reps: reps to be done, or None.
        tempo_s: prescribed phases.
        number, of: "set 2 of 3" of this exercise on this side.
        side: the thigh the sensor is on, None where either will do.
        load: what to work against, as a person reads it.
        rest_after_s: rest before the next set, in s.
        item: tasks of one prescribed exercise share it; a pain stop leaves out the rest of them.
    """

    exercise: Exercise
    title: str
    reps: int | None
    tempo_s: Tempo
    number: int = 1
    of: int = 1
    side: Side | None = None
    load: str = "bodyweight"
    rest_after_s: float = 60.0
    item: int = 0


@dataclass(frozen=True, slots=True)
class Routine:
    """A whole session.

    Attributes:
        title: the plan's name, or the exercise's.
        tasks: the sets in their order; at least one.
        pain: the pain rule that holds.
        guided: True for a session that is led: it waits until the wearer is in position, asks for effort and pain in
            the rests, has a change of side confirmed and cues. False only counts.
        count_in_s: seconds from the start of a set to its first rep; 0 starts with the first rep.
        revision: of the plan, "" without one.
    """

    title: str
    tasks: tuple[SetTask, ...]
    pain: PainRule
    guided: bool = False
    count_in_s: float = 0.0
    revision: str = ""


def routine_of(exercise: Exercise, target: Target, *, guided: bool = False, side: Side | None = None) -> Routine:
    """Sets of one exercise at its own tempo.

    Raises:
        ExerciseFileError: the safety texts can't be read.
    """
    tasks = tuple(
        SetTask(
            exercise,
            exercise.title,
            target.reps,
            exercise.tempo_s,
            number,
            target.sets,
            side=side,
            rest_after_s=target.rest_s,
        )
        for number in range(1, target.sets + 1)
    )
    return Routine(exercise.title, tasks, load_safety().pain, guided)

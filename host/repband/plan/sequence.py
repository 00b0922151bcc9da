"""A plan as the sequence of sets of one session."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from repband.exercise import load_exercise
from repband.plan.base import Plan, PlanItem, PlanLoad, PlanTempo
from repband.plan.rules import variant_of

_MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class PlannedSet:
    """One set to be done.

    Attributes:
        item: index of the exercise in the plan.
        exercise: the exercise prescribed.
        count_as: the exercise to count it as; another one for some variants.
        title: what to call it on a screen.
        side: the thigh to wear the sensor on, None where either will do.
        number, of: "set 2 of 3", for this side.
        reps: reps to be done.
        tempo_s: prescribed phases.
        load: what to work against.
        rest_after_s: rest before the next set, in s; 0 after the last one.
        move_strap: True when the sensor changes the thigh in the rest after this set.
    """

    item: int
    exercise: str
    count_as: str
    title: str
    side: Literal["left", "right"] | None
    number: int
    of: int
    reps: int
    tempo_s: PlanTempo
    load: PlanLoad
    rest_after_s: float
    move_strap: bool


def planned_sets(plan: Plan) -> tuple[PlannedSet, ...]:
    """The sets of one session in their order: all sets of one side, then of the other, so the strap moves once.

    Raises:
        UsageError, ExerciseFileError: an exercise of the plan has gone since the plan was read.
    """
    sets = [planned for index, item in enumerate(plan.exercises) for planned in _sets_of(index, item)]
    return tuple(_with_rest(plan, this, following) for this, following in pairwise([*sets, None]) if this)


def planned_minutes(plan: Plan) -> float:
    """How long the prescribed reps and rests take, in minutes; changing exercise and strap come on top."""
    return sum(one.reps * (one.tempo_s.rep_s + one.tempo_s.rest) + one.rest_after_s for one in planned_sets(plan)) / (
        _MINUTE_S
    )


def _sets_of(index: int, item: PlanItem) -> Iterator[PlannedSet]:
    exercise = load_exercise(item.exercise)
    variant = variant_of(item, exercise)
    sides = ("left", "right") if item.side == "both" else (item.side,)
    for side in sides:
        for number in range(1, item.sets + 1):
            yield PlannedSet(
                item=index,
                exercise=item.exercise,
                count_as=(variant and variant.count_as) or item.exercise,
                title=item.variant or exercise.title,
                side=side,
                number=number,
                of=item.sets,
                reps=item.reps,
                tempo_s=item.tempo_s,
                load=item.load,
                rest_after_s=0.0,
                move_strap=False,
            )


def _with_rest(plan: Plan, this: PlannedSet, following: PlannedSet | None) -> PlannedSet:
    if following is None:
        return this
    move_strap = this.side is not None and following.side is not None and following.side != this.side
    return replace(this, rest_after_s=plan.exercises[this.item].rest_s, move_strap=move_strap)

"""A plan as a routine."""

from __future__ import annotations

from repband.exercise import load_exercise
from repband.exercise.base import Tempo
from repband.plan import Plan, PlannedSet, pain_rule, planned_sets
from repband.workout.routine import Routine, SetTask


def routine_of_plan(plan: Plan, *, count_in_s: float = 0.0) -> Routine:
    """The led session that a plan prescribes.

    Args:
        plan: with the targets that hold today.
        count_in_s: seconds from the start of a set to its first rep; 0 starts with the first rep.

    Raises:
        UsageError, ExerciseFileError: an exercise of the plan can't be loaded.
    """
    tasks = tuple(_task(planned) for planned in planned_sets(plan))
    return Routine(plan.name, tasks, pain_rule(plan), guided=True, count_in_s=count_in_s, revision=plan.revision)


def _task(planned: PlannedSet) -> SetTask:
    tempo = planned.tempo_s
    return SetTask(
        exercise=load_exercise(planned.count_as),
        title=planned.title,
        reps=planned.reps,
        tempo_s=Tempo(out=tempo.out, hold=tempo.hold, back=tempo.back, rest=tempo.rest),
        number=planned.number,
        of=planned.of,
        side=planned.side,
        load=str(planned.load),
        rest_after_s=planned.rest_after_s,
        item=planned.item,
    )

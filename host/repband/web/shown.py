"""The engine's things as plain values for the page."""

from __future__ import annotations

import statistics
from typing import Any

from repband.exercise import Exercise
from repband.mount import MountKind, MountWarning
from repband.reps import Rep
from repband.screen.firstcheck import CHOICES, told
from repband.workout import CheckAt, Routine, SetSummary, SetTask


def cue_shown(when: str, say: str, because: str, at_s: float) -> dict[str, Any]:
    """One thing to say, as the page shows it."""
    return {"when": when, "say": say, "because": because, "at_s": at_s}


def mount_words(exercise: Exercise, warning: MountWarning) -> str:
    """What to say of a sensor worn wrong: the exercise's words for a slipped strap, else what and the cure."""
    if warning.kind is MountKind.SLIPPED:
        for cue in exercise.cues:
            if cue.when == "strap-slipped":
                return cue.say
    return f"{warning.text}: {warning.cure}."


def check_shown(at: CheckAt) -> dict[str, Any]:
    """A step of the check of a new sensor: what to do, and what may be said to it."""
    title, *more = told(at)
    choices = [{"say": one.say, "name": one.command, "args": dict(one.args)} for one in CHOICES[at.step]]
    return {"step": at.step.value, "title": title, "more": more, "counted": at.counted, "choices": choices}


def task_shown(task: SetTask, index: int, target: int | None) -> dict[str, Any]:
    """A set to be done."""
    tempo = task.tempo_s
    return {
        "index": index,
        "number": task.number,
        "of": task.of,
        "title": task.title,
        "exercise": exercise_shown(task.exercise),
        "side": task.side,
        "load": task.load,
        "target": target,
        "planned": task.reps,
        "tempo": {"out": tempo.out, "hold": tempo.hold, "back": tempo.back, "rest": tempo.rest},
    }


def plan_shown(routine: Routine) -> list[dict[str, Any]]:
    """The prescribed exercises in their order."""
    items: dict[int, dict[str, Any]] = {}
    for task in routine.tasks:
        item = items.setdefault(
            task.item, {"title": task.title, "sets": task.of, "target": task.reps, "sides": set[str]()}
        )
        item["sides"] |= {task.side or ""}
    return [item | {"sides": len(item["sides"])} for item in items.values()]


def exercise_shown(exercise: Exercise) -> dict[str, Any]:
    """What the page says of an exercise."""
    words = exercise.movement.words
    return {
        "name": exercise.name,
        "words": {"out": words.out, "hold": words.hold, "back": words.back, "rest": words.rest},
        "rest_posture": exercise.rest_posture,
        "reminders": list(exercise.reminders),
        "placement": exercise.placement.where,
    }


def next_shown(task: SetTask | None) -> dict[str, Any] | None:
    """The set that comes next, or None."""
    if task is None:
        return None
    return {
        "title": task.title,
        "number": task.number,
        "of": task.of,
        "side": task.side,
        "target": task.reps,
        "load": task.load,
        "rest_posture": task.exercise.rest_posture,
    }


def rep_shown(rep: Rep) -> dict[str, Any]:
    """One measured rep."""
    return {
        "number": rep.number,
        "out": round(rep.tempo_s.out, 2),
        "hold": round(rep.tempo_s.hold, 2),
        "back": round(rep.tempo_s.back, 2),
        "deg": round(rep.excursion_deg, 1),
        "flags": [str(flag) for flag in rep.flags],
    }


def summary_shown(summary: SetSummary, task: SetTask) -> dict[str, Any]:
    """One finished set."""
    return {
        "number": summary.number,
        "title": task.title,
        "side": summary.side,
        "target": summary.target_reps,
        "planned": summary.planned_reps,
        "counted": summary.counted,
        "said": summary.said,
        "count_min": summary.count_min,
        "count_max": summary.count_max,
        "ended": str(summary.ended),
        "effort": summary.effort,
        "pain": summary.pain,
        "deg": round(statistics.median(rep.excursion_deg for rep in summary.reps), 1) if summary.reps else None,
        "rep_s": round(statistics.median(r.end_s - r.start_s for r in summary.reps), 1) if summary.reps else None,
    }

"""The words of the first check of a new sensor: what to do, what is asked, what may be wrong; and its keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from repband.driver.base import Plain
from repband.reps import RepCounted, RepMeasured, RepRejected
from repband.workout import CheckAt, Practice, Step
from repband.workout.firstcheck import MOST_TOLD, PRACTICE_REPS

_GO = "now do three"
_MOVED_DEG = 1.0  # less is not worth telling


class Choice(NamedTuple):
    """One thing that the wearer may say to the check: by a key of the terminal or a button of the page."""

    key: str
    say: str
    command: str
    args: Mapping[str, Plain] = {}


_SKIP = Choice("s", "skip the check", "check-skip")
_AGAIN = Choice("r", "practise again", "check-again")
_ENOUGH = Choice("Enter", "I am done", "check-on")
CHOICES: dict[Step, tuple[Choice, ...]] = {
    Step.MOVE: (Choice("Enter", "it moves, go on", "check-on"), _SKIP),
    Step.GET_READY: (_ENOUGH, _SKIP),
    Step.REPS: (_ENOUGH, _SKIP),
    Step.ASK: (
        Choice("y", "yes", "check-did", {"reps": PRACTICE_REPS}),
        Choice("n", "no", "check-no"),
        _AGAIN,
        _SKIP,
    ),
    Step.HOW_MANY: tuple(Choice(str(reps), str(reps), "check-did", {"reps": reps}) for reps in range(MOST_TOLD + 1)),
    Step.HELP: (_AGAIN, Choice("Enter", "on to the set", "check-skip")),
    Step.OVER: (),
}


def choice_of(char: str, step: Step) -> Choice | None:
    """What a key means at a step."""
    key = "Enter" if char in "\r\n" else char.lower()
    return next((choice for choice in CHOICES[step] if choice.key == key), None)


def legend(at: CheckAt) -> str:
    """The keys that mean something now; nothing where nobody is there to press them."""
    if not at.asks:
        return ""
    if at.step is Step.HOW_MANY:
        return f"0 to {MOST_TOLD}: so many"
    return "   ".join(f"{choice.key}: {choice.say}" for choice in CHOICES[at.step])


def told(at: CheckAt) -> list[str]:
    """What the wearer is told at a step, in lines."""
    exercise = at.task.exercise
    match at.step:
        case Step.MOVE:
            return ["Bend the knee of the leg with the sensor and stretch it again: the line moves."]
        case Step.GET_READY:
            moved = f"The sensor moves, by {at.moved_deg:.0f} degrees. " if at.moved_deg >= _MOVED_DEG else ""
            return [f"{moved}Get into position for three practice reps, and keep still:", exercise.rest_posture]
        case Step.REPS:
            return [f"{_GO.capitalize()}, slowly: {exercise.title.lower()}. Then keep still."]
        case Step.ASK:
            return [f"{_counted(at.counted)}. Did you do three?"]
        case Step.HOW_MANY:
            return ["How many did you do?"]
        case Step.HELP:
            were = "none was" if not at.counted else "1 was" if at.counted == 1 else f"{at.counted} were"
            return [f"You did {at.did}, {were} counted. What may be wrong:", *_reasons(at)]
        case Step.OVER:
            return _outcome(at)


def _counted(reps: int) -> str:
    return f"{reps or 'No'} practice rep{'' if reps == 1 else 's'} counted"


def _outcome(at: CheckAt) -> list[str]:
    if at.right:
        return [f"{_counted(at.counted)}{', as you did' if at.did is not None else ''}: now the set."]
    if at.asks:
        return ["Now the set; try the sensor out again with --check."]
    return [f"{_counted(at.counted)}, where three were asked for. What may be wrong:", *_reasons(at)]


def _reasons(at: CheckAt) -> list[str]:
    """The likeliest reason first, by what the count was."""
    exercise = at.task.exercise
    place = f"- The place: {exercise.placement.where} {exercise.placement.side}"
    if at.did is not None and at.counted > at.did:
        return [
            f'- Moving into position counted: keep still, in the rest posture, until it says "{_GO}".',
            f"- A loose strap swings: {exercise.placement.how}",
            "- Something else than the exercise was done between the reps.",
        ]
    missed = [
        f'- The first rep began before it said "{_GO}": rest first, and keep still for a second.',
        f"- It was another exercise than {exercise.title.lower()}, or much smaller reps than usual.",
        "- A loose strap hides small reps: tighten it.",
    ]
    return [place, *missed] if not at.counted else [missed[0], place, *missed[1:]]


def plain_lines(event: CheckAt | Practice) -> Sequence[str]:
    """The check as lines: for pipes, logs and screen readers."""
    if isinstance(event, CheckAt):
        keys = legend(event)
        return [*told(event), *([f"({keys})"] if keys else [])]
    match event.event:
        case RepCounted():
            return [f"{event.event.announced_s:7.1f} s  practice rep {event.event.number}"]
        case RepMeasured():
            return [f"           {event.event.rep.excursion_deg:.0f} degrees"]
        case RepRejected():
            return [f"{event.event.decided_s:7.1f} s  not counted: {event.event.reason}"]
        case _:
            return []

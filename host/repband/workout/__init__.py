"""Knows the prescription: sets, rests and corrections over the reps; knows nothing of radios."""

from repband.workout.base import (
    Corrected,
    EndReason,
    RestTick,
    SetArmed,
    SetEnded,
    SetSummary,
    Target,
    WorkoutDone,
    WorkoutEvent,
)
from repband.workout.runner import SetRunner, State

__all__ = [
    "Corrected",
    "EndReason",
    "RestTick",
    "SetArmed",
    "SetEnded",
    "SetRunner",
    "SetSummary",
    "State",
    "Target",
    "WorkoutDone",
    "WorkoutEvent",
]

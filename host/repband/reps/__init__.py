"""Finds reps in motion, strictly causally, with a reason for every decision."""

from repband.reps.base import (
    Flag,
    Phase,
    PhaseTimes,
    Rep,
    RepCounted,
    RepEvent,
    RepMeasured,
    RepProgress,
    RepRejected,
)

__all__ = [
    "Flag",
    "Phase",
    "PhaseTimes",
    "Rep",
    "RepCounted",
    "RepEvent",
    "RepMeasured",
    "RepProgress",
    "RepRejected",
]

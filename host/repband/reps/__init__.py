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
from repband.reps.count import DETECTOR_VERSION, CountResult, count_items
from repband.reps.counter import RepCounter

__all__ = [
    "DETECTOR_VERSION",
    "CountResult",
    "Flag",
    "Phase",
    "PhaseTimes",
    "Rep",
    "RepCounted",
    "RepCounter",
    "RepEvent",
    "RepMeasured",
    "RepProgress",
    "RepRejected",
    "count_items",
]

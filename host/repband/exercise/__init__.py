"""Exercises are files, not code: this place reads them, names their mistakes and finds the wearer's own."""

from repband.exercise.base import (
    Cue,
    Dose,
    DurationSpan,
    Evidence,
    ExcursionSpan,
    Exercise,
    Movement,
    Placement,
    Tempo,
    Variant,
    Words,
)
from repband.exercise.files import exercise_names, exercise_path, is_own, load_exercise
from repband.exercise.safety import PainBand, PainRule, RedFlags, Safety, load_safety

__all__ = [
    "Cue",
    "Dose",
    "DurationSpan",
    "Evidence",
    "ExcursionSpan",
    "Exercise",
    "Movement",
    "PainBand",
    "PainRule",
    "Placement",
    "RedFlags",
    "Safety",
    "Tempo",
    "Variant",
    "Words",
    "exercise_names",
    "exercise_path",
    "is_own",
    "load_exercise",
    "load_safety",
]

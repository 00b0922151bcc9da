"""Exercises are files, not code: this place reads them, names their mistakes and finds the wearer's own."""

from repband.exercise.base import (
    Dose,
    Evidence,
    Exercise,
    Movement,
    Placement,
    Span,
    Tempo,
    Variant,
    Words,
)

__all__ = [
    "Dose",
    "Evidence",
    "Exercise",
    "Movement",
    "Placement",
    "Span",
    "Tempo",
    "Variant",
    "Words",
]

"""Coaching by measurement only: says one thing at a time, and nothing while all is well. RULES.md gives the rules."""

from repband.cue.base import Cue
from repband.cue.coach import Coach

__all__ = ["Coach", "Cue"]

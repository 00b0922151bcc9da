"""What the coach says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cue:
    """One thing to say.

    Attributes:
        when: what was measured, as in the exercise file: "too-fast", "hold-short", "hold-sagging",
            "range-shrinking", "no-movement".
        say: the exercise file's words for it.
        because: the figures behind it, such as "lift and lower took 1.1 s, 4.0 s are prescribed".
        at_s: stream time, in s.
    """

    when: str
    say: str
    because: str
    at_s: float

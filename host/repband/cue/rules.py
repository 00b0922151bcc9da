"""The rules of coaching: each looks at measured reps and says what it saw, or nothing. RULES.md explains them."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot
from statistics import median

from repband.exercise.base import Tempo, Words
from repband.reps import Flag, PhaseTimes, Rep

# A phase is off its prescription when it misses it by more than a quarter, the tolerance of the screens.
SHORT_SHARE = 0.75
# Two reps in a row: one rep that is off is no habit.
IN_A_ROW = 2
# A phase is called short only when it stays short with twice its standard uncertainty added.
SURE_SD = 2.0
# A held thigh that lost this share of its excursion, and at least so many degrees, sags.
SAG_SHARE = 0.25
SAG_LEAST_DEG = 3.0
# The wearer's own first reps set the usual excursion.
OWN_REPS = 3
SHRUNK_SHARE = 0.75
# Nothing moves: this many of the wearer's own reps fit into the silence, and at least so many seconds have gone by.
MISSING_REPS = 3.0
LEAST_SILENCE_S = 10.0
# Before the first rep there is no rhythm to go by.
FIRST_SILENCE_S = 20.0


def too_fast(reps: Sequence[Rep], tempo: Tempo, words: Words) -> str | None:
    """Out and back together are over too soon, in the last reps one after the other."""
    prescribed_s = tempo.out + tempo.back
    last = reps[-IN_A_ROW:]
    if len(last) < IN_A_ROW or not all(
        _moved_s(rep) + SURE_SD * _moved_sd_s(rep) < SHORT_SHARE * prescribed_s for rep in last
    ):
        return None
    return f"{words.out} and {words.back} took {_moved_s(last[-1]):.1f} s, {prescribed_s:.1f} s are prescribed"


def hold_short(reps: Sequence[Rep], tempo: Tempo, words: Words) -> str | None:
    """The hold is over too soon, in the last reps one after the other; never where a gap may have cut it."""
    last = reps[-IN_A_ROW:]
    if tempo.hold <= 0 or len(last) < IN_A_ROW or not all(_short(rep, tempo.hold) for rep in last):
        return None
    return f"{words.hold} took {last[-1].tempo_s.hold:.1f} s, {tempo.hold:.1f} s are prescribed"


def range_shrinking(reps: Sequence[Rep]) -> str | None:
    """The last reps are much smaller than the wearer's own first ones."""
    whole = [rep for rep in reps if not {Flag.GAP, Flag.PARTIAL} & {*rep.flags}]
    if len(whole) < OWN_REPS + IN_A_ROW:
        return None
    usual_deg = usual_excursion_deg(whole)
    last = whole[-IN_A_ROW:]
    if usual_deg is None or any(rep.excursion_deg >= SHRUNK_SHARE * usual_deg for rep in last):
        return None
    return f"the last rep turned the thigh by {last[-1].excursion_deg:.0f}°, your first ones by {usual_deg:.0f}°"


def usual_excursion_deg(reps: Sequence[Rep]) -> float | None:
    """Median excursion of the wearer's own first reps of the set; None before there are enough."""
    own = [rep.excursion_deg for rep in reps if Flag.PARTIAL not in rep.flags][:OWN_REPS]
    return median(own) if len(own) == OWN_REPS else None


def sagging(peak_deg: float, now_deg: float) -> str | None:
    """A held thigh has sunk."""
    lost_deg = peak_deg - now_deg
    if lost_deg < max(SAG_LEAST_DEG, SAG_SHARE * peak_deg):
        return None
    return f"the thigh sank from {peak_deg:.0f}° to {now_deg:.0f}° during the hold"


def patience_s(reps: Sequence[Rep]) -> float:
    """How long nothing may move before it is said."""
    if not reps:
        return FIRST_SILENCE_S
    rep_s = median(rep.end_s - rep.start_s + (rep.tempo_s.rest_before or 0.0) for rep in reps)
    return max(LEAST_SILENCE_S, MISSING_REPS * rep_s)


def _short(rep: Rep, prescribed_s: float) -> bool:
    cut = Flag.GAP in rep.flags or Flag.HOLD_CUT in rep.flags
    return not cut and rep.tempo_s.hold + SURE_SD * rep.tempo_sd_s.hold < SHORT_SHARE * prescribed_s


def _moved_s(rep: Rep) -> float:
    return rep.tempo_s.out + rep.tempo_s.back


def _moved_sd_s(rep: Rep) -> float:
    sd: PhaseTimes = rep.tempo_sd_s
    return hypot(sd.out, sd.back)

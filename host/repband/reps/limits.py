"""What a rep can be: every fixed number of the judge, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from repband.motion import FRAME_S


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one excursion; chords in g of a gravity of 1 g, times in frames of `FRAME_S`.

    "People" are the thighs of the recordings named: mex (bridge, clamshell; 15 people), hugadb (sit-to-stand, walking;
    9 people), uci (8 physiotherapy exercises; 2 people).
    """

    # How large.
    plain_chord_g: float = 0.11  # 6.3 degrees; sitting and standing thighs sway by less (hugadb, 38 recordings)
    below_least: float = 0.6  # looked for from this share of the least excursion people show in the exercise
    least_known_g: float = 0.065  # 3.7 degrees, twice `STILL_G`: once the wearer's own reps are known
    leave_share: float = 0.25  # of the wearer's median angle: smaller movements are not followed
    sure_chord_g: float = 0.25  # 14 degrees: a fidget is smaller, so a smaller first rep waits for a second
    afresh_share: float = 2.5  # times the wearer's median: not the same movement any more

    # Small among the wearer's own. The 9 smallest of 394 labelled reps (mex, hugadb, uci) that were under 60 % of the
    # median of the five before took at least 77 % of their time; a movement broken off is small and short.
    least_share: float = 0.25
    small_share: float = 0.60
    small_effort: float = 0.36  # share of size times share of time

    # How long.
    least_width: float = 0.55 / FRAME_S  # beyond half height; the quickest labelled rep has 0.6 s
    most_width: float = 16.0 / FRAME_S  # the slowest has 6.8 s; a 10 s hold is often prescribed
    least_apart: float = 1.3 / FRAME_S  # from start to start, against one of similar size
    most_stay: float = 1.8 / FRAME_S  # at the turn of a first rep, beyond which the turn may be rest
    most_turn: float = 3.0 / FRAME_S  # the same where people stay longer at rest: then it is rest
    precise: float = 0.12  # chords from where it began: rest postures differ less from rep to rep, others do not

    # How lively: labelled reps show at most 0.52 g in the mean, walking thighs at least 0.74 g.
    most_jerk_g: float = 0.70
    most_smooth_jerk_g: float = 0.65

    # How long the wearer is remembered.
    forget: int = round(120.0 / FRAME_S)  # longer than any rest within a set
    switch: int = round(25.0 / FRAME_S)  # so long since the own movement was seen that pieces of it may be a new one

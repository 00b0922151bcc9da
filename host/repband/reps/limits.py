"""What a rep can be: every fixed number of the judge, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from repband.motion import FRAME_S


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one excursion; frames are `FRAME_S`.

    The smallest bridges real people do turn the thigh by 7 degrees (a chord of 0.12 g); labelled reps show at most
    0.52 g of mean liveliness and walking at least 0.74 g (hugadb thighs, 9 people).
    """

    plain_chord_g: float = 0.11
    below_least: float = 0.6
    least_known_g: float = 0.065
    leave_share: float = 0.25  # of the wearer's own median angle
    least_share: float = 0.25
    small_share: float = 0.60
    small_effort: float = 0.36
    sure_chord_g: float = 0.25  # 14 degrees: smaller ones wait for a second like them
    afresh_share: float = 2.5
    most_stay: float = 1.8 / FRAME_S
    most_turn: float = 3.0 / FRAME_S
    precise: float = 0.12
    least_width: float = 0.55 / FRAME_S
    most_width: float = 16.0 / FRAME_S
    least_apart: float = 1.3 / FRAME_S
    most_jerk_g: float = 0.70
    most_smooth_jerk_g: float = 0.65
    forget: int = round(120.0 / FRAME_S)
    switch: int = round(25.0 / FRAME_S)

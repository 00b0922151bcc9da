"""How the judge tells one reading of a movement from the other, and reps from what is none."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from repband.reps.excursion import Excursion
from repband.reps.judge import Judge, Verdict
from repsets import exercise

SHARES = st.floats(0.0, 0.6)
STAYS = st.integers(1, 300)


def excursion(
    half_up: float = 100.0, width: float = 50.0, chord_g: float = 0.4, stay: int = 30, out: float = 1.0
) -> Excursion:
    rest, far = (0.0, 0.0, 1.0), (out * chord_g, 0.0, 1.0)
    start, end = int(half_up) - 10, int(half_up + width) + 10
    return Excursion(start, half_up, half_up + width, end, rest, far, chord_g, 0.05, stay, 0)


@given(SHARES, SHARES, STAYS, STAYS, st.floats(0.08, 0.6), st.floats(0.08, 0.6), st.sampled_from(["bridge", "squat"]))
def test_of_two_readings_exactly_one_is_preferred_whoever_asks(
    my_missed: float, other_missed: float, mine_stay: int, other_stay: int, a_g: float, b_g: float, name: str
):
    assume(abs(abs(my_missed - other_missed) - 0.2) > 1e-9)  # at the very limit rounding decides
    judge = Judge(exercise(name))
    mine = excursion(100.0, chord_g=a_g, stay=mine_stay)
    other = excursion(150.0, chord_g=b_g, stay=other_stay, out=-1.0)
    assert judge.prefers(mine, my_missed, other, other_missed) is not judge.prefers(
        other, other_missed, mine, my_missed
    )


def taught(chord_g: float = 0.4, width: float = 50.0) -> Judge:
    judge = Judge(exercise("clamshell"))
    for i in range(4):
        judge.accept(excursion(100.0 + 150.0 * i, width, chord_g))
    return judge


@pytest.mark.parametrize(
    ("size", "time", "reason"),
    [(1.0, 1.0, ""), (0.45, 1.0, ""), (0.8, 0.5, ""), (0.45, 0.6, "partial"), (0.2, 1.0, "partial")],
)
def test_small_reps_as_long_as_the_others_count_and_small_short_ones_do_not(size: float, time: float, reason: str):
    verdict, why = taught().weigh(excursion(800.0, 50.0 * time, 0.4 * size), 0.05)
    assert why == reason
    assert verdict is (Verdict.REJECT if reason else Verdict.COUNT)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"half_down": 805.0}, "too-short"),
        ({"half_down": 1300.0}, "too-long"),
        ({"jerk_g": 0.9}, "too-dynamic"),
        ({"half_up": 560.0, "half_down": 600.0}, "too-soon"),
    ],
)
def test_what_no_rep_can_be_is_rejected_with_a_reason(change: dict[str, float], reason: str):
    found = replace(excursion(800.0), **change)
    assert taught().weigh(found, 0.05) == (Verdict.REJECT, reason)


def test_another_direction_has_to_repeat_before_it_counts():
    sideways = replace(excursion(800.0), far_g=(0.0, 0.4, 1.0))
    assert taught().weigh(sideways, 0.05) == (Verdict.WAIT, "unlike")


def test_the_turn_of_the_wearer_s_own_reps_is_no_rest_and_the_way_between_no_pattern():
    judge = taught()
    assert judge.at_turn((0.38, 0.0, 1.0))
    assert not judge.at_turn((0.0, 0.0, 1.0))
    back_to_front = replace(excursion(800.0), rest_g=(0.4, 0.0, 1.0), far_g=(0.0, 0.0, 1.0))
    assert judge.weigh(back_to_front, 0.05) == (Verdict.REJECT, "")


def test_a_wearer_is_forgotten_after_two_minutes_without_a_rep():
    judge = taught()
    judge.tick(600 + round(119 / 0.04))
    assert judge.angle is not None
    judge.tick(700 + round(121 / 0.04))
    assert judge.angle is None

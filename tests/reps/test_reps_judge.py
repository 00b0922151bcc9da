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
    my_missed_g: float, other_missed_g: float, mine_stay: int, other_stay: int, a_g: float, b_g: float, name: str
):
    assume(abs(abs(my_missed_g - other_missed_g) - 0.2 * max(a_g, b_g)) > 1e-9)  # at the very limit rounding decides
    judge = Judge(exercise(name))
    mine = excursion(100.0, chord_g=a_g, stay=mine_stay)
    other = excursion(150.0, chord_g=b_g, stay=other_stay, out=-1.0)
    assert judge.prefers(mine, my_missed_g, other, other_missed_g) is not judge.prefers(
        other, other_missed_g, mine, my_missed_g
    )


@pytest.mark.parametrize(
    ("missed_g", "first_stay", "earlier_is_right"),
    [(0.1, 60, False), (0.1, 40, True), (0.01, 60, True), (0.01, 100, False)],
)
def test_who_came_back_to_the_very_place_needs_a_clearer_stay_to_be_wrong(
    missed_g: float, first_stay: int, earlier_is_right: bool
):
    first, second = excursion(100.0, chord_g=0.6, stay=first_stay), excursion(150.0, chord_g=0.6, stay=30, out=-1.0)
    judge = Judge(exercise("squat"))
    assert judge.prefers(first, missed_g, second, 0.0) is earlier_is_right
    assert judge.prefers(second, 0.0, first, missed_g) is not earlier_is_right


@pytest.mark.parametrize(
    ("name", "chord_g", "verdict"),
    [
        ("bridge", 0.24, Verdict.WAIT),  # a fidget is smaller than 14 degrees
        ("bridge", 0.26, Verdict.COUNT),
        ("squat", 0.42, Verdict.WAIT),  # people's least is 25 degrees
        ("squat", 0.44, Verdict.COUNT),
    ],
)
def test_a_first_rep_smaller_than_people_s_least_waits_for_a_second(name: str, chord_g: float, verdict: Verdict):
    assert Judge(exercise(name)).weigh(excursion(chord_g=chord_g), 0.05)[0] is verdict


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

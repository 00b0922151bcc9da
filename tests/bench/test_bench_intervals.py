"""Intervals against published and closed-form values."""

from __future__ import annotations

import math

import pytest
from repband.bench import intervals


def test_fourteen_of_fifteen() -> None:
    low, high = intervals.proportion(14, 15) or (0, 0)
    assert (low, high) == pytest.approx((0.6805, 0.9983), abs=2e-4)


def test_all_right_still_leaves_room() -> None:
    low, high = intervals.proportion(10, 10) or (0, 0)
    assert low == pytest.approx(0.025 ** (1 / 10)) and high == 1.0
    assert intervals.proportion(0, 10) == pytest.approx((0.0, 1 - 0.025 ** (1 / 10)))


def test_agrees_with_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    for k, n in ((1, 3), (7, 70), (250, 300)):
        expected = stats.binomtest(k, n).proportion_ci(method="exact")
        assert intervals.proportion(k, n) == pytest.approx((expected.low, expected.high), abs=1e-6)
    for k in (1, 5, 400):
        expected = (stats.chi2.ppf(0.025, 2 * k) / 2, stats.chi2.ppf(0.975, 2 * k + 2) / 2)
        assert intervals.rate(k, 1.0) == pytest.approx(expected, rel=1e-5)


def test_no_false_rep_in_a_quarter_of_an_hour_proves_little() -> None:
    assert intervals.rate(0, 0.25) == pytest.approx((0.0, -math.log(0.025) / 0.25), rel=1e-6)


def test_nothing_seen_gives_no_interval() -> None:
    assert intervals.proportion(0, 0) is None
    assert intervals.rate(0, 0.0) is None
    assert intervals.f1(0, 0, 0) is None


def test_f1() -> None:
    assert intervals.f1(9, 1, 1) == pytest.approx(0.9)


def test_bootstrap_draws_people_not_reps() -> None:
    assert intervals.f1_by_person({"a": (10, 0, 0)}) is None
    assert intervals.f1_by_person({"a": (10, 0, 0), "b": (10, 0, 0)}) == (1.0, 1.0)
    low, high = intervals.f1_by_person({"a": (10, 0, 0), "b": (0, 10, 0)}) or (1, 0)
    assert (low, high) == (0.0, 1.0)


def test_bootstrap_is_the_same_every_time_and_in_any_order() -> None:
    people = {f"p{i}": (10, i % 3, i % 2) for i in range(15)}
    backwards = dict(reversed(people.items()))
    assert intervals.f1_by_person(people) == intervals.f1_by_person(backwards)

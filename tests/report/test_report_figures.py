"""Figures over weeks: adherence, joined sessions, trends, sides against each other."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from math import sqrt
from pathlib import Path
from statistics import fmean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st
from repband.errors import UsageError
from repband.journal import History, KeptPlan, Load, Prescribed, RecordingMeta, Refit, overview, unfinished
from repband.journal.example import example_history
from repband.journal.resume import take_up
from repband.report import joined, symmetry_of, trend_of, weeks_of
from repband.report.span import Span, span_of
from repband.report.spark import grouped, marks, sparkline
from repband.report.symmetry import t_975
from repband.report.trend import change_of
from repband.reps import PhaseTimes, Rep

PLAN = KeptPlan("0123456789", "Spring", 3, "{}")


def a_rep(number: int, excursion_deg: float = 20.0, hold_s: float = 1.0) -> Rep:
    t_s = 5.0 * number
    tempo = PhaseTimes(None if number == 1 else 1.0, 1.0, hold_s, 1.0)
    return Rep(number, t_s + 4, t_s + 4, t_s, t_s, t_s + 2, t_s + 3, t_s + 4, excursion_deg, tempo, tempo)


def keep(history: History, started: str, *sets: tuple[str, str | None, int, float], plan: str | None = None) -> str:
    """One session: (exercise, side, reps, excursion) for each set."""
    meta = RecordingMeta(session=f"s{started}", started=started, exercise=sets[0][0] if sets else "bridge")
    session = history.start_session(meta, prescribed=Prescribed("Spring", plan, 20) if plan else None)
    for number, (exercise, side, reps, excursion_deg) in enumerate(sets, 1):
        one = history.start_set(session, number, exercise=exercise, side=side, target_reps=10, load=Load("kg", 4.0))
        done = [a_rep(n, excursion_deg) for n in range(1, reps + 1)]
        history.end_set(one, ended_s=60.0, why="target", counted=reps, reps=done)
    history.end_session(session)
    return session


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with History(tmp_path / "history.sqlite", now=lambda: "2025-03-01T19:00:00+01:00") as history:
        yield history


# Weeks.


def test_weeks_without_a_session_are_weeks(history: History) -> None:
    keep(history, "2025-01-08T18:00:00+01:00", ("bridge", None, 10, 20.0))
    keep(history, "2025-01-15T18:00:00+01:00", ("bridge", None, 10, 20.0), plan=PLAN.revision)
    keep(history, "2025-01-16T18:00:00+01:00")  # no rep: not done
    keep(history, "2025-02-02T23:59:00+01:00", ("bridge", None, 8, 20.0), plan="unknown")
    weeks = weeks_of(joined(overview(history)), {PLAN.revision: PLAN})
    assert [(str(week.monday), week.done, week.planned, week.planned_reps, week.share) for week in weeks] == [
        ("2025-01-06", 1, None, None, None),
        ("2025-01-13", 1, 3, 20, 1 / 3),
        ("2025-01-20", 0, 3, None, 0.0),
        ("2025-01-27", 1, 3, 20, 1 / 3),
    ]
    assert weeks_of([], {}) == []
    assert len(weeks_of([], {}, since=date(2025, 1, 1), until=date(2025, 1, 6))) == 2


def test_a_session_that_went_on_is_one_session(history: History) -> None:
    first = keep(history, "2025-01-08T18:00:00+01:00", ("bridge", None, 4, 20.0))
    second = keep(history, "2025-01-08T18:30:00+01:00", ("bridge", None, 6, 20.0), ("squat", None, 5, 70.0))
    third = keep(history, "2025-01-08T19:00:00+01:00", ("squat", None, 2, 70.0))
    keep(history, "2025-01-10T18:00:00+01:00", ("bridge", None, 10, 20.0))
    take_up(history, first, second)
    take_up(history, second, third)
    one, other = joined(overview(history))
    assert (one.id, one.reps, len(one.sets), other.reps) == (first, 17, 4, 10)
    assert weeks_of([one, other], {})[0].done == 2
    assert unfinished(history) is None


def test_every_session_of_the_example_is_in_one_week(tmp_path: Path) -> None:
    with example_history(tmp_path / "example.sqlite") as history:
        lines = joined(overview(history))
    weeks = weeks_of(lines, {})
    assert [line for week in weeks for line in week.sessions] == [line for line in lines if line.reps]
    assert len(weeks) == 12
    assert weeks[5].done == 0


# Spans.


def test_the_span_is_twelve_weeks_to_the_last_session(history: History) -> None:
    assert span_of(history, None, None, False) is None
    keep(history, "2024-01-08T18:00:00+01:00")
    keep(history, "2025-03-19T18:00:00+01:00")
    assert span_of(history, None, None, False) == Span(date(2024, 12, 30), date(2025, 3, 19))
    assert span_of(history, None, None, True) == Span(date(2024, 1, 8), date(2025, 3, 19))
    assert span_of(history, date(2025, 1, 1), None, False) == Span(date(2025, 1, 1), date(2025, 3, 19))
    assert span_of(history, date(2026, 1, 1), None, False) == Span(date(2026, 1, 1), date(2026, 1, 1))
    assert span_of(history, None, date(2020, 1, 1), True) == Span(date(2020, 1, 1), date(2020, 1, 1))
    with pytest.raises(UsageError, match="swap them"):
        span_of(history, date(2025, 2, 1), date(2025, 1, 1), False)


# Trends.


def test_a_trend_has_a_point_for_each_session_and_side(history: History) -> None:
    keep(history, "2025-01-08T18:00:00+01:00", ("clamshell", "left", 2, 30.0), ("clamshell", "left", 8, 35.0))
    session = keep(
        history, "2025-01-10T18:00:00+01:00", ("clamshell", "right", 5, 28.0), ("clamshell", "left", 5, 31.0)
    )
    keep(history, "2025-01-11T18:00:00+01:00", ("bridge", None, 5, 15.0))
    history.add_refit(session, Refit(2, None, "side"))
    history.add_refit(session, Refit(1, 3.0, "slipped"))
    trend = trend_of("clamshell", joined(overview(history)))
    assert trend.sides == ("left", "right")
    assert [(point.side, point.reps, point.excursion_deg, point.refit) for point in trend.points] == [
        ("left", 10, 34.0, False),
        ("left", 5, 31.0, False),
        ("right", 5, 28.0, True),
    ]
    assert trend.points[0].value("load") == 4.0
    symmetry = trend.symmetry("excursion_deg")
    assert symmetry is not None
    assert (symmetry.pairs, symmetry.difference, symmetry.low) == (1, 3.0, None)
    change = change_of(trend.of_side("left"), "excursion_deg")
    assert change is not None
    assert (change.first, change.last, change.sessions) == (34.0, 31.0, 2)
    assert trend_of("lunge", overview(history)).points == ()


def test_the_interval_of_a_difference_is_student_s() -> None:
    """NIST e-Handbook 1.3.5.2: mean and interval by t; here with five pairs, t = 2.776."""
    pairs = [(31.0, 30.0), (33.0, 30.0), (30.0, 30.0), (34.0, 31.0), (32.0, 29.0)]
    symmetry = symmetry_of(pairs)
    assert symmetry is not None
    differences = [1.0, 3.0, 0.0, 3.0, 3.0]
    half = 2.776 * stdev(differences) / sqrt(5)
    assert (symmetry.low, symmetry.high) == pytest.approx((fmean(differences) - half, fmean(differences) + half))
    assert symmetry.is_clear
    assert symmetry.percent == pytest.approx(100 * 2.0 / 31.0)
    assert symmetry_of([]) is None


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """2,000 made-up wearers with a true difference of 3 degrees: 95 % of the intervals hold it, within 1.5 points."""
    dice = random.Random(7)
    for sessions in (4, 12, 35):
        hits = 0
        for _ in range(2000):
            found = symmetry_of([(dice.gauss(33, 2), dice.gauss(30, 2)) for _ in range(sessions)])
            assert found is not None
            assert found.low is not None
            assert found.high is not None
            hits += found.low <= 3.0 <= found.high
        assert 0.935 <= hits / 2000 <= 0.97


def test_quantiles_of_t_agree_with_scipy_and_are_never_too_small() -> None:
    stats = pytest.importorskip("scipy.stats")
    for freedom in (*range(2, 200), 1000, 5000):
        exact = stats.t.ppf(0.975, freedom)
        assert exact - 0.0006 <= t_975(freedom) <= 1.02 * exact


# Sparklines.


@given(st.lists(st.none() | st.floats(-1e6, 1e6), max_size=60), st.integers(1, 40))
def test_a_sparkline_is_as_wide_as_its_values_or_the_limit(values: list[float | None], width: int) -> None:
    line = sparkline(values, width)
    assert len(line) == len(marks([True] * len(values), width)) == min(len(values), width)
    assert [value for group in grouped(values, width) for value in group] == values


def test_a_sparkline_goes_from_lowest_to_highest() -> None:
    assert sparkline([0, None, 1, 7], 10) == "▁ ▂█"
    assert sparkline([5, 5], 10) == "▅▅"
    assert sparkline([None], 10) == " "
    assert marks([False, True, False, False], 2) == "^ "

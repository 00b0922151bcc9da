"""What progression is told of the history."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from repband.journal import History, RecordingMeta, TargetTempo, overview
from repband.journal.example import PLAN, example_history
from repband.journal.prescribed import SetPrescription
from repband.journal.resume import take_up
from repband.plan import Answers, PlanLoad, Targets, Verdict, load_plan, pain_rule, plan_path, propose
from repband.report import joined
from repband.report.done import last_session, sessions_done, tempo_kept
from repband.reps import PhaseTimes, Rep

BRIDGE, CLAMSHELL, SQUAT = PLAN.exercises


def a_rep(number: int, out_s: float, hold_s: float, back_s: float) -> Rep:
    tempo = PhaseTimes(None, out_s, hold_s, back_s)
    return Rep(number, 9.0, 9.0, 1.0, 2.0, 3.0, 4.0, 5.0, 15.0, tempo, tempo)


def test_every_session_of_the_example_is_told(tmp_path: Path) -> None:
    with example_history(tmp_path / "history.sqlite") as history:
        lines = joined(overview(history))
        for item in PLAN.exercises:
            done = sessions_done(history, item)
            assert [session.day for session in done] == [line.day for line in lines]
            assert {session.work_revision for session in done} == {item.work_revision}
        squats, clamshells = sessions_done(history, SQUAT), sessions_done(history, CLAMSHELL)
        last = last_session(history)
    assert squats[0].targets == Targets(2, 8, 0.0, PlanLoad("kg", 5))
    assert squats[-1].targets == Targets(2, 11, 0.0, PlanLoad("kg", 6))
    assert [one.side for one in clamshells[0].sets] == ["left", "right"]
    sore = next(session for session in squats if session.worse_next_day)
    assert [(one.reps, one.pain) for one in sore.sets] == [(3, 6)]
    assert last is not None
    assert last.day == lines[-1].day


def test_progression_takes_what_it_is_told(tmp_path: Path) -> None:
    with example_history(tmp_path / "history.sqlite") as history:
        squats = sessions_done(history, SQUAT)
    sore = next(n for n, session in enumerate(squats) if session.worse_next_day)
    day = squats[sore].day + timedelta(days=2)
    found = propose(SQUAT, squats[: sore + 1], Answers(worse_next_day=True), today=day, pain=pain_rule(PLAN))
    assert found.verdict is Verdict.MUCH_LESS
    assert "Pain 6 of 10" in found.reasons[0]


def test_sets_of_another_kind_are_not_told(tmp_path: Path) -> None:
    """Another variant, no plan, another exercise."""
    with History(tmp_path / "history.sqlite") as history:
        history.start_session(RecordingMeta(session="a", started="2025-03-01T18:00:00+01:00"))
        task = SetPrescription(None, 2, 8, TargetTempo(2, 0, 2, 1), SQUAT.work_revision)
        history.start_set("a", 1, exercise="squat", target_reps=8, task=task)
        history.start_set("a", 2, exercise="squat", target_reps=8)
        history.start_set("a", 3, exercise="bridge", target_reps=8)
        assert sessions_done(history, SQUAT) == []
        assert last_session(history) is None


def test_a_set_that_broke_off_and_went_on_is_one_set(tmp_path: Path) -> None:
    tempo = TargetTempo(2, 2, 2, 1)
    with History(tmp_path / "history.sqlite") as history:
        history.start_session(RecordingMeta(session="a", started="2025-03-01T18:00:00+01:00"))
        whole = SetPrescription(None, 2, 10, tempo, BRIDGE.work_revision)
        one = history.start_set("a", 1, exercise="bridge", target_reps=10, task=whole)
        history.end_set(one, ended_s=60.0, why="target", counted=10)
        broken = history.start_set("a", 2, exercise="bridge", target_reps=10, task=whole)
        for number in range(1, 5):
            history.add_rep(broken, a_rep(number, 2.0, 2.0, 2.0))
        history.start_session(RecordingMeta(session="b", started="2025-03-01T18:20:00+01:00"))
        take_up(history, "a", "b")
        rest = SetPrescription(None, 2, 6, tempo, BRIDGE.work_revision)
        two = history.start_set("b", 1, exercise="bridge", target_reps=6, task=rest)
        history.end_set(two, ended_s=60.0, why="target", counted=6, reps=[a_rep(1, 2.0, 0.5, 2.0)])
        history.answer(two, "effort", 4)
        (session,) = sessions_done(history, BRIDGE)
    assert session.targets == Targets(2, 10, 2.0, PlanLoad())
    assert [(one.reps, one.tempo_ok, one.effort) for one in session.sets] == [(10, None, None), (10, False, 4)]


def test_a_variant_is_found_as_what_it_is_counted(tmp_path: Path) -> None:
    plan = load_plan(plan_path("beginner"))
    item = next(item for item in plan.exercises if item.variant == "Sit to stand")
    with History(tmp_path / "history.sqlite") as history:
        history.start_session(RecordingMeta(session="a", started="2025-03-01T23:30:00+01:00"))
        task = SetPrescription("Sit to stand", 2, 10, TargetTempo(2, 0, 2, 1), item.work_revision)
        one = history.start_set("a", 1, exercise="squat", target_reps=12, task=task)
        history.end_set(one, ended_s=60.0, why="target", counted=9, said=10)
        history.answer_next_day("a", False)
        (session,) = sessions_done(history, item)
        assert last_session(history) is not None
    assert session.day == date(2025, 3, 1)
    assert session.targets == Targets(2, 10, 0.0, PlanLoad())
    assert session.worse_next_day is False
    assert [(one.reps, one.tempo_ok, one.effort) for one in session.sets] == [(10, None, None)]


@pytest.mark.parametrize(
    ("phases", "kept"),
    [
        ((2.0, 1.0, 2.0), True),
        ((1.5, 0.75, 1.5), True),
        ((1.4, 1.0, 2.0), False),
        ((2.0, 0.5, 2.0), False),
        ((9, 9, 9), True),
    ],
)
def test_tempo_is_kept_unless_a_phase_is_too_short(
    tmp_path: Path, phases: tuple[float, float, float], kept: bool
) -> None:
    with History(tmp_path / "history.sqlite") as history:
        history.start_session(RecordingMeta(session="a", started="2025-03-01T18:00:00+01:00"))
        one = history.start_set("a", 1, task=SetPrescription(tempo_s=TargetTempo(2, 1, 2, 1)))
        history.add_rep(one, a_rep(1, *phases))
        history.start_set("a", 2, task=SetPrescription(tempo_s=TargetTempo(2, 1, 2, 1)))
        measured, nothing = overview(history)[0].sets
    assert tempo_kept(measured) is kept
    assert tempo_kept(nothing) is None

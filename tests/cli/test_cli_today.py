"""Before a session: the question of the next day, and proposals that change nothing before they are accepted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from repband.cli.today import todays_plan
from repband.journal import History
from repband.journal.example import PLAN, example_history
from repband.plan import Answers, Plan, Proposal, pain_rule, propose
from repband.report.done import last_session, sessions_done


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with example_history(tmp_path / "history.sqlite") as made_up:
        yield made_up


def proposals(history: History, worse: bool | None, today: date) -> list[Proposal]:
    rule = pain_rule(PLAN)
    return [
        propose(item, sessions_done(history, item), Answers(worse), today=today, pain=rule) for item in PLAN.exercises
    ]


def last_day(history: History) -> date:
    last = last_session(history)
    assert last is not None
    return last.day


def led(history: History, today: date, said: str | None) -> tuple[Plan, str]:
    """Today's plan as the person answered (None: nobody there), and what was said."""
    plans: list[Plan] = []

    @click.command()
    def command() -> None:
        plans.append(todays_plan(PLAN, history, today, asks=said is not None))

    result = CliRunner().invoke(command, input=said, catch_exceptions=False)
    return plans[0], result.output


def test_what_is_accepted_holds_today(history: History) -> None:
    today = last_day(history) + timedelta(days=30)  # a long pause: less is proposed
    wanted = proposals(history, False, today)
    changing = [proposal for proposal in wanted if proposal.changes]
    assert changing
    plan, said = led(history, today, "no\n" + "y\n" * len(changing))
    assert [item.targets for item in plan.exercises] == [proposal.next for proposal in wanted]
    assert all(why in said for proposal in changing for why in proposal.reasons)
    last = last_session(history)
    assert last is not None
    assert last.worse_next_day is False


def test_what_is_refused_stays_as_it_was(history: History) -> None:
    today = last_day(history) + timedelta(days=30)
    wanted = proposals(history, False, today)
    plan, _ = led(history, today, "no\n" + "n\n" * len(wanted))
    assert [item.targets for item in plan.exercises] == [proposal.now for proposal in wanted]


def test_nothing_changes_while_nobody_answers(history: History) -> None:
    today = last_day(history) + timedelta(days=30)
    wanted = proposals(history, None, today)
    plan, said = led(history, today, None)
    assert [item.targets for item in plan.exercises] == [proposal.now for proposal in wanted]
    assert "nobody is here to accept it" in said


@pytest.mark.parametrize("answer", ["yes", ""])
def test_worse_or_silence_never_leads_to_more(history: History, answer: str) -> None:
    today = last_day(history) + timedelta(days=2)
    plan, _ = led(history, today, f"{answer}\n" + "y\n" * len(PLAN.exercises))
    for item, proposal in zip(plan.exercises, proposals(history, answer == "yes" or None, today), strict=True):
        assert item.targets.sets <= proposal.now.sets
        assert item.targets.reps <= proposal.now.reps
        assert item.targets.hold_s <= proposal.now.hold_s


def test_the_first_session_begins_with_the_plan(tmp_path: Path) -> None:
    with History(tmp_path / "history.sqlite") as empty:
        plan, said = led(empty, date(2026, 1, 5), "")
    assert plan == PLAN
    assert said == ""

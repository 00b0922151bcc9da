"""What the plan asks for today: the question of the next day, then proposals that the wearer accepts or not."""

from __future__ import annotations

from datetime import date

import click
import msgspec

from repband.exercise import load_exercise
from repband.journal import History
from repband.plan import Answers, Plan, PlanItem, Proposal, pain_rule, propose
from repband.report.done import last_session, sessions_done

_ANSWERS = {"y": True, "yes": True, "n": False, "no": False}


def todays_plan(plan: Plan, history: History, today: date, *, asks: bool) -> Plan:
    """The plan with the targets that hold today.

    Nothing changes silently: without somebody to ask, the targets stay as they were last accepted, and what would be
    proposed is only said.

    Args:
        plan: as its file says it.
        history: the wearer's own.
        today: date of the session to come.
        asks: whether somebody is there to answer.
    """
    answers = _answers(plan, history, asks=asks)
    items = tuple(_item_today(item, plan, history, answers, today, asks=asks) for item in plan.exercises)
    return msgspec.structs.replace(plan, exercises=items)


def _answers(plan: Plan, history: History, *, asks: bool) -> Answers:
    """Asks the question of the next day, and keeps the answer; silence is no answer."""
    last = last_session(history)
    if last is None or not asks:
        return Answers(None if last is None else last.worse_next_day)
    given = click.prompt(
        f"{pain_rule(plan).next_day} (yes, no; Enter to leave it open)", default="", show_default=False
    )
    worse = _ANSWERS.get(given.strip().lower())
    if worse is None:
        return Answers(last.worse_next_day)
    history.answer_next_day(last.id, worse)
    return Answers(worse)


def _item_today(item: PlanItem, plan: Plan, history: History, answers: Answers, today: date, *, asks: bool) -> PlanItem:
    proposal = propose(item, sessions_done(history, item), answers, today=today, pain=pain_rule(plan))
    if not proposal.changes:
        return item.with_targets(proposal.now)
    _say(item, proposal)
    if not asks:
        click.echo("  stays as it was: nobody is here to accept it")
        return item.with_targets(proposal.now)
    accepted = click.confirm("  Do it like this?", default=True)
    return item.with_targets(proposal.next if accepted else proposal.now)


def _say(item: PlanItem, proposal: Proposal) -> None:
    click.echo(f"{item.variant or load_exercise(item.exercise).title}: {proposal.now} -> {proposal.next}")
    for why in proposal.reasons:
        click.echo(f"  {why}")

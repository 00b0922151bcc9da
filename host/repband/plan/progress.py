"""Proposes the targets of the next session from what was done. Pure functions; the wearer accepts or does not.

The rule: every finding about the sessions so far allows at most a verdict, and the lowest one holds. More pain, less
done or less said can only add findings, so it never gives more. A little more comes only without any finding:

- the last `Progress.after_sessions` sessions, on different days and with these targets, did all reps of all sets at
  the tempo, with every effort and pain answered and under the limits, and none left the pain worse the next day
  (at least two: the project's rule; the American College of Sports Medicine's position stand 2009, doi
  10.1249/MSS.0b013e3181915670, raises loads once the current work can be done for one or two reps more);
- pain in the watch band holds, in the stop band gives much less, worse the next day gives less: the pain rule and its
  sources stand in protocols/exercises/safety.toml.

Where each number comes from is said beside it. "Our cautious choice" means: no source gives it, and we took the
gentler side. None of this was tried on patients.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from itertools import takewhile
from typing import Literal

from repband.exercise import PainRule
from repband.plan.base import PlanItem, Targets
from repband.plan.steps import begin_anew, less, more, much_less, within_limits

DAYS_OFF_LESS = 14
"""From so many days without this exercise: less. Our cautious choice: trained men kept their leg strength over two
weeks (Hwang et al. 2017, doi 10.1519/JSC.0000000000001807), but they were about 21 years old."""

DAYS_OFF_ANEW = 28
"""From so many days: no more than the plan began with, and less than that once. Our cautious choice."""

LEAST_DONE_SHARE = 0.5
"""Less than half of the reps done means less at once; missing fewer means less only when it happens twice. Our
cautious choice."""

EFFORT_SOURCE = "myhipexercise.org.au/program-1: no more challenge when the effort is already hard, 5-6 out of 10"
"""Why `Progress.effort_most` is 4 unless a plan says otherwise; the same page forbids more when the technique suffers
or pain lasts for more than a day after the exercise."""


class Verdict(IntEnum):
    """Which way the next session goes, lowest first."""

    MUCH_LESS = -2  # the last session hurt too much
    LESS = -1
    HOLD = 0
    MORE = 1


@dataclass(frozen=True, slots=True)
class SetDone:
    """One set as it was done. What was not measured or not answered is None, which is never taken for good.

    Attributes:
        reps: reps done, as the wearer says where corrected.
        tempo_ok: was the prescribed tempo kept?
        effort: 0 none, 10 not one more.
        pain: 0 none, 10 the worst imaginable.
        side: the side it trained, None where the exercise has none.
    """

    reps: int
    tempo_ok: bool | None = None
    effort: int | None = None
    pain: int | None = None
    side: Literal["left", "right"] | None = None


@dataclass(frozen=True, slots=True)
class SessionDone:
    """What one session did of one exercise of the plan.

    Attributes:
        day: its date, where the wearer was.
        work_revision: `PlanItem.work_revision` it was done under.
        targets: what was to be done.
        sets: what was done.
        worse_next_day: the answer given before the following session; None where none was given. The answer about
            the last session comes in `Answers`.
    """

    day: date
    work_revision: str
    targets: Targets
    sets: tuple[SetDone, ...]
    worse_next_day: bool | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """What the wearer says before the session that is to be proposed.

    Attributes:
        worse_next_day: did the last session leave the pain worse the next day? None: no answer.
    """

    worse_next_day: bool | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """The targets proposed for the next session. Nothing changes before the wearer accepts.

    Attributes:
        verdict: which way it goes.
        now: the targets so far.
        next: the targets proposed, never beyond the plan's limits.
        reasons: why, in plain words; at least one.
    """

    verdict: Verdict
    now: Targets
    next: Targets
    reasons: tuple[str, ...]

    @property
    def changes(self) -> bool:
        """Is there anything to accept?"""
        return self.next != self.now


@dataclass(frozen=True, slots=True)
class _Finding:
    """Something about the sessions so far that allows at most a verdict."""

    verdict: Verdict
    why: str


def propose(
    item: PlanItem, history: Sequence[SessionDone], answers: Answers, *, today: date, pain: PainRule
) -> Proposal:
    """The targets of the next session of one exercise, and why.

    Args:
        item: the exercise as the plan has it today.
        history: the sessions that did it, in any order (those of one day in theirs).
        answers: what the wearer says now.
        today: the date of the session to be proposed.
        pain: the pain rule that holds (`repband.plan.pain_rule`).
    """
    sessions = sorted(history, key=lambda session: session.day)
    if not sessions:
        why = "First time: begin with what the plan says."
        return Proposal(Verdict.HOLD, item.targets, item.targets, (why,))
    now = within_limits(item, sessions[-1].targets) if _is_current(item, sessions[-1]) else item.targets
    findings = list(_findings(item, sessions, answers, today, pain)) or list(_run_findings(item, sessions, pain))
    if not findings:
        return _raised(item, now)
    verdict = min(finding.verdict for finding in findings)
    return _lowered(item, now, verdict, findings, (today - sessions[-1].day).days)


def _raised(item: PlanItem, now: Targets) -> Proposal:
    step = more(item, now)
    if step is not None:
        good = f"{item.progress.after_sessions} sessions went well: all sets at tempo, effort and pain low."
        return Proposal(Verdict.MORE, now, step.targets, (good, step.what))
    why = "All is done; the plan keeps these targets."
    if item.progress.by:
        why = "All is done, and the plan's limits are reached: ask whoever wrote it how to go on."
    return Proposal(Verdict.HOLD, now, now, (why,))


def _lowered(item: PlanItem, now: Targets, verdict: Verdict, findings: list[_Finding], days_off: int) -> Proposal:
    """Holds or goes down; the findings that decided are the reasons."""
    why = [finding.why for finding in findings if finding.verdict is verdict]
    if verdict is Verdict.HOLD:
        return Proposal(verdict, now, now, tuple(why))
    base = begin_anew(item, now) if days_off >= DAYS_OFF_ANEW else now
    lower = less(base) if verdict is Verdict.LESS else much_less(item, base)
    if lower == now:
        why.append("It can't be less: leave it out and ask whoever wrote the plan.")
    return Proposal(verdict, now, lower, tuple(why))


def _findings(
    item: PlanItem, sessions: list[SessionDone], answers: Answers, today: date, pain: PainRule
) -> Iterator[_Finding]:
    last = sessions[-1]
    if not _is_current(item, last):
        yield _Finding(Verdict.HOLD, "The plan has changed: its own numbers hold now.")
    yield from _pain_findings(last, answers, pain)
    yield from _work_findings(item, sessions)
    yield from _answer_findings(item, last)
    yield from _pause_findings((today - last.day).days)


def _pain_findings(last: SessionDone, answers: Answers, pain: PainRule) -> Iterator[_Finding]:
    said = [one.pain for one in last.sets if one.pain is not None]
    worst = max(said, default=0)
    action = pain.band(worst).action
    if action == "stop":
        yield _Finding(
            Verdict.MUCH_LESS,
            f"Pain {worst} of 10 in the last session was too much; if it stays severe, see a professional.",
        )
    if action == "watch":
        yield _Finding(Verdict.HOLD, f"Pain {worst} of 10 in the last session: not harder until it is less.")
    if len(said) < len(last.sets):
        yield _Finding(Verdict.HOLD, "Pain was not answered after every set: no answer is not zero.")
    if answers.worse_next_day is None:
        yield _Finding(Verdict.HOLD, "No answer on whether the last session left your pain worse the next day.")
    elif answers.worse_next_day:
        yield _Finding(Verdict.LESS, "The last session left your pain worse the next day.")


def _work_findings(item: PlanItem, sessions: list[SessionDone]) -> Iterator[_Finding]:
    last, before = sessions[-1], sessions[-2] if len(sessions) > 1 else None
    share = _done_share(item, last)
    if share < LEAST_DONE_SHARE:
        yield _Finding(Verdict.LESS, f"Only {share:.0%} of the reps were done last time.")
    elif share < 1 and before is not None and _same_work(item, before, last) and _done_share(item, before) < 1:
        yield _Finding(Verdict.LESS, "Reps or sets were missing in the last two sessions.")
    elif share < 1:
        yield _Finding(Verdict.HOLD, "Not all reps of all sets were done last time.")


def _answer_findings(item: PlanItem, last: SessionDone) -> Iterator[_Finding]:
    if any(one.tempo_ok is False for one in last.sets):
        yield _Finding(Verdict.HOLD, "The tempo was not kept in every set last time.")
    if any(one.tempo_ok is None for one in last.sets):
        yield _Finding(Verdict.HOLD, "The tempo was not measured in every set last time.")
    efforts = [one.effort for one in last.sets if one.effort is not None]
    if max(efforts, default=0) > item.progress.effort_most:
        yield _Finding(Verdict.HOLD, f"The effort was {max(efforts)} of 10, hard enough already.")
    if len(efforts) < len(last.sets):
        yield _Finding(Verdict.HOLD, "Effort was not answered after every set.")


def _pause_findings(days_off: int) -> Iterator[_Finding]:
    if days_off >= DAYS_OFF_ANEW:
        yield _Finding(Verdict.LESS, f"{days_off} days off: begin below what the plan began with.")
    elif days_off >= DAYS_OFF_LESS:
        yield _Finding(Verdict.LESS, f"{days_off} days off: begin a little lower.")


def _run_findings(item: PlanItem, sessions: list[SessionDone], pain: PainRule) -> Iterator[_Finding]:
    """The last session was good: are there enough such days in a row?"""
    last = sessions[-1]
    run = takewhile(lambda session: _same_work(item, session, last) and _good(item, session, pain), sessions[-2::-1])
    days = {last.day} | {session.day for session in run}
    missing = item.progress.after_sessions - len(days)
    if missing > 0:
        yield _Finding(Verdict.HOLD, f"Good sessions with these targets still to come: {missing}.")


def _good(item: PlanItem, session: SessionDone, pain: PainRule) -> bool:
    """An earlier session: all sets at tempo, effort and pain answered and under the limits, no worse the next day."""
    return (
        session.worse_next_day is False
        and _done_share(item, session) >= 1
        and all(
            one.tempo_ok is True
            and one.effort is not None
            and one.effort <= item.progress.effort_most
            and one.pain is not None
            and pain.band(one.pain).action == "go-on"
            for one in session.sets
        )
    )


def _is_current(item: PlanItem, session: SessionDone) -> bool:
    return session.work_revision == item.work_revision


def _same_work(item: PlanItem, session: SessionDone, last: SessionDone) -> bool:
    return _is_current(item, session) and session.targets == last.targets


def _done_share(item: PlanItem, session: SessionDone) -> float:
    """Reps done of those that were to be done, from 0 to 1; extra reps of one set do not make up for another."""
    targets = session.targets

    def done(side: str | None) -> int:
        on_side = (one.reps for one in session.sets if side is None or one.side == side)
        return sum(sorted((min(reps, targets.reps) for reps in on_side), reverse=True)[: targets.sets])

    sides = ("left", "right") if item.side == "both" else (item.side,)
    return sum(done(side) for side in sides) / (len(sides) * targets.sets * targets.reps)

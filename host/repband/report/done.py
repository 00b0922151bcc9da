"""What was done of a prescribed exercise, as progression wants to know it (`repband.plan.propose`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from repband.journal.overview import SessionLine, SetLine, overview
from repband.report.adherence import joined

if TYPE_CHECKING:
    from repband.journal.history import History
    from repband.plan import PlanItem, SessionDone, SetDone, Targets

KEPT_SHARE = 0.75
"""A phase counts as kept from this share of its prescription on; slower is never held against the wearer. The same
tolerance as the coach's (host/repband/cue/RULES.md)."""


def sessions_done(history: History, item: PlanItem) -> list[SessionDone]:
    """The sessions that did an exercise of a plan, oldest first; those under other numbers of it too.

    A set belongs to the item when it was counted as the item is and called what its variant is called.

    Args:
        history: the open history.
        item: the exercise as the plan's file says it, without accepted targets.

    Raises:
        UsageError, ExerciseFileError: the item's exercise has gone since the plan was read.
    """
    from repband.exercise import load_exercise
    from repband.plan import SessionDone
    from repband.plan.rules import variant_of

    exercise = load_exercise(item.exercise)
    variant = variant_of(item, exercise)
    count_as = (variant and variant.count_as) or item.exercise
    found: list[SessionDone] = []
    for line in joined(overview(history, exercise=count_as)):
        sets = [one for one in line.sets if one.title == item.variant and one.work_revision is not None]
        targets = _targets(sets)
        if targets is not None:
            revision = sets[-1].work_revision or ""
            found.append(SessionDone(line.day, revision, targets, _sets_done(sets), line.worse_next_day))
    return found


def last_session(history: History) -> SessionLine | None:
    """The latest session with a rep: the one that the question of the next day is about."""
    query = (
        "SELECT s.started FROM own_sessions s "
        "WHERE EXISTS (SELECT 1 FROM sets t WHERE t.session = s.id AND t.counted > 0) "
        "ORDER BY s.started_unix_s DESC LIMIT 1"
    )
    for row in history.rows(query):
        day = date.fromisoformat(row["started"][:10])
        return [line for line in joined(overview(history, since=day, until=day)) if line.reps][-1]
    return None


def _targets(sets: Sequence[SetLine]) -> Targets | None:
    """What the last set was to be; None where no plan asked for so many."""
    from repband.plan import PlanLoad, Targets

    if not sets:
        return None
    last = sets[-1]
    # The rest of a set that broke off has fewer reps to be done than the set had.
    reps = max((reps for one in sets if (reps := one.planned_reps or one.target_reps) is not None), default=None)
    if reps is None or last.of_sets is None:
        return None
    load = PlanLoad(last.load_kind, last.load_value, last.load_label or None)
    return Targets(last.of_sets, reps, last.tempo_hold_s or 0.0, load)


def _sets_done(sets: Sequence[SetLine]) -> tuple[SetDone, ...]:
    """The sets; one that broke off together with the one that went on with it."""
    found: list[SetDone] = []
    broken = False
    for one in sets:
        done = _set_done(one)
        if broken and found[-1].side == done.side:
            found[-1] = _together(found[-1], done)
        else:
            found.append(done)
        broken = one.ended_s is None
    return tuple(found)


def _together(first: SetDone, rest: SetDone) -> SetDone:
    """Two parts of one set; the questions were asked after the second."""
    kept = None if None in (first.tempo_ok, rest.tempo_ok) else bool(first.tempo_ok and rest.tempo_ok)
    return replace(rest, reps=first.reps + rest.reps, tempo_ok=False if first.tempo_ok is False else kept)


def _set_done(one: SetLine) -> SetDone:
    from repband.plan import SetDone

    return SetDone(reps=one.said, tempo_ok=tempo_kept(one), effort=one.effort, pain=one.pain, side=one.side)


def tempo_kept(one: SetLine) -> bool | None:
    """Was no prescribed phase, on the mean of the set, shorter than `KEPT_SHARE` of it? None: not measured."""
    phases = ((one.out_s, one.tempo_out_s), (one.hold_s, one.tempo_hold_s), (one.back_s, one.tempo_back_s))
    prescribed = [(done, planned) for done, planned in phases if planned]
    if not prescribed or any(done is None for done, _ in prescribed):
        return None
    return all(done is not None and done >= KEPT_SHARE * planned for done, planned in prescribed)

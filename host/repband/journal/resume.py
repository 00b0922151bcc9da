"""A session that broke off can be taken up: what was under way, and what of it is left to do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from repband.journal.history import History
from repband.journal.keeping import is_being_recorded
from repband.journal.kept import KeptSession, KeptSet
from repband.journal.rows import unix_s
from repband.workout.base import EndReason

if TYPE_CHECKING:
    from repband.workout.routine import Routine, SetTask

OFFER_H = 12.0
"""A session is offered for so long after it began: the same day, in plain words. Our choice."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A session that broke off.

    Attributes:
        session: the session as it was kept.
        under_way: the set that had no end; None where it broke off between two sets.
        sets_done: sets that were ended.
        reps_done: reps of the set under way, as the wearer says; 0 without one.
    """

    session: KeptSession
    under_way: KeptSet | None
    sets_done: int
    reps_done: int

    def __str__(self) -> str:
        where = "between two sets"
        if self.under_way is not None:
            of = f" of {self.under_way.target_reps}" if self.under_way.target_reps else ""
            where = f"in set {self.under_way.number}, after {self.reps_done}{of} reps"
        exercise = self.under_way.exercise if self.under_way else self.session.exercise
        return f"the last session ({exercise}) broke off {where}"


def unfinished(history: History, *, demo: bool = False, within_h: float = OFFER_H) -> Unfinished | None:
    """The latest session, where it broke off not long ago and the wearer has not decided about it yet.

    A demo stands in no wearer's way, nor the other way round: `demo` says which kind is meant.
    A session that is being recorded at this moment is no broken one.
    """
    query = (
        "SELECT id, ended, taken_up_by, started_unix_s FROM sessions WHERE demo = ? "
        "ORDER BY started_unix_s DESC, rowid DESC LIMIT 1"
    )
    for row in history.rows(query, (demo,)):
        old = unix_s(history.now()) - row["started_unix_s"] > timedelta(hours=within_h).total_seconds()
        if row["ended"] is not None or row["taken_up_by"] is not None or old:
            return None
        session = history.session(row["id"])
        if session.recording is not None and is_being_recorded(session.recording):
            return None
        return _where_it_stood(session)
    return None


def _where_it_stood(session: KeptSession) -> Unfinished:
    open_sets = [one for one in session.sets if one.ended_s is None]
    under_way = open_sets[-1] if open_sets else None
    return Unfinished(session, under_way, len(session.sets) - len(open_sets), under_way.said if under_way else 0)


def take_up(history: History, session: str, by: str) -> None:
    """Keeps that another session goes on with this one; it is not offered again."""
    with history.change() as connection:
        connection.execute("UPDATE sessions SET taken_up_by = ? WHERE id = ?", (by, session))


def give_back(history: History, by: str) -> None:
    """Keeps that a session did not go on with another after all; that one is offered again."""
    with history.change() as connection:
        connection.execute("UPDATE sessions SET taken_up_by = NULL WHERE taken_up_by = ?", (by,))


def decline(history: History, session: str) -> None:
    """Keeps that the wearer does not want to go on with this session; it is not offered again."""
    take_up(history, session, "")


def what_is_left(routine: Routine, broken: Unfinished) -> Routine | None:
    """The rest of a routine: the set under way with the reps that are left, and the sets after it.

    What the wearer had left out stays left out, and an exercise that pain had stopped does not come back.

    Args:
        routine: what the session was to be (`repband.driver.recorded.recorded_session(path).routine`).
        broken: where it stood.

    Returns:
        None where nothing is left.
    """
    begun = list(broken.session.sets)
    hurt: set[int] = set()
    left: list[SetTask] = []
    for task in routine.tasks:
        if begun and _is_of(begun[0], task):
            one = begun.pop(0)
            if one.ended_why == EndReason.PAIN:
                hurt.add(task.item)
            if one is broken.under_way:
                left += _rest_of(task, broken.reps_done)
        elif not begun and task.item not in hurt:
            left.append(task)
    return replace(routine, tasks=tuple(left)) if left else None


def _is_of(one: KeptSet, task: SetTask) -> bool:
    """Whether a kept set was this task; one without a side was done on whatever side the session was."""
    return one.exercise == task.exercise.name and (task.side is None or one.side == task.side)


def _rest_of(task: SetTask, done: int) -> list[SetTask]:
    """A task without the reps that are done; nothing where none are left."""
    if task.reps is None or not done:
        return [task]
    return [replace(task, reps=task.reps - done)] if done < task.reps else []

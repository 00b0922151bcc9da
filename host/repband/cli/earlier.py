"""What a new session takes from earlier ones: the wearer's usual excursions, and one that broke off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import click

from repband.driver.recorded import recorded_session
from repband.errors import RepBandError
from repband.exercise import Exercise
from repband.journal import History
from repband.journal.resume import Unfinished, decline, unfinished, what_is_left
from repband.workout import Routine

# The shaded range follows the wearer: a strap sits a little differently each day, so only the latest sessions count.
_USUAL_SESSIONS = 5


def usual_deg(history: History) -> dict[str, list[float]]:
    """Excursions of the wearer's own reps in their latest sessions, by exercise."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for session in history.sessions(_USUAL_SESSIONS, demos=False):
        for one in session.sets:
            found[one.exercise] += [rep.excursion_deg for rep in one.reps]
    return dict(found)


def taken_up(
    history: History, is_such: Callable[[Routine], bool], wanted: bool | None, *, asks: bool, demo: bool
) -> tuple[Routine, str] | None:
    """What is left of a session that broke off, and its id.

    Args:
        history: the wearer's own.
        is_such: only a session that was to be such a one is taken up.
        wanted: what the person said; None asks them where somebody is there to answer.
        asks: whether somebody is.
        demo: a demo goes on with a demo, the wearer with what is theirs.

    Returns:
        None where there is none, or it is not wanted.
    """
    broken = unfinished(history, demo=demo)
    left = _left_of(broken, is_such) if broken else None
    if broken is None or left is None or wanted is False:
        return None
    if wanted is None:
        if not asks:
            click.echo(f"repband: {broken}; add --resume to go on with it", err=True)
            return None
        if not click.confirm(f"{broken}. Go on with it?", default=True):
            decline(history, broken.session.id)
            return None
    return left, broken.session.id


def broken_off(exercise: Exercise, wanted: bool | None, *, asks: bool, demo: bool) -> tuple[Routine, str] | None:
    """What is left of sets of this exercise that broke off outside of a plan, as `taken_up`; nothing of an open set."""

    def is_such(routine: Routine) -> bool:
        first = routine.tasks[0]
        return not routine.guided and first.exercise.name == exercise.name and first.reps is not None

    with History() as history:
        return taken_up(history, is_such, wanted, asks=asks, demo=demo)


def _left_of(broken: Unfinished, is_such: Callable[[Routine], bool]) -> Routine | None:
    if broken.session.recording is None:
        return None
    try:
        routine = recorded_session(broken.session.recording).routine
    except RepBandError:  # without its recording nobody knows what was left to do
        return None
    return what_is_left(routine, broken) if is_such(routine) else None

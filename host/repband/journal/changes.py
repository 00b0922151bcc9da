"""Every number that somebody or something changed afterwards: corrections, recounts, targets changed under way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from repband.journal.history import History
from repband.journal.overview import SessionLine, SetLine


@dataclass(frozen=True, slots=True)
class Changed:
    """One change to one set.

    Attributes:
        session: the session it belongs to.
        one: the set.
        what: "corrected" by the wearer, "recounted" by a newer engine, "target" changed by the wearer under way.
        before, after: the number before and after it.
        at: when (ISO 8601 with zone), None for a target.
        detector: for a recount the version that had counted before, else "".
    """

    session: SessionLine
    one: SetLine
    what: Literal["corrected", "recounted", "target"]
    before: int
    after: int
    at: str | None
    detector: str = ""


def changes(history: History, lines: Iterable[SessionLine]) -> list[Changed]:
    """All changes to the sets of some sessions, in order of session, set and time."""
    sets = {one.id: (line, one) for line in lines for one in line.sets}
    found: list[Changed] = []
    for line, one in sets.values():
        if one.planned_reps is not None and one.target_reps is not None and one.planned_reps != one.target_reps:
            found.append(Changed(line, one, "target", one.planned_reps, one.target_reps, None))
    for row in history.rows("SELECT * FROM corrections ORDER BY id"):
        if row["set_id"] in sets:
            line, one = sets[row["set_id"]]
            found.append(Changed(line, one, "corrected", row["counted"], row["said"], row["at"]))
    found += _recounts(history, sets)
    return sorted(found, key=lambda change: (change.session.started, change.one.number, change.at or ""))


def _recounts(history: History, sets: dict[int, tuple[SessionLine, SetLine]]) -> list[Changed]:
    """What a recount gave is what held before the next one, or what holds now."""
    found: list[Changed] = []
    after = {key: one.counted for key, (_, one) in sets.items()}
    for row in history.rows("SELECT * FROM recounts ORDER BY id DESC"):
        if row["set_id"] in sets:
            line, one = sets[row["set_id"]]
            found.append(
                Changed(line, one, "recounted", row["counted"], after[one.id], row["at"], detector=row["detector"])
            )
            after[one.id] = row["counted"]
    return found

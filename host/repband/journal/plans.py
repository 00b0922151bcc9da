"""Every revision of a plan that a session was done under, in full: its file may change or go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from repband.journal.history import History

if TYPE_CHECKING:
    from repband.plan.base import Plan


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """One revision of a plan; `content` is the whole plan as JSON."""

    revision: str
    name: str
    sessions_per_week: int
    content: str

    @classmethod
    def of(cls, plan: Plan) -> KeptPlan:
        """A plan as it is kept."""
        return cls(plan.revision, plan.name, plan.sessions_per_week, msgspec.json.encode(plan).decode())


def keep_plan(history: History, plan: Plan) -> KeptPlan:
    """Keeps a revision of a plan; one that is kept already stays as it is."""
    kept = KeptPlan.of(plan)
    with history.change() as connection:
        row = (kept.revision, kept.name, kept.sessions_per_week, kept.content, history.now())
        connection.execute("INSERT OR IGNORE INTO plans VALUES (?, ?, ?, ?, ?)", row)
    return kept


def kept_plans(history: History) -> dict[str, KeptPlan]:
    """Every revision kept so far, by revision, in the order in which they came."""
    query = "SELECT revision, name, sessions_per_week, content FROM plans ORDER BY kept_at, rowid"
    found = [KeptPlan(*row) for row in history.rows(query)]
    return {plan.revision: plan for plan in found}

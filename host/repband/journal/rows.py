"""Rows of the history's tables as values, and back."""

from __future__ import annotations

import math
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from repband.errors import JournalError
from repband.journal.kept import Correction, KeptCue, KeptSession, KeptSet, Recount, Refit, TargetTempo
from repband.journal.meta import Load
from repband.reps.base import Flag, PhaseTimes, Rep

Groups = defaultdict[Any, list[sqlite3.Row]]

_SQL_VARIABLES = 500  # SQLite before 3.32 takes at most 999 in one statement
_TIMES = ("number", "announced_s", "measured_s", "start_s", "half_up_s", "turn_s", "half_down_s", "end_s")


def unix_s(started: str) -> float:
    """Seconds since 1970, for sorting across time zones. Raises JournalError where it is no time."""
    try:
        return datetime.fromisoformat(started).timestamp()
    except (ValueError, OverflowError, OSError) as error:
        raise JournalError(f"'{started}' is not a time", cure="write it as 2025-01-31T18:30:00+01:00") from error


def load_columns(load: Load) -> dict[str, Any]:
    """Columns of a load."""
    return {"load_kind": load.kind, "load_value": load.value, "load_label": load.label}


def load_of(row: sqlite3.Row) -> Load:
    """The load in a row of sessions or sets."""
    return Load(row["load_kind"], row["load_value"], row["load_label"])


def rep_columns(rep: Rep) -> dict[str, Any]:
    """Columns of a rep."""
    columns: dict[str, Any] = {name: getattr(rep, name) for name in _TIMES}
    columns["excursion_deg"] = rep.excursion_deg
    for phase in ("rest_before", "out", "hold", "back"):
        columns[f"{phase}_s"] = getattr(rep.tempo_s, phase)
        columns[f"{phase}_sd_s"] = getattr(rep.tempo_sd_s, phase)
    return {**columns, "flags": " ".join(rep.flags)}


def _number(value: float | None) -> float:
    """SQLite keeps NaN as NULL."""
    return math.nan if value is None else value


def rep_of(row: sqlite3.Row) -> Rep:
    """The rep in a row."""
    return Rep(
        **{name: row[name] for name in _TIMES},
        excursion_deg=_number(row["excursion_deg"]),
        tempo_s=PhaseTimes(row["rest_before_s"], row["out_s"], row["hold_s"], row["back_s"]),
        tempo_sd_s=PhaseTimes(
            row["rest_before_sd_s"], _number(row["out_sd_s"]), _number(row["hold_sd_s"]), _number(row["back_sd_s"])
        ),
        flags=tuple(Flag(flag) for flag in row["flags"].split()),
    )


def tempo_of(row: sqlite3.Row) -> TargetTempo | None:
    """The prescribed tempo in a row of sets."""
    if row["tempo_out_s"] is None:
        return None
    return TargetTempo(row["tempo_out_s"], row["tempo_hold_s"], row["tempo_back_s"], row["tempo_rest_s"])


@dataclass(frozen=True, slots=True)
class SetRows:
    """One row of sets and the rows that hang on it."""

    row: sqlite3.Row
    reps: list[sqlite3.Row]
    corrections: list[sqlite3.Row]
    cues: list[sqlite3.Row]
    recounts: list[sqlite3.Row]


def set_of(rows: SetRows) -> KeptSet:
    """A set from its rows; of several detectors' reps, those of the detector that holds."""
    row = rows.row
    return KeptSet(
        number=row["number"],
        exercise=row["exercise"],
        side=row["side"],
        load=load_of(row),
        target_reps=row["target_reps"],
        started_s=row["started_s"],
        ended_s=row["ended_s"],
        ended_why=row["ended_why"],
        counted=row["counted"],
        count_min=row["count_min"],
        count_max=row["count_max"],
        corrections=tuple(Correction(one["at"], one["counted"], one["said"]) for one in rows.corrections),
        detector=row["detector"],
        reps=tuple(rep_of(rep) for rep in rows.reps if rep["detector"] == row["detector"]),
        title=row["title"],
        of_sets=row["of_sets"],
        planned_reps=row["planned_reps"],
        tempo_s=tempo_of(row),
        effort=row["effort"],
        pain=row["pain"],
        device_counted=row["device_counted"],
        cues=tuple(KeptCue(one["name"], one["said"], one["because"], one["at_s"]) for one in rows.cues),
        recounts=tuple(
            Recount(one["at"], one["detector"], one["counted"], one["count_min"], one["count_max"])
            for one in rows.recounts
        ),
    )


def session_of(
    row: sqlite3.Row, sets: list[KeptSet], quality: list[sqlite3.Row], refits: list[sqlite3.Row]
) -> KeptSession:
    """A session from its rows."""
    worse = row["worse_next_day"]
    return KeptSession(
        id=row["id"],
        started=row["started"],
        ended=row["ended"],
        exercise=row["exercise"],
        side=row["side"],
        load=load_of(row),
        target_sets=row["target_sets"],
        target_reps=row["target_reps"],
        sensor=row["sensor"],
        repband=row["repband"],
        detector=row["detector"],
        demo=bool(row["demo"]),
        recording=Path(row["recording"]) if row["recording"] else None,
        quality={one["name"]: one["value"] for one in quality},
        sets=tuple(sets),
        plan_name=row["plan_name"],
        plan_revision=row["plan_revision"],
        planned_reps=row["planned_reps"],
        worse_next_day=None if worse is None else bool(worse),
        taken_up_by=row["taken_up_by"],
        recording_deleted=row["recording_deleted"],
        refits=tuple(Refit(one["set_number"], one["at_s"], one["why"]) for one in refits),
    )


def kept_sessions(connection: sqlite3.Connection, rows: Sequence[sqlite3.Row]) -> list[KeptSession]:
    """Sessions in full from their rows."""
    ids = [row["id"] for row in rows]
    sets = grouped(connection, "session", "SELECT * FROM sets WHERE session IN ({}) ORDER BY number", ids)
    set_ids = [row["id"] for group in sets.values() for row in group]

    def of_sets(table: str, order: str = "id") -> Groups:
        return grouped(connection, "set_id", f"SELECT * FROM {table} WHERE set_id IN ({{}}) ORDER BY {order}", set_ids)

    reps, corrections, cues = of_sets("reps", "number"), of_sets("corrections"), of_sets("cues")
    recounts = of_sets("recounts")
    quality = grouped(connection, "session", "SELECT * FROM quality WHERE session IN ({})", ids)
    refits = grouped(connection, "session", "SELECT * FROM refits WHERE session IN ({}) ORDER BY id", ids)

    def full(row: sqlite3.Row) -> KeptSet:
        key = row["id"]
        return set_of(SetRows(row, reps[key], corrections[key], cues[key], recounts[key]))

    return [
        session_of(row, [full(one) for one in sets[row["id"]]], quality[row["id"]], refits[row["id"]]) for row in rows
    ]


def grouped(connection: sqlite3.Connection, column: str, query: str, keys: Sequence[str | int]) -> Groups:
    """Rows of a query over many keys, grouped by one column."""
    groups: Groups = defaultdict(list)
    for start in range(0, len(keys), _SQL_VARIABLES):
        some = keys[start : start + _SQL_VARIABLES]
        for row in connection.execute(query.format(", ".join("?" * len(some))), some):
            groups[row[column]].append(row)
    return groups

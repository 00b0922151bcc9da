"""Rows of the history's tables as values, and back."""

from __future__ import annotations

import math
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any

from repband.errors import JournalError
from repband.journal.kept import Correction, KeptSession, KeptSet
from repband.journal.meta import Load
from repband.reps.base import Flag, PhaseTimes, Rep

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


def set_of(row: sqlite3.Row, detector: str, reps: list[sqlite3.Row], corrections: list[sqlite3.Row]) -> KeptSet:
    """A set from its rows; of several detectors\' reps, those of `detector` where it found any."""
    if reps and all(rep["detector"] != detector for rep in reps):
        detector = reps[-1]["detector"]
    own = [rep for rep in reps if rep["detector"] == detector]
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
        corrections=tuple(Correction(one["at"], one["counted"], one["said"]) for one in corrections),
        detector=detector,
        reps=tuple(rep_of(rep) for rep in own),
    )


def session_of(row: sqlite3.Row, sets: list[KeptSet], quality: list[sqlite3.Row]) -> KeptSession:
    """A session from its rows."""
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
        recording=Path(row["recording"]) if row["recording"] else None,
        quality={one["name"]: one["value"] for one in quality},
        sets=tuple(sets),
    )

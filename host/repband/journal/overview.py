"""Sessions and sets in one line each, averaged by the database: years of them in a fraction of a second."""

from __future__ import annotations

import math
import sqlite3
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from repband.journal.history import History
from repband.journal.kept import Refit, TargetTempo
from repband.journal.meta import Load, LoadKind, Side

_ALWAYS = (-math.inf, math.inf)


class SetLine(NamedTuple):
    """One set in figures, as the database gives it. Fields of the same name mean what they do in `KeptSet`.

    Attributes:
        measured: reps with numbers.
        excursion_deg, out_s, hold_s, back_s: means over the measured reps, None without any.
        excursion_var: sample variance of the excursion, None below two.
        rest_s: mean rest before each rep but the first.
        odd: measured reps with a gap inside, a cut hold, or much smaller than the wearer's own.
        corrected: 1 where the wearer said another number than was counted.
        recounted: 1 where its numbers were changed by a recount.
        cues: how often the coach spoke.
        refit: 1 where the strap had moved since the set before, or moved during it.
    """

    session: str
    id: int
    number: int
    exercise: str
    title: str | None
    side: Side | None
    load_kind: LoadKind
    load_value: float | None
    load_label: str
    target_reps: int | None
    planned_reps: int | None
    of_sets: int | None
    work_revision: str | None
    tempo_out_s: float | None
    tempo_hold_s: float | None
    tempo_back_s: float | None
    tempo_rest_s: float | None
    started_s: float
    ended_s: float | None
    ended_why: str | None
    counted: int
    said: int
    count_min: int | None
    count_max: int | None
    device_counted: int | None
    effort: int | None
    pain: int | None
    detector: str
    corrected: int
    recounted: int
    cues: int
    refit: int
    measured: int
    excursion_deg: float | None
    excursion_var: float | None
    out_s: float | None
    hold_s: float | None
    back_s: float | None
    rest_s: float | None
    odd: int

    @property
    def load(self) -> Load:
        """What was worked against."""
        return Load(self.load_kind, self.load_value, self.load_label)

    @property
    def tempo_s(self) -> TargetTempo | None:
        """The prescribed phases, or None."""
        out, hold, back, rest = self.tempo_out_s, self.tempo_hold_s, self.tempo_back_s, self.tempo_rest_s
        if out is None or hold is None or back is None or rest is None:
            return None
        return TargetTempo(out, hold, back, rest)

    @property
    def volume_kg(self) -> float | None:
        """Reps times kilograms, where the load is a weight."""
        return self.said * self.load_value if self.load_kind == "kg" and self.load_value is not None else None


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One session in figures. Fields of the same name mean what they do in `KeptSession`."""

    id: str
    started: str
    ended: str | None
    exercise: str
    sensor: str
    target_sets: int | None
    plan_name: str | None
    plan_revision: str | None
    planned_reps: int | None
    worse_next_day: bool | None
    continues: str | None
    quality: dict[str, float]
    refits: tuple[Refit, ...] = ()
    sets: tuple[SetLine, ...] = field(default=())

    @property
    def day(self) -> date:
        """Its date where the wearer was."""
        return datetime.fromisoformat(self.started).date()

    @property
    def reps(self) -> int:
        """Reps done, as the wearer says."""
        return sum(one.said for one in self.sets)

    @property
    def counted_by_sensor(self) -> bool:
        """Whether the sensor counted it by itself, and no computer listened."""
        return bool(self.quality.get("counted_by_sensor"))

    @property
    def missing_share(self) -> float | None:
        """Share of samples that are missing; None where nobody knows."""
        missing, samples = self.quality.get("missing"), self.quality.get("samples")
        return missing / (missing + samples) if missing is not None and samples and missing + samples > 0 else None


def overview(
    history: History,
    *,
    since: date | None = None,
    until: date | None = None,
    exercise: str | None = None,
    measures: bool = True,
) -> list[SessionLine]:
    """The wearer's own sessions from one date to another, both included, oldest first; demos are left out.

    Args:
        history: the open history.
        since, until: dates in the zone each session was kept in; None for no bound.
        exercise: only sets of this one, and sessions that have some.
        measures: False leaves out what is averaged over reps (`measured` is 0 then), which takes half the time.
    """
    # Two days more on either side: dates are those of the place, the index is not.
    bounds = (_unix(since, -2), _unix(until, +3))
    sets = _sets(history, bounds, exercise, measures)
    quality, refits, earlier = _quality(history, bounds), _refits(history, bounds), _continued(history)
    lines: list[SessionLine] = []
    query = "SELECT * FROM own_sessions WHERE started_unix_s BETWEEN ? AND ? ORDER BY started_unix_s, rowid"
    for row in history.rows(query, bounds):
        key = row["id"]
        if exercise is not None and key not in sets:
            continue
        line = _session(row, sets[key], quality[key], refits[key], earlier.get(key))
        if (since is None or line.day >= since) and (until is None or line.day <= until):
            lines.append(line)
    return lines


def exercises_done(history: History) -> list[str]:
    """Names of all exercises that the wearer has done, the most frequent first."""
    query = (
        "SELECT exercise FROM sets WHERE session IN (SELECT id FROM own_sessions) "
        "GROUP BY exercise ORDER BY count(*) DESC, exercise"
    )
    return [row["exercise"] for row in history.rows(query)]


def _unix(day: date | None, days: int) -> float:
    if day is None:
        return _ALWAYS[0] if days < 0 else _ALWAYS[1]
    return datetime(day.year, day.month, day.day).timestamp() + days * 86400.0


def _session(
    row: sqlite3.Row, sets: list[SetLine], quality: dict[str, float], refits: list[Refit], continues: str | None
) -> SessionLine:
    worse = row["worse_next_day"]
    return SessionLine(
        id=row["id"],
        started=row["started"],
        ended=row["ended"],
        exercise=row["exercise"],
        sensor=row["sensor"],
        target_sets=row["target_sets"],
        plan_name=row["plan_name"],
        plan_revision=row["plan_revision"],
        planned_reps=row["planned_reps"],
        worse_next_day=None if worse is None else bool(worse),
        continues=continues,
        quality=quality,
        refits=tuple(refits),
        sets=tuple(sets),
    )


_IN_SPAN = "SELECT id FROM own_sessions WHERE started_unix_s BETWEEN ?1 AND ?2"


def _quality(history: History, bounds: tuple[float, float]) -> defaultdict[str, dict[str, float]]:
    found: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for row in history.rows(f"SELECT * FROM quality WHERE session IN ({_IN_SPAN})", bounds):
        found[row["session"]][row["name"]] = row["value"]
    return found


def _refits(history: History, bounds: tuple[float, float]) -> defaultdict[str, list[Refit]]:
    found: defaultdict[str, list[Refit]] = defaultdict(list)
    for row in history.rows(f"SELECT * FROM refits WHERE session IN ({_IN_SPAN}) ORDER BY id", bounds):
        found[row["session"]].append(Refit(row["set_number"], row["at_s"], row["why"]))
    return found


def _continued(history: History) -> dict[str, str]:
    query = "SELECT id, taken_up_by FROM sessions WHERE taken_up_by IS NOT NULL AND taken_up_by != ''"
    return {row["taken_up_by"]: row["id"] for row in history.rows(query)}


_MEANS = """
avg(excursion_deg) AS excursion_deg,
CASE WHEN count(excursion_deg) > 1 THEN
    max(0.0, (total(excursion_deg * excursion_deg) - total(excursion_deg) * avg(excursion_deg))
        / (count(excursion_deg) - 1))
END AS excursion_var,
avg(out_s) AS out_s, avg(hold_s) AS hold_s, avg(back_s) AS back_s, avg(rest_before_s) AS rest_s
"""
_TABLE = (
    *("session", "id", "number", "exercise", "title", "side", "load_kind", "load_value", "load_label"),
    *("target_reps", "planned_reps", "of_sets", "work_revision"),
    *("tempo_out_s", "tempo_hold_s", "tempo_back_s", "tempo_rest_s"),
    *("started_s", "ended_s", "ended_why", "counted"),
)
_SETS = f"""
WITH chosen AS (
    SELECT t.*, (SELECT said FROM corrections c WHERE c.set_id = t.id ORDER BY c.id DESC LIMIT 1) AS says
    FROM sets t
    WHERE t.session IN ({_IN_SPAN})
        AND (?3 IS NULL OR t.exercise = ?3)
), means AS (
    SELECT set_id, detector AS found_by, count(*) AS measured, {_MEANS},
        total(flags != '' AND (flags LIKE '%gap%' OR flags LIKE '%cut%' OR flags LIKE '%partial%')) AS odd
    FROM reps WHERE ?4 AND set_id IN (SELECT id FROM chosen) GROUP BY set_id, detector
)
SELECT {", ".join(_TABLE)}, coalesce(says, counted), count_min, count_max, device_counted, effort, pain, detector,
    says IS NOT NULL AND says != counted,
    EXISTS (SELECT 1 FROM recounts n WHERE n.set_id = t.id),
    (SELECT count(*) FROM cues u WHERE u.set_id = t.id),
    EXISTS (SELECT 1 FROM refits f WHERE f.session = t.session AND f.set_number = t.number),
    coalesce(measured, 0), excursion_deg, excursion_var, out_s, hold_s, back_s, rest_s,
    CAST(coalesce(odd, 0) AS INTEGER)
FROM chosen t LEFT JOIN means ON set_id = t.id AND found_by = t.detector
ORDER BY t.id
"""


def _sets(
    history: History, bounds: tuple[float, float], exercise: str | None, measures: bool
) -> defaultdict[str, list[SetLine]]:
    found: defaultdict[str, list[SetLine]] = defaultdict(list)
    for row in history.rows(_SETS, (*bounds, exercise, int(measures))):
        line = SetLine(*row)
        found[line.session].append(line)
    return found

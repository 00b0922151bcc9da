"""The history as CSV: one line a set, or one line a rep. RFC 4180, UTF-8, units in the names of columns.

Times are ISO 8601 with the zone the wearer was in; an empty cell is not known or not answered, never 0.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TextIO

from repband.journal.history import History
from repband.journal.overview import SessionLine, SetLine

_OF_SESSION = ("session", "started", "ended", "plan_name", "plan_revision", "worse_next_day", "sensor", "missing_share")
_OF_SET = (
    *("number", "exercise", "title", "side", "load_kind", "load_value", "load_label", "planned_reps", "target_reps"),
    *("tempo_out_s", "tempo_hold_s", "tempo_back_s", "tempo_rest_s", "started_s", "ended_s", "ended_why"),
    *(
        "said",
        "counted",
        "count_min",
        "count_max",
        "corrected",
        "recounted",
        "device_counted",
        "effort",
        "pain",
        "cues",
    ),
    *("refit", "measured", "excursion_deg", "out_s", "hold_s", "back_s", "rest_s", "odd", "detector"),
)
SET_COLUMNS = (*_OF_SESSION, *("set_number" if name == "number" else name for name in _OF_SET))
REP_COLUMNS = (
    *("session", "started", "set_number", "exercise", "side", "detector", "holds", "rep_number"),
    *("announced_s", "measured_s", "start_s", "half_up_s", "turn_s", "half_down_s", "end_s", "excursion_deg"),
    *("rest_before_s", "out_s", "hold_s", "back_s", "rest_before_sd_s", "out_sd_s", "hold_sd_s", "back_sd_s", "flags"),
)


def write_sets(lines: Iterable[SessionLine], out: TextIO) -> int:
    """Writes a line for each set; gives how many. `out` is opened with newline=""."""
    return _write(SET_COLUMNS, (_set_row(line, one) for line in lines for one in line.sets), out)


def _set_row(line: SessionLine, one: SetLine) -> list[Any]:
    worse = None if line.worse_next_day is None else int(line.worse_next_day)
    share = line.missing_share
    session = [line.id, line.started, line.ended, line.plan_name, line.plan_revision, worse, line.sensor, share]
    return [_rounded(value) for value in (*session, *(getattr(one, name) for name in _OF_SET))]


def _rounded(value: Any) -> Any:
    """Means to the millionth: what SQLite's versions add up differently stands behind that."""
    return round(value, 6) if isinstance(value, float) else value


def write_reps(history: History, lines: Sequence[SessionLine], out: TextIO) -> int:
    """Writes a line for each rep of each detector; `holds` is 1 for the detector whose numbers hold."""
    return _write(REP_COLUMNS, _rep_rows(history, lines), out)


def _rep_rows(history: History, lines: Sequence[SessionLine]) -> Iterator[list[Any]]:
    ids = [one.id for line in lines for one in line.sets]
    if not ids:
        return
    query = (
        "SELECT s.id, s.started, t.number, t.exercise, t.side, r.detector, r.detector = t.detector, r.number, "
        f"{', '.join(f'r.{name}' for name in REP_COLUMNS[8:])} "
        "FROM reps r JOIN sets t ON t.id = r.set_id JOIN sessions s ON s.id = t.session "
        "WHERE r.set_id BETWEEN ? AND ? ORDER BY s.started_unix_s, t.number, r.detector, r.number"
    )
    wanted = {line.id for line in lines}
    for row in history.rows(query, (min(ids), max(ids))):
        if row[0] in wanted:
            yield list(row)


def _write(columns: Sequence[str], rows: Iterable[Sequence[Any]], out: TextIO) -> int:
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    written = 0
    for row in rows:
        writer.writerow(row)
        written += 1
    return written

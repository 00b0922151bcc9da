"""Sets that a sensor counted while no computer listened: kept once, however often their transfer is interrupted.

The sessions and the number up to which the sensor's log is kept go into the history in one transaction; only then is
the sensor told to forget. So a cut at any moment repeats the transfer, and what is kept already is passed over.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from repband_wire import events

from repband.journal.database import insert
from repband.journal.history import History
from repband.journal.meta import Load, Side
from repband.journal.rows import load_columns, rep_columns, unix_s
from repband.reps.base import Flag, PhaseTimes, Rep

if TYPE_CHECKING:
    from repband.link.devicelog import DeviceLog, LoggedRep, LoggedSet

SESSION_GAP_S = 3600.0
"""Sets further apart than this are two sessions: no prescribed rest is nearly so long."""
CLOCK_RATE = 0.01
"""How far a sensor's time may run off, as a share: our own cautious bound, not measured on a board. A crystal is a
hundred times better, but a sleeping ESP32 counts its time by an RC oscillator."""
_CLOCK_STEP_S = 1.0  # the sensor keeps whole seconds
# A rep is measured up to two seconds after its end, and kept to the second; the two clocks differ a little more.
_EARLIER_S, _LATER_S = 2.0, 5.0
_NAMESPACE = uuid.UUID("6b2f0f5e-6f0e-4f5c-9d53-7a1f2c8f4f57")
_FLAGS = {
    events.REP_PARTIAL: Flag.PARTIAL,
    events.REP_FAST: Flag.FAST,
    events.REP_LATE: Flag.LATE,
    events.REP_GAP: Flag.GAP,
}
_UNKNOWN = PhaseTimes(None, float("nan"), float("nan"), float("nan"))  # the sensor does not say how sure it is


@dataclass(frozen=True, slots=True)
class Sensor:
    """Which sensor counted.

    Attributes:
        name: what it is called.
        detector: version of its counter.
        side: the thigh it is set up for, where it is.
    """

    name: str
    detector: str
    side: Side | None = None


@dataclass(frozen=True, slots=True)
class Synced:
    """What became of a transfer.

    Attributes:
        sessions: ids of the sessions that were kept now.
        reps: reps in them.
        counted_here: reps left out, because a session on this computer has counted them itself.
    """

    sessions: tuple[str, ...]
    reps: int
    counted_here: int


def kept_below(history: History, identity: int) -> int:
    """Number of the record of a sensor's log up to which all is kept already."""
    rows = history.rows("SELECT value FROM settings WHERE name = ?", (_mark(identity),))
    return int(rows[0]["value"]) if rows else 0


def _mark(identity: int) -> str:
    return f"sensor-log-{identity:04x}"


def keep_synced(history: History, log: DeviceLog, sensor: Sensor) -> Synced:
    """Keeps the sets of a sensor's log in one transaction, as sessions of their own.

    Times of the boot that the sensor is in are known to a second and `CLOCK_RATE`; of earlier boots it is only known
    that they came before it: such a session stands at the latest moment it can have been.

    Args:
        history: the open history.
        log: what was read; all of it that belongs to one set.
        sensor: which sensor it was.

    Raises:
        JournalError: nothing was kept.
    """
    now = datetime.fromisoformat(history.now())
    booted = now - timedelta(seconds=log.uptime_s)
    here = _reps_here(history, booted)
    kept: list[str] = []
    reps = counted_here = 0
    with history.change() as connection:
        for sets in _sessions(log.sets):
            known = bool(log.boot) and sets[0].boot == log.boot
            length_s = sets[-1].began_s + sets[-1].lasted_s - sets[0].began_s
            started = booted + timedelta(seconds=sets[0].began_s if known else -length_s)
            left = [_not_counted_here(one, booted, here if known else []) for one in sets]
            counted_here += sum(map(_kept_count, sets)) - sum(one.counted for one in left)
            left = [one for one in left if one.counted]
            key = str(uuid.uuid5(_NAMESPACE, f"{log.identity} {sets[0].record} {sets[0].boot} {sets[0].began_s}"))
            if left and not connection.execute("SELECT 1 FROM sessions WHERE id = ?", (key,)).fetchone():
                uncertain_s = _CLOCK_STEP_S + CLOCK_RATE * (now - started).total_seconds() if known else None
                _keep(connection, _session(key, started, length_s, left, sensor), left, sensor, uncertain_s)
                kept.append(key)
                reps += sum(one.counted for one in left)
        connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (_mark(log.identity), str(log.below)))
    return Synced(tuple(kept), reps, counted_here)


def _sessions(sets: Sequence[LoggedSet]) -> list[list[LoggedSet]]:
    """Sets that belong together: of one boot, and not too far apart."""
    found = [[one] for one in sets[:1]]
    for before, one in pairwise(sets):
        apart_s = one.began_s - before.began_s - before.lasted_s
        if one.boot == before.boot and apart_s <= SESSION_GAP_S:
            found[-1].append(one)
        else:
            found.append([one])
    return found


def _reps_here(history: History, since: datetime) -> list[float]:
    """When the reps that sessions on this computer counted ended, in unix s; those of sessions begun since."""
    query = (
        "SELECT s.started_unix_s + r.end_s AS at FROM own_sessions s JOIN sets t ON t.session = s.id "
        "JOIN reps r ON r.set_id = t.id AND r.detector = t.detector "
        "WHERE s.recording IS NOT NULL AND s.started_unix_s >= ? ORDER BY at"
    )
    return [row["at"] for row in history.rows(query, (since.timestamp() - SESSION_GAP_S,))]


def _not_counted_here(one: LoggedSet, booted: datetime, here: list[float]) -> LoggedSet:
    """The set without the reps that a session on this computer has counted: after a drop it fetches their samples.

    A rep is left out only for a rep of that session at its very time, which is taken out of `here`: in doubt it stays.
    """
    began = booted.timestamp() + one.began_s

    def was_counted(rep: LoggedRep) -> bool:
        at = began + rep.since_s
        found = next((end for end in here if -_EARLIER_S <= at - end <= _LATER_S), None)
        if found is not None:
            here.remove(found)
        return found is not None

    reps = tuple(rep for rep in one.reps if not was_counted(rep))
    return replace(one, reps=reps, counted=len(reps) if len(reps) < len(one.reps) else _kept_count(one))


def _kept_count(one: LoggedSet) -> int:
    """Reps of the set: those before the first that was kept had gone to a computer, those after the last were lost."""
    return one.counted - one.reps[0].number + 1 if one.reps else 0


def _session(key: str, started: datetime, length_s: float, sets: Sequence[LoggedSet], sensor: Sensor) -> dict[str, Any]:
    import repband

    begun = started.isoformat(timespec="seconds")
    return {
        "id": key,
        "started": begun,
        "started_unix_s": unix_s(begun),
        "ended": (started + timedelta(seconds=length_s)).isoformat(timespec="seconds"),
        "exercise": sets[0].exercise,
        "side": sensor.side,
        **load_columns(Load()),
        "sensor": sensor.name,
        "repband": repband.__version__,
        "detector": sensor.detector,
    }


def _keep(
    connection: sqlite3.Connection,
    session: dict[str, Any],
    sets: Sequence[LoggedSet],
    sensor: Sensor,
    uncertain_s: float | None,
) -> None:
    insert(connection, "sessions", session)
    figures = {"counted_by_sensor": 1.0, "started_at_latest": float(uncertain_s is None), "started_sd_s": uncertain_s}
    for name, value in figures.items():
        if value:
            insert(connection, "quality", {"session": session["id"], "name": name, "value": value})
    for number, one in enumerate(sets, 1):
        since_s = float(one.began_s - sets[0].began_s)
        row = {
            "session": session["id"],
            "number": number,
            "exercise": one.exercise,
            "side": sensor.side,
            **load_columns(Load()),
            "started_s": since_s,
            "ended_s": since_s + one.lasted_s,
            "ended_why": "sensor" if one.whole else "sensor-off",
            "counted": one.counted,
            "detector": sensor.detector,
        }
        key = insert(connection, "sets", row)
        for at, rep in enumerate(one.reps, 1):
            columns = rep_columns(_rep(at, rep, since_s))
            insert(connection, "reps", {"set_id": key, "detector": sensor.detector, **columns})


def _rep(number: int, rep: LoggedRep, since_s: float) -> Rep:
    """The rep; its phases are the sensor's, the moments are laid back from when it was kept, to a second or two."""
    end_s = since_s + rep.since_s
    start_s = end_s - rep.out_s - rep.hold_s - rep.back_s
    return Rep(
        number=number,
        announced_s=end_s,
        measured_s=end_s,
        start_s=start_s,
        half_up_s=start_s + rep.out_s / 2,
        turn_s=start_s + rep.out_s + rep.hold_s / 2,
        half_down_s=end_s - rep.back_s / 2,
        end_s=end_s,
        excursion_deg=rep.excursion_deg,
        tempo_s=PhaseTimes(None, rep.out_s, rep.hold_s, rep.back_s),
        tempo_sd_s=_UNKNOWN,
        flags=tuple(flag for bit, flag in _FLAGS.items() if rep.flags & bit),
    )

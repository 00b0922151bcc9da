"""Runs today's engine over kept recordings: shows what would change, and changes it only when asked to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from repband.driver.driver import replay
from repband.driver.recorded import recorded_session
from repband.driver.session import Session
from repband.errors import RepBandError
from repband.journal.history import History
from repband.journal.kept import KeptSession, KeptSet
from repband.journal.rows import rep_columns
from repband.reps import DETECTOR_VERSION
from repband.reps.base import Rep
from repband.workout.base import SetEnded, SetSummary

SAME_S = 0.005
SAME_DEG = 0.05
"""Times and angles that differ by less print the same everywhere."""


@dataclass(frozen=True, slots=True)
class SetChange:
    """One set, as it is kept and as today's engine sees it.

    Attributes:
        number: the set's number.
        kept: as it is in the history; None where only the recording has it.
        now: as the engine gives it today; None where it finds no such set.
        moved: reps of the same number whose times or angle differ.
    """

    number: int
    kept: KeptSet | None
    now: SetSummary | None
    moved: int

    @property
    def differs(self) -> bool:
        """Whether anything would change."""
        if self.kept is None or self.now is None:
            return True
        return self.kept.counted != self.now.counted or len(self.kept.reps) != len(self.now.reps) or self.moved > 0

    @property
    def can_be_kept(self) -> bool:
        """Whether there are new numbers; a set that today's engine does not find stays as it is."""
        return self.now is not None


@dataclass(frozen=True, slots=True)
class Recounted:
    """One session recounted.

    Attributes:
        session: as it is kept.
        detector: today's.
        sets: all sets of either.
        problem: why it could not be recounted, or None.
    """

    session: KeptSession
    detector: str
    sets: tuple[SetChange, ...]
    problem: str | None = None

    @property
    def changes(self) -> tuple[SetChange, ...]:
        """Sets that differ."""
        return tuple(one for one in self.sets if one.differs)


def recount(session: KeptSession) -> Recounted:
    """Recounts one session from its recording; changes nothing."""
    if session.recording is None or not session.recording.is_file():
        gone = "no recording was kept" if session.recording is None else "its recording is gone"
        return Recounted(session, DETECTOR_VERSION, (), gone)
    try:
        summaries = _summaries(session.recording)
    except RepBandError as error:
        return Recounted(session, DETECTOR_VERSION, (), str(error))
    return Recounted(session, DETECTOR_VERSION, tuple(_compared(session.sets, summaries)))


def _summaries(path: Path) -> dict[int, SetSummary]:
    """The sets that a replay through today's engine gives."""
    recorded = recorded_session(path)
    found: dict[int, SetSummary] = {}

    def listen(_record: object, events: Iterable[object]) -> None:
        for event in events:
            if isinstance(event, SetEnded):
                found[event.summary.number] = event.summary

    replay(recorded.records, Session(recorded.routine), [listen])
    return found


def _compared(kept: Sequence[KeptSet], now: dict[int, SetSummary]) -> list[SetChange]:
    before = {one.number: one for one in kept}
    return [_change(number, before.get(number), now.get(number)) for number in sorted(before.keys() | now.keys())]


def _change(number: int, kept: KeptSet | None, now: SetSummary | None) -> SetChange:
    moved = 0
    if kept is not None and now is not None:
        today = {rep.number: rep for rep in now.reps}
        moved = sum(not _same(rep, today[rep.number]) for rep in kept.reps if rep.number in today)
    return SetChange(number, kept, now, moved)


def _same(one: Rep, other: Rep) -> bool:
    times = ("start_s", "half_up_s", "turn_s", "half_down_s", "end_s")
    phases = ("out", "hold", "back")
    near = all(abs(getattr(one, name) - getattr(other, name)) < SAME_S for name in times)
    lasts = all(abs(getattr(one.tempo_s, name) - getattr(other.tempo_s, name)) < SAME_S for name in phases)
    return near and lasts and abs(one.excursion_deg - other.excursion_deg) < SAME_DEG


def keep_recount(history: History, found: Recounted) -> int:
    """Lets today's numbers hold where they differ; those before stay beside them. Gives how many sets changed.

    What the wearer said against a count stays as it is.
    """
    changed = 0
    for change in found.changes:
        if change.now is None:
            continue
        if change.kept is None:
            _add(history, found, change.now)
        else:
            _keep(history, found, change.kept, change.now)
        changed += 1
    return changed


def _add(history: History, found: Recounted, now: SetSummary) -> None:
    """A set that the recording has and the history does not: it could not be written at the time."""
    side = "left" if now.side == "left" else "right" if now.side == "right" else None
    set_id = history.start_set(
        found.session.id,
        now.number,
        started_s=now.started_s,
        target_reps=now.target_reps,
        exercise=now.exercise,
        side=side,
    )
    with history.change() as connection:
        connection.execute("UPDATE sets SET detector = ? WHERE id = ?", (found.detector, set_id))
    history.end_set(
        set_id,
        ended_s=now.ended_s,
        why=str(now.ended),
        counted=now.counted,
        said=now.said,
        count_min=now.count_min,
        count_max=now.count_max,
        reps=now.reps,
    )


def _keep(history: History, found: Recounted, kept: KeptSet, now: SetSummary) -> None:
    with history.change() as connection:
        query = "SELECT id FROM sets WHERE session = ? AND number = ?"
        (row,) = connection.execute(query, (found.session.id, kept.number)).fetchall()
        taken = {
            one["detector"]
            for one in connection.execute("SELECT DISTINCT detector FROM reps WHERE set_id = ?", (row["id"],))
        }
        label = _label(found.detector, taken | {kept.detector})
        before = (row["id"], history.now(), kept.detector, kept.counted, kept.count_min, kept.count_max)
        connection.execute(
            "INSERT INTO recounts (set_id, at, detector, counted, count_min, count_max) VALUES (?, ?, ?, ?, ?, ?)",
            before,
        )
        for rep in now.reps:
            columns = {"set_id": row["id"], "detector": label, **rep_columns(rep)}
            marks = ", ".join("?" * len(columns))
            connection.execute(f"INSERT INTO reps ({', '.join(columns)}) VALUES ({marks})", tuple(columns.values()))
        connection.execute(
            "UPDATE sets SET detector = ?, counted = ?, count_min = ?, count_max = ? WHERE id = ?",
            (label, now.counted, now.count_min, now.count_max, row["id"]),
        )


def _label(detector: str, taken: set[str]) -> str:
    """The detector's name in the history: "2", or "2/recount-2" where that version has found other reps before.

    The same version finds the same reps in the same samples; the live session may have been cut off, or the history
    not written for a while.
    """
    number, label = 1, detector
    while label in taken:
        number += 1
        label = f"{detector}/recount-{number}"
    return label

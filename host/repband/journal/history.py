"""The history: every session, set and rep, each kept the moment it is known."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from repband.errors import JournalError, UsageError
from repband.journal.database import explained, open_database, transaction
from repband.journal.kept import KeptCue, KeptSession, Refit
from repband.journal.meta import Load, RecordingMeta, Side
from repband.journal.prescribed import Prescribed, SetPrescription
from repband.journal.rows import kept_sessions, load_columns, load_of, rep_columns, unix_s
from repband.paths import data_dir
from repband.reps.base import Rep


def history_path() -> Path:
    """Where the wearer's history lies."""
    return data_dir() / "history.sqlite"


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")


class History:
    """The wearer's history in one SQLite file.

    Each call is one transaction, committed when it returns: a process killed at any moment loses at most the rep
    that was not measured yet. A power cut may cost the last few calls (the recording has them), never the file.

    Args:
        path: the file, by default the wearer's own; made where there is none, migrated where it is older.
        now: wall time as ISO 8601 with zone; injected in tests.

    Attributes:
        notices: what the wearer should be told about the file, such as that a damaged one was set aside.

    Raises:
        JournalError: here and in every method, where the file can't be used; it says why and what to do.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None, *, now: Callable[[], str] = _now) -> None:
        self.path = Path(path) if path is not None else history_path()
        self._now = now
        self._connection, notices = open_database(self.path)
        self.notices = tuple(notices)

    def start_session(
        self,
        meta: RecordingMeta,
        *,
        recording: str | os.PathLike[str] | None = None,
        target_sets: int | None = None,
        prescribed: Prescribed | None = None,
    ) -> str:
        """Keeps the beginning of a session; returns its id, `meta.session`.

        Args:
            meta: what the recording says about itself.
            recording: path of the raw recording, or None.
            target_sets: sets aimed at, or None.
            prescribed: the plan it is done under, or None.
        """
        row = {
            "id": meta.session,
            "started": meta.started,
            "started_unix_s": unix_s(meta.started),
            "exercise": meta.exercise,
            "side": meta.side,
            **load_columns(meta.load),
            "target_sets": target_sets,
            "target_reps": meta.target_reps,
            "sensor": meta.sensor,
            "demo": meta.demo,
            "repband": meta.repband,
            "detector": meta.detector,
            "recording": None if recording is None else str(Path(recording).absolute()),
            **asdict(prescribed or Prescribed()),
        }
        with self._change():
            self._insert("sessions", row)
        return meta.session

    def start_set(
        self,
        session: str,
        number: int,
        *,
        started_s: float = 0.0,
        target_reps: int | None = None,
        exercise: str | None = None,
        side: Side | None = None,
        load: Load | None = None,
        task: SetPrescription | None = None,
    ) -> int:
        """Keeps the beginning of a set; returns its id. What is not given is as the session began.

        Args:
            session: the session's id.
            number: 1 for its first set; no two sets of a session have the same.
            started_s: stream time of the arming, in s.
            target_reps: reps aimed at in this set, or None.
            exercise, side, load: where this set differs.
            task: what the plan says of it, or None.
        """
        with self._change():
            begun = self._one("SELECT * FROM sessions WHERE id = ?", session)
            row = {
                "session": session,
                "number": number,
                "exercise": exercise or begun["exercise"],
                "side": side or begun["side"],
                **load_columns(load or load_of(begun)),
                "target_reps": target_reps,
                "started_s": started_s,
                "counted": 0,
                "detector": begun["detector"],
                **(task or SetPrescription()).columns(),
            }
            return self._insert("sets", row)

    def add_rep(self, set_id: int, rep: Rep, *, detector: str | None = None) -> None:
        """Keeps one measured rep. A rep that is kept already, by number and detector, stays as it is.

        Args:
            set_id: what `start_set` returned.
            rep: the rep.
            detector: version of the detector that found it, by default the session's.
        """
        with self._change():
            self._add_rep(set_id, rep, detector)
            self._connection.execute("UPDATE sets SET counted = max(counted, ?) WHERE id = ?", (rep.number, set_id))

    def _add_rep(self, set_id: int, rep: Rep, detector: str | None) -> None:
        if detector is None:
            detector = str(self._one("SELECT detector FROM sets WHERE id = ?", set_id)["detector"])
        self._insert("reps", {"set_id": set_id, "detector": detector, **rep_columns(rep)}, or_ignore=True)

    def end_set(
        self,
        set_id: int,
        *,
        ended_s: float,
        why: str,
        counted: int,
        said: int | None = None,
        count_min: int | None = None,
        count_max: int | None = None,
        reps: Sequence[Rep] = (),
    ) -> None:
        """Keeps the end of a set.

        Args:
            set_id: what `start_set` returned.
            ended_s: stream time, in s.
            why: why it ended.
            counted: reps the engine announced.
            said: reps the wearer says it was, where that differs; kept as a correction beside the count.
            count_min, count_max: bounds of the count where samples are missing.
            reps: all reps of the set; those not kept yet are.
        """
        with self._change():
            self._one("SELECT id FROM sets WHERE id = ?", set_id)
            for rep in reps:
                self._add_rep(set_id, rep, None)
            self._connection.execute(
                "UPDATE sets SET ended_s = ?, ended_why = ?, counted = ?, count_min = ?, count_max = ? WHERE id = ?",
                (ended_s, why, counted, count_min, count_max, set_id),
            )
            if said is not None and said != self._said(set_id, counted):
                self._correct(set_id, counted, said)

    def correct(self, set_id: int, said: int) -> None:
        """Keeps what the wearer says the set was, beside what was counted."""
        with self._change():
            counted = self._one("SELECT counted FROM sets WHERE id = ?", set_id)["counted"]
            self._correct(set_id, counted, said)

    def _said(self, set_id: int, counted: int) -> int:
        query = "SELECT said FROM corrections WHERE set_id = ? ORDER BY id DESC LIMIT 1"
        row = self._connection.execute(query, (set_id,)).fetchone()
        return row["said"] if row else counted

    def _correct(self, set_id: int, counted: int, said: int) -> None:
        self._insert("corrections", {"set_id": set_id, "at": self._now(), "counted": counted, "said": said})

    def retarget(self, set_id: int, reps: int) -> None:
        """Keeps that the wearer changed the target of a set under way; what was planned stays beside it."""
        with self._change():
            query = "UPDATE sets SET planned_reps = coalesce(planned_reps, target_reps), target_reps = ? WHERE id = ?"
            self._connection.execute(query, (reps, set_id))

    def answer(self, set_id: int, question: Literal["effort", "pain"], score: int) -> None:
        """Keeps what the wearer answered about a set, from 0 to 10; a later answer replaces an earlier one."""
        with self._change():
            self._connection.execute(f"UPDATE sets SET {question} = ? WHERE id = ?", (score, set_id))

    def answer_next_day(self, session: str, worse: bool) -> None:
        """Keeps whether a session left the pain worse the next day."""
        with self._change():
            self._one("SELECT id FROM sessions WHERE id = ?", session)
            query = "UPDATE sessions SET worse_next_day = ?, worse_answered_at = ? WHERE id = ?"
            self._connection.execute(query, (int(worse), self._now(), session))

    def add_cue(self, set_id: int, cue: KeptCue) -> None:
        """Keeps what the coach said in a set."""
        row = {"set_id": set_id, "at_s": cue.at_s, "name": cue.name, "said": cue.said, "because": cue.because}
        with self._change():
            self._insert("cues", row)

    def add_refit(self, session: str, refit: Refit) -> None:
        """Keeps that the strap moved within a session."""
        with self._change():
            self._insert("refits", {"session": session, **asdict(refit)})

    def keep_device_count(self, set_id: int, counted: int) -> None:
        """Keeps what the device counted by itself, beside the host's count."""
        with self._change():
            self._connection.execute("UPDATE sets SET device_counted = ? WHERE id = ?", (counted, set_id))

    def end_session(self, session: str, *, quality: Mapping[str, float | None] | None = None) -> None:
        """Keeps the end of a session.

        Args:
            session: its id.
            quality: figures of the stream's accounting by name, such as `dataclasses.asdict(stream.stats)`; None
                values are left out.
        """
        with self._change():
            self._one("SELECT id FROM sessions WHERE id = ?", session)
            self._connection.execute("UPDATE sessions SET ended = ? WHERE id = ?", (self._now(), session))
            for name, value in (quality or {}).items():
                if value is not None:
                    row = (session, name, float(value))
                    self._connection.execute("INSERT OR REPLACE INTO quality VALUES (?, ?, ?)", row)

    def sessions(self, limit: int | None = None, *, demos: bool = True) -> list[KeptSession]:
        """The latest sessions, newest first, with sets and reps; all of them without a limit.

        Args:
            limit: how many, or None.
            demos: whether demos are among them.
        """
        table = "sessions" if demos else "own_sessions"
        query = f"SELECT * FROM {table} ORDER BY started_unix_s DESC, rowid DESC LIMIT ?"
        with explained(self.path):
            return kept_sessions(
                self._connection, self._connection.execute(query, (-1 if limit is None else limit,)).fetchall()
            )

    def session(self, id_or_prefix: str) -> KeptSession:
        """One session by its id, the beginning of it, or "last".

        Raises:
            UsageError: there is none, or more than one.
        """
        if id_or_prefix == "last":
            found = self.sessions(1)
        else:
            query = "SELECT * FROM sessions WHERE substr(id, 1, length(?1)) = ?1 ORDER BY started_unix_s DESC LIMIT 4"
            with explained(self.path):
                found = kept_sessions(self._connection, self._connection.execute(query, (id_or_prefix,)).fetchall())
        if not found:
            what = "no session is kept yet" if id_or_prefix == "last" else f"no session '{id_or_prefix}'"
            raise UsageError(what, cure="'repband sessions list' shows what there is")
        if len(found) > 1:
            some = ", ".join(session.id[: len(id_or_prefix) + 4] for session in found)
            raise UsageError(f"more than one session begins with '{id_or_prefix}' ({some})", cure="give more of it")
        return found[0]

    def squeeze(self) -> None:
        """Gives deleted rows' room back, so that nothing of them can be read in the file any more."""
        with explained(self.path):
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def change(self) -> Generator[sqlite3.Connection]:
        """One transaction on the file, for the other modules of this folder."""
        with self._change():
            yield self._connection

    def rows(self, query: str, values: Sequence[str | float | None] = ()) -> list[sqlite3.Row]:
        """Rows of a query, for the other modules of this folder."""
        with explained(self.path):
            return self._connection.execute(query, values).fetchall()

    def now(self) -> str:
        """The time that a change made now is kept with."""
        return self._now()

    @contextmanager
    def _change(self) -> Generator[None]:
        with explained(self.path), transaction(self._connection):
            yield

    def _insert(self, table: str, row: Mapping[str, Any], *, or_ignore: bool = False) -> int:
        verb = "INSERT OR IGNORE" if or_ignore else "INSERT"
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        cursor = self._connection.execute(f"{verb} INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))
        return cursor.lastrowid or 0

    def _one(self, query: str, *values: str | int) -> sqlite3.Row:
        row = self._connection.execute(query, values).fetchone()
        if row is None:
            raise JournalError(f"no such session or set: {values[0]}", where=str(self.path))
        return row

"""Recorded sessions as what moved them: the exercise, the target, and the records in their order."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from repband.driver.base import Command, Record, Tick
from repband.exercise import Exercise, load_exercise
from repband.journal import RecordingMeta, read_recording
from repband.source import Source, open_source
from repband.workout import Routine, Target, routine_of


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recorded session.

    Attributes:
        exercise, target: as they were when it was recorded.
        routine: what was to be done, in full.
        records: arrivals, commands and ticks, in the order in which they acted.
    """

    exercise: Exercise
    target: Target
    routine: Routine
    records: Iterable[Record]


def recorded_session(path: Path, exercise: str | None = None) -> Recorded:
    """Opens any recording as a session.

    Args:
        path: a recording of ours, or anything else `open_source` reads; the latter, and a recording that was made
            without counting, become one set that begins with the first sample.
        exercise: name or file of another exercise to count as.

    Raises:
        RecordingError: the file can't be read.
        UsageError: there is no such exercise.
    """
    source = open_source(path)
    meta = _meta_of(path)
    if meta is None:
        chosen = load_exercise(exercise or "generic")
        return Recorded(chosen, Target(), routine_of(chosen, Target()), _begun(source))
    chosen = load_exercise(exercise) if exercise else exercise_of(meta)
    records = read_recording(path).records()
    counted = meta.detector != ""
    target = target_of(meta)
    routine = routine_of(chosen, target) if exercise else routine_in(meta) or routine_of(chosen, target)
    return Recorded(chosen, target, routine, records if counted else _begun(source))


def exercise_of(meta: RecordingMeta) -> Exercise:
    """The exercise as it was defined when the session was recorded."""
    kept = meta.extra.get("exercise")
    return msgspec.json.decode(kept, type=Exercise) if kept else load_exercise(meta.exercise)


def target_of(meta: RecordingMeta) -> Target:
    """The target as it was when the session was recorded."""
    kept = meta.extra.get("target")
    return msgspec.json.decode(kept, type=Target) if kept else Target(reps=meta.target_reps)


def routine_in(meta: RecordingMeta) -> Routine | None:
    """The routine of a led session as it was when it was recorded; None where there was none."""
    kept = meta.extra.get("routine")
    return msgspec.json.decode(kept, type=Routine) if kept else None


def _meta_of(path: Path) -> RecordingMeta | None:
    with path.open("rb") as file:
        is_ours = file.read(len(_MCAP_MAGIC)) == _MCAP_MAGIC
    return read_recording(path).meta if is_ours else None


_MCAP_MAGIC = b"\x89MCAP0"


def _begun(source: Source) -> Iterator[Record]:
    yield Command("start", 0)
    yield from source


def paced(records: Iterable[Record], speed: float) -> Iterator[Record]:
    """The records, each when it is due.

    Args:
        records: in recorded order.
        speed: 1 for the recorded pace, 10 for ten times as fast.
    """
    begun_s, first_s = time.monotonic(), None
    for record in records:
        moment_s = _moment_s(record)
        if moment_s is not None:
            first_s = moment_s if first_s is None else first_s
            time.sleep(max(0.0, begun_s + (moment_s - first_s) / speed - time.monotonic()))
        yield record


def _moment_s(record: Record) -> float | None:
    match record:
        case Tick():
            return record.now_s
        case Command():
            return None
        case _:
            return record.arrival_s

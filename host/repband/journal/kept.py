"""Sessions, sets and reps as the history gives them back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from repband.journal.meta import Load
from repband.reps.base import PhaseTimes, Rep


@dataclass(frozen=True, slots=True)
class Correction:
    """What the wearer said against the count, and when (ISO 8601 with zone)."""

    at: str
    counted: int
    said: int


@dataclass(frozen=True, slots=True)
class TargetTempo:
    """Prescribed time of each phase, in s; `rest` is before the next rep."""

    out: float
    hold: float
    back: float
    rest: float


@dataclass(frozen=True, slots=True)
class KeptCue:
    """What the coach said: what was measured ("too-fast"), the words, the figures behind them, stream time in s."""

    name: str
    said: str
    because: str
    at_s: float


@dataclass(frozen=True, slots=True)
class Refit:
    """The strap moved within a session.

    Attributes:
        set_number: the first set that it may have changed.
        at_s: stream time, in s; None where it was told afterwards.
        why: "side" (moved to the other thigh), "slipped" or "wearer" (the wearer says so).
    """

    set_number: int
    at_s: float | None
    why: str


@dataclass(frozen=True, slots=True)
class Recount:
    """The numbers that held until a recount at that time (ISO 8601 with zone), and the detector they came from."""

    at: str
    detector: str
    counted: int
    count_min: int | None
    count_max: int | None


@dataclass(frozen=True, slots=True)
class KeptSet:
    """One set.

    Attributes:
        number: 1 for the first set of the session.
        exercise, side, load: what was done, on which thigh, against what.
        target_reps: reps aimed at, or None.
        started_s, ended_s: stream times, in s; `ended_s` is None where the session broke off.
        ended_why: why it ended, None where the session broke off.
        counted: reps the engine announced.
        count_min, count_max: bounds of the count where samples are missing, or None.
        corrections: all of them, in order; the last one holds.
        detector: version of the detector that found `reps`.
        reps: the measured reps, in order.
        title: what it was called on the screen, None where it was plainly the exercise.
        of_sets: sets to be done of this exercise on this side, or None.
        planned_reps: the target before the wearer changed it, or None.
        tempo_s: the prescribed phases, or None.
        effort, pain: what the wearer answered, 0 to 10; None is no answer.
        device_counted: what the device counted by itself, or None.
        cues: what the coach said.
        recounts: what held before each recount, oldest first.
    """

    number: int
    exercise: str
    side: str | None
    load: Load
    target_reps: int | None
    started_s: float
    ended_s: float | None
    ended_why: str | None
    counted: int
    count_min: int | None
    count_max: int | None
    corrections: tuple[Correction, ...]
    detector: str
    reps: tuple[Rep, ...]
    title: str | None = None
    of_sets: int | None = None
    planned_reps: int | None = None
    tempo_s: TargetTempo | None = None
    effort: int | None = None
    pain: int | None = None
    device_counted: int | None = None
    cues: tuple[KeptCue, ...] = ()
    recounts: tuple[Recount, ...] = ()

    @property
    def said(self) -> int:
        """Reps the wearer says it was: the last correction, else what was counted."""
        return self.corrections[-1].said if self.corrections else self.counted

    @property
    def mean_tempo_s(self) -> PhaseTimes | None:
        """Mean time of each phase over the measured reps, in s; None without any."""
        if not self.reps:
            return None
        rests = [rep.tempo_s.rest_before for rep in self.reps if rep.tempo_s.rest_before is not None]
        return PhaseTimes(
            fmean(rests) if rests else None,
            fmean(rep.tempo_s.out for rep in self.reps),
            fmean(rep.tempo_s.hold for rep in self.reps),
            fmean(rep.tempo_s.back for rep in self.reps),
        )

    @property
    def mean_excursion_deg(self) -> float | None:
        """Mean thigh excursion over the measured reps, in degrees; None without any."""
        return fmean(rep.excursion_deg for rep in self.reps) if self.reps else None


@dataclass(frozen=True, slots=True)
class KeptSession:
    """One session.

    Attributes:
        id: its UUID, the same as in its recording.
        started, ended: ISO 8601 with zone; `ended` is None where the session broke off.
        exercise, side, load, target_sets, target_reps: as begun; each set has its own.
        sensor, repband, detector: what recorded and counted.
        demo: no part of what the wearer has done; see `RecordingMeta`.
        recording: the raw recording, or None where none was made.
        quality: figures of the stream's accounting, such as samples, missing and rate_hz.
        sets: the sets, in order.
        plan_name, plan_revision: the plan it was done under, or None.
        planned_reps: reps to be done in the whole session, or None.
        worse_next_day: did it leave the pain worse the next day? None is no answer.
        taken_up_by: the session that goes on with this one, "" where the wearer declined, else None.
        recording_deleted: when the raw recording was deleted, or None.
        refits: when the strap moved.
    """

    id: str
    started: str
    ended: str | None
    exercise: str
    side: str | None
    load: Load
    target_sets: int | None
    target_reps: int | None
    sensor: str
    repband: str
    detector: str
    demo: bool
    recording: Path | None
    quality: dict[str, float]
    sets: tuple[KeptSet, ...]
    plan_name: str | None = None
    plan_revision: str | None = None
    planned_reps: int | None = None
    worse_next_day: bool | None = None
    taken_up_by: str | None = None
    recording_deleted: str | None = None
    refits: tuple[Refit, ...] = ()

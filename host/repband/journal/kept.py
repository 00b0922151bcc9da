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
        recording: the raw recording, or None where none was made.
        quality: figures of the stream's accounting, such as samples, missing and rate_hz.
        sets: the sets, in order.
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
    recording: Path | None
    quality: dict[str, float]
    sets: tuple[KeptSet, ...]

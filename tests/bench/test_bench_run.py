"""Counting jobs: both counters, any number of processes, and what fails is named."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from repband.bench import peaks
from repband.bench.jobs import Material, SimulatedJob, exercise_given
from repband.bench.outcome import Subject
from repband.bench.peaks import find_peaks_count
from repband.bench.run import run
from repband.errors import RecordingError, UsageError
from repband.stream import SampleBlock

JOBS = [SimulatedJob("plain", "bridge", n) for n in range(3)]


@dataclass(frozen=True)
class Broken:
    subject: Subject = JOBS[0].subject

    def load(self) -> Material:
        raise RecordingError("broken", where="x.csv")


def test_simulated_sets_are_counted_by_both() -> None:
    (outcome,) = run(JOBS[:1])
    assert outcome.true == JOBS[0].load().truth.count
    assert outcome.engine is not None and outcome.peaks is not None
    assert outcome.engine.score is not None and outcome.engine.score.matched
    assert len(outcome.engine.phase_errors_s) == 4 * outcome.engine.score.matched


def test_a_recording_that_fails_is_named_and_the_rest_done() -> None:
    seen: list[str | None] = []
    outcomes = run([Broken(), JOBS[0]], done=lambda o: seen.append(o.error))
    assert seen == ["x.csv: broken", None]
    assert outcomes[1].engine is not None


@pytest.mark.slow
def test_processes_change_nothing() -> None:
    assert run(JOBS, processes=2) == run(JOBS)


def test_without_scipy_the_cure_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_name: str) -> None:
        raise ImportError

    monkeypatch.setattr(peaks.importlib, "import_module", missing)
    with pytest.raises(UsageError, match=r"pip install 'repband\[bench\]'"):
        run(JOBS)


@pytest.mark.parametrize("name", ["bridge", "Lunge", "SQUAT"])
def test_our_exercises_are_given_and_others_are_generic(name: str) -> None:
    assert exercise_given(name) == name.lower()
    assert exercise_given("sit_to_stand") == exercise_given("SqDL") == "generic"


def lifted(heights: np.ndarray, t_s: np.ndarray) -> SampleBlock:
    """A sensor tilted by `heights` (rad) about an odd axis."""
    accel = np.column_stack([np.sin(heights), 0.6 * np.cos(heights), 0.8 * np.cos(heights)])
    return SampleBlock(0, t_s, accel)


def test_find_peaks_counts_a_clean_set_with_its_half_heights() -> None:
    t_s = np.arange(0, 40, 0.02)
    inside = (t_s > 4) & (t_s < 36)
    heights = 0.3 * np.where(inside, (1 - np.cos(2 * np.pi * (t_s - 4) / 4)) / 2, 0)
    found = find_peaks_count([lifted(heights, t_s)])
    assert len(found) == 8
    assert found[2].half_up_s == pytest.approx(13, abs=0.1)
    assert found[2].half_down_s == pytest.approx(15, abs=0.1)


@pytest.mark.parametrize("seconds", [0.0, 0.5, 30.0])
def test_find_peaks_finds_nothing_where_nothing_moves(seconds: float) -> None:
    t_s = np.arange(0, seconds, 0.02)
    items = [lifted(0.001 * np.sin(7 * t_s), t_s)] if len(t_s) else []
    assert find_peaks_count(items) == []


def test_jobs_say_who_before_they_are_loaded(recordings: Path) -> None:
    from repband.bench.jobs import SpliceJob

    assert SpliceJob(recordings, 4).subject.name == "splices/004_clamshell"
    assert JOBS[1].subject.odd

"""Whole sets of people drawn at random: counted, and measured within what is promised."""

from __future__ import annotations

import statistics

import numpy as np
import pytest
from repband.bench.jobs import SimulatedJob
from repband.bench.run import judge
from repband.reps import Rep, count_items
from repband.simulate import SimulatedRecording, TrueRep
from repsets import block, exercise, hard, plain

NAMES = ("bridge", "clamshell", "squat", "deadlift", "lunge")
ONE_SWING = NAMES[:4]  # a lunge may step: its foot lifts once more after the way back, which no swing describes
SETS = 6


def pairs(recording: SimulatedRecording, name: str) -> list[tuple[Rep, TrueRep]]:
    found = count_items([block(recording)], exercise(name))
    if found.count != recording.count:
        return []
    return list(zip(found.reps, recording.reps, strict=True))


def instants(rep: Rep) -> tuple[float, ...]:
    out_s, back_s = rep.start_s + rep.tempo_s.out, rep.end_s - rep.tempo_s.back
    return rep.start_s, out_s, back_s, rep.end_s


def true_instants(true: TrueRep) -> tuple[float, ...]:
    return true.start_s, true.hold_start_s, true.hold_end_s, true.end_s


@pytest.mark.slow
def test_hard_sets_are_counted_exactly_nearly_always():
    right = [bool(pairs(hard(name, 100 + i), name)) for name in NAMES for i in range(SETS)]
    assert sum(right) >= 0.9 * len(right)


@pytest.mark.slow
def test_phase_instants_are_within_their_promise():
    known = [p for name in NAMES for i in range(SETS) for p in pairs(plain(name, 200 + i), name)]
    assert len(known) >= 0.9 * 4 * SETS * len(NAMES)
    errors = [abs(a - b) for rep, true in known for a, b in zip(instants(rep), true_instants(true), strict=True)]
    assert statistics.median(errors) < 0.08
    assert float(np.percentile(errors, 90)) < 0.25


@pytest.mark.slow
def test_uncertainties_are_neither_boasting_nor_hiding():
    known = [p for name in ONE_SWING for i in range(SETS) for p in pairs(plain(name, 300 + i), name)]
    shares = [abs(rep.tempo_s.out - (true.hold_start_s - true.start_s)) / rep.tempo_sd_s.out for rep, true in known] + [
        abs(rep.tempo_s.back - (true.end_s - true.hold_end_s)) / rep.tempo_sd_s.back for rep, true in known
    ]
    # Two thirds within one standard uncertainty, if they were Gaussian and just right.
    assert 0.5 < np.mean(np.array(shares) < 1.0) < 0.95
    assert np.mean(np.array(shares) < 3.0) > 0.95


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "name", "number"), [("hard", "clamshell", 117), ("plain", "squat", 36)])
def test_the_first_reps_are_not_read_with_work_and_rest_swapped(kind: str, name: str, number: int):
    """The posture before the set is much like the turn; and a wearer of squats who holds longer than the rest."""
    job = SimulatedJob(kind, name, number)
    outcome = judge(job)
    assert outcome.engine is not None and outcome.engine.score is not None
    assert outcome.engine.score.exact

"""The model is frozen: what a plan and a seed give may change only together with MODEL_VERSION.

To bump it, see "Frozen" in host/repband/simulate/MODEL.md; this file, run as a script, writes the new values.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from repband.simulate import EXERCISES, MODEL_VERSION, SetPlan, hard_plan, plain_plan, simulate_set

GOLDEN = Path(__file__).parent / "golden.json"
SETS = [f"{kind} {exercise}" for kind in ("plain", "hard") for exercise in EXERCISES] + [
    "step lunge",
    "from-floor deadlift",
]
EVERY = 97  # samples; enough to notice any change, few enough to read


def plan_of(name: str) -> SetPlan:
    kind, exercise = name.split()
    rng = np.random.Generator(np.random.PCG64(7))
    if kind in ("plain", "hard"):
        return plain_plan(exercise, rng) if kind == "plain" else hard_plan(exercise, rng)
    return SetPlan(exercise, style="step" if kind == "step" else "from-floor")


def summary(name: str) -> dict:
    made = simulate_set(plan_of(name), 7)
    assert made.gyro_counts is not None
    return {
        "samples": len(made.t_s),
        "reps": [[rep.kind, round(rep.half_up_s, 3), round(rep.half_down_s, 3)] for rep in made.truth],
        "excursion_deg": [round(rep.excursion_deg, 2) for rep in made.truth],
        "accel_counts": made.accel_counts[::EVERY].tolist(),
        "gyro_counts": made.gyro_counts[::EVERY].tolist(),
    }


def test_the_golden_sets_are_those_of_this_model():
    assert json.loads(GOLDEN.read_text())["model"] == MODEL_VERSION


@pytest.mark.parametrize("name", SETS)
def test_a_plan_and_a_seed_give_the_same_set_on_every_machine(name):
    now, golden = summary(name), json.loads(GOLDEN.read_text())["sets"][name]
    assert now["samples"] == golden["samples"]
    assert [rep[0] for rep in now["reps"]] == [rep[0] for rep in golden["reps"]]
    assert [rep[1:] for rep in now["reps"]] == [pytest.approx(rep[1:], abs=0.0025) for rep in golden["reps"]]
    assert now["excursion_deg"] == pytest.approx(golden["excursion_deg"], abs=0.02)
    for name in ("accel_counts", "gyro_counts"):  # a count either way: the last bit of a sine differs between machines
        assert np.abs(np.array(now[name]) - np.array(golden[name])).max() <= 1


if __name__ == "__main__":
    lines = [f'"{name}":{json.dumps(summary(name), separators=(",", ":"))}' for name in SETS]
    GOLDEN.write_text(f'{{"model":"{MODEL_VERSION}","sets":{{\n' + ",\n".join(lines) + "\n}}\n")

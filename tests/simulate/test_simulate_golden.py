"""The model is frozen: what a plan and a seed give may change only together with MODEL_VERSION.

To bump it, see "Frozen" in host/repband/simulate/MODEL.md; this file, run as a script, writes the new values.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from repband.simulate import EXERCISES, MODEL_VERSION, hard_plan, plain_plan, simulate_set

GOLDEN = Path(__file__).parent / "golden.json"
PLANS = {"plain": plain_plan, "hard": hard_plan}
EVERY = 97  # samples; enough to notice any change, few enough to read


def summary(kind: str, exercise: str) -> dict:
    plan = PLANS[kind](exercise, np.random.Generator(np.random.PCG64(7)))
    made = simulate_set(plan, 7)
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


@pytest.mark.parametrize("exercise", EXERCISES)
@pytest.mark.parametrize("kind", PLANS)
def test_a_plan_and_a_seed_give_the_same_set_on_every_machine(kind, exercise):
    now, golden = summary(kind, exercise), json.loads(GOLDEN.read_text())["sets"][f"{kind} {exercise}"]
    assert now["samples"] == golden["samples"]
    assert [rep[0] for rep in now["reps"]] == [rep[0] for rep in golden["reps"]]
    assert [rep[1:] for rep in now["reps"]] == [pytest.approx(rep[1:], abs=0.0025) for rep in golden["reps"]]
    assert now["excursion_deg"] == pytest.approx(golden["excursion_deg"], abs=0.02)
    for name in ("accel_counts", "gyro_counts"):  # a count either way: the last bit of a sine differs between machines
        assert np.abs(np.array(now[name]) - np.array(golden[name])).max() <= 1


if __name__ == "__main__":
    sets = {f"{kind} {exercise}": summary(kind, exercise) for kind in PLANS for exercise in EXERCISES}
    text = json.dumps({"model": MODEL_VERSION, "sets": sets}, separators=(",", ":"))
    GOLDEN.write_text(text.replace('"plain', '\n"plain').replace('"hard', '\n"hard') + "\n")

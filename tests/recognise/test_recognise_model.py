from __future__ import annotations

from math import inf
from pathlib import Path

import msgspec
import numpy as np
import pytest
from repband.recognise.features import FEATURES
from repband.recognise.learn import Example, learn
from repband.recognise.model import MODEL_FILE, Model, shipped_model
from repband.recognise.train import write


def examples(rng: np.random.Generator, movement: str, centre: float, people: int) -> list[Example]:
    return [
        Example(movement, f"{movement}-{p}", f"{movement}-{p}", centre + rng.normal(size=(4, len(FEATURES))))
        for p in range(people)
    ]


@pytest.fixture
def small() -> Model:
    rng = np.random.default_rng(1)
    return learn(
        [*examples(rng, "bridge", 0.0, 9), *examples(rng, "clamshell", 6.0, 9), *examples(rng, "walking", -6.0, 9)],
        ["bridge", "clamshell"],
    )


def test_the_shipped_model_names_its_exercises_features_and_sources():
    model = shipped_model()
    assert model.exercises == ("bridge", "clamshell")
    assert model.features == FEATURES
    assert model.sources
    assert all(m.people >= 10 for m in model.movements if m.ours)
    assert sum(m.share for m in model.movements) == pytest.approx(1.0)


def test_every_mean_is_called_what_it_is():
    model = shipped_model()
    for movement in model.movements[:-1]:
        shares = model.shares(movement.mean)
        if movement.ours:
            assert max(shares, key=lambda name: shares[name]) == movement.name


@pytest.mark.parametrize("far", [-50.0, 50.0])
def test_what_is_like_nothing_is_unknown_but_never_certain(small: Model, far: float):
    shares = small.shares((far,) * len(FEATURES))
    assert shares["unknown"] > 0.9
    assert max(shares.values()) < 1.0
    assert sum(shares.values()) == pytest.approx(1.0)


def test_each_movement_is_told_apart(small: Model):
    assert small.shares((0.0,) * len(FEATURES))["bridge"] > 0.8
    assert small.shares((6.0,) * len(FEATURES))["clamshell"] > 0.8
    assert small.shares((-6.0,) * len(FEATURES))["unknown"] > 0.8
    assert small.nearest((-6.0,) * len(FEATURES)) == "walking"


def test_a_set_weighs_the_same_however_many_reps_it_has():
    rng = np.random.default_rng(2)
    first = examples(rng, "bridge", 0.0, 9)
    rest = [*examples(rng, "clamshell", 6.0, 9), *examples(rng, "walking", -6.0, 9)]
    longer = [Example(e.movement, e.person, e.name, np.repeat(e.steps, 5, axis=0)) for e in first]
    a, b = (learn([*some, *rest], ["bridge", "clamshell"]) for some in (first, longer))
    x = (0.5,) * len(FEATURES)
    assert a.shares(x)["bridge"] == pytest.approx(b.shares(x)["bridge"], abs=1e-9)


def test_a_model_survives_being_written_and_read(small: Model, tmp_path: Path):
    path = tmp_path / "model.json"
    write(small, path)
    read = msgspec.json.decode(path.read_bytes(), type=Model)
    x = (1.0,) * len(FEATURES)
    assert read.shares(x)["bridge"] == pytest.approx(small.shares(x)["bridge"], abs=1e-3)


def test_the_model_file_is_plain_json_with_finite_numbers():
    model = msgspec.json.decode(MODEL_FILE.read_bytes(), type=Model)
    numbers = [v for m in model.movements for row in m.precision for v in (*row, *m.mean, m.log_det)]
    assert all(-inf < v < inf for v in numbers)

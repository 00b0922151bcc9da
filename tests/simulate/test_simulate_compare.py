"""The model moves like the people it was fitted to, and the tool that shows it measures right."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from click.testing import CliRunner
from repband.errors import RecordingError
from repband.simulate import SetPlan, Tempo, VirtualSensor, simulate_set
from repband.simulate.compare import PAIRS, SetShape, main, real_shapes, shape_of_set, simulated_shapes
from repband.simulate.files import write_csv, write_truth


def test_the_shape_of_a_known_set_is_measured_right():
    plan = SetPlan("squat", 6, Tempo(1.5, 2.0, 1.0, 1.0), 60.0, tempo_sd=0.0, excursion_sd=0.0, sag=0.0, unsteady=0.2)
    made = simulate_set(plan, 1)
    shape = shape_of_set(made.t_s, made.accel_g, [(rep.half_up_s, rep.half_down_s) for rep in made.truth])
    assert shape is not None
    assert shape.excursion_deg == pytest.approx(60.0, abs=3.0)
    assert shape.half_height_s == pytest.approx(2.0 + (1.5 + 1.0) / 2, abs=0.15)
    assert shape.gap_s == pytest.approx(1.0 + (1.5 + 1.0) / 2, abs=0.15)
    assert shape.rise_s == pytest.approx(
        0.35 * 1.5, abs=0.12
    )  # a minimum-jerk step takes 35 % of its time from 20 to 80 %
    assert shape.fall_s == pytest.approx(0.35 * 1.0, abs=0.12)
    assert shape.duration_spread < 0.06


def test_too_few_reps_have_no_shape():
    made = simulate_set(SetPlan("squat", 2), 1)
    assert shape_of_set(made.t_s, made.accel_g, [(rep.half_up_s, rep.half_down_s) for rep in made.truth]) is None


@pytest.mark.parametrize("pair", PAIRS[:2], ids=lambda pair: pair.exercise)
def test_the_median_simulated_set_lies_in_the_middle_half_of_peoples(pair, recordings):
    real, people = real_shapes(recordings, pair)
    if people < 10:
        pytest.skip(f"only {people} people with {pair.exercise} in {recordings}")
    made = simulated_shapes(pair)  # the very sets of MODEL.md's table
    for field in dataclasses.fields(SetShape):
        low, high = np.quantile([getattr(shape, field.name) for shape in real], [0.25, 0.75])
        assert low <= np.median([getattr(shape, field.name) for shape in made]) <= high, field.name


def test_it_draws_what_it_found(tmp_path):
    for pair in PAIRS:
        (tmp_path / pair.folder).mkdir(exist_ok=True)
        index = tmp_path / pair.folder / "index.csv"
        with index.open("a") as file:
            file.write("" if index.stat().st_size else "file,exercise,subject,kind\n")
            file.writelines(f"{pair.exercise}_{i}.csv,{pair.label},{i},{pair.kind}\n" for i in range(2))
        for i in range(2):
            name = tmp_path / pair.folder / f"{pair.exercise}_{i}.csv"
            made = VirtualSensor(SetPlan(pair.exercise, 5), i)
            write_csv(name, made)
            write_truth(name, made.recording)
    out = tmp_path / "compare.png"
    result = CliRunner().invoke(main, [str(tmp_path), "-o", str(out), "--sets", "4"])
    assert result.exit_code == 0, result.output
    assert out.read_bytes().startswith(b"\x89PNG")
    assert "bridge (MEx): 2 sets of 2 people, 4 simulated" in result.output
    assert len(result.output.splitlines()) == len(PAIRS) * (1 + 2 * len(dataclasses.fields(SetShape)))


def test_a_folder_without_recordings_is_named(tmp_path):
    result = CliRunner().invoke(main, [str(tmp_path), "-o", str(tmp_path / "out.png")])
    assert isinstance(result.exception, RecordingError)
    assert "index.csv" in str(result.exception)

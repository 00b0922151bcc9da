"""`repband simulate` as a user runs it, and the recordings that ship for other tests."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from repband.cli.simulate import _NAMES, command
from repband.errors import UsageError
from repband.simulate import EXERCISES

DATA = Path(__file__).parent.parent / "data"
SHIPPED = re.findall(r"repband simulate (.+)", (DATA / "README.md").read_text())


def run(*args: str) -> str:
    result = CliRunner().invoke(command, args, catch_exceptions=True)
    if isinstance(result.exception, UsageError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def table(path: Path) -> np.ndarray:
    return np.loadtxt(path, delimiter=",", skiprows=1)


@pytest.mark.parametrize("line", SHIPPED)
def test_the_shipped_recordings_are_what_their_commands_make(line, tmp_path):
    args = line.split()
    name = args[args.index("-o") + 1]
    args[args.index("-o") + 1] = str(tmp_path / name)
    run(*args)
    assert table(tmp_path / name) == pytest.approx(table(DATA / name), abs=0.016)  # one count at 500 deg/s
    made = sorted(path.name for path in tmp_path.iterdir())
    assert made == sorted(path.name for path in DATA.iterdir() if path.name.startswith(name.removesuffix(".csv")))
    for other in made:
        if other != name:
            assert (tmp_path / other).read_text() == (DATA / other).read_text()


def test_a_recording_has_the_contracts_columns_and_its_truth_beside_it(tmp_path):
    out = tmp_path / "a.csv"
    said = run("bridge", "-o", str(out), "--reps", "4", "--tempo", "out=1,hold=2,back=1,rest=1", "--rate", "25")
    assert said == f"{out}: 4 bridge reps\n"
    assert list(rows(out)[0]) == ["t_s", "ax", "ay", "az", "gx", "gy", "gz"]
    reps = rows(tmp_path / "a.reps.csv")
    assert [rep["kind"] for rep in reps] == ["rep"] * 4
    lengths = [float(rep["end_s"]) - float(rep["start_s"]) for rep in reps]
    assert np.median(lengths) == pytest.approx(4.0, rel=0.4)
    assert all(float(rep["start_s"]) < float(rep["top_s"]) < float(rep["end_s"]) for rep in reps)
    assert np.diff(table(out)[:, 0]) == pytest.approx(1 / 25, abs=1e-4)
    assert not (tmp_path / "a.events.csv").exists()


def test_hard_sets_say_what_else_moved_and_keep_partials_out_of_the_reps(tmp_path):
    for seed in range(6):
        run("squat", "-o", str(tmp_path / f"{seed}.csv"), "--hard", "--reps", "3", "--seed", str(seed), "--no-gyro")
    kinds = [row["kind"] for seed in range(6) for row in rows(tmp_path / f"{seed}.events.csv")]
    assert {"posture", "fidget", "partial"} <= set(kinds)
    assert kinds.count("posture") == 12
    assert all(len(rows(tmp_path / f"{seed}.reps.csv")) == 3 for seed in range(6))


def test_lost_packets_leave_holes(tmp_path):
    run("squat", "-o", str(tmp_path / "a.csv"), "--loss", "0.2")
    run("squat", "-o", str(tmp_path / "b.csv"))
    holed, whole = table(tmp_path / "a.csv"), table(tmp_path / "b.csv")
    assert 0.6 < len(holed) / len(whole) < 0.95
    assert {tuple(row) for row in holed} < {tuple(row) for row in whole}


def test_a_folder_has_an_index_of_all_exercises(tmp_path):
    run("all", "--set", "2", "-o", str(tmp_path / "sets"), "--reps", "2", "--no-gyro", "--seed", "5")
    index = rows(tmp_path / "sets" / "index.csv")
    assert [(row["exercise"], row["file"]) for row in index] == [
        (name, f"{name}_{seed:04d}.csv") for name in EXERCISES for seed in (5, 6)
    ]
    assert {(row["true_reps"], row["bounds"], row["polarity"]) for row in index} == {("2", "onset", "known")}
    assert all((tmp_path / "sets" / row["file"]).exists() for row in index)


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["-o", "a.txt"], "must end in .csv or .mcap"),
        (["all", "-o", "a.csv"], "one file holds one exercise"),
        (["-o", "a.csv", "--tempo", "2-1-2-1"], "is no tempo"),
        (["-o", "a.csv", "--tempo", "out=2,hold=1,back=2"], "is no tempo"),
        (["-o", "a.csv", "--tempo", "out=-2,hold=1,back=2,rest=1"], "from 0 to 60 s"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused_and_leaves_nothing(args, says, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=says):
        run(*args)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(tmp_path):
    out = tmp_path / "a.csv"
    out.write_text("precious")
    with pytest.raises(UsageError, match="there already"):
        run("-o", str(out))
    with pytest.raises(UsageError, match="there already"):
        run("--set", "1", "-o", str(tmp_path))
    assert out.read_text() == "precious"


def test_the_command_knows_the_models_exercises():
    assert _NAMES == EXERCISES


def test_an_mcap_recording_holds_what_came_over_the_link(tmp_path):
    from repband.journal import read_recording
    from repband.source import Frame
    from repband.stream import Gap, SampleBlock, Stream

    out = tmp_path / "a.mcap"
    run("squat", "-o", str(out), "--reps", "3", "--loss", "0.1", "--seed", "2")
    stream = Stream()
    frames = [record for record in read_recording(out).records() if isinstance(record, Frame)]
    items = [item for frame in frames for item in stream.feed(frame)] + stream.finish()
    samples = sum(len(item.t_s) for item in items if isinstance(item, SampleBlock))
    assert samples > 300
    assert any(isinstance(item, Gap) for item in items)
    assert len(rows(tmp_path / "a.reps.csv")) == 3

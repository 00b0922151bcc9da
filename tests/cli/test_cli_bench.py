"""`repband bench` and `repband plot` from the command line, on recordings made by the body model."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from repband.simulate import SetPlan, simulate_set

HEADER = "file,exercise,subject,placement,rate_hz,true_reps,kind,polarity,label_source,notes"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "made"
    made.mkdir()
    lines = [HEADER]
    for subject, (name, plan) in enumerate((("a", SetPlan("bridge", 4)), ("b", SetPlan("clamshell", 5))), 1):
        recording = simulate_set(plan, 1)
        table = np.column_stack([recording.t_s, recording.accel_g])
        np.savetxt(made / f"{name}.csv", table, "%.5f", ",", header="t_s,ax,ay,az", comments="")
        spans = "".join(f"rep,{r.start_s:.3f},{r.end_s:.3f}\n" for r in recording.reps)
        (made / f"{name}.reps.csv").write_text("kind,start_s,end_s\n" + spans)
        lines.append(f"{name}.csv,{plan.exercise},{subject},thigh,52,{recording.count},,,body model,")
    (made / "index.csv").write_text("\n".join(lines) + "\n")
    return made


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> int:
    from repband import cli

    monkeypatch.setattr(sys, "argv", ["repband", *map(str, arguments)])
    with pytest.raises(SystemExit) as exit_:
        cli.main()
    return int(exit_.value.code or 0)


def test_bench_writes_what_it_shows(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:  # type: ignore[no-untyped-def]
    saved, table = tmp_path / "b.json", tmp_path / "b.md"
    pictures = tmp_path / "pictures"
    arguments = ("--json", saved, "--markdown", table, "--pictures", pictures, "--jobs", "1")
    assert run(monkeypatch, "bench", folder, *arguments) == 0
    assert "bridge, thigh" in capsys.readouterr().out
    assert "| bridge, thigh, made | 1 | 1 |" in table.read_text()
    data = json.loads(saved.read_text())
    assert [r["recording"] for r in data["recordings"]] == ["made/a.csv", "made/b.csv"]
    assert all(r["engine"]["score"]["matched"] == r["true"] for r in data["recordings"])
    assert sorted(p.name for p in (pictures / "made").iterdir()) == ["a.png", "b.png"]
    first = saved.read_bytes()
    assert run(monkeypatch, "bench", folder, *arguments[:4], "--jobs", "1") == 0
    assert saved.read_bytes() == first


def test_bench_draws_only_what_was_wrong(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reps = folder / "b.reps.csv"
    reps.write_text(reps.read_text() + "rep,900,905\n")
    index = folder / "index.csv"
    index.write_text(index.read_text().replace(",52,5,", ",52,6,"))
    assert run(monkeypatch, "bench", folder, "--pictures", tmp_path / "p", "--wrong", "--jobs", "1") == 0
    assert [p.name for p in (tmp_path / "p" / "made").iterdir()] == ["b.png"]


def test_bench_names_a_recording_that_fails(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:  # type: ignore[no-untyped-def]
    (folder / "a.csv").unlink()
    assert run(monkeypatch, "bench", folder, "--jobs", "1") == 3
    out, err = capsys.readouterr()
    assert "a.csv" in err and "no such file" in err
    assert "clamshell, thigh" in out


def test_bench_takes_one_exercise_and_simulates(monkeypatch: pytest.MonkeyPatch, capsys) -> None:  # type: ignore[no-untyped-def]
    assert run(monkeypatch, "bench", "--simulated", "1", "--exercise", "bridge", "--jobs", "1") == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "simulated, plain 1 1" in out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "nothing to count"),
        (("--splices", "3"), "give DIR as well"),
        (("--fetch", "mex"), "add -o DIR"),
        (("none",), "no such folder"),
    ],
)
def test_bench_says_what_is_missing(
    arguments: tuple[str, ...], says: str, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:  # type: ignore[no-untyped-def]
    assert run(monkeypatch, "bench", *arguments) > 0
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_plot_draws(ending: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / f"x.{ending}"
    arguments = ("plot", folder / "a.csv", "-o", path, "--exercise", "bridge", "--from", "2", "--to", "20")
    assert run(monkeypatch, *arguments) == 0
    first = path.read_bytes()
    assert len(first) > 5000
    run(monkeypatch, *arguments)
    assert path.read_bytes() == first


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("-o", "x.gif"), "end its name with .png"),
        (("-o", "x.png", "--from", "900"), "the recording goes from"),
        (("-o", "x.png", "--truth", "none.reps.csv"), "none.reps.csv"),
        (("-o", "x.png", "--exercise", "juggling"), "juggling"),
    ],
)
def test_plot_says_what_is_wrong(
    arguments: tuple[str, ...], says: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)
    assert run(monkeypatch, "plot", folder / "a.csv", *arguments) > 0
    assert says in capsys.readouterr().err

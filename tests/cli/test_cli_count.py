"""`repband count`: the contract on stdout, complaints on stderr, exit codes."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from repband.simulate import SetPlan, simulate_set

PHASES = ["rest_before", "out", "hold", "back"]
TOP = "recording exercise detector duration_s count count_min count_max reps rejected recognised"
REP = "number announced_s measured_s start_s half_up_s turn_s half_down_s end_s excursion_deg tempo_s tempo_sd_s flags"
REJECTED = "start_s end_s reason"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("recordings")
    for name, plan in (("a", SetPlan("bridge", 5, fidgets=2)), ("b", SetPlan("squat", 4))):
        recording = simulate_set(plan, 1)
        table = np.column_stack([recording.t_s, recording.accel_g])
        np.savetxt(made / f"{name}.csv", table, "%.5f", ",", header="t_s,ax,ay,az", comments="")
    (made / "a.reps.csv").write_text("kind,start_s,end_s\n")
    (made / "index.csv").write_text("file\n")
    return made


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> int:
    from repband import cli

    monkeypatch.setattr(sys, "argv", ["repband", "count", *map(str, arguments)])
    with pytest.raises(SystemExit) as exit_:
        cli.main()
    return int(exit_.value.code or 0)


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_the_contract(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, folder / "a.csv", "--exercise", "bridge", "--json") == 0
    (counted,) = objects(capsys.readouterr().out)
    assert list(counted) == TOP.split()
    assert (counted["recording"], counted["exercise"], counted["count"]) == (str(folder / "a.csv"), "bridge", 5)
    assert [rep["number"] for rep in counted["reps"]] == [1, 2, 3, 4, 5]
    for rep in counted["reps"]:
        assert list(rep) == REP.split()
        assert list(rep["tempo_s"]) == list(rep["tempo_sd_s"]) == PHASES
        assert rep["start_s"] <= rep["half_up_s"] <= rep["turn_s"] <= rep["half_down_s"] <= rep["end_s"]
        assert rep["announced_s"] <= rep["measured_s"]
        phases = sum(rep["tempo_s"][name] for name in PHASES[1:])
        assert phases == pytest.approx(rep["end_s"] - rep["start_s"], abs=1e-9)
        for value in (rep["start_s"], rep["announced_s"], *rep["tempo_s"].values()):
            assert value is None or value == round(value, 3)
    assert counted["reps"][0]["tempo_s"]["rest_before"] is None
    assert list(counted["recognised"]) == ["exercise", "confidence"]
    assert 0 <= counted["recognised"]["confidence"] <= 1
    assert all(list(rejected) == REJECTED.split() for rejected in counted["rejected"])


def test_without_an_exercise_it_is_generic(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, folder / "b.csv", "--json") == 0
    (counted,) = objects(capsys.readouterr().out)
    assert counted["exercise"] == "generic"
    assert run(monkeypatch, folder / "b.csv", "--json", "--exercise", "generic") == 0
    assert objects(capsys.readouterr().out) == [counted]


def test_a_folder_gives_a_line_a_recording_and_leaves_labels_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, folder, "--json") == 0
    out, err = capsys.readouterr()
    assert [Path(counted["recording"]).name for counted in objects(out)] == ["a.csv", "b.csv"]
    assert err == ""


def test_a_phone_export_in_a_folder_is_one_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    recording = simulate_set(SetPlan("squat", 3), 2)
    header = "time,seconds_elapsed,z,y,x"
    table = np.column_stack([1.7e18 + recording.t_s * 1e9, recording.t_s, 9.80665 * recording.accel_g[:, ::-1]])
    np.savetxt(tmp_path / "TotalAcceleration.csv", table, "%.6f", ",", header=header, comments="")
    assert run(monkeypatch, tmp_path, "--json", "--exercise", "squat") == 0
    (counted,) = objects(capsys.readouterr().out)
    assert (counted["recording"], counted["count"]) == (str(tmp_path), 3)


def test_a_recording_of_ours_counts_the_same_as_its_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("x.mcap", "x.csv"):
        arguments = ["simulate", "clamshell", "-o", str(tmp_path / name), "--reps", "6", "--seed", "4"]
        monkeypatch.setattr(sys, "argv", ["repband", *arguments])
        with pytest.raises(SystemExit):
            from repband import cli

            cli.main()
        capsys.readouterr()
    run(monkeypatch, tmp_path / "x.mcap", tmp_path / "x.csv", "--exercise", "clamshell", "--json")
    ours, table = objects(capsys.readouterr().out)
    assert ours["count"] == table["count"] == 6
    ends = [[rep["end_s"] for rep in counted["reps"]] for counted in (ours, table)]
    assert ends[0] == pytest.approx(ends[1], abs=0.05)


def test_a_bad_file_is_named_and_the_rest_done(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("nonsense\n1\n")
    assert run(monkeypatch, bad, folder / "a.csv", tmp_path / "none.csv", "--json") == 3
    out, err = capsys.readouterr()
    assert len(objects(out)) == 1
    assert [line.split(":")[0] for line in err.splitlines()] == ["repband", "repband"]
    assert "bad.csv" in err and "none.csv" in err and "Traceback" not in err


@pytest.mark.parametrize("content", [b"", b"\x00\xff" * 50, b"t_s,ax,ay,az\n", b"t_s,ax,ay,az\n0,0,0,1\n"])
def test_empty_and_broken_files_never_crash(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    code = run(monkeypatch, path, "--json")
    out, err = capsys.readouterr()
    assert (code, bool(out), bool(err)) in ((0, True, False), (3, False, True))
    assert "fault in RepBand" not in err


def test_people_get_a_table(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, folder / "a.csv", "--exercise", "bridge") == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "5 reps of bridge in" in out
    assert "rest before" in out


def test_an_unknown_exercise_and_an_empty_folder_are_said(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, folder / "a.csv", "--exercise", "juggling") != 0
    assert "juggling" in capsys.readouterr().err
    assert run(monkeypatch, tmp_path) == 3
    assert "no recordings" in capsys.readouterr().err


def test_the_same_file_gives_the_same_bytes(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs: list[str] = []
    for _ in range(2):
        run(monkeypatch, folder / "a.csv", "--json")
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1]


def test_labels_that_a_shell_pattern_brings_along_are_passed_over(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, *sorted(folder.glob("*.csv")), "--json") == 0
    assert [Path(one["recording"]).name for one in objects(capsys.readouterr().out)] == ["a.csv", "b.csv"]


def test_a_label_file_named_alone_is_explained(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, folder / "a.reps.csv") == 3
    assert "a.reps.csv" in capsys.readouterr().err


def test_a_person_reads_what_was_not_counted_and_no_doubt_of_an_exercise_that_is_never_recognised(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    squats = Path(__file__).parents[1] / "data" / "squat_hard_6.csv"
    assert run(monkeypatch, squats, "--exercise", "squat") == 0
    said = capsys.readouterr().out
    assert "6 reps of squat" in said
    assert "looks like" not in said
    assert "not counted: 1 partial, 1 too-small" in said


def test_a_recording_without_reps_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)  # a long path would be wrapped
    still = Path("still.csv")
    still.write_text("t_s,ax,ay,az\n" + "".join(f"{n / 50:.2f},0,0,1\n" for n in range(500)))
    assert run(monkeypatch, still, "--exercise", "bridge") == 0
    assert capsys.readouterr().out.strip().endswith("0 reps of bridge in 10.0 s")

"""`repband label` from the command line, up to the yardstick that reads what it wrote."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from repband.bench.score import Bounds
from repband.bench.truth import read_index
from repband.cli.label import command
from repband.errors import JournalError, RecordingError, UsageError
from repband.label import Label, Source, labels_path, read_labels, write_labels
from repband.label.index import label_source, write_index
from repband.label.work import Work

DATA = Path(__file__).parent.parent / "data"


def repband(*args: object, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    plain = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "MPLBACKEND")}
    command = [sys.executable, "-m", "repband", *map(str, args)]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=60, env={**plain, **env})


def run(*args: object, stdin: str = "") -> tuple[int, str]:
    """The command in this process: its exit code and what it said on either stream."""
    done = CliRunner().invoke(command, list(map(str, args)), input=stdin, standalone_mode=False)
    if done.exception:
        raise done.exception
    return int(done.return_value or 0), done.output


@pytest.mark.skipif(sys.platform != "linux", reason="only there a session without a display is easily had")
def test_without_a_display_the_way_out_is_said(bridge: Path) -> None:
    for env in ({}, {"MPLBACKEND": "TkAgg"}, {"MPLBACKEND": "Agg"}):
        done = repband("label", bridge, **env)
        assert done.returncode == 2, done.stderr
        assert "no window can be opened here" in done.stderr and "--text and --from" in done.stderr
        assert done.stderr.count("\n") == 1
    assert not labels_path(bridge).exists()


@pytest.mark.parametrize(
    ("gave_up", "answer", "saved"), [(False, "y\n", True), (False, "n\n", False), (True, "", False)]
)
def test_a_window_that_is_closed_unsaved_asks_in_the_terminal(
    bridge: Path, monkeypatch: pytest.MonkeyPatch, gave_up: bool, answer: str, saved: bool
) -> None:
    from repband.cli import label
    from repband.label import window

    def closed(work: Work) -> SimpleNamespace:
        return SimpleNamespace(editor=work.editor(), given_up=gave_up)

    monkeypatch.setattr(window, "open_window", closed)
    monkeypatch.setattr(label, "_is_asked", lambda: True)
    _, said = run(bridge, stdin=answer)
    assert labels_path(bridge).exists() is saved
    assert ("saved 8 reps" in said) is saved and ("not saved" in said) is not saved
    assert ("Save the labels?" in said) is not gave_up


def test_a_table_goes_out_and_comes_back(bridge: Path) -> None:
    _, table = run(bridge, "--text", "--exercise", "bridge")
    kept = [line for line in table.splitlines() if line.startswith("rep")]
    assert len(kept) == 8
    code, said = run(bridge, "--from", "-", "--exercise", "bridge", stdin="\n".join(kept[:7]))
    assert code == 0
    assert "saved 7 reps" in said and "begun as detector" in said and "7 left as proposed" in said
    was = labels_path(bridge).read_bytes()
    (bridge.parent / "table.txt").write_text("edge 1 - 1.5\n" + "\n".join(kept))
    run(bridge, "--from", bridge.parent / "table.txt")
    labels = read_labels(labels_path(bridge))
    assert len(labels) == 9 and labels[0].doubtful and labels[0].source == Source.HAND
    assert labels_path(bridge).with_name("bridge_8.reps.csv.bak").read_bytes() == was


def test_a_table_that_can_not_be_saves_nothing(labelled: Path) -> None:
    was = labels_path(labelled).read_bytes()
    with pytest.raises(RecordingError, match="2 of its labels can't be; correct them; nothing is saved"):
        run(labelled, "--from", "-", stdin="rep 2 - 8\nrep 7 - 12\nrep 900 - 905\n")
    assert labels_path(labelled).read_bytes() == was


def test_check_says_what_is_wrong_and_unlikely(labelled: Path) -> None:
    assert run(labelled, "--check") == (0, "bridge_8.csv: 8 reps, in order\n")
    write_labels(labels_path(labelled), [Label(2, 2.4), Label(90, 95)])
    code, said = run(labelled, "--check", "--exercise", "bridge")
    assert code == 3
    assert "unlikely: the rep at 2.0 s takes 0.40 s" in said
    assert "wrong: the rep at 90.0 s (to 95.0 s) lies outside" in said
    write_labels(labels_path(labelled), [Label(2, 2.4)])
    assert run(labelled, "--check")[0] == 0


def test_check_goes_on_after_a_file_it_can_not_read(labelled: Path) -> None:
    shutil.copy(labelled, labelled.with_name("other.csv"))
    labelled.with_name("other.reps.csv").write_text("kind\n")
    shutil.copy(labelled, labelled.with_name("unlabelled.csv"))
    code, said = run(labelled.parent, "--check")
    assert code == 3
    assert "bridge_8.csv: 8 reps, in order" in said and "no column start_s" in said and "unlabelled" not in said


def test_ours_are_all_right() -> None:
    code, said = run(DATA, "--check")
    assert code == 0, said


@pytest.mark.parametrize(
    "args", [[], ["x.csv", "--index", "d"], ["x.csv", "--text", "--check"], ["x.csv", "--text", "--from", "-"]]
)
def test_what_makes_no_sense_is_refused(args: list[str]) -> None:
    with pytest.raises(UsageError):
        run(*args)


def folder_of_two(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    for name in ("bridge_8", "squat_hard_6"):
        for file in DATA.glob(f"{name}.*"):
            shutil.copy(file, folder)
    shutil.copy(DATA / "lunge_6.csv", folder)
    return folder


def test_an_index_makes_a_yardstick(tmp_path: Path) -> None:
    folder = folder_of_two(tmp_path)
    answers = {"bridge_8.csv": "bridge", "squat_hard_6.csv": "squat"}
    done = write_index(
        folder, lambda file, column, _: {"subject": "a1", "placement": "thigh"}.get(column, answers[file])
    )
    assert done.new == ("bridge_8.csv", "squat_hard_6.csv") and done.unlabelled == ("lunge_6.csv",)
    bridge, squat = read_index(folder)
    assert (bridge.exercise, bridge.subject, bridge.truth.count, bridge.truth.bounds) == (
        "bridge", "a1", 8, Bounds.ONSET,
    )  # fmt: skip
    assert (squat.exercise, squat.truth.count) == ("squat", 6)
    assert "52" in (folder / "index.csv").read_text()


def test_an_index_that_is_there_is_renewed_and_keeps_its_words(tmp_path: Path) -> None:
    folder = folder_of_two(tmp_path)
    index = folder / "index.csv"
    index.write_text(
        "file,exercise,subject,placement,rate_hz,true_reps,kind,polarity,label_source,colour\n"
        "bridge_8.csv,bridge,x9,thigh,52,3,moving,either,by two readers,red\n"
        "gone.csv,bridge,x9,thigh,52,3,,,,\n"
    )
    before = index.read_text()
    done = write_index(folder, lambda _file, column, likely: likely or {"exercise": "squat"}.get(column, "y"))
    assert (done.new, done.kept, done.gone) == (("squat_hard_6.csv",), ("bridge_8.csv",), ("gone.csv",))
    lines = index.read_text().splitlines()
    assert lines[1] == "bridge_8.csv,bridge,x9,thigh,52,8,moving,either,by two readers,red,,"
    assert (folder / "index.csv.bak").read_text() == before
    write_index(folder, lambda *_: "never asked")
    assert not (folder / "index.csv.bak2").exists()  # nothing has changed: nothing is written


@pytest.mark.parametrize(
    ("labels", "says"),
    [
        ([Label(1, 2, source=Source.HAND)] * 2, "by hand on the plot 2"),
        ([Label.moment(1)], "pressed while watching, moments only 1"),
        ([Label(1, 2)], "not said 1"),
        ([Label(1, 2, source="by-eye")], "by-eye 1"),
        ([], "no reps, by hand"),
        (
            [Label(1, 2, source=Source.ENGINE, detector="7"), Label(3, 4, source=Source.HAND, detector="7")],
            "as proposed 1, by hand on the plot 1; begun as detector 7's proposal: not independent of it",
        ),
    ],
)
def test_where_labels_come_from_stands_in_the_index(labels: list[Label], says: str) -> None:
    assert label_source(labels) == f"repband: {says}"


def test_two_recordings_may_not_share_their_labels(tmp_path: Path) -> None:
    folder = folder_of_two(tmp_path)
    shutil.copy(folder / "bridge_8.csv", folder / "bridge_8.mcap")
    with pytest.raises(RecordingError, match="may belong to either"):
        write_index(folder, lambda *_: "x")


def test_what_is_not_known_is_named_with_its_option(labelled: Path) -> None:
    with pytest.raises(UsageError, match=r"the subject of bridge_8\.csv is not known; add --subject"):
        run("--index", labelled.parent)
    assert not (labelled.parent / "index.csv").exists()


def test_what_can_not_be_written_leaves_the_old_file(labelled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    was = labels_path(labelled).read_bytes()

    def full(_number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(JournalError, match="No space left"):
        write_labels(labels_path(labelled), [Label(1, 2)])
    assert labels_path(labelled).read_bytes() == was
    assert sorted(p.name for p in labelled.parent.iterdir()) == ["bridge_8.csv", "bridge_8.reps.csv"]


def test_from_watching_to_the_yardstick(tmp_path: Path) -> None:
    """Record with scripted keys, list the folder, count it: every step by its command."""
    reps = read_labels(DATA / "bridge_8.reps.csv")
    script = tmp_path / "keys.txt"
    script.write_text("".join(f"{label.top_s or label.middle_s} mark\n" for label in reps))
    folder = tmp_path / "mine"
    out = folder / "set.mcap"
    made = repband("record", out, "--from", DATA / "bridge_8.csv", "--truth", "--keys", script,
                   "--exercise", "bridge", "--side", "left")  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert run("--index", folder, "--subject", "one", "--placement", "thigh (left)")[0] == 0
    (item,) = read_index(folder)
    assert (item.exercise, item.truth.count) == ("bridge", 8)
    assert all(span.is_moment for span in item.truth.reps or ())
    counted = repband("bench", folder, "--jobs", 1, "--json", tmp_path / "out.json")
    assert counted.returncode == 0, counted.stderr
    import json

    (recording,) = json.loads((tmp_path / "out.json").read_text())["recordings"]
    score = recording["engine"]["score"]
    assert (score["matched"], score["missed"], score["false"], score["exact"]) == (8, 0, 0, True)
    assert score["start_errors_s"] == []


def test_labels_of_the_real_recordings_pass_the_check(recordings: Path) -> None:
    for name in ("mex", "hugadb", "uci_pt"):
        code, said = run(recordings / name, "--check")
        wrong = [line for line in said.splitlines() if ": wrong: " in line]
        assert wrong == [] and code == 0

"""`repband exercises`: list, show, check."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner
from repband.cli.exercise import command as exercise_command
from repband.cli.exercises import command
from repband.errors import UsageError
from repband.exercise import exercise_names, load_exercise, load_safety
from repband.exercise.page import print_page
from repband.paths import shipped
from rich.console import Console


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("REPBAND_HOME", str(tmp_path))
    (tmp_path / "exercises").mkdir()
    return tmp_path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(command, arguments, catch_exceptions=False, standalone_mode=False)
    return result.output


def test_list():
    lines = run().splitlines()
    assert [line.split()[0] for line in lines] == list(exercise_names())
    assert all("shipped" in line for line in lines)
    assert run("list").splitlines() == lines


def test_list_json():
    rows = json.loads(run("--json"))
    assert [row["name"] for row in rows] == list(exercise_names())
    assert all(row["valid"] and not row["own"] for row in rows)


def test_a_broken_own_file_keeps_its_row(home):
    (home / "exercises" / "mine.toml").write_text("nonsense", encoding="utf-8")
    row = next(line for line in run().splitlines() if line.startswith("mine"))
    assert "own" in row
    assert "exercises check" in row
    assert not next(row for row in json.loads(run("--json")) if row["name"] == "mine")["valid"]


@pytest.mark.parametrize("name", ["bridge", "clamshell", "deadlift", "generic", "lunge", "squat"])
def test_show_says_all_of_it(name):
    page = " ".join(run("show", name).split())
    exercise, safety = load_exercise(name), load_safety()
    texts = [exercise.summary, exercise.why, *exercise.steps, *exercise.faults, *exercise.safety, safety.limits]
    texts += [item.finding for item in exercise.evidence] + [safety.red_flags.act, *safety.red_flags.signs]
    for text in texts:
        assert text in page


def test_show_is_plain_when_piped():
    page = run("show", "bridge")
    assert "\x1b" not in page
    assert max(len(line) for line in page.splitlines()) <= 100
    assert not any(line.endswith(" ") for line in page.splitlines())


def test_show_in_a_terminal(tmp_path):
    out = tmp_path / "page.txt"
    with out.open("w", encoding="utf-8") as file:
        console = Console(file=file, force_terminal=True, width=60, color_system="standard", legacy_windows=False)
        print_page(load_exercise("bridge"), load_safety(), console)
    text = out.read_text(encoding="utf-8")
    assert "\x1b[1m" in text
    assert "Bridge (bridge)" in text


def test_markup_in_a_file_is_shown_as_written(home):
    text = (shipped("exercises") / "bridge.toml").read_text(encoding="utf-8")
    text = text.replace('name = "bridge"', 'name = "mine"').replace('title = "Bridge"', 'title = "[red]B[/red]"')
    (home / "exercises" / "mine.toml").write_text(text, encoding="utf-8")
    assert "[red]B[/red] (mine)" in run("show", "mine")


def test_show_json():
    shown = json.loads(run("show", "squat", "--json"))
    assert shown["exercise"]["movement"]["words"]["out"] == "down"
    assert shown["safety"]["pain"]["bands"][2]["action"] == "stop"


def test_check_goes_on_after_a_bad_file(home):
    bad = home / "bad.toml"
    bad.write_text("name = 3\n", encoding="utf-8")
    good = shipped("exercises") / "bridge.toml"
    result = CliRunner().invoke(command, ["check", str(bad), str(good)], standalone_mode=False)
    assert result.return_value == 4
    assert f"{good}: Bridge, no mistakes" in result.stdout
    assert f"{bad} line 1: name is 3" in result.stderr


def test_check_json(home):
    bad = home / "bad.toml"
    bad.write_text("name = 3\n", encoding="utf-8")
    said = json.loads(run("check", str(bad), "--json"))
    assert not said["valid"]
    assert {"where", "what", "cure"} == set(said["mistakes"][0])


def test_check_of_good_files_is_zero():
    paths = [str(shipped("exercises") / f"{name}.toml") for name in exercise_names()]
    result = CliRunner().invoke(command, ["check", *paths], standalone_mode=False)
    assert result.return_value == 0
    assert len(result.stdout.splitlines()) == len(paths)


def test_from_the_shell(home):
    bad = home / "bad.toml"
    bad.write_bytes(b"\xff")
    call = [sys.executable, "-m", "repband", "exercises"]
    checked = subprocess.run([*call, "check", str(bad)], capture_output=True, text=True, check=False)
    assert checked.returncode == 4
    assert "UTF-8" in checked.stderr
    assert "Traceback" not in checked.stderr
    unknown = subprocess.run([*call, "show", "brigde"], capture_output=True, text=True, check=False)
    assert unknown.returncode == 2
    assert "did you mean bridge?" in unknown.stderr


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_exercise_name_shows_the_same_page(more):
    page = CliRunner().invoke(exercise_command, ["bridge", *more], catch_exceptions=False)
    assert page.exit_code == 0
    assert page.output == run("show", "bridge", *more)
    with pytest.raises(UsageError, match="there is no exercise 'brige'"):
        CliRunner().invoke(exercise_command, ["brige"], catch_exceptions=False, standalone_mode=False)

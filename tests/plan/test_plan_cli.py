"""`repband plan`: check, show, new."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import plan_strategies as plans
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from repband.cli.plan import command
from repband.errors import UsageError
from repband.exercise import load_exercise, load_safety
from repband.paths import shipped
from repband.plan import load_plan, to_toml
from repband.plan.page import print_plan
from repband.plan.write import write_new
from rich.console import Console


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("REPBAND_HOME", str(tmp_path))
    return tmp_path


def call(*arguments: str, typed: str | None = None):
    return CliRunner().invoke(command, arguments, input=typed, standalone_mode=False)


def run(*arguments: str, typed: str | None = None) -> str:
    result = call(*arguments, typed=typed)
    if result.exception:
        raise result.exception
    return result.output


# check


def test_check_goes_on_after_a_bad_file(home):
    bad, good = home / "bad.toml", shipped("plans") / "beginner.toml"
    bad.write_text("name = 3\n", encoding="utf-8")
    result = call("check", str(bad), str(good))
    assert result.return_value == 4
    assert f"{good}: Beginner, revision {load_plan('beginner').revision}, no mistakes" in result.stdout
    assert f"{bad} line 1: name is 3" in result.stderr


def test_check_json(home):
    bad = home / "bad.toml"
    bad.write_text("name = 3\n", encoding="utf-8")
    said = json.loads(run("check", str(bad), "--json"))
    assert not said["valid"]
    assert set(said["mistakes"][0]) == {"where", "what", "cure"}
    good = json.loads(run("check", str(shipped("plans") / "intermediate.toml"), "--json"))
    assert (good["valid"], good["revision"], good["mistakes"]) == (True, load_plan("intermediate").revision, [])


# show


def test_show_lists_what_ships():
    assert [line.split()[0] for line in run("show").splitlines()[:2]] == ["beginner", "intermediate"]
    assert [row["name"] for row in json.loads(run("show", "--json"))] == ["beginner", "intermediate"]


@pytest.mark.parametrize("name", plans.SHIPPED)
def test_show_says_all_of_it(name):
    page, plan, safety = " ".join(run("show", name).split()), load_plan(name), load_safety()
    wanted = [plan.for_whom, plan.note, plan.revision, safety.limits, safety.red_flags.act, safety.pain.next_day]
    wanted += [band.say for band in safety.pain.bands]
    for item in plan.exercises:
        wanted += [item.source, item.note or "", item.variant or "", f"{item.rest_s:g} s of rest"]
    for text in wanted:
        assert text in page


def test_show_of_a_file_is_plain_when_piped(home):
    file = home / "plan.toml"
    file.write_text(plans.text_of("beginner").replace('name = "Beginner"', 'name = "[red]Me[/red]"'), encoding="utf-8")
    page = run("show", str(file))
    assert page.startswith("[red]Me[/red] (plan, revision ")
    assert "\x1b" not in page
    assert max(len(line) for line in page.splitlines()) <= 100
    assert not any(line.endswith(" ") for line in page.splitlines())


def test_show_in_a_terminal(home):
    out = home / "page.txt"
    with out.open("w", encoding="utf-8") as file:
        console = Console(file=file, force_terminal=True, width=60, color_system="standard", legacy_windows=False)
        print_plan(load_plan("beginner"), load_safety(), console)
    text = out.read_text(encoding="utf-8")
    assert "\x1b[1m" in text
    assert max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in text.splitlines()) <= 60


def test_show_json():
    shown = json.loads(run("show", "beginner", "--json"))
    assert shown["plan"]["exercises"][1]["side"] == "both"
    assert len(shown["sets"]) == 12
    assert shown["sets"][2]["tempo_s"]["hold"] == 1
    assert shown["pain"]["bands"][2]["action"] == "stop"


# new

BRIDGE = ["bridge", "", "3", "12", "60", "bodyweight", "2", "3", "2", "1", "reps hold", "15", "5", "Heels near."]
LUNGE = ["5", "1", "left", "", "", "", "", "", "", "", "", "none", ""]
SQUAT = ["squat", "Goblet squat", "", "8", "90", "8 kg", "3", "", "", "", "reps, load", "12", "16", "0,8", ""]
ANSWERS = ["Maria", "Maria, 52: long-standing pain", "2", "no", "5", "3", *BRIDGE, *LUNGE, *SQUAT, "", "yes"]


def answered(file: Path, answers: list[str]) -> str:
    return run("new", "-o", str(file), typed="\n".join(answers) + "\n")


def test_new_writes_what_was_answered(home):
    file = home / "maria.toml"
    said = answered(file, ANSWERS)
    assert f"Written: {file} (revision {load_plan(file).revision})" in said
    plan = load_plan(file)
    assert (plan.name, plan.sessions_per_week, plan.pain.stop_from, plan.pain.watch_from) == ("Maria", 2, 5, 3)
    bridge, lunge, squat = plan.exercises
    assert (str(bridge.targets), bridge.note) == ("3 x 12, hold 3 s, bodyweight", "Heels near.")
    assert (bridge.progress.by, bridge.progress.most_reps, bridge.progress.most_hold_s) == (("reps", "hold"), 15, 5)
    assert (lunge.variant, lunge.side, lunge.sets, lunge.progress.by) == ("Split squat", "left", 2, ())
    assert (str(squat.load), squat.tempo_s.out, squat.progress.step_kg) == ("8 kg", 3, 0.8)
    assert run("check", str(file)).endswith("no mistakes\n")
    text = file.read_text(encoding="utf-8")
    assert text == to_toml(plan)
    assert "tempo_s = { out = 2, hold = 3, back = 2, rest = 1 }" in text
    assert "none" not in text.lower()


@pytest.mark.parametrize(
    ("place", "wrong", "said"),
    [
        (0, "", "That is empty"),
        (0, "x" * 61, "That is 61 characters long; shorten it to 60 or fewer."),
        (2, "9", "That is 9; choose a number from 1 to 7."),
        (2, "often", "That is 'often'; write a whole number."),
        (3, "perhaps", "'perhaps' is neither; type yes or no."),
        (4, "8", "RepBand's own rule says 6; choose 6 or less: a plan may be stricter, never laxer."),
        (5, "4.5", "That is 4.5; write a whole number."),
        (6, "brigde", "'brigde' is not in the list; did you mean bridge?"),
        (6, "99", "'99' is not in the list; type its number."),
        (7, "singel-leg bridge", "did you mean single-leg bridge?"),
        (8, "0", "That is 0; choose a number from 1 to 20."),
        (11, "8 stone", '"8 stone" is no load; write "bodyweight"'),
        (11, "999 kg", "That is 999.0; choose a number from 0.1 to 300."),
        (13, "-1", "That is -1; choose a number from 0 to 60."),
        (16, "range", "That is 'range'; choose one of hold, load, reps, sets."),
        (16, "load", "the load may grow, but bodyweight has no kilograms to count"),
        (17, "11", "That is 11, but the plan begins with 12; choose 12 or more."),
        (18, "50", "a rep would take 54 s; choose 16 s or less."),
        (19, "a\x1b[2Jb", "characters that can't be kept"),
    ],
)
def test_every_answer_is_checked_at_once_and_asked_again(home, place, wrong, said):
    output = answered(home / "maria.toml", [*ANSWERS[:place], wrong, *ANSWERS[place:]])
    assert said in output
    answered(home / "same.toml", ANSWERS)
    assert (home / "maria.toml").read_bytes() == (home / "same.toml").read_bytes()


@pytest.mark.parametrize("place", range(20))
def test_every_question_can_be_explained(home, place):
    output = answered(home / "maria.toml", [*ANSWERS[:place], "?", *ANSWERS[place:]])
    plain = answered(home / "same.toml", ANSWERS).replace("same.toml", "maria.toml")
    assert len(output) > len(plain) + 20
    assert (home / "maria.toml").read_bytes() == (home / "same.toml").read_bytes()


def test_a_tempo_that_no_rep_can_keep_is_asked_again(home):
    slow = [*ANSWERS[:12], "20", "20", "20", "1", *ANSWERS[12:]]
    assert "make 60 s; a rep of the bridge takes 1.5 to 20 s" in answered(home / "maria.toml", slow)


def test_the_same_exercise_twice_is_refused_at_once(home):
    twice = [*ANSWERS[:6], *BRIDGE, "bridge", "", *ANSWERS[20:]]
    assert "This exercise is in the plan already" in answered(home / "maria.toml", twice)
    assert len(load_plan(home / "maria.toml").exercises) == 3


def test_enter_takes_what_is_usual(home):
    answered(home / "usual.toml", ["P", "me", "", "", "clamshell", *[""] * 15])
    (item,) = load_plan(home / "usual.toml").exercises
    usual = load_exercise("clamshell")
    assert (item.sets, item.reps, item.rest_s) == (usual.dose.sets, usual.dose.reps, usual.dose.rest_s)
    assert (item.side, item.tempo_s.hold, item.progress.most_reps) == ("both", usual.tempo_s.hold, usual.dose.reps + 5)


def test_no_at_the_end_writes_nothing(home):
    assert answered(home / "maria.toml", [*ANSWERS[:-1], "no"]).endswith("Nothing was written.\n")
    assert not (home / "maria.toml").exists()


@pytest.mark.parametrize("place", [0, 3, 10, len(ANSWERS) - 1])
def test_the_end_of_input_leaves_nothing_behind(home, place):
    result = call("new", "-o", str(home / "maria.toml"), typed="".join(f"{one}\n" for one in ANSWERS[:place]))
    assert type(result.exception).__name__ == "Abort"
    assert not (home / "maria.toml").exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("there.toml", "exists and is not overwritten"),
        ("plan.txt", "a plan is a .toml file"),
        ("none/a.toml", "no such folder"),
    ],
)
def test_where_nothing_can_be_written_is_said_before_the_first_question(home, name, said):
    (home / "there.toml").write_text("mine", encoding="utf-8")
    result = call("new", "-o", str(home / name), typed="")
    assert said in str(result.exception)
    assert result.output == ""
    assert (home / "there.toml").read_text(encoding="utf-8") == "mine"


def test_a_file_that_came_in_the_meantime_is_not_overwritten(home):
    (home / "there.toml").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="is not overwritten"):
        write_new(load_plan("beginner"), home / "there.toml")
    assert (home / "there.toml").read_text(encoding="utf-8") == "mine"


JUNK = st.sampled_from([*dict.fromkeys(ANSWERS), "?", "0", "-3", "1e400", "nan", "12kg", "both", "reps sets", "ü"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(3, len(ANSWERS) - 1), JUNK | plans.texts(20), st.integers(0, 2)), max_size=8))
def test_whatever_is_typed_a_written_plan_has_no_mistakes(home, changes):
    typed = list(ANSWERS)
    for at, junk, instead_of in changes:
        typed[at : at + instead_of] = [junk]
    file = home / "any.toml"
    file.unlink(missing_ok=True)
    result = call("new", "-o", str(file), typed="\n".join([*typed, *[""] * 60]))
    assert result.exception is None or type(result.exception).__name__ == "Abort"
    if file.exists():
        assert load_plan(file).revision in result.output
    event("written" if file.exists() else "not written")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_new_in_a_terminal(home):
    import pty

    controller, terminal = pty.openpty()
    program = "from repband.cli.plan import command; command()"
    arguments = [sys.executable, "-c", program, "new", "-o", str(home / "pty.toml")]
    process = subprocess.Popen(arguments, stdin=terminal, stdout=terminal, stderr=terminal)
    os.close(terminal)
    os.write(controller, "".join(f"{one}\n" for one in ANSWERS).encode())
    shown = b""
    while True:
        try:
            part = os.read(controller, 65536)
        except OSError:  # Linux says so when the other side has closed
            part = b""
        if not part:
            break
        shown += part
    os.close(controller)
    assert process.wait(30) == 0
    assert b"Written:" in shown
    assert load_plan(home / "pty.toml").name == "Maria"

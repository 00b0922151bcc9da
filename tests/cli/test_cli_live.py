"""`repband live`, as a person runs it: counted, kept, shown again and replayed; ended by Ctrl-C; fed by a pipe."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from repband.cli.earlier import broken_off
from repband.exercise import load_exercise
from repband.journal import History, RecordingMeta, read_recording
from repband.journal.resume import give_back, take_up, unfinished
from repband.source.firmware import find_interpreter

DATA = Path(__file__).parent.parent / "data"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REPBAND_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def run(*args: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "repband", *args]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=120)


def recording_in(home: Path) -> Path:
    (path,) = (home / "recordings").glob("*.mcap")
    return path


def test_a_virtual_set_is_counted_kept_shown_and_replayed(home: Path) -> None:
    lived = run("live", "bridge", "--virtual", "--reps", "3", "--speed", "40")
    assert lived.returncode == 0, lived.stderr
    assert [f"  rep {n}" in lived.stdout for n in (1, 2, 3, 4)] == [True, True, True, False]
    assert "set 1 over: 3 of 3 reps, target reached" in lived.stdout

    with History(home / "history.sqlite") as history:
        kept = history.session("last")
    assert (kept.exercise, kept.sets[0].counted, len(kept.sets[0].reps)) == ("bridge", 3, 3)
    assert kept.recording == recording_in(home)

    shown = run("sessions", "show", "last")
    assert shown.returncode == 0
    assert "3 of 3 reps" in shown.stdout

    replayed = run("replay", str(recording_in(home)))
    assert replayed.returncode == 0, replayed.stderr
    told = lived.stdout[: lived.stdout.index("kept: ")]
    assert replayed.stdout == told


def test_lines_on_standard_input_are_counted_as_they_come(home: Path) -> None:
    done = run("live", "bridge", "--stdin", "--no-keep", stdin=(DATA / "bridge_8.csv").read_text())
    assert done.returncode == 0, done.stderr
    assert "set 1 over: 8 reps, the samples ended" in done.stdout
    assert not home.exists()


def test_junk_on_standard_input_is_an_error_without_a_traceback(home: Path) -> None:
    done = run("live", "bridge", "--stdin", stdin="this,is,not\na,recording,at all\n")
    assert done.returncode == 3
    assert done.stderr.startswith("repband: ")
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(
    find_interpreter() is None, reason="needs a MicroPython interpreter (pip install 'repband[firmware]')"
)
def test_with_the_check_practice_is_no_part_of_the_set_and_a_replay_says_the_same(home: Path) -> None:
    lived = run("live", "bridge", "--firmware", "--reps", "2", "--speed", "10", "--check", stdin="")
    assert lived.returncode == 0, lived.stderr
    assert "3 practice reps counted: now the set." in lived.stdout
    assert lived.stdout.index("practice rep 3") < lived.stdout.index("set 1: Bridge, 2 reps")
    assert "set 1 over: 2 of 2 reps, target reached" in lived.stdout
    with History(home / "history.sqlite") as history:
        assert [len(one.reps) for one in history.session("last").sets] == [2]
    replayed = run("replay", str(recording_in(home)))
    assert replayed.stdout == lived.stdout[: lived.stdout.index("kept: ")]


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to a whole console only")
def test_ctrl_c_ends_the_session_and_keeps_it(home: Path) -> None:
    command = [sys.executable, "-u", "-m", "repband", "live", "bridge", "--virtual", "--reps", "50", "--speed", "10"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "rep 2" in line:
                process.send_signal(signal.SIGINT)
                asked = time.monotonic()
                break
        out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert time.monotonic() - asked < 10
    assert "stopped" in out
    with History(home / "history.sqlite") as history:
        kept = history.session("last")
    assert kept.ended is not None
    assert kept.sets[0].counted >= 2
    assert read_recording(recording_in(home)).finished


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such kill")
def test_a_set_that_a_crash_broke_off_is_taken_up(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = [sys.executable, "-u", "-m", "repband", "live", "bridge", "--virtual", "--reps", "5", "--speed", "20"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "lift" in line:
                process.kill()
                break
    with History(home / "history.sqlite") as history:
        done = len(history.session("last").sets[0].reps)
    assert 1 <= done < 5
    assert broken_off(load_exercise("squat"), True, asks=False, demo=True) is None
    assert broken_off(load_exercise("bridge"), None, asks=False, demo=True) is None
    assert f"after {done} of 5 reps; add --resume" in capsys.readouterr().err
    again = run("live", "bridge", "--resume", "--virtual", "--speed", "40", "--reps", "9")
    assert f"set 1: Bridge, {5 - done} reps" in again.stdout, again.stderr
    with History(home / "history.sqlite") as history:
        assert unfinished(history, demo=True) is None


def test_a_session_that_no_sample_ever_came_to_leaves_no_trace(home: Path) -> None:
    with History(home / "history.sqlite") as history:
        broken = history.start_session(RecordingMeta(exercise="bridge"), recording=None)
        take_up(history, broken, "other")
    failed = run("live", "bridge", "--serial", str(home / "no-port"))
    assert failed.returncode == 5
    assert "looking for the sensor" in failed.stderr
    assert "there is no such port" in failed.stderr
    assert failed.stdout == ""  # nobody is asked to begin
    assert not list((home / "recordings").iterdir())
    with History(home / "history.sqlite") as history:
        assert [one.id for one in history.sessions(5)] == [broken]


def test_what_was_going_on_with_is_offered_again_when_nothing_came(tmp_path: Path) -> None:
    with History(tmp_path / "history.sqlite") as history:
        meta = RecordingMeta(exercise="bridge")
        history.start_session(meta, recording=None)
        take_up(history, meta.session, "empty")
        assert unfinished(history) is None
        give_back(history, "empty")
        assert unfinished(history) is not None


def test_a_recording_without_counting_is_counted_when_it_is_replayed(home: Path) -> None:
    out = home.parent / "out.mcap"
    recorded = run("record", str(out), "--from", str(DATA / "bridge_8.csv"), "--exercise", "bridge")
    assert recorded.returncode == 0, recorded.stderr
    assert "set 1 over: 8 reps" in run("replay", str(out)).stdout


def test_an_unknown_exercise_and_an_unknown_load_say_what_there_is(home: Path) -> None:
    wrong = run("live", "brigde", "--virtual")
    assert wrong.returncode == 2
    assert "bridge" in wrong.stderr
    heavy = run("live", "bridge", "--virtual", "--load", "a lot")
    assert heavy.returncode == 2
    assert "12 kg" in heavy.stderr
    assert not (home / "recordings").exists()

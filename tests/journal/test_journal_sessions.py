"""What `repband sessions` shows: lines, tables and JSON."""

from __future__ import annotations

import io
import json
import math
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from repband.cli.sessions import command
from repband.journal import History, Load, RecordingMeta
from repband.journal.kept import KeptCue
from repband.reps import Flag, PhaseTimes, Rep
from repband.screen.kept import show_lines
from repband.screen.kept_tables import print_list, print_session
from rich.console import Console

BRIDGE = "1e5a1d9e-4f59-4b0f-9a0c-0d2f7b1f8f10"
SQUAT = "2e5a1d9e-4f59-4b0f-9a0c-0d2f7b1f8f10"


def a_rep(number: int, *flags: Flag, hold_sd_s: float = 0.1) -> Rep:
    start_s = 5.0 * number
    rest = None if number == 1 else 1.0
    rest_sd = None if number == 1 else 0.1
    return Rep(
        number,
        start_s + 4.0,
        start_s + 4.4,
        start_s,
        start_s + 0.6,
        start_s + 2.0,
        start_s + 3.4,
        start_s + 4.0,
        15.0 + number,
        PhaseTimes(rest, 1.3, 1.7, 1.0),
        PhaseTimes(rest_sd, 0.1, hold_sd_s, 0.1),
        flags,
    )


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REPBAND_HOME", str(tmp_path))
    with History(now=lambda: "2025-03-01T18:42:00+01:00") as history:
        bridge = RecordingMeta(
            session=BRIDGE,
            started="2025-03-01T18:30:00+01:00",
            exercise="bridge",
            side="left",
            load=Load("band", None, "red"),
            target_reps=3,
            sensor="virtual sensor",
            repband="0.1.0",
            detector="1",
        )
        history.start_session(bridge, recording="set.mcap", target_sets=2)
        one = history.start_set(BRIDGE, 1, target_reps=3)
        reps = [a_rep(1), a_rep(2, Flag.GAP, Flag.FAST), a_rep(3, hold_sd_s=math.nan)]
        history.end_set(one, ended_s=30.0, why="target", counted=3, count_min=3, count_max=4, reps=reps)
        two = history.start_set(BRIDGE, 2, started_s=90.0, target_reps=3)
        history.end_set(two, ended_s=120.0, why="stopped", counted=1, said=2, reps=[a_rep(1)])
        history.end_session(BRIDGE, quality={"samples": 995, "missing": 5, "gaps": 1, "rate_hz": 52.04, "late": 2})
        squat = RecordingMeta(session=SQUAT, started="2025-03-02T07:05:00+01:00", exercise="squat", repband="0.1.0")
        history.start_session(squat)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def test_the_list_as_lines(home: Path) -> None:
    result = run("list")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "2e5a1d9e  2025-03-02 07:05  squat  bodyweight  no set  broken off",
        "1e5a1d9e  2025-03-01 18:30  bridge  left  red band  3 + 2*  "
        "lift 1.3  hold 1.7  lower 1.0 s  17°  missing 0.5 %",
    ]
    assert len(run("list", "-n", "1").stdout.splitlines()) == 1


def test_one_session_as_lines(home: Path) -> None:
    result = run("show", "1e")
    assert result.exit_code == 0
    lines = [line for line in result.stdout.splitlines() if not line.startswith("recording: ")]
    assert lines == [
        "Bridge, left side, red band",
        "when: 2025-03-01 18:30, 12 min",
        "sets: 3 + 2*  (* corrected by you)",
        "samples: 995 samples at 52.0 Hz, 5 missing in 1 gap, 2 came too late",
        "sensor: virtual sensor",
        "counted by: detector 1, RepBand 0.1.0",
        f"id: {BRIDGE}",
        "Set 1: 3 of 3 reps, target reached, between 3 and 4, as samples are missing",
        "     1  lift 1.3 ± 0.1 s  hold 1.7 ± 0.1 s  lower 1.0 ± 0.1 s  16°",
        "     2  lift 1.3 ± 0.1 s  hold 1.7 ± 0.1 s  lower 1.0 ± 0.1 s  rest before 1.0 ± 0.1 s  17°  [gap, fast]",
        "     3  lift 1.3 ± 0.1 s  hold 1.7 s  lower 1.0 ± 0.1 s  rest before 1.0 ± 0.1 s  18°",
        "  mean  lift 1.3 s  hold 1.7 s  lower 1.0 s  rest before 1.0 s  17°",
        "Set 2: 2 of 3 reps, stopped, counted 1, corrected by you to 2",
        "     1  lift 1.3 ± 0.1 s  hold 1.7 ± 0.1 s  lower 1.0 ± 0.1 s  16°",
        "  mean  lift 1.3 s  hold 1.7 s  lower 1.0 s  16°",
    ]
    assert "set.mcap  (no longer there)" in result.stdout


def test_last_is_the_newest(home: Path) -> None:
    assert run("show").stdout.startswith("Squat, bodyweight\n")
    assert "recording: none" in run("show", "last").stdout


def test_json_is_strict_and_complete(home: Path) -> None:
    shown = json.loads(run("show", "1e", "--json").stdout)
    assert shown["load"] == {"kind": "band", "value": None, "label": "red"}
    assert shown["quality"]["missing"] == 5
    assert [(one["counted"], one["said"]) for one in shown["sets"]] == [(3, 3), (1, 2)]
    assert shown["sets"][1]["corrections"] == [{"at": "2025-03-01T18:42:00+01:00", "counted": 1, "said": 2}]
    rep = shown["sets"][0]["reps"][2]
    assert rep["tempo_s"] == {"rest_before": 1.0, "out": 1.3, "hold": 1.7, "back": 1.0}
    assert rep["tempo_sd_s"]["hold"] is None
    assert shown["sets"][0]["reps"][1]["flags"] == ["gap", "fast"]
    listed = [json.loads(line) for line in run("list", "--json").stdout.splitlines()]
    assert [session["id"] for session in listed] == [SQUAT, BRIDGE]
    assert "reps" not in listed[1]["sets"][0]
    assert listed[1]["sets"][0]["mean_excursion_deg"] == 17.0


def console(width: int) -> Console:
    return Console(file=io.StringIO(), width=width, highlight=False, color_system=None, force_terminal=False)


def printed(screen: Console) -> list[str]:
    assert isinstance(screen.file, io.StringIO)
    return [line.rstrip() for line in screen.file.getvalue().splitlines()]


def test_the_list_as_a_table_fits_eighty_columns_and_says_more_in_wide_ones(home: Path) -> None:
    narrow, wide = console(80), console(120)
    with History() as history:
        print_list(history.sessions(), narrow)
        print_list(history.sessions(), wide)
    assert printed(narrow) == [
        "when              what                         sets x reps  excursion  id",
        "────────────────────────────────────────────────────────────────────────────────"[:79],
        "2025-03-02 07:05  Squat, bodyweight            no set                  2e5a1d9e",
        "2025-03-01 18:30  Bridge, left side, red band  3 + 2*             17°  1e5a1d9e",
        "excursion: mean of the thigh; * corrected by you; yellow: broken off",
        "one in full: repband sessions show ID",
    ]
    assert "lift 1.3  hold 1.7  lower 1.0 s        17°    0.5 %  1e5a1d9e" in printed(wide)[3]


def test_one_session_as_tables(home: Path) -> None:
    screen = console(80)
    with History() as history:
        print_session(history.session("1e"), screen)
    lines = printed(screen)
    assert lines[0] == "Bridge, left side, red band"
    assert "sets        3 + 2*  (* corrected by you)" in lines
    start = lines.index("Set 1: 3 of 3 reps, target reached, between 3 and 4, as samples are missing")
    assert [" ".join(line.split()) for line in lines[start + 1 : start + 8]] == [
        "rep lift s hold s lower s rest before s excursion",
        "─" * len(lines[start + 2]),
        "1 1.3 ± 0.1 1.7 ± 0.1 1.0 ± 0.1 16°",
        "2 1.3 ± 0.1 1.7 ± 0.1 1.0 ± 0.1 1.0 ± 0.1 17° gap, fast",
        "3 1.3 ± 0.1 1.7 1.0 ± 0.1 1.0 ± 0.1 18°",
        "",
        "mean 1.3 1.7 1.0 1.0 17°",
    ]
    assert max(map(len, lines)) <= 80


def test_an_exercise_whose_file_is_gone_still_shows(home: Path) -> None:
    with History() as history:
        meta = RecordingMeta(session="f", started="2025-03-03T07:05:00+01:00", exercise="gone-[bold]-long-ago")
        one = history.start_set(history.start_session(meta), 1)
        history.add_rep(one, a_rep(1))
        lines = list(show_lines(history.session("f")))
        screen = console(80)
        print_session(history.session("f"), screen)
    assert lines[0] == "gone-[bold]-long-ago, bodyweight"
    assert "  mean  out 1.3 s  hold 1.7 s  back 1.0 s  16°" in lines
    assert printed(screen)[0] == lines[0]


def test_nothing_kept_yet_says_how_to_begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPBAND_HOME", str(tmp_path / "new"))
    result = run("list")
    assert result.exit_code == 0
    assert "no session is kept yet; begin with: repband live" in result.stdout
    assert run("list", "--json").stdout == ""


def test_a_damaged_history_is_set_aside_and_said(home: Path) -> None:
    for side in home.glob("history.sqlite-*"):
        side.unlink()
    with closing(sqlite3.connect(home / "history.sqlite")) as raw:
        assert raw.execute("SELECT count(*) FROM sessions").fetchone()[0] == 2
    (home / "history.sqlite").write_bytes(b"no database")
    result = run("list")
    assert result.exit_code == 0
    assert "set aside as history.damaged-" in result.stderr
    assert "no session is kept yet" in result.stdout


def test_a_session_says_effort_pain_cues_and_plan_where_they_are_known(home: Path) -> None:
    with History() as history:
        meta = RecordingMeta(session="e1", started="2025-03-04T07:05:00+01:00", exercise="bridge")
        one = history.start_set(history.start_session(meta), 1)
        history.add_rep(one, a_rep(1))
        for _ in range(2):
            history.add_cue(one, KeptCue("hold-short", "Hold a little longer.", "1.2 s of 2 s", 4.0))
        history.answer(one, "effort", 4)
        history.answer(one, "pain", 0)
        history.answer_next_day("e1", False)
        kept = replace(history.session("e1"), plan_name="Back to work", plan_revision="0123456789")
    lines = list(show_lines(kept))
    assert "plan: Back to work, revision 0123456789" in lines
    assert "the day after: pain no worse" in lines
    assert any(line.startswith("Set 1: ") and "effort 4 of 10, pain 0 of 10" in line for line in lines)
    assert "  said: Hold a little longer. (2 times; 1.2 s of 2 s)" in lines
    screen = console(80)
    print_session(kept, screen)
    assert "said: Hold a little longer. (2 times; 1.2 s of 2 s)" in printed(screen)

"""`repband history` and `repband trend` as a user sees them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from repband.cli.history import command as history_command
from repband.cli.trend import command as trend_command
from repband.errors import UsageError
from repband.journal import History, kept_plans, overview
from repband.journal.example import example_history
from repband.report import joined, weeks_of
from repband.report.terminal import print_history
from rich.console import Console


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REPBAND_HOME", str(tmp_path))
    example_history(tmp_path / "history.sqlite").close()
    return tmp_path


def run(command: click.Command, *arguments: str) -> Result:
    result = CliRunner().invoke(command, arguments)
    if isinstance(result.exception, UsageError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


def test_history_names_weeks_and_sessions(home: Path) -> None:
    lines = run(history_command).stdout.splitlines()
    weeks = [line for line in lines if line.startswith("week of ")]
    assert len(weeks) == 12
    assert weeks[0].startswith("week of 2025-03-24: ")
    assert "week of 2025-02-10: 0 of 3 sessions" in lines
    assert any("stopped for pain" in line and "worse the next day" in line for line in lines)
    assert any("counts corrected" in line for line in lines)
    assert any("strap refitted" in line for line in lines)
    assert sum(line.startswith("  ") for line in lines) == sum(int(week.split(": ")[1].split(" ")[0]) for week in weeks)


def test_history_of_some_days_and_as_json(home: Path) -> None:
    weeks = [
        json.loads(line)
        for line in run(history_command, "--json", "--from", "2025-02-03", "--to", "2025-02-16").stdout.splitlines()
    ]
    assert [(week["monday"], week["planned"]) for week in weeks] == [("2025-02-03", 3), ("2025-02-10", 3)]
    one = weeks[0]["sessions"][0]
    assert one["started"].startswith("2025-02-0")
    assert one["sets"][0]["load"] == "bodyweight"
    assert one["sets"][0]["said"] > 0
    with pytest.raises(UsageError, match="swap them"):
        run(history_command, "--from", "2025-02-03", "--to", "2025-01-16")


def test_history_reminds_of_a_backup(home: Path) -> None:
    assert "repband export all" in run(history_command).stderr


def test_history_as_a_table_fits_its_width(home: Path) -> None:
    with History() as history:
        lines = joined(overview(history))
        weeks = weeks_of(lines, kept_plans(history))
    for width in (100, 140):
        console = Console(file=io.StringIO(), width=width, highlight=False, color_system=None)
        print_history(weeks, [], console)
        assert isinstance(console.file, io.StringIO)
        text = console.file.getvalue()
        assert max(map(len, text.splitlines())) <= width
        assert "week of 2025-02-10" in text
        assert "stopped for" in text


def test_nothing_kept_yet_says_how_to_begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPBAND_HOME", str(tmp_path))
    for call in ((history_command,), (trend_command, "bridge")):
        assert "no session of yours is kept yet" in run(*call).stdout


def test_a_trend_gives_each_side_and_their_difference(home: Path) -> None:
    lines = run(trend_command, "clamshell").stdout.splitlines()
    assert lines[0].startswith("Clamshell, 2025-01-06 to 2025-03-28, ")
    assert lines[1] == "left:"
    assert "right:" in lines
    assert sum(line.startswith("  excursion") for line in lines) == 2
    assert any(line.startswith("excursion, left minus right: +") and "95 % interval +" in line for line in lines)
    assert any("prescribed 1 s" in line for line in lines if line.strip().startswith("hold"))
    assert max(map(len, lines)) <= 110


def test_a_trend_of_one_session_says_that_it_is_too_little(home: Path) -> None:
    text = run(trend_command, "clamshell", "--from", "2025-01-06", "--to", "2025-01-06").stdout
    assert "1 session" in text.splitlines()[0]
    assert "too few sessions with both sides for an interval (1 of 3)" in text


def test_an_exercise_nobody_did_names_those_that_were(home: Path) -> None:
    with pytest.raises(UsageError, match=r"no rep of 'lunge'.*done so far: bridge, clamshell, squat"):
        run(trend_command, "lunge")
    with pytest.raises(UsageError, match="try --all"):
        run(trend_command, "squat", "--from", "2025-06-01")


def test_a_trend_as_json_and_as_a_picture(home: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    points = [json.loads(line) for line in run(trend_command, "squat", "--json").stdout.splitlines()]
    assert points[0]["load"] == {"kind": "kg", "value": 5.0, "label": ""}
    assert points[-1]["tempo_s"]["out"] == 2
    first, second = tmp_path / "a.svg", tmp_path / "b.svg"
    run(trend_command, "clamshell", "-o", str(first))
    run(trend_command, "clamshell", "-o", str(second))
    assert first.read_bytes() == second.read_bytes()
    png = tmp_path / "a.png"
    run(trend_command, "clamshell", "-o", str(png))
    assert png.read_bytes().startswith(b"\x89PNG")
    with pytest.raises(UsageError, match="unknown kind of picture"):
        run(trend_command, "squat", "-o", str(tmp_path / "a.gif"))

"""The command line's frame: instant help, one line for every error, exit codes a script can use."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest
from repband import cli
from repband.errors import RecordingError, UsageError


def run(*args: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "repband", *args], input=stdin, capture_output=True, text=True, timeout=60
    )


def test_help_lists_every_command_and_imports_none() -> None:
    code = (
        "import sys; sys.argv = ['repband', '--help']\n"
        "import repband.cli\n"
        "try: repband.cli.main()\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'scipy', 'matplotlib', 'rich', 'mcap', 'msgspec', 'sqlite3'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    for name in cli.COMMANDS:
        assert f"\n  {name} " in done.stdout


@pytest.mark.parametrize("name", list(cli.COMMANDS))
def test_every_listed_command_exists_and_explains_itself(name: str) -> None:
    command = cli.cli.get_command(click.Context(cli.cli), name)
    assert isinstance(command, click.Command)
    assert command.help or (isinstance(command, click.Group) and command.commands)


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (
            RecordingError("time goes back", where="a.csv line 3", cure="sort it"),
            3,
            "a.csv line 3: time goes back; sort it",
        ),
        (UsageError("no such thing"), 2, "no such thing"),
        (PermissionError(13, "Permission denied", "x.mcap"), 1, "x.mcap: Permission denied"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (ZeroDivisionError("oops"), 70, "a fault in RepBand itself"),
    ],
)
def test_every_error_is_one_line_and_a_code(
    error: BaseException, code: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(**_: object) -> None:
        raise error

    monkeypatch.delenv("REPBAND_DEBUG", raising=False)
    monkeypatch.setattr(cli.cli, "main", fail)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    printed = capsys.readouterr().err
    assert ended.value.code == code
    assert said in printed
    assert printed.count("\n") == 1
    assert "Traceback" not in printed


def test_an_unknown_command_is_a_usage_error() -> None:
    done = run("cuont")
    assert done.returncode == 2
    assert "cuont" in done.stderr
    assert "Traceback" not in done.stderr


def test_live_without_a_source_says_which_there_are() -> None:
    done = run("live", "bridge")
    assert done.returncode == 2
    assert "--virtual" in done.stderr


def test_a_missing_file_is_named() -> None:
    done = run("replay", "nowhere.csv")
    assert done.returncode == 2
    assert "nowhere.csv" in done.stderr
    assert "Traceback" not in done.stderr

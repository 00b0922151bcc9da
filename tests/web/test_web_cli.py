"""`repband workout`: plan to page to recording; Ctrl-C ends it at once and keeps it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from repband.cli.workout import command
from repband.driver.recorded import recorded_session
from repband.errors import RepBandError, UsageError
from repband.journal import History
from repband.workout import SetTask

PLAN = """
name = "Short"
for_whom = "tests"
sessions_per_week = 3
[[exercises]]
exercise = "bridge"
sets = 2
reps = 3
rest_s = 5
tempo_s = { out = 1.5, hold = 1.0, back = 1.5, rest = 1.0 }
"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "short.toml"
    path.write_text(PLAN, encoding="utf-8")
    return path


@pytest.fixture
def running(tmp_path: Path, plan: Path) -> Iterator[subprocess.Popen[str]]:
    words = ["workout", str(plan), "--demo", "--no-open", "--port", "0", "--speed", "20", "--plain"]
    environment = os.environ | {"REPBAND_HOME": str(tmp_path / "home"), "PYTHONUNBUFFERED": "1"}
    child = subprocess.Popen(
        [sys.executable, "-m", "repband", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    yield child
    child.kill()
    child.communicate()


def start(child: subprocess.Popen[str]) -> socket.socket:
    """Opens a page of our own and taps Start; gives its stream."""
    assert child.stdout is not None
    line = child.stdout.readline()
    assert line.startswith("the page: http://127.0.0.1:")
    port = int(line.rstrip("/\n").rsplit(":", 1)[1])
    stream = socket.create_connection(("127.0.0.1", port), timeout=10)
    stream.sendall(f"GET /events?page=page-of-ours HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    stream.recv(1000)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    body = json.dumps({"name": "start"})
    connection.request("POST", "/command", body, {"X-RepBand-Page": "page-of-ours"})
    assert connection.getresponse().status == 204
    connection.close()
    return stream


def test_ctrl_c_ends_it_at_once_and_keeps_the_session(running: subprocess.Popen[str], tmp_path: Path) -> None:
    with start(running):
        assert running.stdout is not None
        while "rep 2" not in running.stdout.readline():
            assert running.poll() is None
        begun_s = time.monotonic()
        running.send_signal(signal.SIGINT)
        said, errors = running.communicate(timeout=20)
    assert time.monotonic() - begun_s < 3.0
    assert (running.returncode, errors) == (0, "")
    assert "kept: " in said
    (recording,) = (tmp_path / "home" / "recordings").glob("*.mcap")
    assert recorded_session(recording).routine.title == "Short"
    with History(tmp_path / "home" / "history.sqlite") as history:
        (session,) = history.sessions()
    assert session.sets[0].counted >= 2


def test_a_source_has_to_be_named() -> None:
    result = CliRunner().invoke(command, ["beginner"])
    assert isinstance(result.exception, UsageError)
    assert "--demo" in str(result.exception)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nonsense", "--demo"], "nonsense"),
        (["missing.toml", "--demo"], "missing.toml"),
        (["--replay", "no.csv"], "no.csv"),
    ],
)
def test_what_can_not_be_used_is_named(words: list[str], says: str) -> None:
    result = CliRunner().invoke(command, [*words, "--no-open", "--no-keep"])
    assert isinstance(result.exception, RepBandError)
    assert says in str(result.exception)


def test_a_taken_port_is_named(plan: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        result = CliRunner().invoke(command, [str(plan), "--demo", "--no-open", "--no-keep", "--port", port])
    assert isinstance(result.exception, UsageError)
    assert port in str(result.exception)


def test_the_side_worn_already_comes_first() -> None:
    from repband.cli.led import begun_on
    from repband.plan import load_plan
    from repband.workout.prescribed import routine_of_plan

    routine = routine_of_plan(load_plan("beginner"))
    for side in ("left", "right"):
        tasks: list[SetTask] = [t for t in begun_on(routine, side).tasks if t.side]
        if tasks:
            assert tasks[0].side == side
        assert sorted(map(repr, begun_on(routine, side).tasks)) == sorted(map(repr, routine.tasks))

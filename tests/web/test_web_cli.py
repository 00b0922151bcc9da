"""`repband workout`: plan to page to recording; Ctrl-C ends it at once and keeps it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from repband.cli.workout import command
from repband.driver.recorded import recorded_session
from repband.errors import RepBandError, UsageError
from repband.journal import History
from repband.journal.resume import unfinished
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


Child = subprocess.Popen[str]


@pytest.fixture
def run(tmp_path: Path, plan: Path) -> Iterator[Callable[..., Child]]:
    """Starts `repband workout` with a virtual wearer; ended after the test."""
    children: list[Child] = []

    def begun(*more: str) -> Child:
        words = ["workout", str(plan), "--demo", "--no-open", "--port", "0", "--speed", "20", "--plain", *more]
        environment = os.environ | {"REPBAND_HOME": str(tmp_path / "home"), "PYTHONUNBUFFERED": "1"}
        pipe = subprocess.PIPE
        command = [sys.executable, "-m", "repband", *words]
        children.append(subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environment))
        return children[-1]

    yield begun
    for child in children:
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


def wait_for(child: Child, text: str) -> None:
    assert child.stdout is not None
    while text not in child.stdout.readline():
        assert child.poll() is None


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT that a test could send to a child")
def test_ctrl_c_ends_it_at_once_and_keeps_the_session(run: Callable[..., Child], tmp_path: Path) -> None:
    running = run()
    with start(running):
        wait_for(running, "rep 2")
        begun_s = time.monotonic()
        running.send_signal(signal.SIGINT)
        said, errors = running.communicate(timeout=20)
    assert time.monotonic() - begun_s < 5.0
    assert (running.returncode, errors) == (0, "")
    assert "kept: " in said
    (recording,) = (tmp_path / "home" / "recordings").glob("*.mcap")
    assert recorded_session(recording).routine.title == "Short"
    with History(tmp_path / "home" / "history.sqlite") as history:
        (session,) = history.sessions()
    assert session.sets[0].counted >= 2


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT that a test could send to a child")
def test_what_a_kill_cut_off_is_taken_up_where_it_was(run: Callable[..., Child], tmp_path: Path) -> None:
    killed = run()
    with start(killed):
        wait_for(killed, "degrees")  # the first rep's numbers are final, and kept
        killed.kill()
        killed.communicate()
    told = run()
    with start(told):
        told.send_signal(signal.SIGINT)
        _, errors = told.communicate(timeout=20)
    assert "broke off in set 1, after 1 of 3 reps; add --resume" in errors


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT that a test could send to a child")
def test_resuming_does_what_is_left(run: Callable[..., Child], tmp_path: Path) -> None:
    killed = run()
    with start(killed):
        wait_for(killed, "degrees")
        killed.kill()
        killed.communicate()
    resumed = run("--resume")
    with start(resumed):
        wait_for(resumed, "set 1: Bridge, 2 reps")
        resumed.send_signal(signal.SIGINT)
        resumed.communicate(timeout=20)
    with History(tmp_path / "home" / "history.sqlite") as history:
        assert unfinished(history) is None


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT that a test could send to a child")
def test_the_sensor_is_tried_out_first_where_that_is_wanted(run: Callable[..., Child]) -> None:
    trying = run("--check", "--no-keep")
    wait_for(trying, "the line moves")
    wait_for(trying, "practice reps counted. Did you do three?")
    trying.send_signal(signal.SIGINT)
    trying.communicate(timeout=20)
    assert trying.returncode == 0


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


def test_a_recording_waits_for_the_start() -> None:
    from repband.cli.led import HeldSource
    from repband.simulate import SetPlan, VirtualSensor

    held = HeldSource(VirtualSensor(SetPlan("bridge", 1), 1))
    came: list[object] = []
    reader = threading.Thread(target=lambda: came.extend(held), daemon=True)
    reader.start()
    time.sleep(0.2)
    assert came == []
    held.go()
    reader.join(10.0)
    assert len(came) > 50

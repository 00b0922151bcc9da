"""`repband record --truth`: keys become moments on the recording's own time, and are on the disk at once."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from repband.bench.truth import read_reps
from repband.errors import JournalError, UsageError
from repband.label import labels_path, read_labels
from repband.label.keys import read_script
from repband.label.marks import LEAST_APART_S, Key, Marks, StreamClock
from repband.label.watch import Watcher

DATA = Path(__file__).parent.parent / "data"
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")


def record(out: Path, *more: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "repband", "record", str(out), *more]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=60)


@pytest.fixture
def marks(tmp_path: Path) -> Marks:
    return Marks(tmp_path / "a.reps.csv")


def times(marks: Marks) -> list[tuple[float, bool]]:
    return [(label.start_s, label.doubtful) for label in read_labels(marks.path)]


def test_every_press_is_on_the_disk_when_it_returns(marks: Marks) -> None:
    assert marks.press(Key.MARK, 2.5) == "rep 1 at 2.5 s"
    assert times(marks) == [(2.5, False)]
    marks.press(Key.MARK, 6.0)
    assert times(marks) == [(2.5, False), (6.0, False)]
    assert "doubtful" in marks.press(Key.DOUBTFUL, 6.5)
    assert times(marks) == [(2.5, False), (6.0, True)]
    for left in ([(2.5, False), (6.0, False)], [(2.5, False)], []):
        marks.press(Key.UNDO, 7.0)
        assert times(marks) == left
    assert marks.press(Key.UNDO, 7.0) == "nothing to undo"


def test_a_key_held_down_is_one_mark(marks: Marks) -> None:
    marks.press(Key.MARK, 2.0)
    assert "not marked" in marks.press(Key.MARK, 2.0 + LEAST_APART_S - 0.01)
    marks.press(Key.MARK, 2.0 + LEAST_APART_S)
    assert len(times(marks)) == 2


def test_before_the_first_sample_nothing_is_marked(marks: Marks) -> None:
    assert "no samples have come yet" in marks.press(Key.MARK, None)
    assert marks.labels == ()


def test_marks_after_the_last_sample_are_left_out_and_said(marks: Marks) -> None:
    marks.press(Key.MARK, 2.0)
    marks.press(Key.MARK, 60.0)
    said = marks.finish(59.0)
    assert "1 rep marked; 1 marked after the last sample left out" in said
    assert times(marks) == [(2.0, False)]


def test_labels_are_never_overwritten(tmp_path: Path) -> None:
    labels_path(tmp_path / "a.mcap").write_text("kind,start_s,end_s\n")
    with pytest.raises(JournalError, match="never overwritten"):
        Marks(labels_path(tmp_path / "a.mcap"))


class FakeClock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.mark.parametrize("speed", [1.0, 4.0])
def test_a_press_between_packets_is_placed_between_their_times(speed: float) -> None:
    clock = FakeClock()
    stream = StreamClock(speed, clock)
    assert stream.now_s() is None
    for packet, late_s in enumerate([0.0, 0.09, 0.02, 0.3, 0.0]):
        clock.now_s = 1000 + packet + late_s
        stream.heard(packet * speed)
    clock.now_s = 1004.6
    assert stream.now_s() == pytest.approx(4.6 * speed)


def test_an_offset_that_drifts_is_forgotten() -> None:
    clock = FakeClock()
    stream = StreamClock(1.0, clock)
    stream.heard(5.0)  # 5 s ahead once, as after a device restart
    for second in range(1, 20):
        clock.now_s = 1000.0 + second
        stream.heard(float(second))
    assert stream.now_s() == pytest.approx(19.0)


def test_a_script_is_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "keys.txt"
    path.write_text("# a set\n2.5\n6 mark\n\n7 edge # or not\n8 u\n")
    assert [(k.at_s, k.key) for k in read_script(path)] == [
        (2.5, Key.MARK), (6, Key.MARK), (7, Key.DOUBTFUL), (8, Key.UNDO),
    ]  # fmt: skip


@pytest.mark.parametrize(("line", "says"), [("mark", "no timed key"), ("3 jump", "no timed key"), ("1 u", "back")])
def test_a_script_with_a_mistake_is_named_with_its_line(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "keys.txt"
    path.write_text(f"2 mark\n{line}\n")
    with pytest.raises(UsageError, match=f"line 2: .*{says}"):
        read_script(path)


def test_a_scripted_recording_gives_what_the_yardstick_reads(tmp_path: Path) -> None:
    script, out = tmp_path / "keys.txt", tmp_path / "set.mcap"
    script.write_text("3.5 mark\n13 mark\n14 mark\n14.5 undo\n22 m\n22.5 e\n999 mark\n")
    done = record(out, "--from", str(DATA / "bridge_8.csv"), "--truth", "--keys", str(script))
    assert done.returncode == 0, done.stderr
    assert "2 reps and 1 doubtful marked" in done.stdout
    assert "1 key of the script is for after the last sample" in done.stdout
    reps, edges = read_reps(tmp_path / "set.reps.csv")
    assert [s.start_s for s in reps] == [3.5, 13.0]
    assert [s.start_s for s in edges] == [22.0]


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--keys", "x"], "add --truth"),
        (["--truth", "--keys", "-"], "standard input can't be samples and keys"),
        (["--truth", "--from", str(DATA / "bridge_8.csv")], "add --realtime"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, args: list[str], says: str) -> None:
    done = record(tmp_path / "a.mcap", *args)
    assert done.returncode == 2
    assert says in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_recording_that_exists_leaves_no_labels_behind(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("1 mark\n")
    (tmp_path / "a.mcap").write_text("x")
    done = record(
        tmp_path / "a.mcap", "--truth", "--keys", str(tmp_path / "keys"), "--from", str(DATA / "bridge_8.csv")
    )
    assert done.returncode == 6
    assert not labels_path(tmp_path / "a.mcap").exists()


def test_lines_on_standard_input_mark_as_they_come(tmp_path: Path) -> None:
    args = ["--from", str(DATA / "bridge_8.csv"), "--realtime", "--speed", "20", "--truth", "--keys", "-"]
    command = [sys.executable, "-m", "repband", "record", str(tmp_path / "a.mcap"), *args]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin and process.stdout
        until(tmp_path / "a.mcap", 4000)  # samples are coming
        for word in ("mark", "huh", "quit"):
            process.stdin.write(f"{word}\n")
            process.stdin.flush()
            time.sleep(0.1)
        said = process.stdout.read()
    assert "rep 1 at" in said and "'huh' is no key" in said and "ending" in said
    (label,) = read_labels(tmp_path / "a.reps.csv")
    assert label.is_moment and 0 < label.start_s < 80


def until(path: Path, size: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if path.exists() and path.stat().st_size > size:
            return
        time.sleep(0.02)
    raise AssertionError(f"{path} did not grow")


@POSIX
def test_keys_at_a_terminal_need_no_enter_and_a_kill_loses_none(tmp_path: Path) -> None:
    import pty

    args = ["--from", str(DATA / "bridge_8.csv"), "--realtime", "--speed", "20", "--truth"]
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-m", "repband", "record", str(tmp_path / "a.mcap"), *args])
    try:
        until(tmp_path / "a.mcap", 4000)
        heard = b""
        for key in (b" ", b"x", b"\x1b[A"):
            os.write(terminal, key)
            time.sleep(0.15)
        for number in (1, 2):
            heard += until_said(terminal, f"rep {number} at".encode())
            if number == 1:
                os.write(terminal, b" ")
        assert b"Press space for every rep" in heard
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(terminal)
    said = [float(s) for s in re.findall(rb"rep \d at ([\d.]+) s", heard)]
    assert [label.start_s for label in read_labels(tmp_path / "a.reps.csv")] == pytest.approx(said, abs=0.051)


def until_said(terminal: int, words: bytes) -> bytes:
    import select

    heard, deadline = b"", time.monotonic() + 20
    while words not in heard and time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.1)[0]:
            heard += os.read(terminal, 4096)
    assert words in heard, heard
    return heard


@pytest.fixture
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def missing(*_: object) -> int:
        raise OSError(6, "No such device or address")

    monkeypatch.setattr(os, "open", missing)
    yield


@POSIX
def test_without_a_keyboard_the_cure_is_said(tmp_path: Path, no_terminal: None) -> None:
    watcher = Watcher(tmp_path / "a.mcap", None, stop=lambda: None, say=lambda _: None)
    with pytest.raises(UsageError, match="give --keys FILE"):
        watcher.__enter__()

"""Processes are killed and disks fill up; what is lost is measured in stream time, at real pace."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from repband.errors import JournalError
from repband.journal import History, Recorder, RecordingMeta, read_recording, repair
from repband.source import Frame
from repband.stream import SampleBlock

CHILD = Path(__file__).parent / "crash_child.py"


def start(*arguments: object) -> subprocess.Popen[str]:
    call = [sys.executable, str(CHILD), *(str(argument) for argument in arguments)]
    return subprocess.Popen(call, stdout=subprocess.PIPE, text=True)


def kill(child: subprocess.Popen[str]) -> list[str]:
    """Kills a child with no chance to clean up (SIGKILL; TerminateProcess on Windows); returns all it said."""
    assert child.poll() is None, "the child ended before it was killed"
    child.kill()
    return child.communicate()[0].splitlines()


def kill_each_at_a_random_moment(
    children: list[subprocess.Popen[str]], least_s: float, most_s: float, seed: int
) -> list[list[str]]:
    """Waits for the first line of every child, then kills each after its own while, all within `most_s`."""
    dice = random.Random(seed)
    first = [child.stdout.readline() for child in children if child.stdout]
    begun = time.monotonic()
    moments = sorted((dice.uniform(least_s, most_s), i) for i in range(len(children)))
    said: list[list[str]] = [[] for _ in children]
    for moment, i in moments:
        time.sleep(max(0.0, begun + moment - time.monotonic()))
        said[i] = [first[i].strip(), *kill(children[i])]
    return said


@pytest.mark.slow
def test_a_killed_recording_loses_at_most_the_packet_under_way(tmp_path: Path) -> None:
    """At 10 Hz, the lowest rate, one sample a packet and ten (a second of stream each), and at 100 Hz."""
    streams = [(10.0, 1)] * 4 + [(10.0, 10)] * 2 + [(100.0, 10)] * 2
    paths = [tmp_path / f"{i}.mcap" for i in range(len(streams))]
    children = [start("record", path, *stream) for path, stream in zip(paths, streams, strict=True)]
    said = kill_each_at_a_random_moment(children, 2.0, 6.0, seed=1)
    for path, (rate_hz, n), lines in zip(paths, streams, said, strict=True):
        packet_s = n / rate_hz
        given_s = float(lines[-1])
        assert given_s >= 1.5, "the stream ran at real pace until it was killed"
        recording = read_recording(path)
        assert not recording.finished
        frames = [record for record in recording.records() if isinstance(record, Frame)]
        blocks = [item for item in recording.items() if isinstance(item, SampleBlock)]
        lost_s = given_s - frames[-1].arrival_s
        lost_samples_s = given_s - float(blocks[-1].t_s[-1])
        assert lost_s <= packet_s + 1e-9
        assert lost_samples_s <= packet_s + 1e-9
        assert max(lost_s, lost_samples_s) <= 1.0
        assert [block.index for block in blocks] == list(range(0, n * len(blocks), n))
        assert repair(path).messages == len(frames) + len(blocks)
        assert read_recording(path).finished


@pytest.mark.slow
def test_a_killed_session_keeps_every_rep_it_was_told(tmp_path: Path) -> None:
    paths = [tmp_path / f"{i}.sqlite" for i in range(4)]
    children = [start("history", path) for path in paths]
    for path, lines in zip(paths, kill_each_at_a_random_moment(children, 0.1, 1.5, seed=2), strict=True):
        told = int(lines[-1])
        with History(path) as history:
            assert history.notices == ()
            session = history.session("last")
            assert session.ended is None
            (one,) = session.sets
            assert one.counted == len(one.reps)
            assert told <= one.counted <= told + 1
            history.start_set(session.id, 2)


def test_a_place_where_nothing_can_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(JournalError, match=r"can't be made: .*choose another folder"):
        Recorder(tmp_path / "file" / "set.mcap", RecordingMeta())
    with pytest.raises(JournalError, match="can't be opened: "):
        History(tmp_path / "file" / "history.sqlite")


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are POSIX")
def test_a_full_disk_is_named_and_what_was_written_reads(tmp_path: Path) -> None:
    """A limit on the file's size makes the system refuse to write, as a full disk does."""
    for size in (20_000, 20_001, 20_333):
        path = tmp_path / f"{size}.mcap"
        said = start("full", path, size).communicate(timeout=60)[0].splitlines()
        assert said[-1].startswith(f"error: {path}: the recording can't be written: ")
        assert "can be read" in said[-1]
        frames = list(read_recording(path).records())
        assert len(frames) >= len(said) - 2
        assert repair(path).messages >= 2 * len(frames) - 1

"""Whole sessions are killed at random steps, a hundred times; what is kept is checked each time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from repband.driver.recorded import recorded_session
from repband.journal import History, RecordingMeta, read_recording, unfinished, what_is_left
from repband.journal.recount import keep_recount, recount
from repband.source import Frame

NURSERY = Path(__file__).parent / "crash_nursery.py"
KILLS = 100

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="it forks; the killed children of test_journal_crash run there"),
]


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("killed")
    call = [sys.executable, str(NURSERY), str(folder), str(KILLS), "7"]
    quiet = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "REPBAND_HOME": str(folder / "home")}
    done = subprocess.run(call, env=quiet, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def history_of(one: dict[str, Any]) -> Path:
    return Path(one["folder"]) / "history.sqlite"


def test_the_kills_are_spread_over_the_session(killed: list[dict[str, Any]]) -> None:
    assert len(killed) == KILLS
    assert sum(not one["ended"] for one in killed) >= 0.9 * KILLS
    assert {one["reps"] for one in killed} >= {0, 1, 2, 3, 4, 5, 6, 7}
    frames = sorted(one["frames"] for one in killed)
    assert frames[5] < frames[50] / 4 < frames[95] / 6


def test_every_rep_that_was_told_is_kept_and_at_most_one_more(killed: list[dict[str, Any]]) -> None:
    for one in killed:
        with History(history_of(one)) as history:
            assert history.notices == ()
            sessions = history.sessions()
            if not sessions:
                assert one["frames"] == 0, "the session is kept before the first frame"
                continue
            (session,) = sessions
            kept = sum(len(each.reps) for each in session.sets)
            corrections = sum(len(each.corrections) for each in session.sets)
            assert one["reps"] <= kept <= one["reps"] + 1, one
            assert one["corrected"] <= corrections <= one["corrected"] + 1, one
            assert [rep.number for each in session.sets for rep in each.reps] == [
                number for each in session.sets for number in range(1, len(each.reps) + 1)
            ]
            assert all(each.counted >= len(each.reps) for each in session.sets)


def test_the_recording_holds_every_frame_but_at_most_the_one_under_way(killed: list[dict[str, Any]]) -> None:
    for one in killed:
        raw = Path(one["folder"]) / "raw.mcap"
        if one["frames"] == 0:
            continue
        frames = sum(isinstance(record, Frame) for record in read_recording(raw).records())
        assert one["frames"] - 1 <= frames <= one["frames"], one


def test_the_next_start_offers_to_go_on(killed: list[dict[str, Any]]) -> None:
    offered = 0
    for one in killed:
        with History(history_of(one)) as history:
            broken = unfinished(history)
            sessions = history.sessions()
            open_session = bool(sessions) and sessions[0].ended is None
            assert (broken is not None) == open_session
            if broken is None or broken.session.recording is None or one["frames"] == 0:
                continue
            offered += 1
            done = sum(each.said for each in broken.session.sets)
            left = what_is_left(recorded_session(broken.session.recording).routine, broken)
            planned = 0 if left is None else sum(task.reps or 0 for task in left.tasks)
            if all(each.said <= 4 for each in broken.session.sets):
                sets_ended = [each for each in broken.session.sets if each.ended_s is not None]
                short = sum(4 - each.said for each in sets_ended)
                assert done + short + planned == 8, one
    assert offered >= 0.8 * KILLS


def test_a_recount_finds_at_least_what_was_kept_and_a_session_can_follow(killed: list[dict[str, Any]]) -> None:
    for one in killed[::9]:
        with History(history_of(one)) as history:
            if not history.sessions() or one["frames"] < 2:
                continue
            session = history.session("last")
            found = recount(session)
            assert found.problem is None
            for change in found.sets:
                if change.kept is not None and change.now is not None:
                    assert change.now.counted >= len(change.kept.reps)
            keep_recount(history, found)
            after = history.session(session.id)
            assert all(len(each.reps) >= len(kept.reps) for each, kept in zip(after.sets, session.sets, strict=True))
            history.end_session(history.start_session(RecordingMeta()))
            assert unfinished(history) is None

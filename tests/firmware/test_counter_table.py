"""The exercise table, and the limits that host and device share."""

from __future__ import annotations

from pathlib import Path

import device_counter
import pytest
from repband.exercise import exercise_names, load_exercise
from repband.exercise.table import TABLE_VERSION, device_table, write_tables
from repband.motion import FILTER_DELAY_S, FRAME_S
from repband.reps.counter import ENOUGH, SETTLE_FRAMES, WAIT_FRAMES
from repband.reps.judge import Judge
from repband.reps.limits import Limits
from repband.reps.pace import STILL_FRAMES, STILL_G
from repband.reps.track import TOO_LONG
from repband.reps.tracks import MOST_TRACKS
from repband.reps.waiting import KEPT
from repband_device.counter import judge, motion, rep, table, track, tracks, waiting

SQUAT = b"\x02\x02\x14\x01\x00\x04\xa1\x02\x96\x00\x0a\x05squat"


def test_the_spec_by_hand():
    assert device_counter.Counter(SQUAT, 5200, 4).exercise.name == "squat"
    read = table.Table(SQUAT)
    assert (read.longer_stay, read.least_chord, read.sure_chord, read.most_angle) == (2, 276, 1024, 673)
    assert (read.least_rep, read.reps) == (2400, 10)


@pytest.mark.parametrize("name", exercise_names())
def test_every_exercise(name: str):
    exercise = load_exercise(name)
    theirs, mine = Judge(exercise), table.Table(device_table(exercise))
    assert mine.name == name
    assert mine.longer_stay == {"unsure": 0, "turn": 1, "rest": 2}[theirs.longer_stay]
    assert mine.least_chord == pytest.approx(theirs.least_chord_g * 4096, abs=0.5)
    assert mine.sure_chord == pytest.approx(theirs.sure_chord_g * 4096, abs=0.5)
    assert mine.most_angle == pytest.approx(theirs.most_angle * 4096, abs=0.5)
    assert mine.least_rep == pytest.approx(exercise.movement.rep_s.least / FRAME_S * 64, abs=8)
    assert mine.reps == exercise.dose.reps
    assert len(device_table(exercise)) < 30


def test_no_exercise():
    mine = table.Table(device_table(None))
    assert (mine.name, mine.reps, mine.least_rep, mine.longer_stay) == ("", 0, 0, table.UNSURE)
    assert mine.most_angle == 3 * 4096
    assert mine.sure_chord == 4096 // 4
    assert table.VERSION == TABLE_VERSION


def test_the_limits_are_the_hosts():
    host, unit, part = Limits(), 4096, 64  # units a g, parts a frame
    assert round(host.least_known_g * unit) == judge.LEAST_KNOWN
    assert round(host.least_width * part) == judge.LEAST_WIDTH
    assert round(host.most_width * part) == judge.MOST_WIDTH
    assert round(host.least_apart * part) == judge.LEAST_APART
    assert host.most_stay == judge.MOST_STAY
    assert host.most_turn == judge.MOST_TURN
    assert int(host.most_jerk_g * unit) == judge.MOST_JERK
    assert int(host.most_smooth_jerk_g * unit * 64) == judge.MOST_LIVELY
    assert (host.forget, host.switch) == (judge.FORGET, judge.SWITCH)
    shares = (host.leave_share, host.least_share, host.small_share, host.small_effort, host.afresh_share, host.precise)
    assert shares == (1 / 4, 1 / 4, 3 / 5, 0.36, 5 / 2, 3 / 25), "written as fractions in the device's judge"


def test_the_other_numbers_are_the_hosts():
    assert motion._RECENT == STILL_FRAMES
    assert pytest.approx((STILL_G * 4096) ** 2, abs=1) == motion._STILL2
    assert (track._TOO_LONG, waiting._KEPT, waiting._ENOUGH) == (TOO_LONG, KEPT, ENOUGH)
    assert (rep._SETTLE, rep._WAIT) == (SETTLE_FRAMES, WAIT_FRAMES)
    assert round(FILTER_DELAY_S / FRAME_S * 64) == rep._DELAY
    assert tracks.MOST_TRACKS == MOST_TRACKS


def test_files_for_the_board(tmp_path: Path):
    paths = write_tables(tmp_path / "exercises", map(load_exercise, exercise_names()))
    assert [path.name for path in paths] == [f"{name}.table" for name in exercise_names()]
    for path in paths:
        assert table.Table(path.read_bytes()).name == path.stem

"""Today's engine over old recordings: shown first, kept beside the old when wanted."""

from __future__ import annotations

from pathlib import Path

import pytest
import repband.journal.recount as recounting
from click.testing import CliRunner
from repband.cli.recount import command
from repband.cli.running import session_meta
from repband.driver.driver import Driver
from repband.driver.session import Session
from repband.exercise import load_exercise
from repband.journal import History, HistoryKeeper, KeptSession, Recorder
from repband.journal.recount import keep_recount, recount
from repband.reps import DETECTOR_VERSION
from repband.simulate import SetPlan, VirtualSensor, simulate_set
from repband.workout import Target, routine_of

REPS = 5


def live(home: Path) -> None:
    """One live session of simulated bridges, recorded and kept."""
    exercise, target = load_exercise("bridge"), Target(sets=1, reps=REPS)
    source = VirtualSensor(simulate_set(SetPlan("bridge", REPS), 3))
    meta = session_meta(exercise, target, source, None, "bodyweight")
    raw = home / "recordings" / "one.mcap"
    session = Session(routine_of(exercise, target))
    with (
        Recorder(raw, meta) as recorder,
        HistoryKeeper(meta, raw, lambda: session.stats, history=home / "history.sqlite") as keeper,
    ):
        driver = Driver(session, recorder, [keeper])
        driver.ask("start")
        driver.run(source)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REPBAND_HOME", str(tmp_path))
    live(tmp_path)
    return tmp_path


def last() -> KeptSession:
    with History() as history:
        return history.session("last")


def as_an_older_engine_left_it() -> None:
    """One rep fewer, the first one with another angle, by detector 0; the wearer had corrected it."""
    with History() as history, history.change() as connection:
        connection.execute("UPDATE sessions SET detector = '0'")
        connection.execute("UPDATE sets SET detector = '0', counted = counted - 1")
        connection.execute("UPDATE reps SET detector = '0'")
        connection.execute("DELETE FROM reps WHERE number = ?", (REPS,))
        connection.execute("UPDATE reps SET excursion_deg = excursion_deg + 9 WHERE number = 1")


def test_the_same_engine_finds_the_same(home: Path) -> None:
    found = recount(last())
    assert found.problem is None
    assert [one.number for one in found.sets] == [1]
    assert found.changes == ()
    assert last().sets[0].counted == REPS
    said = CliRunner().invoke(command, []).output
    assert said == f"1 of 1 session recounted by detector {DETECTOR_VERSION}: 0 of 1 set differ\n"


def test_what_would_change_is_shown_and_nothing_changes(home: Path) -> None:
    as_an_older_engine_left_it()
    before = last()
    said = CliRunner().invoke(command, ["last"]).output
    assert f"set 1: {REPS - 1} -> {REPS} reps, 1 with other times or angles" in said
    assert "1 of 1 set differ" in said
    said = CliRunner().invoke(command, ["--keep"], input="n\n").output
    assert "Let the new numbers of 1 set hold?" in said
    assert last() == before


def test_new_numbers_hold_and_the_old_ones_stay_beside_them(home: Path) -> None:
    as_an_older_engine_left_it()
    before = last().sets[0]
    with History() as history:
        (row,) = history.rows("SELECT id FROM sets")
        history.correct(row["id"], 7)
    said = CliRunner().invoke(command, ["--keep", "--yes"]).output
    assert "(you said 7; that stays)" in said
    assert "new numbers hold for 1 set;" in said
    after = last().sets[0]
    assert (after.counted, after.said, after.detector, len(after.reps)) == (REPS, 7, DETECTOR_VERSION, REPS)
    (old,) = after.recounts
    assert (old.detector, old.counted) == ("0", REPS - 1)
    with History() as history:
        query = "SELECT number, excursion_deg FROM reps WHERE detector = '0' ORDER BY number"
        kept = [(row["number"], row["excursion_deg"]) for row in history.rows(query)]
    assert kept == [(rep.number, rep.excursion_deg) for rep in before.reps]
    assert "0 of 1 set differ" in CliRunner().invoke(command, []).output


def test_what_a_crash_cut_is_filled_in_beside_it(home: Path) -> None:
    """The same detector, but the history had stopped after two reps."""
    with History() as history, history.change() as connection:
        connection.execute("DELETE FROM reps WHERE number > 2")
        connection.execute("UPDATE sets SET counted = 2, ended_s = NULL, ended_why = NULL")
    found = recount(last())
    with History() as history:
        assert keep_recount(history, found) == 1
    after = last().sets[0]
    assert (after.counted, after.detector, len(after.reps)) == (REPS, f"{DETECTOR_VERSION}/recount-2", REPS)
    assert after.recounts[0].counted == 2
    assert after.ended_s is None


def test_a_third_engine_keeps_all_three(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    as_an_older_engine_left_it()
    with History() as history:
        keep_recount(history, recount(last()))
    monkeypatch.setattr(recounting, "DETECTOR_VERSION", "9")
    with History() as history, history.change() as connection:
        connection.execute("UPDATE sets SET counted = 1")
    with History() as history:
        keep_recount(history, recount(last()))
        detectors = {row["detector"] for row in history.rows("SELECT DISTINCT detector FROM reps")}
    assert detectors == {"0", DETECTOR_VERSION, "9"}
    assert [(one.detector, one.counted) for one in last().sets[0].recounts] == [("0", REPS - 1), (DETECTOR_VERSION, 1)]


def test_what_can_not_be_recounted_is_named(home: Path) -> None:
    raw = last().recording
    assert raw is not None
    whole = raw.read_bytes()
    raw.write_bytes(whole[: len(whole) // 2])
    assert recount(last()).problem is None  # cut short: what is there is counted
    raw.write_bytes(b"junk")
    said = CliRunner().invoke(command, ["--keep", "--yes"]).output
    assert "not recounted: " in said
    assert "0 of 1 session recounted" in said
    raw.unlink()
    assert recount(last()).problem == "its recording is gone"
    assert last().sets[0].counted == REPS


def test_a_set_that_today_s_engine_does_not_find_stays(home: Path) -> None:
    with History() as history:
        history.start_set(last().id, 2)
    found = recount(last())
    assert [(one.number, one.can_be_kept) for one in found.changes] == [(2, False)]
    assert "not found any more; it stays" in CliRunner().invoke(command, ["--keep", "--yes"]).output
    assert [one.number for one in last().sets] == [1, 2]


def test_a_set_that_only_the_recording_has_is_added(home: Path) -> None:
    before = last().sets
    with History() as history, history.change() as connection:
        connection.execute("DELETE FROM sets")
    found = recount(last())
    assert [(one.number, one.kept, one.can_be_kept) for one in found.changes] == [(1, None, True)]
    assert "only in the recording" in CliRunner().invoke(command, []).output
    assert last().sets == ()
    with History() as history:
        assert keep_recount(history, found) == 1
    (added,) = last().sets
    assert (added.reps, added.counted, added.ended_why) == (before[0].reps, before[0].counted, before[0].ended_why)
    assert recount(last()).changes == ()

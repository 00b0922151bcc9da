"""The history keeps what happened, moves from schema to schema, and never overwrites what it can't read."""

from __future__ import annotations

import math
import os
import sqlite3
import stat
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import repband.journal.database as database
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from repband.errors import JournalError, UsageError
from repband.journal import History, HistoryKeeper, Load, RecordingMeta
from repband.journal.database import MIGRATIONS, open_database
from repband.reps import Flag, PhaseTimes, Rep, RepMeasured
from repband.stream import StreamStats
from repband.workout import Corrected, EndReason, SetArmed, SetEnded, SetSummary

HERE = Path(__file__).parent
META = RecordingMeta(
    session="6e5a1d9e-4f59-4b0f-9a0c-0d2f7b1f8f10",
    started="2025-03-01T18:30:00+01:00",
    exercise="bridge",
    side="left",
    load=Load("band", 8.0, "red"),
    target_reps=10,
    sensor="virtual sensor",
    repband="0.1.0",
    detector="1",
)


def a_rep(number: int, start_s: float = 0.0, **changes: object) -> Rep:
    start_s += 5.0 * number
    first = number == 1
    rep = Rep(
        number=number,
        announced_s=start_s + 4.0,
        measured_s=start_s + 4.4,
        start_s=start_s,
        half_up_s=start_s + 0.6,
        turn_s=start_s + 2.0,
        half_down_s=start_s + 3.4,
        end_s=start_s + 4.0,
        excursion_deg=15.0 + number,
        tempo_s=PhaseTimes(None if first else 1.0, 1.3, 1.7, 1.0),
        tempo_sd_s=PhaseTimes(None if first else 0.1, 0.08, 0.1, 0.08),
    )
    return replace(rep, **changes)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "repband" / "history.sqlite"


def fill(path: Path, meta: RecordingMeta = META, reps: int = 3) -> None:
    with History(path, now=lambda: "2025-03-01T18:40:00+01:00") as history:
        session = history.start_session(meta, recording=path.parent / "set.mcap", target_sets=2)
        one = history.start_set(session, 1, started_s=1.5, target_reps=10)
        for number in range(1, reps + 1):
            history.add_rep(one, a_rep(number))
        history.end_set(one, ended_s=40.0, why="target", counted=reps, said=reps + 1, count_min=reps, count_max=reps)
        history.end_session(session, quality={"samples": 5200, "missing": 3, "rate_hz": 52.1, "battery": None})


def test_a_session_comes_back_as_it_was_kept(path: Path) -> None:
    fill(path)
    with History(path) as history:
        assert history.notices == ()
        session = history.session("last")
        assert history.sessions(5) == [session]
    assert (session.id, session.started, session.ended) == (META.session, META.started, "2025-03-01T18:40:00+01:00")
    assert (session.exercise, session.side, session.load) == ("bridge", "left", Load("band", 8.0, "red"))
    assert (session.target_sets, session.target_reps) == (2, 10)
    assert (session.sensor, session.repband, session.detector) == ("virtual sensor", "0.1.0", "1")
    assert session.recording == path.parent / "set.mcap"
    assert session.quality == {"samples": 5200.0, "missing": 3.0, "rate_hz": 52.1}
    (one,) = session.sets
    assert one.reps == (a_rep(1), a_rep(2), a_rep(3))
    assert (one.counted, one.said, one.count_min, one.count_max) == (3, 4, 3, 3)
    assert (one.started_s, one.ended_s, one.ended_why, one.target_reps, one.detector) == (1.5, 40.0, "target", 10, "1")
    assert [(c.at, c.counted, c.said) for c in one.corrections] == [("2025-03-01T18:40:00+01:00", 3, 4)]
    assert one.mean_excursion_deg == 17.0
    assert one.mean_tempo_s == PhaseTimes(1.0, pytest.approx(1.3), pytest.approx(1.7), 1.0)


numbers = st.floats().map(lambda value: value + 0.0)  # SQLite knows no -0.0


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    excursion_deg=numbers,
    rest_s=st.none() | numbers.filter(lambda value: not math.isnan(value)),
    sd=st.tuples(numbers, numbers, numbers),
    flags=st.sets(st.sampled_from(Flag)),
)
def test_every_rep_comes_back_exactly(
    path: Path, excursion_deg: float, rest_s: float | None, sd: tuple[float, float, float], flags: set[Flag]
) -> None:
    rep = a_rep(
        1,
        excursion_deg=excursion_deg,
        tempo_s=PhaseTimes(rest_s, 0.1 + 0.2, 1e-300, 1e300),
        tempo_sd_s=PhaseTimes(rest_s, *sd),
        flags=tuple(sorted(flags)),
    )
    meta = RecordingMeta(started=META.started)
    with History(path) as history:
        one = history.start_set(history.start_session(meta), 1)
        history.add_rep(one, rep)
        (kept,) = history.session(meta.session).sets[0].reps
    assert repr(kept) == repr(rep)  # repr is exact for floats, and NaN has one


def test_what_a_broken_off_session_kept_is_there(path: Path) -> None:
    """No end_set, no end_session, no close: as after kill -9."""
    history = History(path)
    one = history.start_set(history.start_session(META), 1)
    history.add_rep(one, a_rep(1))
    history.add_rep(one, a_rep(2))
    with History(path) as second:
        session = second.session("last")
    history.close()
    assert session.ended is None
    assert session.sets[0].ended_s is None
    assert session.sets[0].counted == 2
    assert len(session.sets[0].reps) == 2


def test_a_rep_is_never_rewritten_and_a_new_detector_stands_beside_the_old(path: Path) -> None:
    with History(path) as history:
        one = history.start_set(history.start_session(META), 1)
        history.add_rep(one, a_rep(1))
        history.add_rep(one, a_rep(1, excursion_deg=99.0))
        history.add_rep(one, a_rep(1, excursion_deg=50.0), detector="2")
        (kept,) = history.session("last").sets[0].reps
        assert kept == a_rep(1)
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT detector, excursion_deg FROM reps").fetchall() == [("1", 16.0), ("2", 50.0)]


def test_sets_may_differ_from_the_session(path: Path) -> None:
    with History(path) as history:
        session = history.start_session(META)
        history.start_set(session, 1)
        history.start_set(session, 2, exercise="squat", side="right", load=Load("kg", 12.0), target_reps=5)
        first, second = history.session(session).sets
    assert (first.exercise, first.side, first.load) == ("bridge", "left", Load("band", 8.0, "red"))
    assert (second.exercise, second.side, second.load) == ("squat", "right", Load("kg", 12.0))


def test_sessions_come_newest_first_whatever_their_zone(path: Path) -> None:
    for started in ("2025-03-01T10:00:00+01:00", "2025-03-01T09:30:00+00:00", "2025-02-28T23:00:00-05:00"):
        fill(path, RecordingMeta(started=started), reps=1)
    with History(path) as history:
        starts = [session.started for session in history.sessions()]
        assert starts == ["2025-03-01T09:30:00+00:00", "2025-03-01T10:00:00+01:00", "2025-02-28T23:00:00-05:00"]
        assert [session.started for session in history.sessions(2)] == starts[:2]


def test_more_sessions_than_one_query_can_name(path: Path) -> None:
    with History(path) as history:
        for _ in range(1001):
            history.start_set(history.start_session(RecordingMeta(started=META.started)), 1)
        kept = history.sessions()
    assert len(kept) == 1001
    assert all(len(session.sets) == 1 for session in kept)


def test_a_session_is_found_by_the_beginning_of_its_id(path: Path) -> None:
    for name in ("aa11", "aa22", "b%_3"):
        fill(path, RecordingMeta(session=name, started=META.started), reps=1)
    with History(path) as history:
        assert history.session("aa2").id == "aa22"
        assert history.session("b%").id == "b%_3"
        with pytest.raises(UsageError, match="more than one session"):
            history.session("aa")
        with pytest.raises(UsageError, match="no session 'c'"):
            history.session("c")
        with pytest.raises(UsageError):
            history.session("_")


def test_an_empty_history_says_so(path: Path) -> None:
    with History(path) as history:
        assert history.sessions() == []
        with pytest.raises(UsageError, match="no session is kept yet"):
            history.session("last")


def test_mistakes_of_the_caller_are_named(path: Path) -> None:
    with History(path) as history:
        with pytest.raises(JournalError, match="no such session"):
            history.start_set("nobody", 1)
        with pytest.raises(JournalError, match="no such session or set: 7"):
            history.add_rep(7, a_rep(1))
        with pytest.raises(JournalError, match="not a time"):
            history.start_session(RecordingMeta(started="soon"))
        session = history.start_session(META)
        with pytest.raises(JournalError, match="UNIQUE"):
            history.start_session(META)
        history.start_set(session, 1)
        assert len(history.session("last").sets) == 1


# A session as the workout tells it.


def test_a_keeper_keeps_sets_reps_and_corrections(path: Path) -> None:
    summary = SetSummary(1, "bridge", 10, 3, 2, 3, 3, 1.5, 30.0, EndReason.TARGET, (a_rep(1), a_rep(2), a_rep(3)), ())
    stats = StreamStats()
    with (
        HistoryKeeper(META, path.parent / "set.mcap", lambda: stats, target_sets=2, history=path) as keeper,
        History(path) as history,
    ):
        assert keeper.notices == ()
        keeper(None, [SetArmed(1, 10, 1.5)])
        keeper(None, [RepMeasured(a_rep(1)), RepMeasured(a_rep(2))])
        keeper(None, [Corrected(1, 2, 1)])
        under_way = history.session("last")
        assert under_way.sets[0].said == 1
        assert under_way.sets[0].reps == (a_rep(1), a_rep(2))
        assert under_way.ended is None
        keeper(None, [RepMeasured(a_rep(3)), Corrected(1, 3, 2), SetEnded(summary)])
        keeper(None, [SetArmed(2, 10, 60.0)])
        stats = StreamStats(samples=100, missing=4, rate_hz=None)
    with History(path) as history:
        session = history.session("last")
    first, second = session.sets
    assert first.reps == summary.reps
    assert (first.counted, first.said, first.ended_why) == (3, 2, "target")
    assert [(c.counted, c.said) for c in first.corrections] == [(2, 1), (3, 2)]
    assert (second.counted, second.ended_s, second.reps) == (0, None, ())
    assert session.ended is not None
    assert session.quality["missing"] == 4.0
    assert "rate_hz" not in session.quality


def test_a_keeper_that_failed_says_so_once_and_leaves_the_session_open(path: Path) -> None:
    with HistoryKeeper(META, None, StreamStats, history=path) as keeper:
        keeper(None, [SetArmed(1, None, 0.0)])
        with pytest.raises(JournalError):
            keeper(None, [SetArmed(1, None, 0.0)])
    with History(path) as history:
        assert history.session("last").ended is None


# From schema to schema.


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as raw:
        return list(raw.iterdump())


def test_every_schema_so_far_migrates_with_nothing_lost(tmp_path: Path) -> None:
    """history_v1.sql is a dump of a history as schema 1 wrote it; each later schema has its own."""
    newest = max(int(script.name[:4]) for script in MIGRATIONS.glob("*.sql"))
    dumps = sorted(HERE.glob("history_v*.sql"))
    assert len(dumps) == newest
    for version, script in enumerate(dumps, 1):
        path = tmp_path / f"{version}.sqlite"
        with closing(sqlite3.connect(path)) as raw:
            raw.executescript(script.read_text(encoding="utf-8"))
        with History(path) as history:
            assert bool(history.notices) == (version < newest)
            session = history.session("last")
        assert session.sets[0].reps == (a_rep(1), a_rep(2), a_rep(3))
        assert (session.sets[0].counted, session.sets[0].said) == (3, 4)
        assert session.load == Load("band", 8.0, "red")
        assert session.sets[0].detector == "1"
        assert session.demo  # its sensor was virtual, which older schemas only told by its name
        assert (session.sets[0].effort, session.sets[0].pain) == ((None, None) if version < 2 else (4, 2))
        assert len(session.sets[0].cues) == len(session.sets[0].recounts) == len(session.refits) == (version >= 2)
        with closing(sqlite3.connect(path)) as raw:
            assert raw.execute("PRAGMA user_version").fetchone()[0] == newest
            assert raw.execute("PRAGMA application_id").fetchone()[0] == database.APPLICATION_ID


def test_a_set_whose_reps_another_detector_found_keeps_them(tmp_path: Path) -> None:
    """Schema 1 showed the session's detector's reps where there were any, else the last detector's."""
    path = tmp_path / "1.sqlite"
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript((HERE / "history_v1.sql").read_text(encoding="utf-8"))
        raw.execute("UPDATE reps SET detector = '0'")
        raw.commit()
    with History(path) as history:
        (one,) = history.session("last").sets
    assert one.detector == "0"
    assert one.reps == (a_rep(1), a_rep(2), a_rep(3))


@pytest.fixture
def next_schema(tmp_path: Path) -> Path:
    """The migrations so far and one that is to come."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    for script in MIGRATIONS.glob("*.sql"):
        (folder / script.name).write_bytes(script.read_bytes())
    (folder / "0099_mood.sql").write_text(
        "ALTER TABLE sessions ADD COLUMN mood TEXT;\nUPDATE sessions SET mood = 'fine; really';\n"
    )
    return folder


def test_an_older_history_is_backed_up_and_migrated(path: Path, next_schema: Path) -> None:
    fill(path)
    before = dump(path)
    connection, notices = open_database(path, next_schema)
    with closing(connection):
        assert connection.execute("SELECT mood FROM sessions").fetchone()[0] == "fine; really"
    assert len(notices) == 1
    assert "history.schema-3.sqlite" in notices[0]
    backup = path.with_name("history.schema-3.sqlite")
    assert dump(backup) == before
    connection, notices = open_database(path, next_schema)
    connection.close()
    assert notices == []
    with pytest.raises(JournalError, match=r"newer RepBand \(schema 99.*update RepBand"):
        History(path)
    with History(backup) as history:
        assert len(history.sessions()) == 1


def test_a_migration_that_fails_changes_nothing(path: Path, next_schema: Path) -> None:
    fill(path)
    before = dump(path)
    (next_schema / "0099_mood.sql").write_text(
        "ALTER TABLE sessions ADD COLUMN mood TEXT;\nUPDATE nowhere SET a = 1;\n"
    )
    with pytest.raises(JournalError, match="no such table: nowhere"):
        open_database(path, next_schema)
    assert dump(path) == before
    with History(path) as history:
        assert len(history.sessions()) == 1


# Files that are not what they should be.


@pytest.mark.parametrize("junk", [b"not a database at all", bytes(range(256)) * 40, None])
def test_a_damaged_history_is_set_aside_and_never_overwritten(path: Path, junk: bytes | None) -> None:
    fill(path)
    content = path.read_bytes()
    damaged = junk if junk is not None else content[:4096] + bytes(4096) + content[8192:]
    path.write_bytes(damaged)
    with History(path) as history:
        assert len(history.notices) == 1
        assert "set aside" in history.notices[0]
        assert history.sessions() == []
        history.start_session(META)
    (aside,) = path.parent.glob("history.damaged-*.sqlite")
    assert aside.read_bytes() == damaged
    assert aside.name in history.notices[0]
    path.write_bytes(damaged)
    with History(path) as history:
        assert history.notices
    assert len(list(path.parent.glob("history.damaged-*.sqlite"))) == 2


def test_a_cut_history_is_set_aside(path: Path) -> None:
    fill(path)
    path.write_bytes(path.read_bytes()[:-4096])
    with History(path) as history:
        assert history.notices


def test_a_database_of_another_program_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE bookmarks (url TEXT)")
    before = path.read_bytes()
    with pytest.raises(JournalError, match="another program"):
        History(path)
    assert path.read_bytes() == before


def test_a_folder_in_its_place_is_named(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(JournalError, match="can't be opened"):
        History(path)


def test_two_programs_wait_for_each_other_and_then_say_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.2)
    with History(path) as one, History(path) as two:
        one.start_session(META)
        two.start_session(RecordingMeta(started=META.started))
        with (
            database.transaction(one._connection),  # pyright: ignore[reportPrivateUsage]
            pytest.raises(JournalError, match="another program holds the history; close it"),
        ):
            two.start_session(RecordingMeta(started=META.started))
        assert len(two.sessions()) == 2


def test_a_full_disk_is_named_and_what_was_kept_stays(path: Path) -> None:
    with History(path) as history:
        session = history.start_session(META)
        one = history.start_set(session, 1)
        connection = history._connection  # pyright: ignore[reportPrivateUsage]
        connection.execute(f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0]}")
        with pytest.raises(JournalError, match="disk is full; make room"):
            for number in range(1, 1000):
                history.add_rep(one, a_rep(number))
        kept = len(history.session("last").sets[0].reps)
        assert 0 < kept < 999
        connection.execute("PRAGMA max_page_count = 100000")
        history.add_rep(one, a_rep(kept + 1))
    with History(path) as history:
        assert len(history.session("last").sets[0].reps) == kept + 1


@pytest.mark.skipif(sys.platform == "win32", reason="permission bits are POSIX")
def test_the_history_is_private(path: Path) -> None:
    old = os.umask(0)
    try:
        with History(path) as history:
            history.start_session(META)
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert modes["history.sqlite"] == 0o600
    assert set(modes.values()) == {0o600}

"""What is to be gone is gone: rows, files, copies, and the bytes in the file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from repband.cli.forget import command
from repband.errors import JournalError, UsageError
from repband.journal import History, Recorder, RecordingMeta, keeping, overview
from repband.journal.example import example_history
from repband.journal.forget import all_files, forget_all, forget_sessions, would_forget

HERE = Path(__file__).parent
SECRET = "a-sensor-with-a-name-to-be-found"


def filled(home: Path) -> History:
    """Three sessions with recordings; one was repaired."""
    history = History(home / "history.sqlite", now=lambda: "2025-04-01T12:00:00+02:00")
    for day in (1, 2, 3):
        meta = RecordingMeta(session=f"s{day}", started=f"2025-03-0{day}T18:00:00+01:00", sensor=f"{SECRET}-{day}")
        path = home / "recordings" / f"{day}.mcap"
        with Recorder(path, meta):
            pass
        history.start_session(meta, recording=path)
        history.start_set(meta.session, 1)
        history.end_session(meta.session, quality={"samples": 1})
    (home / "recordings" / "2.mcap.bak").write_bytes(b"as it was")
    return history


def bytes_of(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file())


def test_a_session_goes_with_its_files_and_its_bytes(tmp_path: Path) -> None:
    with filled(tmp_path) as history:
        planned = would_forget(history, ["s2"])
        assert [path.name for path in planned.files] == ["2.mcap", "2.mcap.bak"]
        assert f"{SECRET}-2".encode() in bytes_of(tmp_path)
        done = forget_sessions(history, ["s2"])
        assert done.files == planned.files
        assert [line.id for line in overview(history)] == ["s1", "s3"]
        for table in ("sets", "quality"):
            (row,) = history.rows(f"SELECT count(*) AS n FROM {table}")
            assert row["n"] == 2
        assert f"{SECRET}-2".encode() not in bytes_of(tmp_path)
        assert f"{SECRET}-3".encode() in bytes_of(tmp_path)


def test_a_session_goes_from_the_copies_that_migrations_left(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript((HERE / "history_v1.sql").read_text(encoding="utf-8"))
    damaged = tmp_path / "history.damaged-2025-01-01T00-00-00.sqlite"
    damaged.write_bytes(b"no database")
    with History(path) as history:
        session = history.session("last").id
        copy = tmp_path / "history.schema-1.sqlite"
        assert session.encode() in copy.read_bytes()
        done = forget_sessions(history, [session])
        assert done.unreadable == (damaged,)
        assert session.encode() not in copy.read_bytes()
        with closing(sqlite3.connect(copy)) as raw:
            assert raw.execute("SELECT count(*) FROM reps").fetchone()[0] == 0


def test_plans_go_with_their_last_session(tmp_path: Path) -> None:
    with example_history(tmp_path / "history.sqlite", weeks=1) as history:
        ids = [line.id for line in overview(history)]
        forget_sessions(history, ids[:-1])
        assert history.rows("SELECT revision FROM plans")
        forget_sessions(history, ids[-1:])
        assert history.rows("SELECT revision FROM plans") == []


def test_a_session_under_way_is_not_forgotten(tmp_path: Path) -> None:
    meta = RecordingMeta(session="now", started="2025-03-09T18:00:00+01:00")
    with filled(tmp_path) as history, Recorder(tmp_path / "recordings" / "now.mcap", meta):
        history.start_session(meta, recording=tmp_path / "recordings" / "now.mcap")
        for forget in (lambda: forget_sessions(history, ["s1", "now"]), lambda: forget_all(history)):
            with pytest.raises(JournalError, match="being recorded right now"):
                forget()
        assert len(overview(history)) == 4
        assert (tmp_path / "recordings" / "1.mcap").exists()


def test_everything_goes_but_what_is_no_record_of_sessions(tmp_path: Path) -> None:
    history = filled(tmp_path)
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises" / "mine.toml").write_text("name = 'mine'", encoding="utf-8")
    (tmp_path / "recordings" / "orphan.mcap").write_bytes(b"not in the history")
    (tmp_path / "history.schema-1.sqlite").write_bytes(b"a copy")
    assert len(all_files(history)) >= 7
    assert forget_all(history).sessions == 3
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["mine.toml"]
    with History(tmp_path / "history.sqlite") as fresh:
        assert overview(fresh) == []


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REPBAND_HOME", str(tmp_path))
    filled(tmp_path).close()
    return tmp_path


def run(*arguments: str, says: str = "") -> Result:
    result = CliRunner().invoke(command, arguments, input=says)
    if isinstance(result.exception, UsageError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


def kept() -> list[str]:
    with History() as history:
        return [line.id for line in overview(history)]


def test_it_asks_first(home: Path) -> None:
    said = run("session", "s1", says="n\n").output
    assert "1.mcap" in said
    assert "Delete 1 session for good?" in said
    assert kept() == ["s1", "s2", "s3"]
    assert "deleted" not in run("all", says="\n").output
    assert kept() == ["s1", "s2", "s3"]
    assert "deleted: 2 sessions, 3 files" in run("session", "s1", "s2", "s1", says="y\n").output
    assert kept() == ["s3"]
    assert "deleted: 1 session" in run("all", "--yes").output
    assert kept() == []


def test_recordings_go_once_or_by_a_rule(home: Path) -> None:
    assert "kept for ever; there are 3" in run("recordings").output
    assert "there are 3" in run("recordings", "--older-than", "0", says="n\n").output
    assert "kept for ever; there are 0" in run("recordings", "--older-than", "0", "--yes").output
    assert kept() == ["s1", "s2", "s3"]
    assert "kept for 90 days" in run("recordings", "--older-than", "90", "--from-now-on", says="y\n").output
    with History() as history:
        assert keeping(history).recordings_days == 90
        assert history.session("s1").recording_deleted is not None
    assert "kept for ever" in run("recordings", "--never").output
    with pytest.raises(UsageError, match="say how old"):
        run("recordings", "--from-now-on")
    with pytest.raises(UsageError, match="stands alone"):
        run("recordings", "--never", "--older-than", "3")

"""What leaves RepBand: tables, FIT activities, and everything in one file."""

from __future__ import annotations

import csv
import hashlib
import os
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from repband.cli.export import command
from repband.errors import JournalError
from repband.journal import History, Load, Recorder, RecordingMeta, SessionLine, keeping, overview
from repband.journal.example import example_history
from repband.report import tables
from repband.report.bundle import write_bundle
from repband.report.fit import EXTRAS, fit_bytes
from repband.report.tables import REP_COLUMNS, SET_COLUMNS, write_reps, write_sets

GOLDEN = Path(__file__).parent / "golden_sets.csv"
# SHA-256 of reps.csv of the example; it is 400 KB and changes with the example only.
REPS_SHA256 = Path(__file__).parent / "golden_reps.sha256"


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    with example_history(tmp_path_factory.mktemp("example") / "history.sqlite") as history:
        yield history


@pytest.fixture(scope="module")
def lines(history: History) -> list[SessionLine]:
    return overview(history)


def table_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text, newline="")))


# CSV.


def test_twelve_weeks_give_the_golden_tables(history: History, lines: list[SessionLine]) -> None:
    """REPBAND_GOLDEN=write replaces the files after a wanted change."""
    sets, reps = StringIO(newline=""), StringIO(newline="")
    assert write_sets(lines, sets) == len(sets.getvalue().splitlines()) - 1
    assert write_reps(history, lines, reps) == len(reps.getvalue().splitlines()) - 1
    digest = hashlib.sha256(reps.getvalue().encode()).hexdigest()
    if os.environ.get("REPBAND_GOLDEN") == "write":
        GOLDEN.write_bytes(sets.getvalue().encode())
        REPS_SHA256.write_text(digest + "\n")
    assert sets.getvalue().encode() == GOLDEN.read_bytes()
    assert digest == REPS_SHA256.read_text().strip()


def test_tables_say_what_the_history_says(history: History, lines: list[SessionLine]) -> None:
    sets, reps = StringIO(newline=""), StringIO(newline="")
    write_sets(lines, sets)
    write_reps(history, lines, reps)
    rows = table_of(sets.getvalue())
    assert tuple(rows[0]) == SET_COLUMNS
    assert [int(row["said"]) for row in rows] == [one.said for line in lines for one in line.sets]
    assert {row["pain"] for row in rows if row["pain"] == ""} == {""}
    assert sum(row["corrected"] == "1" for row in rows) == sum(one.corrected for line in lines for one in line.sets)
    of_reps = table_of(reps.getvalue())
    assert tuple(of_reps[0]) == REP_COLUMNS
    assert {row["holds"] for row in of_reps} == {"1"}
    assert of_reps[0]["rest_before_s"] == ""
    kept = history.session(of_reps[0]["session"]).sets[0].reps[0]
    assert float(of_reps[0]["excursion_deg"]) == kept.excursion_deg


def test_any_label_comes_back_from_a_table(tmp_path: Path) -> None:
    label = 'red, "strong"\r\nµ;\t=1+1'
    with History(tmp_path / "history.sqlite") as history:
        history.start_session(RecordingMeta(session="a", started="2025-03-01T18:00:00+01:00"))
        history.start_set("a", 1, load=Load("band", 2.5, label))
        out = StringIO(newline="")
        write_sets(overview(history), out)
        assert write_reps(history, overview(history), StringIO(newline="")) == 0
    (row,) = table_of(out.getvalue())
    assert (row["load_label"], row["load_value"], row["ended"]) == (label, "2.5", "")


# FIT.


def decoded_by_garmin(data: bytes) -> dict[str, Any]:
    """What Garmin's own decoder reads; its SDK may not be redistributed, so it is only used where it is installed."""
    sdk: Any = pytest.importorskip("garmin_fit_sdk")
    assert sdk.Decoder(sdk.Stream.from_byte_array(bytearray(data))).check_integrity()
    messages, errors = sdk.Decoder(sdk.Stream.from_byte_array(bytearray(data))).read()
    assert errors == []
    return messages


def extras_of(message: dict[str, Any]) -> dict[str, Any]:
    return {EXTRAS[number].name: value for number, value in message.get("developer_fields", {}).items()}


def test_garmin_reads_every_session_of_the_example(lines: list[SessionLine]) -> None:
    pytest.importorskip("fit_tool")
    for line in lines:
        messages = decoded_by_garmin(fit_bytes(line))
        active = [one for one in messages["set_mesgs"] if one["set_type"] == "active"]
        assert [one["repetitions"] for one in active] == [one.said for one in line.sets]
        assert [extras_of(one)["counted"] for one in active] == [one.counted for one in line.sets]
        assert [extras_of(one)["corrected"] for one in active] == [one.corrected for one in line.sets]
        assert [extras_of(one).get("pain") for one in active] == [one.pain for one in line.sets]
        assert [extras_of(one).get("side") for one in active] == [one.side for one in line.sets]
        assert [one.get("weight") for one in active] == [one.load_value for one in line.sets]
        for one, kept in zip(active, line.sets, strict=True):
            assert extras_of(one)["excursion"] == pytest.approx(kept.excursion_deg, rel=1e-6)
            assert kept.ended_s is not None
            assert one["duration"] == pytest.approx(kept.ended_s - kept.started_s, abs=0.002)
        assert messages["session_mesgs"][0]["sub_sport"] == "strength_training"


def test_categories_times_and_names_are_garmin_s(lines: list[SessionLine]) -> None:
    pytest.importorskip("fit_tool")
    line = lines[0]
    messages = decoded_by_garmin(fit_bytes(line))
    sets = messages["set_mesgs"]
    assert {one["category"] for one in sets if one["set_type"] == "active"} == {"hip_raise", "hip_stability", "squat"}
    began = datetime.fromisoformat(line.started).astimezone(UTC)
    assert messages["file_id_mesgs"][0]["time_created"] == began
    assert messages["file_id_mesgs"][0]["type"] == "activity"
    assert sets[0]["start_time"] == began
    assert [one["set_type"] for one in sets[:3]] == ["active", "rest", "active"]
    ends = [one["timestamp"] for one in sets]
    assert ends == sorted(ends)
    names = [one["field_name"] for one in messages["field_description_mesgs"]]
    assert names == [extra.name for extra in EXTRAS]
    (activity,) = messages["activity_mesgs"]
    offset_s = activity["local_timestamp"] - (activity["timestamp"].timestamp() - 631_065_600)
    assert offset_s == 3600


def test_a_session_gives_the_same_bytes_every_time(lines: list[SessionLine]) -> None:
    pytest.importorskip("fit_tool")
    assert fit_bytes(lines[3]) == fit_bytes(lines[3])
    assert fit_bytes(lines[3]) != fit_bytes(lines[4])


@settings(max_examples=40, deadline=None)
@given(
    said=st.integers(0, 1000),
    excursion=st.none() | st.floats(0, 180),
    title=st.none() | st.text(max_size=60),
    ended=st.none() | st.floats(0, 5000),
    kilograms=st.none() | st.floats(0.1, 300),
)
def test_any_set_can_be_written(
    lines: list[SessionLine],
    said: int,
    excursion: float | None,
    title: str | None,
    ended: float | None,
    kilograms: float | None,
) -> None:
    pytest.importorskip("fit_tool")
    one = (
        lines[0]
        .sets[0]
        ._replace(
            said=said,
            excursion_deg=excursion,
            title=title and title.replace("\0", ""),
            ended_s=ended,
            load_kind="kg",
            load_value=kilograms,
            exercise="unheard-of",
            effort=None,
        )
    )
    (message,) = decoded_by_garmin(fit_bytes(replace(lines[0], sets=(one,))))["set_mesgs"]
    assert message["repetitions"] == said
    assert message.get("weight") == (None if kilograms is None else pytest.approx(kilograms, abs=1 / 16 + 1e-9))
    assert "effort" not in extras_of(message)


# Everything.


def filled(home: Path) -> History:
    history = example_history(home / "history.sqlite")
    (home / "exercises").mkdir()
    (home / "exercises" / "mine.toml").write_text("name = 'mine'", encoding="utf-8")
    meta = RecordingMeta(session="recorded", started="2025-04-01T18:00:00+02:00")
    with Recorder(home / "recordings" / "one.mcap", meta):
        pass
    history.start_session(meta, recording=home / "recordings" / "one.mcap")
    gone = RecordingMeta(session="gone", started="2025-04-02T18:00:00+02:00")
    history.start_session(gone, recording=home / "recordings" / "gone.mcap")
    return history


def test_the_zip_holds_everything_and_can_be_put_back(tmp_path: Path) -> None:
    home, out = tmp_path / "home", tmp_path / "all.zip"
    home.mkdir()
    elsewhere = tmp_path / "usb" / "two.mcap"
    with filled(home) as history:
        meta = RecordingMeta(session="elsewhere", started="2025-04-03T18:00:00+02:00")
        with Recorder(elsewhere, meta):
            pass
        history.start_session(meta, recording=elsewhere)
        done = write_bundle(history, out)
        before = [line.id for line in overview(history)]
    assert done.gone == (home / "recordings" / "gone.mcap",)
    with zipfile.ZipFile(out) as bundle:
        assert bundle.testzip() is None
        assert set(bundle.namelist()) == {
            *("history.sqlite", "sets.csv", "reps.csv", "README.txt", "exercises/mine.toml"),
            *("recordings/one.mcap", "recordings/two.mcap"),
        }
        assert done.files == len(bundle.namelist())
        bundle.extractall(tmp_path / "back")
    with History(tmp_path / "back" / "history.sqlite") as back:
        assert back.notices == ()
        assert [line.id for line in overview(back)] == before
    assert (tmp_path / "back" / "recordings" / "two.mcap").read_bytes() == elsewhere.read_bytes()


def test_a_zip_in_the_data_folder_does_not_hold_itself_or_an_old_one_half(tmp_path: Path) -> None:
    with filled(tmp_path) as history:
        out = tmp_path / "all.zip"
        write_bundle(history, out)
        first = out.read_bytes()
        write_bundle(history, out)
        with zipfile.ZipFile(out) as bundle:
            assert "all.zip" not in bundle.namelist()
            assert not [name for name in bundle.namelist() if name.endswith((".part", "-wal", "-shm"))]
        assert abs(len(out.read_bytes()) - len(first)) < 1000
        with pytest.raises(JournalError, match="can't be written"):
            write_bundle(history, tmp_path / "no" / "all.zip")
    assert not list(tmp_path.glob("*.part"))


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("fit_tool")
    monkeypatch.setenv("REPBAND_HOME", str(tmp_path))
    filled(tmp_path).close()

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(command, arguments)
        assert result.exit_code == 0, result.output
        return result.output

    out = tmp_path / "out"
    assert "sets" in run("csv", "--all", "-o", str(out))
    assert len(table_of((out / "sets.csv").read_text(encoding="utf-8"))) > 150
    said = run("fit", "--from", "2025-02-01", "--to", "2025-02-28", "-o", str(out))
    files = sorted(out.glob("*.fit"))
    assert f"{len(files)} activities" in said
    assert files[0].name.startswith("2025-02-0")
    said = run("all", "-o", str(tmp_path / "all.zip"))
    assert "gone.mcap: the history names it" in said
    with History() as history:
        assert keeping(history).backed_up_at is not None


def test_the_copy_of_the_history_is_whole_while_it_is_written(tmp_path: Path) -> None:
    with filled(tmp_path) as history, History(history.path) as writer, writer.change() as connection:
        connection.execute("UPDATE sessions SET sensor = 'half'")
        write_bundle(history, tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as bundle:
        bundle.extract("history.sqlite", tmp_path / "back")
    with closing(sqlite3.connect(tmp_path / "back" / "history.sqlite")) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert raw.execute("SELECT count(*) FROM sessions WHERE sensor = 'half'").fetchone()[0] == 0


def test_every_column_and_field_is_explained() -> None:
    text = (Path(tables.__file__).parent / "EXPORTS.md").read_text(encoding="utf-8")

    def explained(part: str) -> list[str]:
        section = text.split(f"## {part}")[1].split("\n## ")[0]
        cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
        return sorted(re.findall(r"`([a-z_]+)`", "".join(cells)))

    assert explained("sets.csv") == sorted(SET_COLUMNS)
    assert explained("reps.csv") == sorted(REP_COLUMNS)
    assert explained("FIT") == sorted(extra.name for extra in EXTRAS)

"""Files that end anywhere, are damaged anywhere, or are no recordings at all."""

from __future__ import annotations

import json
import os
import stat
import struct
import sys
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mcap.writer import CompressionType, Writer
from repband.cli.repair import command
from repband.driver import Command, Record, Tick
from repband.errors import JournalError, RecordingError
from repband.journal import Recorder, RecordingMeta, read_recording, repair
from repband.source import Frame

META = RecordingMeta(session="6e5a1d9e-4f59-4b0f-9a0c-0d2f7b1f8f10", started="2025-03-01T18:30:00+01:00")
RECORDS: list[Record] = [
    Command("start", 0, {"reps": 3}),
    *(Frame(bytes([i]) * (i % 7), i / 10) for i in range(12)),
    Tick(1.5),
]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return record(tmp_path_factory.mktemp("whole") / "set.mcap").read_bytes()


def record(path: Path) -> Path:
    with Recorder(path, META) as recorder:
        for thing in RECORDS:
            recorder.write(thing)
    return path


def message_ends(whole: bytes) -> list[int]:
    """Bytes at which messages end, found by their layout: opcode 5, u64 length, u16 channel, u32 sequence."""
    ends: list[int] = []
    for sequence in range(1, len(RECORDS) + 1):
        at = whole.index(struct.pack("<I", sequence), ends[-1] if ends else whole.index(b'"session"'))
        while whole[at - 11] != 5:
            at = whole.index(struct.pack("<I", sequence), at + 1)
        ends.append(at - 2 + struct.unpack_from("<Q", whole, at - 10)[0])
    return ends


def test_cut_at_every_byte_reads_to_the_last_whole_message(tmp_path: Path, whole: bytes) -> None:
    ends = message_ends(whole)
    path = tmp_path / "cut.mcap"
    first_readable = None
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        expected = RECORDS[: sum(end <= size for end in ends)]
        try:
            recording = read_recording(path)
        except RecordingError:
            assert first_readable is None, f"readable at {first_readable} bytes, not at {size}"
            assert not expected
            continue
        first_readable = first_readable or size
        assert not recording.finished
        assert recording.truncated_note is not None
        assert list(recording.records()) == expected
        assert recording.meta == META
    assert first_readable is not None
    assert first_readable < ends[0]


def test_a_repaired_file_holds_what_the_cut_one_did(tmp_path: Path, whole: bytes) -> None:
    for size in range(message_ends(whole)[0] - 3, len(whole), 7):
        path = tmp_path / f"cut{size}.mcap"
        path.write_bytes(whole[:size])
        expected = list(read_recording(path).records())
        report = repair(path)
        assert report.found == "unfinished"
        assert report.messages == len(expected)
        repaired = read_recording(path)
        assert repaired.finished
        assert list(repaired.records()) == expected
        assert "repaired" in repaired.meta.extra
        assert report.backup is not None
        assert report.backup.read_bytes() == whole[:size]
        assert repair(path).found == "whole"
    assert not list(tmp_path.glob("*.part"))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_anywhere_is_named_or_read_around(tmp_path: Path, whole: bytes, data: st.DataObject) -> None:
    """Bytes overwritten, then perhaps cut: reading and repairing either work or raise RecordingError."""
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        junk = data.draw(st.binary(min_size=1, max_size=12))
        damaged[at : at + len(junk)] = junk
    path = tmp_path / "damaged.mcap"
    path.write_bytes(damaged[: data.draw(st.integers(0, len(damaged)) | st.just(len(damaged)))])
    try:
        list(read_recording(path).records())
    except RecordingError as error:
        assert str(path) in str(error)
    try:
        report = repair(path)
    except RecordingError:
        return
    assert read_recording(path).finished
    if report.backup:
        report.backup.unlink()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200), st.booleans())
def test_junk_is_refused(tmp_path: Path, junk: bytes, with_magic: bool) -> None:
    path = tmp_path / "junk.mcap"
    path.write_bytes((b"\x89MCAP0\r\n" if with_magic else b"") + junk)
    with pytest.raises(RecordingError):
        read_recording(path)
    with pytest.raises(RecordingError):
        repair(path)


def test_one_changed_bit_inside_a_finished_file_is_noticed(tmp_path: Path, whole: bytes) -> None:
    at = message_ends(whole)[5] - 1  # the last byte of a frame: the layout stays sound
    path = tmp_path / "set.mcap"
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    with pytest.raises(RecordingError, match="checksum"):
        read_recording(path)
    report = repair(path)
    assert report.found == "damaged"
    assert "checksum" in read_recording(path).meta.extra["repaired"]


@pytest.mark.parametrize("from_end", [0, 10, 60])
@pytest.mark.parametrize("junk", [b"\xff" * 9, bytes(9), b"\x05" + b"\xff" * 8])
def test_what_lies_behind_a_damaged_place_is_saved_too(
    tmp_path: Path, whole: bytes, junk: bytes, from_end: int
) -> None:
    """The head of the sixth message is overwritten: the walk loses its step there and finds it at the seventh."""
    ends = message_ends(whole)
    at, size = ends[4], (ends[-1] - from_end if from_end else len(whole))
    path = tmp_path / "set.mcap"
    path.write_bytes((whole[:at] + junk + whole[at + 9 :])[:size])
    report = repair(path)
    assert report.found == "damaged"
    assert f"byte {at}" in report.why
    assert report.unreadable_bytes >= ends[5] - at
    kept = [record for i, record in enumerate(RECORDS) if i != 5 and ends[i] <= size]
    assert list(read_recording(path).records()) == kept
    assert len(kept) < len(RECORDS) - 1 or not from_end


def test_a_power_cut_that_left_zeros_reads_up_to_them(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "set.mcap"
    path.write_bytes(whole[: message_ends(whole)[4]] + bytes(4096))
    recording = read_recording(path)
    assert list(recording.records()) == RECORDS[:5]
    assert recording.truncated_note is not None
    assert "damaged" in recording.truncated_note
    assert repair(path).messages == 5


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    path = foreign(tmp_path / "new.mcap", {"format": "99", "meta": "{}"})
    with pytest.raises(RecordingError, match=r"format 99.*update RepBand"):
        read_recording(path)


def test_a_foreign_mcap_is_named_as_such(tmp_path: Path) -> None:
    path = foreign(tmp_path / "robot.mcap", None)
    with pytest.raises(RecordingError, match=r"no recording of RepBand \(its profile is 'ros2'\)"):
        read_recording(path)


def foreign(path: Path, metadata: dict[str, str] | None) -> Path:
    buffer = BytesIO()
    writer = Writer(buffer)
    writer.start(profile="ros2")
    channel = writer.register_channel("/imu", "cdr", 0)
    if metadata:
        writer.add_metadata("repband", metadata)
    writer.add_message(channel, 1, b"abc", 1)
    writer.finish()
    path.write_bytes(buffer.getvalue())
    return path


@pytest.mark.parametrize("compression", list(CompressionType))
def test_a_recording_rewritten_in_chunks_by_another_tool_still_reads(
    tmp_path: Path, compression: CompressionType
) -> None:
    """Such tools may put the metadata last, as this one does."""
    source = read_recording(record(tmp_path / "set.mcap"))
    buffer = BytesIO()
    writer = Writer(buffer, chunk_size=100, compression=compression)
    writer.start()
    channels: dict[str, int] = {}
    for message in source.messages():
        if message.topic not in channels:
            channels[message.topic] = writer.register_channel(message.topic, "", 0)
        writer.add_message(channels[message.topic], message.log_time_ns, message.data, message.log_time_ns)
    writer.flush()
    writer.add_metadata("repband", {"format": "1", "meta": json.dumps({"session": "s", "started": "x"})})
    writer.finish()
    (tmp_path / "chunked.mcap").write_bytes(buffer.getvalue())
    assert list(read_recording(tmp_path / "chunked.mcap").records()) == RECORDS


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="no such file"):
        read_recording(tmp_path / "none.mcap")
    with pytest.raises(RecordingError, match="folder"):
        read_recording(tmp_path)


def test_a_second_backup_does_not_replace_the_first(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "set.mcap"
    backups: list[str] = []
    for cut in (10, 20):
        path.write_bytes(whole[:-cut])
        backup = repair(path).backup
        assert backup is not None
        backups.append(backup.name)
    assert backups == ["set.mcap.bak", "set.mcap.bak2"]
    assert (tmp_path / "set.mcap.bak").read_bytes() == whole[:-10]


def test_file_systems_without_links_get_a_copy(tmp_path: Path, whole: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise OSError("not supported")

    monkeypatch.setattr(os, "link", no_links)
    path = tmp_path / "set.mcap"
    path.write_bytes(whole[:-10])
    backup = repair(path).backup
    assert backup is not None
    assert backup.read_bytes() == whole[:-10]


def test_a_dry_run_writes_nothing(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "set.mcap"
    path.write_bytes(whole[:-10])
    assert repair(path, dry_run=True).found == "unfinished"
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == whole[:-10]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows itself refuses to replace an open file")
def test_what_is_being_recorded_is_not_repaired(tmp_path: Path) -> None:
    with Recorder(tmp_path / "set.mcap", META), pytest.raises(RecordingError, match="being recorded"):
        repair(tmp_path / "set.mcap")
    assert repair(tmp_path / "set.mcap").found == "whole"


@pytest.mark.skipif(sys.platform == "win32", reason="permission bits are POSIX")
def test_recordings_are_private_also_after_repair(tmp_path: Path, whole: bytes) -> None:
    path = record(tmp_path / "set.mcap")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_bytes(whole[:-10])
    repair(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def test_the_command_names_the_bad_file_and_does_the_rest(tmp_path: Path, whole: bytes) -> None:
    cut, good, bad = tmp_path / "cut.mcap", record(tmp_path / "good.mcap"), tmp_path / "bad.mcap"
    cut.write_bytes(whole[:-40])
    bad.write_bytes(b"nothing of the kind")
    result = run(bad, cut, good)
    assert result.exit_code == 3
    assert "bad.mcap: is not an MCAP file" in result.stderr
    assert [line.split(": ")[1].split(" ")[0].rstrip(",") for line in result.stdout.splitlines()] == [
        "unfinished",
        "whole",
    ]
    assert "cut.mcap.bak" in result.stdout
    assert read_recording(cut).finished


def test_the_command_in_json(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "cut.mcap"
    path.write_bytes(whole[:-40])
    assert run("--check", path).exit_code == 3
    result = run("--json", path)
    assert result.exit_code == 0
    fields = json.loads(result.stdout)
    assert fields["found"] == "unfinished"
    assert fields["messages"] == len(RECORDS)
    assert fields["seconds"] == 1.5
    assert fields["backup"] == str(path) + ".bak"
    assert run("--check", path).exit_code == 0


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_named_and_the_original_untouched(tmp_path: Path, whole: bytes) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    path = folder / "set.mcap"
    path.write_bytes(whole[:-10])
    folder.chmod(0o500)
    try:
        with pytest.raises(JournalError, match="untouched"):
            repair(path)
        with pytest.raises(JournalError, match="can't be made"):
            Recorder(folder / "new.mcap", META)
    finally:
        folder.chmod(0o700)
    assert path.read_bytes() == whole[:-10]

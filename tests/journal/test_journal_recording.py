"""What is recorded is what is read, to the last bit."""

from __future__ import annotations

import math
import struct
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from mcap.reader import make_reader
from repband.driver import Command, Record, Tick
from repband.errors import JournalError
from repband.journal import Load, Recorder, RecordingMeta, read_recording
from repband.source import Frame, TimedSamples
from repband.stream import Gap, GapCause, SampleBlock, StreamItem

META = RecordingMeta(
    session="6e5a1d9e-4f59-4b0f-9a0c-0d2f7b1f8f10",
    started="2025-03-01T18:30:00.000+01:00",
    exercise="bridge",
    side="left",
    load=Load("kg", 7.5),
    target_reps=10,
    sensor="virtual sensor",
    extra={"seed": "7"},
)
any_float = st.floats(width=64)  # with NaN, infinities, -0.0 and subnormals
text = st.text(st.characters(codec=None), max_size=20)  # with lone surrogates, as file names can have


def columns(n: int, width: int | None = None) -> st.SearchStrategy[Any]:
    return arrays(np.float64, n if width is None else (n, width), elements=any_float)


@st.composite
def timed(draw: st.DrawFn) -> TimedSamples:
    n = draw(st.integers(0, 5))
    gyro = draw(st.none() | columns(n, 3))
    return TimedSamples(draw(columns(n)), draw(columns(n, 3)), gyro, draw(any_float), draw(text))


@st.composite
def blocks(draw: st.DrawFn) -> SampleBlock:
    n = draw(st.integers(1, 5))
    index = draw(st.integers(-(2**63), 2**63 - 1))
    return SampleBlock(index, draw(columns(n)), draw(columns(n, 3)), draw(st.none() | columns(n, 3)))


frames = st.builds(Frame, st.binary(max_size=300), any_float)
plain = text | st.integers() | any_float | st.booleans() | st.none()
commands = st.builds(Command, text, st.integers(), st.dictionaries(text, plain, max_size=4))
ticks = st.builds(Tick, any_float)
gaps = st.builds(Gap, any_float, any_float, st.none() | st.integers(0, 2**40), st.sampled_from(GapCause))
records = st.one_of(frames, timed(), commands, ticks)
items = st.one_of(blocks(), gaps)


def bits(value: Any) -> Any:
    """A value that is equal only when every bit is: NaN equals itself, 0.0 differs from -0.0, 1 from 1.0 and True."""
    if isinstance(value, float):
        return ("nan",) if math.isnan(value) else (float, struct.pack("<d", value))
    if isinstance(value, np.ndarray):
        return (value.dtype.str, value.shape, value.tobytes())
    if isinstance(value, dict):
        return [(key, bits(item)) for key, item in value.items()]
    if hasattr(value, "__dataclass_fields__"):
        return (type(value), [bits(getattr(value, field.name)) for field in fields(value)])
    return (type(value), value)


def record_all(path: Path, things: list[Record | StreamItem]) -> None:
    path.unlink(missing_ok=True)
    with Recorder(path, META) as recorder:
        for thing in things:
            if isinstance(thing, (SampleBlock, Gap)):
                recorder.write_items([thing])
            else:
                recorder.write(thing)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(records, items), max_size=12))
def test_everything_comes_back_bit_for_bit_and_in_order(tmp_path: Path, things: list[Record | StreamItem]) -> None:
    path = tmp_path / "set.mcap"
    record_all(path, things)
    recording = read_recording(path)
    is_item = [isinstance(thing, (SampleBlock, Gap)) for thing in things]
    assert bits_of(recording.records()) == bits_of(t for t, item in zip(things, is_item, strict=True) if not item)
    assert bits_of(recording.items()) == bits_of(t for t, item in zip(things, is_item, strict=True) if item)
    arrivals = [thing for thing in things if isinstance(thing, (Frame, TimedSamples))]
    assert bits_of(recording.arrivals()) == bits_of(arrivals)


def bits_of(things: Any) -> list[Any]:
    return [bits(thing) for thing in things]


def a_set(packets: int = 5) -> list[Record | StreamItem]:
    things: list[Record | StreamItem] = [Command("start", 0, {"exercise": "bridge", "reps": 10})]
    for i in range(packets):
        t_s = i * 0.1 + np.arange(10) / 100
        things += [Frame(bytes([i % 256]) * 20, i * 0.1), SampleBlock(10 * i, t_s, np.ones((10, 3)), np.zeros((10, 3)))]
    return [*things, Tick(1.5), Gap(0.4, 0.9, 5, GapCause.LOST)]


def test_meta_comes_back(tmp_path: Path) -> None:
    record_all(tmp_path / "set.mcap", [])
    recording = read_recording(tmp_path / "set.mcap")
    assert recording.meta == META
    assert recording.finished
    assert recording.truncated_note is None


def test_arrays_that_are_read_can_be_written_to(tmp_path: Path) -> None:
    record_all(tmp_path / "set.mcap", a_set())
    block = next(iter(read_recording(tmp_path / "set.mcap").items()))
    assert isinstance(block, SampleBlock)
    block.accel_g[0, 0] = 3.0
    assert block.accel_g.flags.aligned


def test_the_same_session_gives_the_same_bytes(tmp_path: Path) -> None:
    record_all(tmp_path / "a.mcap", a_set())
    record_all(tmp_path / "b.mcap", a_set())
    assert (tmp_path / "a.mcap").read_bytes() == (tmp_path / "b.mcap").read_bytes()


def test_a_standard_reader_reads_it(tmp_path: Path) -> None:
    record_all(tmp_path / "set.mcap", a_set())
    with (tmp_path / "set.mcap").open("rb") as file:
        reader = make_reader(file, validate_crcs=True)
        messages = list(reader.iter_messages(log_time_order=False))
        summary = reader.get_summary()
        metadata = list(reader.iter_metadata())
    assert [message.sequence for _, _, message in messages] == list(range(1, len(a_set()) + 1))
    assert messages[0][1].topic == "/record/command"
    assert messages[1][2].log_time == 1740850200_000_000_000
    assert messages[3][2].log_time == 1740850200_100_000_000
    assert summary is not None
    assert summary.statistics is not None
    assert summary.statistics.message_count == len(a_set())
    assert [record.name for record in metadata] == ["repband"]


def test_an_existing_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "set.mcap"
    path.write_bytes(b"precious")
    with pytest.raises(JournalError, match="never overwritten"):
        Recorder(path, META)
    assert path.read_bytes() == b"precious"


def test_nothing_can_be_written_after_close(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "set.mcap", META)
    recorder.close()
    recorder.close()
    with pytest.raises(JournalError, match="closed"):
        recorder.write(Tick(0.0))


def test_a_start_that_is_no_time_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="'yesterday' is not a time"):
        Recorder(tmp_path / "set.mcap", RecordingMeta(started="yesterday"))
    assert not (tmp_path / "set.mcap").exists()


def test_every_write_reaches_the_system_at_once(tmp_path: Path) -> None:
    """Read while it is being recorded: what was written is there, with nothing held back."""
    with Recorder(tmp_path / "set.mcap", META) as recorder:
        for i in range(5):
            recorder.write(Tick(float(i)))
            live = read_recording(tmp_path / "set.mcap")
            assert not live.finished
            assert list(live.records()) == [Tick(float(k)) for k in range(i + 1)]

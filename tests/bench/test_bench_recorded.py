"""Reading recordings: larger blocks change nothing but the time it takes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from repband.bench.recorded import BLOCK_SAMPLES, read_items, together
from repband.journal import Recorder, RecordingMeta
from repband.reps import count_items
from repband.simulate import LinkModel, SetPlan, VirtualSensor, simulate_set
from repband.stream import Gap, GapCause, SampleBlock, Stream, StreamItem


def cut(widths: list[int], gap_after: set[int]) -> list[StreamItem]:
    """Blocks of these widths, 100 Hz, with a gap of 5 samples behind some of them."""
    items: list[StreamItem] = []
    first = 0
    for i, width in enumerate(widths):
        t_s = (first + np.arange(width)) / 100
        items.append(SampleBlock(first, t_s, np.column_stack([t_s, t_s, t_s])))
        first += width
        if i in gap_after:
            items.append(Gap(float(t_s[-1]), (first + 5) / 100, 5, GapCause.LOST))
            first += 5
    return items


def samples(items: list[StreamItem]) -> np.ndarray:
    return np.concatenate([item.t_s for item in items if isinstance(item, SampleBlock)])


@given(st.lists(st.integers(1, 700), min_size=1, max_size=30), st.sets(st.integers(0, 29)))
def test_together_keeps_every_sample_and_gap_in_order(widths: list[int], gap_after: set[int]) -> None:
    items = cut(widths, gap_after)
    joined = list(together(items))
    assert np.array_equal(samples(joined), samples(items))
    assert [i for i in joined if isinstance(i, Gap)] == [i for i in items if isinstance(i, Gap)]
    blocks = [i for i in joined if isinstance(i, SampleBlock)]
    assert all(len(b.t_s) <= BLOCK_SAMPLES + 700 for b in blocks)
    parted = sum(isinstance(i, Gap) for i in joined[:-1]) + 1
    assert len(blocks) <= parted + len(samples(items)) // BLOCK_SAMPLES


def test_a_gyroscope_that_comes_and_goes_parts_the_blocks() -> None:
    one, two = cut([10, 10], set())
    assert isinstance(two, SampleBlock)
    with_gyro = SampleBlock(two.index, two.t_s, two.accel_g, two.accel_g)
    assert len(list(together([one, with_gyro]))) == 2


@pytest.mark.parametrize("exercise", ["bridge", "squat"])
def test_larger_blocks_count_the_same(exercise: str) -> None:
    made = simulate_set(SetPlan(exercise, 6, rate_hz=100, fidgets=2), 3)
    small: list[StreamItem] = [
        SampleBlock(i, made.t_s[i : i + 10], made.accel_g[i : i + 10]) for i in range(0, len(made.t_s), 10)
    ]
    assert count_items(together(small)) == count_items(small)


@pytest.mark.parametrize("keep_items", [True, False])
def test_a_recording_of_ours_gives_what_its_session_had(tmp_path: Path, keep_items: bool) -> None:
    sensor, stream = VirtualSensor(SetPlan("clamshell", 4), 2, link=LinkModel(loss=0.05)), Stream()
    live: list[StreamItem] = []
    with Recorder(tmp_path / "x.mcap", RecordingMeta(exercise="clamshell", sensor="virtual")) as recorder:
        for frame in sensor:
            recorder.write(frame)
            given = stream.feed(frame)
            live += given
            if keep_items:
                recorder.write_items(given)
        last = stream.finish()
        live += last
        if keep_items:
            recorder.write_items(last)
    read = read_items(tmp_path / "x.mcap")
    assert np.array_equal(samples(read), samples(live))
    assert count_items(read) == count_items(live)

"""Bare samples with odd time stamps: evened out, accounted for, and the same however the input is cut."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from repband.errors import RecordingError
from repband.source import CsvSource, TimedSamples
from repband.stream import Gap, GapCause, SampleBlock, SampleStream, StreamItem

Floats = npt.NDArray[np.float64]


def arrival(t_s: Floats, first: int = 0, gyro: bool = False) -> TimedSamples:
    """Samples whose values say their own number, so that order can be checked."""
    number = first + np.arange(len(t_s), dtype=np.float64)
    accel_g = np.stack([number, number + 0.25, number + 0.5], axis=1)
    return TimedSamples(t_s, accel_g, accel_g * 2 if gyro else None, 0.0, "test line 2")


def run(t_s: Floats, cuts: list[int], *, finish: bool = True) -> tuple[list[StreamItem], SampleStream]:
    stream = SampleStream()
    items: list[StreamItem] = []
    for begin, end in zip([0, *cuts], [*cuts, len(t_s)], strict=True):
        items += stream.feed(arrival(t_s[begin:end], begin))
    if finish:
        items += stream.finish()
    return items, stream


def joined(items: list[StreamItem]) -> tuple[Floats, Floats, list[Gap]]:
    """All times, all sample numbers and all gaps."""
    blocks = [item for item in items if isinstance(item, SampleBlock)]
    t_s = np.concatenate([block.t_s for block in blocks]) if blocks else np.empty(0)
    number = np.concatenate([block.accel_g[:, 0] for block in blocks]) if blocks else np.empty(0)
    return t_s, number, [item for item in items if isinstance(item, Gap)]


def assert_accounts_close(items: list[StreamItem], stream: SampleStream) -> None:
    index, last_s = 0, None
    for item in items:
        if isinstance(item, Gap):
            assert last_s is None or item.start_s == last_s
            assert item.end_s > item.start_s or item.cause is GapCause.CLOCK
            index += item.missing or 0
            continue
        assert item.index == index
        assert last_s is None or item.t_s[0] > last_s
        assert bool((np.diff(item.t_s) > 0).all())
        index += len(item.t_s)
        last_s = float(item.t_s[-1])
    assert index == stream.stats.samples + stream.stats.missing


@st.composite
def odd_stamps(draw: st.DrawFn) -> Floats:
    """Stamps as they come from bad clocks: bursts, holes, repeats, steps back, lone wrong ones, other rates."""
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    count = draw(st.integers(1, 900))
    rate_hz = draw(st.sampled_from([10.0, 12.5, 25.0, 52.0, 100.0, 104.17, 200.0, 400.0]))
    t_s = np.arange(count) / rate_hz + draw(st.sampled_from([0.0, 1.7e9, -50.0]))
    for trouble in draw(st.lists(st.sampled_from("bjhrsowq"), max_size=4)):
        at = int(rng.integers(0, count))
        match trouble:
            case "b":
                batch = int(rng.integers(2, 25))
                t_s = t_s[np.minimum(np.arange(count) // batch * batch + batch - 1, count - 1)]
            case "j":
                t_s = t_s + rng.normal(0, 0.3 / rate_hz, count)
            case "h":
                t_s[at:] += rng.choice([2.0 / rate_hz, 0.3, 2.5, 5000.0])
            case "r":
                t_s[at : at + 5] = t_s[at]
            case "s":
                t_s[at:] -= rng.choice([0.02, 0.4, 3.0, 100.0])
            case "o":
                t_s[at : at + 8] = rng.permutation(t_s[at : at + 8])
            case "w":
                t_s[at] += rng.choice([-3.0, -0.2, 0.2, 3.0])
            case _:
                t_s = np.round(t_s, 2)
    return t_s


def outcome(t_s: Floats, cuts: list[int]) -> object:
    try:
        items, stream = run(t_s, cuts)
    except RecordingError as error:
        return error.what
    times, number, gaps = joined(items)
    return times.tolist(), number.tolist(), gaps, stream.stats


@settings(max_examples=150, deadline=None)
@given(odd_stamps(), st.data())
def test_cutting_the_input_changes_nothing(t_s: Floats, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(t_s)), max_size=12)))
    assert outcome(t_s, cuts) == outcome(t_s, [])


@settings(max_examples=25, deadline=None)
@given(odd_stamps())
def test_one_by_one_changes_nothing(t_s: Floats) -> None:
    assert outcome(t_s, list(range(1, len(t_s)))) == outcome(t_s, [])


@settings(max_examples=150, deadline=None)
@given(odd_stamps(), st.floats(0, 1))
def test_what_was_given_is_never_taken_back(t_s: Floats, share: float) -> None:
    here = round(share * len(t_s))
    try:
        early, _ = run(t_s[:here], [], finish=False)
        whole, _ = run(t_s, [here])
    except RecordingError:
        return
    early_s, early_number, early_gaps = joined(early)
    whole_s, whole_number, whole_gaps = joined(whole)
    assert early_s.tolist() == whole_s[: len(early_s)].tolist()
    assert early_number.tolist() == whole_number[: len(early_s)].tolist()
    assert early_gaps == whole_gaps[: len(early_gaps)]


@settings(max_examples=150, deadline=None)
@given(odd_stamps())
def test_accounts_close_and_time_rises(t_s: Floats) -> None:
    try:
        items, stream = run(t_s, [])
    except RecordingError:
        return
    assert_accounts_close(items, stream)
    stats = stream.stats
    assert stats.samples + stats.duplicates + stats.late == len(t_s)
    _, number, _ = joined(items)
    assert len(set(number.tolist())) == len(number)


@pytest.mark.parametrize("rate_hz", [10.0, 12.5, 25.0, 58.8, 100.0, 400.0])
@pytest.mark.parametrize("start_s", [0.0, -3.5, 1.7e9])
def test_well_behaved_times_pass_unchanged(rate_hz: float, start_s: float) -> None:
    t_s = np.round(start_s + np.arange(500) / rate_hz, 4)
    items, stream = run(t_s, [])
    times, number, gaps = joined(items)
    assert times.tolist() == t_s.tolist()
    assert number.tolist() == list(range(500))
    assert not gaps
    assert stream.stats.rate_hz == pytest.approx(rate_hz, rel=2e-3)


@pytest.mark.parametrize("batch", [2, 10, 25, 50])
def test_a_burst_that_shares_one_stamp_is_spread(batch: int) -> None:
    truth = np.arange(3000) / 100.0
    t_s = truth[np.minimum(np.arange(3000) // batch * batch + batch - 1, 2999)]
    items, _ = run(t_s, [])
    times, number, gaps = joined(items)
    assert number.tolist() == list(range(3000))
    assert not gaps
    assert np.max(np.abs(times - truth)) <= 0.01


def test_a_stall_that_is_caught_up_is_no_hole() -> None:
    truth = np.arange(4000) / 100.0
    t_s = truth.copy()
    t_s[2000:2080] = np.maximum(truth[2000:2080], 20.8)
    items, _ = run(t_s, [])
    times, _, gaps = joined(items)
    assert not gaps
    assert np.max(np.abs(times - truth)) <= 0.01


def test_jitter_stays_within_a_sample_of_the_truth() -> None:
    truth = np.arange(5000) / 50.0
    t_s = truth + np.random.default_rng(4).uniform(-0.014, 0.014, len(truth))
    items, _ = run(t_s, [])
    times, _, gaps = joined(items)
    assert not gaps
    assert np.max(np.abs(times - truth)) <= 0.02


@pytest.mark.parametrize("lost", [1, 2, 7, 100])
@pytest.mark.parametrize("rate_hz", [12.5, 100.0])
def test_a_hole_is_named_with_its_size(lost: int, rate_hz: float) -> None:
    kept = np.r_[0:300, 300 + lost : 700]
    t_s = kept / rate_hz
    items, stream = run(t_s, [])
    times, _, gaps = joined(items)
    assert gaps == [Gap(t_s[299], t_s[300], lost, GapCause.SOURCE)]
    assert times.tolist() == t_s.tolist()
    assert stream.stats.missing == lost


def test_a_clock_set_back_is_named_and_time_goes_on() -> None:
    t_s = np.r_[np.arange(500) / 50.0, np.arange(500) / 50.0]
    items, stream = run(t_s, [])
    times, _, gaps = joined(items)
    assert [gap.cause for gap in gaps] == [GapCause.CLOCK]
    assert stream.stats.clock_jumps == 1
    assert times[-1] == pytest.approx(999 / 50.0)


def test_a_lone_wrong_stamp_is_repaired() -> None:
    truth = np.arange(1000) / 100.0
    for wrong_s in (3.0, -3.0, 700.0, -0.3):
        t_s = truth.copy()
        t_s[400] += wrong_s
        times, _, gaps = joined(run(t_s, [])[0])
        assert not gaps
        assert np.max(np.abs(times - truth)) <= 0.01


def test_samples_a_little_out_of_order_are_put_back() -> None:
    order = np.r_[0:400, 410:420, 400:410, 420:800]
    times, number, gaps = joined(run(order / 100.0, [])[0])
    assert not gaps
    assert times.tolist() == (np.arange(800) / 100.0).tolist()
    assert number.tolist() == np.argsort(order).tolist()


def test_lines_written_twice_count_once() -> None:
    stream = SampleStream()
    single = arrival(np.arange(300) / 50.0)
    double = TimedSamples(np.repeat(single.t_s, 2), np.repeat(single.accel_g, 2, axis=0), None, 0.0, "test")
    times, number, _ = joined(stream.feed(double) + stream.finish())
    assert times.tolist() == single.t_s.tolist()
    assert number.tolist() == list(range(300))
    assert stream.stats.duplicates == 300


@pytest.mark.parametrize(("rate_hz", "shown"), [(1.0, "1 Hz"), (1000.0, "1000 Hz"), (5.0, "5 Hz")])
def test_a_rate_that_is_no_use_is_refused(rate_hz: float, shown: str) -> None:
    with pytest.raises(RecordingError, match=shown):
        run(np.arange(200) / rate_hz, [])


def test_stamps_that_never_advance_are_refused() -> None:
    with pytest.raises(RecordingError, match="times stay near"):
        run(np.full(6000, 3.0), [])


def test_one_sample_is_a_stream_too() -> None:
    items, _ = run(np.array([4.5]), [])
    assert joined(items)[0].tolist() == [4.5]
    assert SampleStream().finish() == []


def test_rotation_rates_pass_and_may_not_come_and_go() -> None:
    stream = SampleStream()
    items = stream.feed(arrival(np.arange(100) / 50.0, gyro=True))
    block = items[0]
    assert isinstance(block, SampleBlock)
    assert block.gyro_dps is not None
    assert block.gyro_dps.tolist() == (block.accel_g * 2).tolist()
    with pytest.raises(RecordingError, match="rotation rates"):
        stream.feed(arrival(np.arange(100, 200) / 50.0))


@pytest.mark.parametrize("start_s", [1e3, -2.0])
def test_shifting_time_shifts_times(start_s: float) -> None:
    rng = np.random.default_rng(7)
    t_s = np.cumsum(rng.exponential(0.02, 2000))
    plain, _, _ = joined(run(t_s, [])[0])
    moved, _, _ = joined(run(t_s + start_s, [])[0])
    assert np.max(np.abs(moved - start_s - plain)) < 1e-6


def test_real_recordings_keep_every_sample(recordings: Path) -> None:
    """Watch recordings that stall and burst: every row is given, time rises, and no hole is invented."""
    files = sorted(recordings.glob("cara/*_n*.csv"))[::6]
    assert files
    for file in files:
        stream = SampleStream()
        items = [item for piece in CsvSource(file) for item in stream.feed(piece)] + stream.finish()
        assert_accounts_close(items, stream)
        rows = len(file.read_text().splitlines()) - 1
        assert stream.stats.samples + stream.stats.duplicates == rows, file.name
        assert stream.stats.missing <= 0.002 * rows, file.name


def stalls(truth: Floats, rng: np.random.Generator) -> Floats:
    """A phone's stamps: half a millisecond of jitter, and now and then 0.12 s in which stamps wait."""
    t_s = truth + rng.normal(0, 0.0005, len(truth))
    length = int(0.12 / (truth[1] - truth[0]))
    for at in rng.integers(0, len(truth), 20):
        late = slice(at, at + length)
        t_s[late] = np.maximum(t_s[late], truth[min(at + length, len(truth) - 1)])
    return t_s


ODD_CLOCKS = {
    "rounded": lambda truth, rng: np.round(truth, 3),
    "uneven": lambda truth, rng: truth + rng.uniform(-0.4, 0.4, len(truth)) * truth[1],
    "late": lambda truth, rng: np.maximum.accumulate(truth + rng.exponential(0.5 * truth[1], len(truth))),
    "stalling": stalls,
}


@pytest.mark.parametrize("rate_hz", [12.5, 52.0, 100.0])
@pytest.mark.parametrize("clock", ODD_CLOCKS.values(), ids=ODD_CLOCKS.keys())
def test_times_stay_within_a_sample_of_the_truth_over_a_minute(rate_hz: float, clock: object) -> None:
    assert callable(clock)
    truth = np.arange(int(60 * rate_hz)) / rate_hz * 1.0002
    for seed in range(3):
        times, number, gaps = joined(run(clock(truth, np.random.default_rng(seed)), [])[0])
        assert number.tolist() == list(range(len(truth)))
        assert not gaps
        assert np.max(np.abs(times - truth)) <= 1.0 / rate_hz


@pytest.mark.parametrize("rate_hz", [52.0, 100.0, 400.0])
def test_holes_in_bursts_are_found_to_within_a_sample(rate_hz: float) -> None:
    count, batch = int(60 * rate_hz), int(0.1 * rate_hz)
    truth = np.arange(count) / rate_hz
    t_s = truth[np.minimum(np.arange(count) // batch * batch + batch - 1, count - 1)]
    holes = np.r_[int(20 * rate_hz) : int(21.5 * rate_hz), int(40 * rate_hz) : int(41 * rate_hz)]
    kept = np.delete(np.arange(count), holes)
    times, _, gaps = joined(run(t_s[kept], [])[0])
    assert len(gaps) == 2
    assert sum(gap.missing or 0 for gap in gaps) == pytest.approx(len(holes), abs=1)
    assert np.max(np.abs(times - truth[kept])) <= 1.0 / rate_hz

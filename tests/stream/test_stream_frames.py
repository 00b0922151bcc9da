"""Wire packets lost, doubled, shuffled, restarted and spoilt: every sample once, in order, or inside a named gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from repband.errors import SourceError
from repband.simulate import LinkModel, VirtualSensor, plain_plan
from repband.source import Frame, TimedSamples
from repband.stream import FrameStream, Gap, GapCause, SampleBlock, Stream, StreamItem
from repband_wire import GAP_GONE, GAP_OVERFLOW, TIME_WRAP_US, Format, Short, pack_ranges
from repband_wire import Gap as GapNotice
from repband_wire import Stream as StreamPacket

RANGES = pack_ranges(4)
RATE_HZ = 50.0


def packet(index: int, count: int, session: int = 7, true_hz: float = RATE_HZ, start_us: int = 0) -> StreamPacket:
    """Samples whose first axis is their own number, modulo 2^15."""
    number = (index + np.arange(count)) % 32768
    counts = np.stack([number, -number, np.full(count, 8192)], axis=1).astype("<i2")
    time_us = (start_us + round(index * 1e6 / true_hz)) % TIME_WRAP_US
    return StreamPacket(session, index, time_us, round(RATE_HZ * 100), RANGES, counts.tobytes())


def frames(packets: Sequence[StreamPacket], delay_s: float = 0.05) -> list[Frame]:
    return [Frame(p.encode(), (p.index + p.count) / RATE_HZ + delay_s) for p in packets]


def run(arrivals: Sequence[Frame]) -> tuple[list[StreamItem], FrameStream]:
    stream = FrameStream()
    items = [item for frame in arrivals for item in stream.feed(frame)]
    return items + stream.finish(), stream


def blocks_of(items: Sequence[StreamItem]) -> list[SampleBlock]:
    return [item for item in items if isinstance(item, SampleBlock)]


def gaps_of(items: Sequence[StreamItem]) -> list[Gap]:
    return [item for item in items if isinstance(item, Gap)]


def times(items: Sequence[StreamItem]) -> npt.NDArray[np.float64]:
    return np.concatenate([block.t_s for block in blocks_of(items)])


def numbers(items: Sequence[StreamItem]) -> list[int]:
    """The samples' own numbers, as they were sent."""
    scale = 32768 / 4
    return [round(value * scale) for block in blocks_of(items) for value in block.accel_g[:, 0]]


def assert_accounts_close(items: Sequence[StreamItem], stream: FrameStream) -> None:
    index, last_s = 0, None
    for item in items:
        if isinstance(item, Gap):
            assert last_s is None or item.start_s >= last_s
            assert item.end_s >= item.start_s
            index += item.missing or 0
            continue
        assert item.index == index
        assert last_s is None or item.t_s[0] > last_s
        assert bool((np.diff(item.t_s) > 0).all())
        index += len(item.t_s)
        last_s = float(item.t_s[-1])
    assert index == stream.stats.samples + stream.stats.missing


def whole(count: int = 600, size: int = 5, **options: float) -> list[StreamPacket]:
    return [packet(index, size, **options) for index in range(0, count, size)]  # type: ignore[arg-type]


@st.composite
def mishaps(draw: st.DrawFn) -> list[Frame]:
    """A session over a bad link: packets of many sizes, lost, doubled, cut anew and up to 2 s late."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    loss = draw(st.sampled_from([0.0, 0.05, 0.4]))
    spread = draw(st.sampled_from([0.0, 3.0, 90.0]))
    sent: list[tuple[float, StreamPacket]] = []
    index = 0
    while index < 700:
        size = int(rng.integers(1, 20))
        copies = sum(rng.random() >= loss for _ in range(1 + (rng.random() < 0.1)))
        sent += [(index + rng.random() * spread, packet(index, size)) for _ in range(copies)]
        if rng.random() < 0.05:
            sent.append((index + rng.random() * 140.0, packet(max(0, index - 9), min(15, index + 1))))
        index += size
    sent.sort(key=lambda pair: pair[0])
    return [Frame(message.encode(), at / RATE_HZ) for at, message in sent]


@settings(max_examples=120, deadline=None)
@given(mishaps())
def test_every_sample_once_in_order_or_in_a_named_gap(arrivals: list[Frame]) -> None:
    items, stream = run(arrivals)
    if not arrivals:
        return
    assert_accounts_close(items, stream)
    given_numbers = numbers(items)
    assert given_numbers == sorted(set(given_numbers))
    for block in blocks_of(items):
        assert [round(value * 8192) for value in block.accel_g[:, 0]] == list(
            range(block.index, block.index + len(block.t_s))
        )
    sent = {number for frame in arrivals for number in sent_numbers(frame)}
    late = stream.stats.late
    assert len(sent) - late <= len(given_numbers) <= len(sent)
    assert np.max(np.abs(times(items) - np.array(given_numbers) / RATE_HZ)) < 1e-3


def sent_numbers(frame: Frame) -> range:
    index, count = int.from_bytes(frame.data[3:7], "little"), frame.data[14]
    return range(index, index + count)


@settings(max_examples=60, deadline=None)
@given(mishaps(), st.floats(0, 1))
def test_what_was_given_is_never_taken_back(arrivals: list[Frame], share: float) -> None:
    early = FrameStream()
    here = round(share * len(arrivals))
    early_items = [item for frame in arrivals[:here] for item in early.feed(frame)]
    all_items, _ = run(arrivals)
    assert numbers(early_items) == numbers(all_items)[: len(numbers(early_items))]
    assert gaps_of(early_items) == gaps_of(all_items)[: len(gaps_of(early_items))]
    if early_items and blocks_of(early_items):
        assert times(early_items).tolist() == times(all_items)[: len(times(early_items))].tolist()


def test_without_a_hole_every_packet_is_given_at_once() -> None:
    stream = FrameStream()
    for number, frame in enumerate(frames(whole())):
        (block,) = stream.feed(frame)
        assert isinstance(block, SampleBlock)
        assert block.index == 5 * number
        assert stream.received_until == 5 * number + 5
    assert stream.finish() == []
    assert stream.holes == ()
    assert stream.next_device_index == 600


def test_a_hole_is_held_until_it_is_filled() -> None:
    packets = whole()
    late = packets.pop(40)
    stream = FrameStream()
    given: list[StreamItem] = [item for frame in frames(packets[:60]) for item in stream.feed(frame)]
    assert numbers(given) == list(range(200))
    assert stream.holes == ((200, 5),)
    given += stream.feed(Frame(late.encode(), 7.0))
    assert numbers(given) == list(range(305))
    assert stream.holes == ()
    assert stream.stats.missing == 0


def test_a_hole_is_given_up_after_three_seconds_of_device_time() -> None:
    packets = whole()
    late = packets.pop(40)
    stream = FrameStream()
    for frame in frames(packets):
        items = stream.feed(frame)
        if gaps_of(items):
            break
    newest = int.from_bytes(frame.data[3:7], "little") + 4
    assert (newest - 205) / RATE_HZ == pytest.approx(3.0, abs=0.1)
    assert gaps_of(items) == [Gap(199 / RATE_HZ, 205 / RATE_HZ, 5, GapCause.LOST)]
    assert stream.feed(Frame(late.encode(), 9.0)) == []
    assert stream.stats.late == 5


@pytest.mark.parametrize(("cause", "named"), [(GAP_OVERFLOW, GapCause.OVERFLOW), (GAP_GONE, GapCause.LOST)])
def test_what_the_device_calls_gone_is_not_waited_for(cause: int, named: GapCause) -> None:
    stream = FrameStream()
    stream.feed(frames([packet(0, 10)])[0])
    assert stream.feed(Frame(GapNotice(7, 10, 20, cause).encode(), 0.3)) == []
    items = stream.feed(frames([packet(30, 10)])[0])
    assert gaps_of(items) == [Gap(9 / RATE_HZ, 30 / RATE_HZ, 20, named)]
    assert numbers(items) == list(range(30, 40))


def test_a_gap_notice_about_the_far_future_does_no_harm() -> None:
    stream = FrameStream()
    stream.feed(frames([packet(0, 10)])[0])
    stream.feed(Frame(GapNotice(7, 10, 2**32 - 11, GAP_OVERFLOW).encode(), 0.3))
    assert numbers(stream.feed(frames([packet(10, 10)])[0])) == list(range(10, 20))


def test_packets_that_come_twice_are_counted() -> None:
    arrivals = [frame for frame in frames(whole(100)) for _ in range(2)]
    items, stream = run(arrivals)
    assert numbers(items) == list(range(100))
    assert stream.stats.duplicates == 100


def test_a_restart_is_named_and_time_goes_on_by_the_host_clock() -> None:
    before = frames(whole(500))
    after = [
        Frame(packet(i, 5, session=8, start_us=5_000_000).encode(), 20.0 + (i + 5) / RATE_HZ + 0.05)
        for i in range(0, 200, 5)
    ]
    items, stream = run(before + after)
    (gap,) = gaps_of(items)
    assert gap.cause is GapCause.RESTART
    assert gap.missing is None
    assert gap.start_s == pytest.approx(499 / RATE_HZ)
    assert gap.end_s == pytest.approx(20.0, abs=0.021)
    assert stream.stats.restarts == 1
    assert numbers(items) == [*range(500), *range(200)]
    assert_accounts_close(items, stream)


def test_a_restart_found_late_gives_what_was_kept_at_its_place() -> None:
    """The board restarted at 12 s and was reached at 20 s: its Format tells how far it had come by then."""
    format_ = Format(8, 400, 8_000_000, round(RATE_HZ * 100), RANGES)
    kept = [Frame(packet(i, 20, session=8).encode(), 20.1 + i / 1000) for i in range(0, 400, 20)]
    items, _ = run([*frames(whole(500)), Frame(format_.encode(), 20.05), *kept])
    (gap,) = gaps_of(items)
    assert (gap.cause, gap.missing) == (GapCause.RESTART, None)
    assert gap.end_s == pytest.approx(12.0, abs=0.021)
    assert numbers(items) == [*range(500), *range(400)]


def test_late_packets_of_a_past_session_change_nothing() -> None:
    straggler = packet(100, 5)
    before = [p for p in whole(300) if p.index != 100]
    items, stream = run(
        [*frames(before), *frames([packet(i, 5, session=8) for i in range(0, 100, 5)]), Frame(straggler.encode(), 30.0)]
    )
    assert stream.stats.late == 5
    assert stream.stats.restarts == 1
    assert_accounts_close(items, stream)


def test_one_stray_packet_of_another_session_ends_nothing() -> None:
    arrivals = frames(whole(400))
    arrivals.insert(40, Frame(packet(3, 5, session=999).encode(), 4.0))
    stream = FrameStream()
    items = [item for frame in arrivals for item in stream.feed(frame)]
    assert numbers(items) == list(range(400))
    assert stream.stats.restarts == 0


def test_device_time_wraps_and_keeps_its_own_rate() -> None:
    """Two hours at 200 ppm off and 1 % from the nominal rate: times are the device's, whatever the arrivals do."""
    true_hz = RATE_HZ * 1.01 * 1.0002
    rng = np.random.default_rng(1)
    arrivals = [
        Frame(packet(i, 38, true_hz=true_hz, start_us=TIME_WRAP_US - 5_000_000).encode(), i / RATE_HZ + rng.random())
        for i in range(0, 380_000, 38)
    ]
    items, stream = run(arrivals)
    t_s = times(items)
    assert np.max(np.abs(t_s - np.arange(len(t_s)) / true_hz)) < 0.5 / RATE_HZ
    assert np.max(np.abs(t_s - np.arange(len(t_s)) / true_hz)[200:]) < 1e-5
    assert stream.stats.rate_hz == pytest.approx(true_hz, rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, TIME_WRAP_US - 1), st.integers(0, 2**20))
def test_where_device_time_and_numbering_begin_does_not_matter(start_us: int, first: int) -> None:
    arrivals = frames([packet(first + 5 * i, 5, start_us=start_us) for i in range(60)])
    items, _ = run(arrivals)
    known = first if first / RATE_HZ > 3.0 else 0
    assert np.max(np.abs(times(items) - (first - known + np.arange(300)) / RATE_HZ)) < 3e-6


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, TIME_WRAP_US - 1), min_size=2, max_size=40))
def test_time_rises_whatever_the_device_says(stamps: list[int]) -> None:
    arrivals = []
    for at, time_us in enumerate(stamps):
        message = packet(5 * at, 5)
        message.time_us = time_us
        arrivals.append(Frame(message.encode(), 0.1 * at))
    items, stream = run(arrivals)
    assert_accounts_close(items, stream)
    assert numbers(items) == list(range(5 * len(stamps)))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=260), max_size=20), st.data())
def test_junk_is_counted_and_never_raises(junk: list[bytes], data: st.DataObject) -> None:
    arrivals = frames(whole(200))
    spoilt = [bytearray(frame.data) for frame in arrivals[::4]]
    for message in spoilt:
        message[data.draw(st.integers(0, len(message) - 1))] ^= data.draw(st.integers(1, 255))
    mixed = [*arrivals, *(Frame(bytes(each), 3.0) for each in [*junk, *spoilt])]
    order = data.draw(st.permutations(range(len(mixed))))
    items, stream = run([mixed[at] for at in order])
    assert_accounts_close(items, stream)


def test_short_packets_are_expanded_and_junk_before_their_format_counted() -> None:
    short = Short(7, 0, 0, packet(0, 2).data)
    stream = FrameStream()
    assert stream.feed(Frame(short.encode(), 0.0)) == []
    assert stream.stats.corrupt == 1
    stream.feed(Frame(Format(7, 40, 800_000, 5000, RANGES).encode(), 0.1))
    following = packet(40, 2)
    (block,) = stream.feed(Frame(Short(7, 40, following.time_us, following.data).encode(), 0.2))
    assert isinstance(block, SampleBlock)
    assert block.index == 0
    assert block.t_s.tolist() == [0.0, 0.02]


def test_a_packet_that_changes_its_range_within_a_session_is_refused() -> None:
    stream = FrameStream()
    stream.feed(frames([packet(0, 5)])[0])
    other = packet(5, 5)
    other.ranges = pack_ranges(16)
    assert stream.feed(Frame(other.encode(), 0.3)) == []
    assert stream.stats.corrupt == 1


def test_the_clock_fit_finds_offset_and_drift_beneath_the_delays() -> None:
    """Host clock 150 ppm faster, delays of 30 ms and more, in bunches of 100 ms."""
    rng = np.random.default_rng(3)
    arrivals = []
    for index in range(0, 60_000, 5):
        device_s = (index + 4) / RATE_HZ
        host_s = 12.0 + device_s * 1.00015
        arrivals.append(Frame(packet(index, 5).encode(), host_s + 0.03 + 0.1 * rng.random() + rng.exponential(0.02)))
    _, stream = run(arrivals)
    fit = stream.clock_fit
    assert fit is not None
    assert fit.drift_ppm == pytest.approx(150, abs=15)
    for at_s in (600.0, 1200.0):
        assert fit.host_s(at_s) == pytest.approx(12.03 + at_s * 1.00015, abs=0.01)
    assert 0 <= fit.uncertainty_s < 0.02


@pytest.mark.parametrize("payload", [20, 100, 244])
@pytest.mark.parametrize("gyro", [False, True])
def test_the_virtual_sensor_comes_through_whole(payload: int, gyro: bool) -> None:
    plan = replace(plain_plan("bridge", np.random.default_rng(2)), gyro=gyro)
    sensor = VirtualSensor(plan, 4, link=LinkModel(payload=payload, duplicates=0.02), speed=None)
    items, stream = run(list(sensor))
    truth = sensor.recording.accel_counts
    accel_g = np.concatenate([block.accel_g for block in blocks_of(items)])
    assert stream.stats.missing == 0
    assert len(accel_g) == len(truth)
    assert np.max(np.abs(accel_g - sensor.recording.accel_g)) < 1e-9
    assert all((block.gyro_dps is not None) == gyro for block in blocks_of(items))
    assert_accounts_close(items, stream)


def test_stream_picks_its_front_end_and_refuses_a_mixture() -> None:
    stream = Stream()
    assert stream.finish() == []
    stream.feed(frames([packet(0, 5)])[0])
    assert stream.session == 7
    with pytest.raises(SourceError, match="mixed"):
        stream.feed(TimedSamples(np.zeros(1), np.zeros((1, 3)), None, 0.0, "here"))

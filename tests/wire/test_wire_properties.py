"""Properties of the codec: total, exact both ways, the same however the bytes are cut."""

from __future__ import annotations

import numpy as np
import pytest
import repband_wire as wire
from hypothesis import example, given
from hypothesis import strategies as st
from repband_wire import words
from repband_wire.control import MAX_PARAMS, MAX_RESULT

u8 = st.integers(0, 0xFF)
u16 = st.integers(0, 0xFFFF)
u32 = st.integers(0, 0xFFFFFFFF)
times = st.integers(0, wire.TIME_WRAP_US - 1)
rates = st.integers(500, 50000)
ranges_bytes = st.builds(
    wire.pack_ranges,
    st.sampled_from((2, 4, 8, 16)),
    st.sampled_from((0, 125, 250, 500, 1000, 2000)),
    st.sampled_from((wire.SCALE_FULL, wire.SCALE_ST)),
)
plain_text = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=5)  # at most 4 bytes each: 20, see fit()


def fit(text: str, most: int) -> str:
    while len(text.encode()) > most:
        text = text[:-1]
    return text


@st.composite
def streams(draw: st.DrawFn) -> wire.Stream:
    ranges = draw(ranges_bytes)
    count = draw(st.integers(1, wire.samples_per_packet(wire.MAX_MESSAGE, ranges)))
    size = count * 2 * wire.axes_of(ranges)
    data = draw(st.binary(min_size=size, max_size=size))
    index = draw(st.integers(0, 0xFFFFFFFF - count + 1))
    return wire.Stream(draw(u16), index, draw(times), draw(rates), ranges, data)


@st.composite
def gaps(draw: st.DrawFn) -> wire.Gap:
    index = draw(st.integers(0, 0xFFFFFFFE))
    return wire.Gap(draw(u16), index, draw(st.integers(1, 0xFFFFFFFF - index)), draw(st.integers(1, 3)))


@st.composite
def reps(draw: st.DrawFn) -> wire.Rep:
    end = draw(st.integers(1, 0xFFFFFFFF))
    length = draw(st.integers(1, min(end, 0xFFFF)))
    rep = wire.Rep(draw(u16), draw(st.integers(1, 0xFFFF)), end, length, draw(u16), draw(u16), draw(u16), 0)
    rep.excursion_ddeg, rep.flags = draw(st.integers(0, 1800)), draw(st.integers(0, 15))
    return rep


@st.composite
def infos(draw: st.DrawFn) -> wire.Info:
    oldest = draw(st.integers(1, 255))
    info = wire.Info(oldest, draw(st.integers(oldest, 255)), draw(u8), draw(u8), draw(u8))
    info.battery_percent = draw(st.integers(0, 100) | st.just(255))
    info.fault, info.flags, info.side = draw(u8), draw(u8), draw(st.integers(0, 2))
    info.session, info.rate_chz, info.ranges = draw(u16), draw(rates | st.just(0)), draw(ranges_bytes)
    info.ring_capacity, info.interval_units = draw(u32), draw(st.integers(0, 3200))
    info.payload, info.who_am_i = draw(st.integers(20, 244)), draw(u8)
    info.rates_chz = tuple(draw(st.lists(rates, max_size=8)))
    info.name, info.board, info.imu, info.exercise = (fit(draw(plain_text), 16) for _ in range(4))
    return info


messages = st.one_of(
    streams(),
    st.builds(wire.Short, u8, u16, times, st.binary(min_size=6, max_size=6) | st.binary(min_size=12, max_size=12)),
    st.builds(wire.Format, u16, u32, times, rates, ranges_bytes),
    gaps(),
    st.builds(wire.Ack, u16, u32),
    st.builds(wire.Entry, u32, u8, st.binary(min_size=14, max_size=14)),
    st.builds(wire.Press, u16, u32, u16, st.integers(1, 0xFF)),
    st.builds(wire.Control, u8, u8, st.binary(max_size=MAX_PARAMS)),
    st.builds(wire.Reply, u8, u8, u8, st.binary(max_size=MAX_RESULT)),
    infos(),
    reps(),
)


@given(messages)
def test_a_message_survives_the_wire(message: wire.Message):
    data = message.encode()
    assert len(data) <= wire.MAX_MESSAGE
    assert wire.decode(data) == message
    assert wire.decode(data).encode() == data


@given(
    st.binary(max_size=300) | st.builds(lambda kind, tail: bytes((0x90 | kind,)) + tail, u8, st.binary(max_size=260))
)
@example(b"")
def test_any_bytes_give_a_message_or_a_wire_error(data: bytes):
    decoder = wire.Decoder()
    for decode in (wire.decode, decoder.decode):
        try:
            message = decode(data)
        except wire.WireError as error:
            assert error.code in words.ERROR_CODES
        else:
            if not isinstance(message, wire.Info):  # what a newer device appended to Info is dropped
                assert message.encode() == data


@given(messages, st.data())
def test_a_damaged_message_gives_a_message_or_a_wire_error(message: wire.Message, data: st.DataObject):
    damaged = bytearray(message.encode())
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        wire.decode(bytes(damaged))
    except wire.WireError as error:
        assert error.code in words.ERROR_CODES


@given(streams(), st.integers(0, 400), st.integers(244, 300))
def test_encode_into_writes_what_encode_does_wherever_the_ring_wraps(stream: wire.Stream, start: int, size: int):
    start %= len(stream.data)
    ring = bytearray(stream.data[-start:] + stream.data[:-start]) if start else bytearray(stream.data)
    buffer = bytearray(size)
    head = (stream.session, stream.index, stream.time_us, stream.rate_chz, stream.ranges)
    written = wire.encode_stream_into(buffer, *head, ring, start, stream.count)
    assert bytes(buffer[:written]) == stream.encode()


@given(streams(), st.integers(-32767, 32767), st.integers(1, 2))
def test_short_packets_expand_around_what_is_known(known: wire.Stream, away: int, count: int):
    count = 1 if known.axes == 6 else count
    index = min(max(known.index + away, 0), 0xFFFFFFFE - count)
    whole = wire.Stream(known.session, index, 5, known.rate_chz, known.ranges, bytes(count * known.axes * 2))
    buffer = bytearray(20)
    size = wire.encode_short_into(buffer, known.session, index, 5, known.ranges, bytearray(whole.data), 0, count)
    assert size <= wire.MIN_PAYLOAD
    decoder = wire.Decoder()
    decoder.decode(known.encode())
    assert decoder.decode(bytes(buffer[:size])) == whole


def test_a_short_packet_alone_is_a_context_error():
    with pytest.raises(wire.WireError) as caught:
        wire.Decoder().decode(wire.Short(7, 0, 0, bytes(12)).encode())
    assert caught.value.code == "context"


def test_a_short_packet_of_another_session_is_a_context_error():
    decoder = wire.Decoder()
    decoder.decode(wire.Format(8, 0, 0, 5200, 1).encode())
    with pytest.raises(wire.WireError) as caught:
        decoder.decode(wire.Short(7, 0, 0, bytes(12)).encode())
    assert caught.value.code == "context"


@pytest.mark.parametrize(
    "message",
    [
        wire.Stream(65536, 0, 0, 5200, 1, bytes(6)),
        wire.Stream(0, 0, wire.TIME_WRAP_US, 5200, 1, bytes(6)),
        wire.Stream(0, 0, 0, 5200.0, 1, bytes(6)),  # pyright: ignore[reportArgumentType]
        wire.Stream(0, 0, 0, 5200, 1, b""),
        wire.Stream(0, 0, 0, 5200, 1, bytes(7)),
        wire.Stream(0, 0, 0, 5200, 1, bytes(39 * 6)),
        wire.Stream(0, 0xFFFFFFFF, 0, 5200, 1, bytes(12)),
        wire.Stream(0, 0, 0, 5200, 0x18, bytes(12)),
        wire.Short(0, 0, 0, bytes(18)),
        wire.Gap(0, 5, 0xFFFFFFFF, 1),
        wire.Control(0, 1, bytes(18)),
        wire.Reply(0, 1, 0, bytes(17)),
        wire.Info(2, 1, 0, 0, 0),
        wire.Info(1, 1, 0, 0, 0, name="x" * 17),
        wire.Rep(0, 1, 10, 11, 0, 0, 0, 0),
        wire.Press(0, 0, 65536, 1),
        wire.Press(0, 0, 0, 0),
    ],
)
def test_what_is_out_of_range_is_not_encoded(message: wire.Message):
    with pytest.raises(wire.WireError) as caught:
        message.encode()
    assert caught.value.code == "range"


def test_a_name_with_control_characters_is_not_encoded():
    with pytest.raises(wire.WireError) as caught:
        wire.Info(1, 1, 0, 0, 0, name="a\nb").encode()
    assert caught.value.code == "text"


def test_parameters_are_checked_both_ways():
    with pytest.raises(wire.WireError, match="rate_chz"):
        wire.make_control(1, 4, 499)
    with pytest.raises(wire.WireError, match="range"):
        wire.make_control(1, 4)
    for params, code in ((b"\x00\x00", "range"), (b"\x00", "short"), (b"\x00\x14\x00", "long")):
        with pytest.raises(wire.WireError) as caught:
            wire.control_values(wire.Control(1, 4, params))
        assert caught.value.code == code
    with pytest.raises(wire.WireError) as caught:
        wire.control_values(wire.Control(1, 99))
    assert caught.value.code == "code"


@given(times, st.integers(-(2**29), 2**29 - 1))
def test_time_difference_is_safe_over_the_wrap(time_us: int, step_us: int):
    later = (time_us + step_us) % wire.TIME_WRAP_US
    assert wire.time_diff_us(later, time_us) == step_us
    assert wire.time_add_us(time_us, step_us) == later


def test_scales_are_those_of_the_data_sheets():
    full = wire.pack_ranges(4, 250)
    st_part = wire.pack_ranges(2, 250, wire.SCALE_ST)
    assert wire.accel_g_per_lsb(full) == 1 / 8192
    assert wire.gyro_dps_per_lsb(full) == pytest.approx(1 / 131, rel=1e-3)
    assert wire.accel_g_per_lsb(st_part) == pytest.approx(0.061e-3)
    assert wire.gyro_dps_per_lsb(st_part) == pytest.approx(8.75e-3)
    assert wire.gyro_dps_per_lsb(wire.pack_ranges(2)) == 0


def test_numpy_counts_pass_through():
    counts = np.arange(-6, 6, dtype="<i2").reshape(4, 3)
    message = wire.Stream(1, 0, 0, 5200, wire.pack_ranges(4), counts.tobytes())
    assert np.array_equal(np.frombuffer(message.data, "<i2").reshape(message.count, message.axes), counts)
    assert [list(sample) for sample in message.samples()] == counts.tolist()

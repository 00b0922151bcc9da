"""Properties of the framing: whole frames come out, whatever the cuts and the noise."""

from __future__ import annotations

import itertools

import pytest
import repband_wire as wire
from hypothesis import given
from hypothesis import strategies as st
from repband_wire.framing import MAX_ENCODED, MAX_FRAME

# A message always begins with a head byte, which has its top bit set.
message_bytes = st.builds(
    lambda first, rest: bytes((first,)) + rest, st.integers(0x80, 0xFF), st.binary(max_size=wire.MAX_MESSAGE - 1)
)
noise = st.binary(max_size=60) | st.sampled_from((b"", b"\x03", b"\x00", b"RepBand ready\r\n", b"\xaa" * 400))


def cut(data: bytes, cuts: list[int]) -> list[bytes]:
    points = sorted({min(point, len(data)) for point in cuts} | {0, len(data)})
    return [data[start:end] for start, end in itertools.pairwise(points)]


@given(st.binary(max_size=600))
def test_cobs_is_exact_and_has_no_zero(data: bytes):
    encoded = wire.cobs_encode(data)
    assert 0 not in encoded
    assert len(encoded) <= len(data) + len(data) // 254 + 1
    assert wire.cobs_decode(encoded) == data


@given(st.binary(max_size=300))
def test_any_bytes_unstuff_or_give_a_wire_error(data: bytes):
    for action in (wire.cobs_decode, wire.decode_frame):
        try:
            action(data)
        except wire.WireError as error:
            assert error.code in ("cobs", "short", "crc")


@given(st.lists(message_bytes, max_size=5), st.lists(st.integers(0, 1500), max_size=30))
def test_any_split_gives_the_same_frames(messages: list[bytes], cuts: list[int]):
    data = b"".join(wire.encode_frame(message) for message in messages)
    deframer = wire.Deframer()
    assert [found for part in cut(data, cuts) for found in deframer.feed(part)] == messages
    assert deframer.bad_frames == 0


@given(st.binary(max_size=700), st.lists(st.integers(0, 700), max_size=20))
def test_any_split_of_any_bytes_gives_the_same(data: bytes, cuts: list[int]):
    whole, parts = wire.Deframer(), wire.Deframer()
    assert whole.feed(data) == [found for part in cut(data, cuts) for found in parts.feed(part)]
    assert (whole.bad_frames, whole.lines) == (parts.bad_frames, parts.lines)


@given(st.lists(st.tuples(noise, message_bytes), max_size=5))
def test_noise_between_frames_costs_no_frame(pairs: list[tuple[bytes, bytes]]):
    deframer = wire.Deframer()
    found = deframer.feed(b"".join(rubbish + wire.encode_frame(message) for rubbish, message in pairs))
    wanted = [message for _, message in pairs]
    assert [message for message in found if message in wanted] == wanted


@given(message_bytes, message_bytes, st.integers(0, MAX_FRAME), st.integers(1, 255))
def test_a_damaged_frame_is_dropped_and_the_next_one_comes(first: bytes, second: bytes, at: int, change: int):
    frame = bytearray(wire.encode_frame(first))
    at %= len(frame)
    frame[at] ^= change
    found = wire.Deframer().feed(bytes(frame) + wire.encode_frame(second))
    assert found[-1] == second
    assert len(found) <= 2


@given(message_bytes)
def test_frames_are_bounded_and_never_look_like_text(message: bytes):
    frame = wire.encode_frame(message)
    assert len(frame) <= MAX_FRAME
    assert frame[2] >= 0x80 or frame[1] == 1


@given(st.lists(st.binary(min_size=1, max_size=400), max_size=10))
def test_the_deframer_holds_no_more_than_a_frame(parts: list[bytes]):
    deframer = wire.Deframer()
    for part in parts:
        deframer.feed(part)
        assert len(deframer._held) <= MAX_ENCODED  # pyright: ignore[reportPrivateUsage]
        assert len(deframer.lines) <= wire.Deframer.MAX_LINES


def test_lines_come_without_a_frame_after_them():
    deframer = wire.Deframer()
    assert deframer.feed(wire.encode_frame(b"\x95abc") + b"config.json: no\r\nhel") == [b"\x95abc"]
    assert deframer.take_lines() == [b"config.json: no"]
    deframer.feed(b"p\n")
    assert deframer.take_lines() == [b"help"]
    assert deframer.take_lines() == []


def test_what_is_too_long_is_counted_once_and_what_follows_is_found():
    deframer = wire.Deframer()
    message = b"\x91" + bytes(range(200))
    assert deframer.feed(b"\xaa" * 5000 + wire.encode_frame(message)) == [message]
    assert deframer.bad_frames == 1


def test_empty_and_too_long_messages_are_not_framed():
    for data, code in ((b"", "empty"), (bytes(245), "long")):
        with pytest.raises(wire.WireError) as caught:
            wire.encode_frame(data)
        assert caught.value.code == code

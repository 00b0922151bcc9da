"""Damaged bytes and messages into a link: nothing raises, nothing hangs, no sample appears that was not sent.

Over serial every frame has a checksum, so anything may happen to its bytes. Over Bluetooth a notification comes whole
and unharmed (the link layer checks it, 24 bits of CRC) or not at all, but stacks cut, repeat and hold back: that is
what happens to the stream there. A message of the stream that is well formed, of the running session and still untrue
can't be told from a true one by anybody. What else is notified (replies, device information) may be anything.

A long run of both: python tests/link/test_link_fuzz.py 500000
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "doubles"))

import pytest
import repband_wire as wire
from hypothesis import given, settings
from hypothesis import strategies as st
from repband.errors import SourceError
from repband.link import Link
from sensor_double import SensorDouble

ALIVE_S = 60.0  # the link gives up an unanswered handshake after 8 s, and asks a silent device anew after 6
STREAM_KINDS = (wire.Stream, wire.Short, wire.Gap, wire.Format)
NO_STREAM = [kind for kind in range(16) if kind not in (one.KIND for one in STREAM_KINDS)]


def bent(data: bytes, other: bytes, dice: random.Random) -> bytes:
    """Bytes after what a bad cable, a reset or a stranger does to them."""
    bytes_, at = bytearray(data), dice.randrange(len(data))
    how = dice.randrange(5)
    if how == 0:
        bytes_[at] ^= 1 << dice.randrange(8)
    elif how == 1:
        bytes_[at:at] = dice.randbytes(dice.randrange(1, 12))
    elif how == 2:
        del bytes_[at : at + dice.randrange(1, 12)]
    elif how == 3:
        bytes_ = bytes_[:at] + other[dice.randrange(len(other)) :]
    else:
        bytes_ = bytearray(dice.randbytes(dice.randrange(1, 400)))
    return bytes(bytes_)


def nonsense(dice: random.Random) -> bytes:
    """A message of a kind that is not the stream's."""
    return bytes([0x10 * dice.randrange(16) | dice.choice(NO_STREAM)]) + dice.randbytes(dice.randrange(40))


def over_serial(messages: list[bytes], dice: random.Random, deframer: wire.Deframer) -> list[bytes]:
    """What comes out of the deframer when each message is sent once unharmed and many times damaged."""
    came: list[bytes] = []
    before = wire.encode_frame(wire.Ack(1, 1).encode())
    for message in messages:
        frame = wire.encode_frame(message)
        copies = [bent(frame, before, dice) for _ in range(14)]
        copies += [wire.encode_frame(nonsense(dice)) for _ in range(3)]  # a right checksum: only the codec stands here
        if isinstance(wire.decode(message), wire.Reply | wire.Info):
            bodies = [without_stream(bent(message, message, dice), message) or message for _ in range(12)]
            copies += [wire.encode_frame(body[: wire.MAX_MESSAGE]) for body in bodies]
        dice.shuffle(copies)
        for copy in [*copies, frame]:
            came += deframer.feed(copy)
        before = frame
    return came


def over_the_air(messages: list[bytes], dice: random.Random, old: list[bytes]) -> list[bytes]:
    """Notifications: of the stream cut, repeated, late or swapped; the rest bent in any way, or pure nonsense."""
    came: list[bytes] = []
    for message in messages:
        if isinstance(wire.decode(message), STREAM_KINDS):
            came += [message, dice.choice(old or [message])]
            came += [message[: dice.randrange(len(message))] for _ in range(9)]
        else:
            came += [without_stream(bent(message, message, dice), message) for _ in range(10)]
            came.append(message)
        came += [nonsense(dice) for _ in range(9)]
    dice.shuffle(came)
    old += messages
    del old[:-50]
    return came


def without_stream(data: bytes, otherwise: bytes) -> bytes:
    """The bytes, unless they happen to be a message of the stream."""
    return otherwise if data and data[0] & 0x0F not in NO_STREAM else data


class Fuzzed:
    """A sensor and a link with a noisy way between them.

    Args:
        way: what becomes of the sensor's messages.
        payload: bytes a message; 20 sends short ones.
    """

    def __init__(self, way: Callable[[list[bytes]], list[bytes]], payload: int = 244) -> None:
        self._way = way
        self._sensor, self._payload = SensorDouble(window=None, payload=payload), payload
        self._now_s, self._decoder = 0.0, wire.Decoder()
        self.counts = {"messages": 0, "samples": 0, "refused": 0, "reopened": 0}
        self.begin()

    def turn(self, *, noisy: bool) -> None:
        """A tenth of a second."""
        self._now_s += 0.1
        try:
            answers = [one for told in self._link.take_sends() for one in self._sensor.receive(told, self._now_s)]
            messages = answers + self._sensor.tick(self._now_s)
            for message in self._way(messages) if noisy else messages:
                self.counts["messages"] += 1
                self._link.received(message, self._now_s)
            self._link.tick(self._now_s)
        except SourceError:  # it believed a refusal, a fault or a version: a person is told
            self.counts["refused"] += 1
            self.begin()
        self._check()
        if self._link.dead is not None:
            self._reopen()

    def check_alive(self) -> None:
        """With the noise gone the samples come again."""
        until_s, before = self._now_s + ALIVE_S, self.counts["samples"]
        while self.counts["samples"] < before + 20:
            assert self._now_s < until_s, self._link.state
            self.turn(noisy=False)

    def begin(self) -> None:
        """Another session, from the handshake on."""
        self._link = Link()
        self._sensor.disconnected()
        self._link.connect(self._now_s)
        self._link.opened(self._now_s)

    def _reopen(self) -> None:
        self.counts["reopened"] += 1
        self._sensor.disconnected()
        self._link.lost(self._now_s, "dead")
        self._link.opened(self._now_s)

    def _check(self) -> None:
        for frame in self._link.take_frames():
            try:
                message = self._decoder.decode(frame.data)
            except wire.WireError:
                continue  # a short message whose format was lost
            if isinstance(message, wire.Stream):
                assert message.session & 0xFF == self._sensor.session & 0xFF
                for offset, values in enumerate(message.samples()):
                    assert values == self._sensor.sample(message.index + offset), message
                    assert message.index + offset < self._sensor.head(self._now_s)
                    self.counts["samples"] += 1


def fuzz(kind: str, messages: int, seed: int = 1) -> dict[str, int]:
    """So many damaged messages or frames. Raises AssertionError when a sample was invented or the link hangs."""
    dice, deframer, old = random.Random(seed), wire.Deframer(), list[bytes]()
    frames = 0

    def way(sent: list[bytes]) -> list[bytes]:
        nonlocal frames
        if kind == "serial":
            frames += 18 * len(sent)
            return over_serial(sent, dice, deframer)
        came = over_the_air(sent, dice, old)
        frames += len(came)
        return came

    fuzzed = Fuzzed(way, 244)
    while frames < messages:
        for _ in range(100):
            fuzzed.turn(noisy=True)
        fuzzed.check_alive()
        if dice.random() < 0.5:
            fuzzed.begin()  # the next noise meets a handshake
    return {"frames": frames, "bad_frames": deframer.bad_frames, **fuzzed.counts}


@pytest.mark.parametrize("kind", ["serial", "air"])
def test_nothing_raises_or_hangs_and_no_sample_is_invented(kind):
    counts = fuzz(kind, 40000)
    assert counts["samples"] > 1000
    assert counts["refused"] > 0  # replies were bent enough to be believed


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=250), max_size=20))
def test_arbitrary_bytes_to_a_link_at_any_time(pieces: list[bytes]):
    """Nothing but an error for a person comes of it, and a link that still stands goes on."""
    fuzzed = Fuzzed(lambda sent: [*(without_stream(one, b"\xff") for one in pieces), *sent])
    fuzzed.turn(noisy=True)
    fuzzed.check_alive()
    fuzzed.turn(noisy=True)
    fuzzed.check_alive()


if __name__ == "__main__":
    for way in ("serial", "air"):
        began_s = time.monotonic()
        print(way, fuzz(way, int(sys.argv[1])), f"{time.monotonic() - began_s:.0f} s")

"""Damaged serial bytes into a streaming link: nothing raises, nothing hangs, no sample appears that was not sent.

A long run: python tests/link/test_link_fuzz.py 1000000
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "doubles"))

import repband_wire as wire
from repband.link import Link, LinkState
from sensor_double import SensorDouble


def damaged(frame: bytes, other: bytes, dice: random.Random) -> bytes:
    """The frame after what a bad cable, a reset or a stranger does to it."""
    data = bytearray(frame)
    how = dice.randrange(8)
    at = dice.randrange(len(data))
    if how == 0:
        data[at] ^= 1 << dice.randrange(8)
    elif how == 1:
        data[at:at] = dice.randbytes(dice.randrange(1, 12))
    elif how == 2:
        del data[at : at + dice.randrange(1, 12)]
    elif how == 3:
        data = data[:at] + bytearray(other[dice.randrange(len(other)) :])
    elif how == 4:
        data = bytearray(dice.randbytes(dice.randrange(1, 400)))
    elif how == 5:
        # A whole frame with a right checksum around nonsense: only the codec stands against it.
        kind = dice.choice((0, 6, 10, 11, 12, 13, 14, 15))
        data = bytearray(wire.encode_frame(bytes([0x90 | kind]) + dice.randbytes(dice.randrange(0, 40))))
    elif how == 6:
        data = bytearray(wire.encode_frame(wire.Reply(dice.randrange(256), 200, 0, dice.randbytes(4)).encode()))
    return bytes(data)  # how == 7: unharmed


def fuzz(frames: int, seed: int = 1) -> dict[str, int]:
    """Sends so many damaged frames; gives what became of them. Raises AssertionError when a sample was invented."""
    dice, sensor, link = random.Random(seed), SensorDouble(window=None), Link()
    now_s, deframer = 0.0, wire.Deframer()
    link.connect(now_s)
    link.opened(now_s)
    while link.state is not LinkState.STREAMING:
        now_s += 0.02
        for message in link.take_sends():
            for answer in sensor.receive(message, now_s):
                link.received(answer, now_s)
        link.tick(now_s)
    sent: dict[bytes, None] = {}  # in order
    counts = {"frames": 0, "delivered": 0, "bad": 0}
    before = wire.encode_frame(wire.Ack(1, 1).encode())
    while counts["frames"] < frames:
        now_s += 0.1
        link.take_sends()
        for message in sensor.tick(now_s):
            sent[message] = None
            frame = wire.encode_frame(message)
            for copy in [damaged(frame, before, dice) for _ in range(20)]:
                counts["frames"] += 1
                for found in deframer.feed(copy):
                    link.received(found, now_s)
            before = frame
        link.tick(now_s)
        link.dead = None
        for delivered in link.take_frames():
            assert delivered.data in sent, delivered
            counts["delivered"] += 1
        if len(sent) > 2000:
            sent = dict.fromkeys(list(sent)[-100:])
    counts["bad"] = deframer.bad_frames + link.stats.bad_messages
    return counts


def test_nothing_raises_and_no_sample_is_invented():
    counts = fuzz(6000)
    assert counts["delivered"] > 100
    assert counts["bad"] > 2000


if __name__ == "__main__":
    began_s = time.monotonic()
    print(fuzz(int(sys.argv[1])), f"{time.monotonic() - began_s:.0f} s")

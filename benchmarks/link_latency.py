"""How late a rep is known over the air, in which parts, and how much the link carries.

    python benchmarks/link_latency.py [--reps 12] [--repeats 3] [--intervals 7.5 30 100] [--only latency|throughput]

Latency: the firmware's own main.py in a MicroPython process, in real time, its radio a virtual Bluetooth controller
whose connection events the stand-in paces; the host's own link, stream and counter. From the sample by which a rep is
decided: until the last sample of its message was taken (batch), until that message is here (radio: the board's turn,
the connection interval, the air), until the counter has said so (host). Before that, from the rep's half-height and
its return to the deciding sample (counter). The board's clock is the machine's, so these times need no fit.

Throughput: a sensor written from the spec that sends as fast as it is let; messages a second that reach the counter by
way of the host's link, and those that a bare bleak client is given beside it, in turns.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import repband_wire as wire
from repband.driver.session import Session
from repband.exercise import load_exercise
from repband.link.bletransport import BleTransport
from repband.link.radio import Radio
from repband.link.source import LinkSource
from repband.reps import RepCounted, RepMeasured
from repband.simulate import SetPlan, Tempo, simulate_set
from repband.stream import SampleBlock
from repband.workout import Target, routine_of
from repband_wire import control, gatt

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "doubles"))

from bleak import BleakClient
from bleak.backends.device import BLEDevice
from bumble_air import Air
from bumble_double import Board
from bumble_firmware import FirmwareBoard
from pty_board import RATE_HZ, counts_of
from repband.driver.base import Command
from sensor_double import SensorDouble

WAYS = ("a bare client", "the link", "link, stream and counter")
_SPEED = 4000.0  # times real time: far more than any link carries
_WINDOW = 76_000  # samples on their way, two thousand messages: what is sent is bounded by what is taken
_ACK_EVERY = 200  # messages
_THROUGHPUT_S = 4.0


@dataclass
class Parts:
    """One rep's way, in s."""

    since_half_height: float
    since_return: float
    batch: float
    radio: float
    host: float

    @property
    def on_the_way(self) -> float:
        """From the deciding sample to the event."""
        return self.batch + self.radio + self.host


class Hasty(Board):
    """A sensor that lives so fast that it always has something to send."""

    @property
    def now_s(self) -> float:
        """Its own idea of time."""
        return super().now_s * _SPEED


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reps", type=int, default=12)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--intervals", type=float, nargs="+", default=[7.5, 30.0, 100.0])
    parser.add_argument("--only", choices=["latency", "throughput"])
    wanted = parser.parse_args()
    for noisy in ("bumble", "asyncio"):  # of connections that end in the middle of something
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    if wanted.only != "throughput":
        print(f"latency in ms, median / 95 %, of {wanted.repeats} sets of {wanted.reps} bridges each")
        for interval_ms in wanted.intervals:
            parts = [one for seed in range(wanted.repeats) for one in a_set(interval_ms, wanted.reps, seed)]
            print(f"interval {interval_ms:g} ms, {len(parts)} reps:")
            for name, values in columns(parts):
                print(f"  {name:<18} {1e3 * statistics.median(values):7.0f} / {1e3 * np.quantile(values, 0.95):.0f}")
    if wanted.only != "latency":
        turns = [[carried(way) for way in WAYS] for _ in range(wanted.repeats)]
        bare, *ours = (statistics.median(side) for side in zip(*turns, strict=True))
        print(f"messages of 243 bytes a second, medians of {wanted.repeats}: {bare:.0f} to a bare bleak client,")
        for way, rate in zip(WAYS[1:], ours, strict=True):
            print(f"  {rate:.0f} through {way}: {rate / bare:.2f} times")


def columns(parts: Sequence[Parts]) -> list[tuple[str, list[float]]]:
    """Names and values of what is printed."""
    names = [field.name for field in fields(Parts)] + ["on_the_way"]
    return [(name.replace("_", " "), [getattr(one, name) for one in parts]) for name in names]


def a_set(interval_ms: float, reps: int, seed: int) -> list[Parts]:
    """One set over the air, in real time."""
    tempo = Tempo(1.2, 0.6, 1.2, 0.9)
    plan = SetPlan("bridge", reps, tempo_s=tempo, lead_s=4.0, tail_s=12.0, rate_hz=RATE_HZ, gyro=False)
    counts = counts_of(simulate_set(plan, seed).accel_g)
    with tempfile.TemporaryDirectory() as folder:
        born = Path(folder) / "born"
        config: dict[str, object] = {"rate_hz": RATE_HZ}
        environment = {"REPBAND_SIM_BORN": str(born)}
        board = FirmwareBoard(Path(folder) / "board", counts, speed=1.0, config=config, environment=environment)
        air = Air([board], interval_ms=interval_ms)
        radio = Radio(air.client, air.scanner)
        try:
            radio.run(air.start(), 60)
            return followed(radio, board, reps, int(born.read_text()) * 1e-6)
        finally:
            radio.run(board.close(), 60)
            radio.close()


def followed(radio: Radio, board: FirmwareBoard, reps: int, born_s: float) -> list[Parts]:
    """Counts the set, and notes when each thing has happened on the machine's clock."""
    source = LinkSource(BleTransport("", radio), clock=time.monotonic)
    began_s = time.monotonic()
    session = Session(routine_of(load_exercise("bridge"), Target()))
    session.feed(Command("start", 0, {}))
    decided: dict[int, tuple[float, Parts]] = {}
    done: list[Parts] = []
    for frame in source:
        board.move()
        outcome = session.feed(frame)
        now_s = time.monotonic()
        message = wire.decode(frame.data)
        blocks = [item for item in outcome.items if isinstance(item, SampleBlock)]
        for event in outcome.events:
            if isinstance(event, RepCounted) and isinstance(message, wire.Stream) and blocks:
                taken_s = born_s + message.time_us * 1e-6 + (message.count - 1) * 100 / message.rate_chz
                arrived_s = began_s + frame.arrival_s
                batch_s = float(blocks[-1].t_s[-1]) - event.announced_s
                parts = Parts(0.0, 0.0, batch_s, arrived_s - taken_s, now_s - arrived_s)
                decided[event.number] = (event.announced_s, parts)
            elif isinstance(event, RepMeasured) and event.rep.number in decided:
                announced_s, parts = decided[event.rep.number]
                parts.since_half_height = announced_s - event.rep.half_down_s
                parts.since_return = announced_s - event.rep.end_s
                done.append(parts)
        if len(done) == reps:
            source.close()
    return done


def carried(way: str) -> float:
    """Messages a second, one of WAYS."""
    sensor = SensorDouble(window=_WINDOW, keep=10**9)
    board = Hasty(sensor, mtu=247)
    air = Air([board])
    radio = Radio(air.client, air.scanner)
    try:
        radio.run(air.start(), 60)
        bare = way == WAYS[0]
        return radio.run(to_a_bare_client(air, board), 60) if bare else through_the_host(radio, counts=way == WAYS[2])
    finally:
        radio.close()


def through_the_host(radio: Radio, *, counts: bool) -> float:
    """The link, and stream and counter behind it."""
    source = LinkSource(BleTransport("", radio))
    session = Session(routine_of(load_exercise("bridge"), Target()))
    session.feed(Command("start", 0, {}))
    count, began_s = 0, 0.0
    for frame in source:
        if counts:
            session.feed(frame)
        count += 1
        began_s = began_s or time.monotonic()
        if time.monotonic() - began_s > _THROUGHPUT_S:
            break
    source.close()
    return count / (time.monotonic() - began_s)


async def to_a_bare_client(air: Air, board: Board) -> float:
    """Only the notifications."""
    count = 0
    acks: set[asyncio.Task[None]] = set()

    def told(_: object, data: bytearray) -> None:
        nonlocal count
        count += 1
        if count % _ACK_EVERY == 0:
            message = wire.decode(bytes(data))
            assert isinstance(message, wire.Stream)
            ack = wire.Ack(message.session, message.index + message.count).encode()
            task = asyncio.create_task(client.write_gatt_char(gatt.CONTROL, ack, response=False))
            acks.add(task)
            task.add_done_callback(acks.discard)

    client = BleakClient(BLEDevice(board.address, None, board), backend=air.client)
    await client.connect()
    await client.start_notify(gatt.STREAM, told)
    await client.start_notify(gatt.CONTROL, lambda *_: None)
    start = wire.make_control(1, control.START, 1, 0, (1 << 32) - 1).encode()
    await client.write_gatt_char(gatt.CONTROL, start, response=True)
    began_s = time.monotonic()
    await asyncio.sleep(_THROUGHPUT_S)
    rate = count / (time.monotonic() - began_s)
    await asyncio.gather(*acks, return_exceptions=True)
    await client.disconnect()
    return rate


if __name__ == "__main__":
    main()

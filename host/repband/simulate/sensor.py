"""A virtual sensor: the simulated samples as real wire packets, over a link with faults of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from repband_wire import MIN_PAYLOAD, TIME_WRAP_US, Format, Short, Stream, WireError, pack_ranges, samples_per_packet

from repband.errors import UsageError
from repband.simulate.dice import Dice
from repband.simulate.plan import SetPlan, SimulatedRecording, TrueRep
from repband.simulate.recording import simulate_set
from repband.source import Frame

_FULL_PACKET_BYTES = 21  # the smallest full stream packet; a link that carries less gets short packets
_FORMAT_EVERY_S = 5.0  # with short packets (protocols/wire)


@dataclass(frozen=True, slots=True)
class LinkModel:
    """What the way from sensor to host does to packets.

    Attributes:
        loss: share of packets that never come.
        loss_burst: how many packets go missing together, on average.
        delay_s: time every packet takes.
        jitter_s: mean of a further, exponential delay; packets stay in order.
        bunch_s: packets are handed over at multiples of this time only, as a busy radio stack does; 0 at once.
        duplicates: share of packets that come twice.
        reorders: share of packets that are overtaken by the one behind them.
        restart_at_s: the device restarts at this recording time, or None.
        restart_takes_s: how long it is away.
        payload: bytes a message may have; below 21 the device sends short packets.
        packet_s: time from one packet to the next.
    """

    loss: float = 0.0
    loss_burst: float = 1.0
    delay_s: float = 0.02
    jitter_s: float = 0.005
    bunch_s: float = 0.0
    duplicates: float = 0.0
    reorders: float = 0.0
    restart_at_s: float | None = None
    restart_takes_s: float = 1.2
    payload: int = 244
    packet_s: float = 0.1


@dataclass(frozen=True, slots=True)
class _Packet:
    """One message on its way: sent at true time `sent_s`; `first` and `count` are samples of the recording."""

    data: bytes
    sent_s: float
    first: int
    count: int


class VirtualSensor:
    """A source of wire packets that knows the truth.

    The same plan, seed and link give the same packets with the same arrival times, at any pace.

    Args:
        plan: a set to simulate, or one already simulated.
        seed: seeds the set (where a plan is given) and the link.
        link: the faults of the link.
        speed: 1.0 sleeps so that packets come when a real sensor's would, 2.0 twice as fast; None never sleeps.

    Raises:
        UsageError: a rate, range, payload or speed that no wire packet or clock can carry.
    """

    def __init__(
        self,
        plan: SetPlan | SimulatedRecording,
        seed: int = 0,
        *,
        link: LinkModel | None = None,
        speed: float | None = None,
    ) -> None:
        if speed is not None and not speed > 0:
            raise UsageError(f"a speed of {speed:g} never arrives", cure="give a speed above 0")
        self.recording = simulate_set(plan, seed) if isinstance(plan, SetPlan) else plan
        self.link = link or LinkModel()
        self.seed = seed
        self.speed = speed
        self._packer = _Packer(self.recording, self.link, Dice.of(seed, "device"))
        self._closed = threading.Event()

    @property
    def name(self) -> str:
        """What a person would call it."""
        return f"virtual sensor ({self.recording.plan.exercise})"

    @property
    def truth(self) -> tuple[TrueRep, ...]:
        """Every true rep and partial, timed from the first sample sent."""
        return self.recording.truth

    def __iter__(self) -> Iterator[Frame]:
        begun = time.monotonic()
        for frame in self.frames():
            if self.speed is not None and not self._closed.is_set():
                self._closed.wait(max(0.0, begun + frame.arrival_s / self.speed - time.monotonic()))
            if self._closed.is_set():
                return
            yield frame

    def frames(self) -> list[Frame]:
        """All packets that will come, in order of arrival, without waiting."""
        packets, _ = self._carried()
        return [Frame(packet.data, arrival_s) for arrival_s, packet in packets]

    def lost(self) -> list[tuple[int, int]]:
        """What the link lost: index in the recording and number of the samples of each packet that never came."""
        _, lost = self._carried()
        return [(packet.first, packet.count) for packet in lost]

    def close(self) -> None:
        """Ends iterating, from any thread."""
        self._closed.set()

    def _carried(self) -> tuple[list[tuple[float, _Packet]], list[_Packet]]:
        """Packets with their arrival times, in that order, and those that were lost."""
        dice = Dice.of(self.seed, "link")
        came: list[tuple[float, _Packet]] = []
        lost: list[_Packet] = []
        last_s = 0.0
        losing = 0
        for packet in self._packer.packets():
            losing = max(losing - 1, 0) or _burst(self.link, dice)
            if losing and packet.count:  # what has no samples is sent until it comes
                lost.append(packet)
                continue
            last_s = max(last_s, _arrival_s(packet.sent_s, self.link, dice))
            came.append((last_s, packet))
            if dice.chance(self.link.duplicates):
                came.append((last_s + dice.between(0.0, 0.3), packet))
            if dice.chance(self.link.reorders) and len(came) > 1 and came[-2][1].count:
                came[-2:] = [(came[-2][0], came[-1][1]), (came[-1][0], came[-2][1])]
        return sorted(came, key=lambda pair: pair[0]), lost


def _burst(link: LinkModel, dice: Dice) -> int:
    """How many packets go missing from here on; on average `loss` of all do."""
    if link.loss <= 0.0:
        return 0
    begins = link.loss / (link.loss_burst * (1.0 - link.loss) + link.loss)
    if not dice.chance(begins):
        return 0
    length = 1
    while dice.chance(1.0 - 1.0 / link.loss_burst):
        length += 1
    return length


def _arrival_s(sent_s: float, link: LinkModel, dice: Dice) -> float:
    late = sent_s + link.delay_s - link.jitter_s * float(np.log1p(-dice.between(0.0, 1.0)))
    if link.bunch_s > 0.0:
        late = float(np.ceil(late / link.bunch_s)) * link.bunch_s
    return late


class _Packer:
    """The device: numbers the samples, stamps them with its own clock and packs them."""

    def __init__(self, recording: SimulatedRecording, link: LinkModel, dice: Dice) -> None:
        plan = recording.plan
        self.link = link
        self.rate_hz = recording.rate_hz
        self.true_per_device_s = 1.0 / (1.0 + plan.sensor.clock_ppm * 1e-6)
        self.session = dice.whole(1, 0xFFFF)
        self.boot_us = dice.whole(2_000_000, TIME_WRAP_US - 1)
        gyro = recording.gyro_counts
        self.ranges = _ranges(plan, gyro is not None)
        columns = recording.accel_counts if gyro is None else np.concatenate((recording.accel_counts, gyro), axis=1)
        self.counts: npt.NDArray[np.int16] = np.ascontiguousarray(columns, dtype="<i2")
        self.rate_chz = _rate_chz(self.rate_hz)
        if link.payload < MIN_PAYLOAD:
            raise UsageError(f"no link carries only {link.payload} bytes", cure=f"give {MIN_PAYLOAD} or more")

    def packets(self) -> Iterator[_Packet]:
        """Every packet the device sends, in the order in which it sends them."""
        n = len(self.counts)
        if self.link.restart_at_s is None:
            yield from self._run(0, n, self.session, self.boot_us)
            return
        stop = min(n, round(self.link.restart_at_s * self.rate_hz))
        again = min(n, round((self.link.restart_at_s + self.link.restart_takes_s) * self.rate_hz))
        yield from self._run(0, stop, self.session, self.boot_us)
        yield from self._run(again, n, (self.session * 31 + 7) & 0xFFFF, 400_000)  # 0.4 s after the boot

    def _run(self, first: int, end: int, session: int, begin_us: int) -> Iterator[_Packet]:
        """One uninterrupted numbering of samples."""
        size = self._samples_a_packet()
        said_s = -_FORMAT_EVERY_S
        for at in range(first, end, size):
            count = min(size, end - at)
            index = at - first
            time_us = (begin_us + round(index * 1e6 / self.rate_hz)) % TIME_WRAP_US
            sent_s = (at + count) / self.rate_hz * self.true_per_device_s
            if at == first or (self._short and sent_s - said_s >= _FORMAT_EVERY_S):
                said_s = sent_s
                data = Format(session, index, time_us, self.rate_chz, self.ranges).encode()
                yield _Packet(data, sent_s, at, 0)
            yield _Packet(self._packed(session, index, time_us, at, count), sent_s, at, count)

    @property
    def _short(self) -> bool:
        return self.link.payload < _FULL_PACKET_BYTES + (6 if self.counts.shape[1] == 6 else 0)

    def _samples_a_packet(self) -> int:
        if self._short:
            return samples_per_packet(MIN_PAYLOAD, self.ranges)
        fits = samples_per_packet(self.link.payload, self.ranges)
        return max(1, min(fits, round(self.link.packet_s * self.rate_hz)))

    def _packed(self, session: int, index: int, time_us: int, at: int, count: int) -> bytes:
        data = self.counts[at : at + count].tobytes()
        if self._short:
            return Short(session & 0xFF, index & 0xFFFF, time_us, data).encode()
        return Stream(session, index, time_us, self.rate_chz, self.ranges, data).encode()


def _ranges(plan: SetPlan, gyro: bool) -> int:
    try:
        return pack_ranges(plan.sensor.accel_range_g, plan.sensor.gyro_range_dps if gyro else 0)
    except WireError as error:
        raise UsageError(f"no wire packet carries this range: {error}") from error


def _rate_chz(rate_hz: float) -> int:
    if not 5.0 <= rate_hz <= 500.0:
        raise UsageError(f"a wire packet can't say a rate of {rate_hz:g} Hz", cure="give one from 5 to 500 Hz")
    return round(rate_hz * 100.0)

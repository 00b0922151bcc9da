"""A link and a sensor joined by a wire of this test's making, in simulated time."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable

import numpy as np
import repband_wire as wire
from repband.link import Change, Link, LinkState
from repband.stream import Gap, SampleBlock, Stream
from sensor_double import SensorDouble, sample

TICK_S = 0.02
Delay = Callable[[], float]


class World:
    """Carries messages both ways, in order, with a delay; cuts and drops on demand."""

    def __init__(
        self,
        sensor: SensorDouble,
        *,
        key: bytes | None = None,
        delay: Delay = lambda: 0.01,
        loses: Callable[[bytes], bool] = lambda _: False,
    ) -> None:
        self.now_s = 100.0
        self.sensor = sensor
        self.changes: list[Change] = []
        self.link = Link(key=key, on_change=self.changes.append)
        self.stream = Stream()
        self.items: list[SampleBlock | Gap] = []
        self.up = False
        self.loses = loses
        self._delay = delay
        self._order = itertools.count()
        self._air: list[tuple[float, int, bool, bytes]] = []
        self._latest = {True: 0.0, False: 0.0}
        self._send_s = 0.0

    def connect(self) -> None:
        if self.link.state is LinkState.CLOSED:
            self.link.connect(self.now_s)
        self.up = True
        self.link.opened(self.now_s)
        self._carry()

    def cut(self, why: str = "cut") -> None:
        self.up = False
        self._air.clear()
        self.sensor.disconnected()
        self.link.lost(self.now_s, why)

    def run(self, seconds: float) -> None:
        end_s = self.now_s + seconds
        while self.now_s < end_s:
            self.now_s += TICK_S
            self._step()

    def until(self, done: Callable[[], bool], most_s: float = 30.0) -> None:
        end_s = self.now_s + most_s
        while not done():
            assert self.now_s < end_s, f"not within {most_s} s; {self.link.stats}"
            self.now_s += TICK_S
            self._step()

    def _step(self) -> None:
        if self.up and self.now_s - self._send_s >= 0.1:
            self._send_s = self.now_s
            for message in self.sensor.tick(self.now_s):
                self._launch(message, to_host=True)
        while self._air and self._air[0][0] <= self.now_s:
            at_s, _, to_host, message = heapq.heappop(self._air)
            if to_host:
                self.link.received(message, at_s)
            else:
                for answer in self.sensor.receive(message, at_s):
                    self._launch(answer, to_host=True, at_s=at_s)
            self._carry(at_s)
        self.link.tick(self.now_s)
        self._carry()

    def _carry(self, at_s: float | None = None) -> None:
        for message in self.link.take_sends():
            if self.up:
                self._launch(message, to_host=False, at_s=at_s)
        for frame in self.link.take_frames():
            self.items += self.stream.feed(frame)

    def _launch(self, message: bytes, *, to_host: bool, at_s: float | None = None) -> None:
        if to_host and self.loses(message):
            return
        arrives_s = max((self.now_s if at_s is None else at_s) + self._delay(), self._latest[to_host])
        self._latest[to_host] = arrives_s
        heapq.heappush(self._air, (arrives_s, next(self._order), to_host, message))

    @property
    def states(self) -> list[LinkState]:
        return [change.after for change in self.changes]

    @property
    def gaps(self) -> list[Gap]:
        return [item for item in self.items if isinstance(item, Gap)]

    def received(self) -> int:
        """How many samples came; checks that each is the true one, in order, at its place."""
        blocks = [item for item in self.items if isinstance(item, SampleBlock)]
        first = None
        for block in blocks:
            index = np.rint(block.accel_g[:, 0] * 32768 / 4).astype(int)
            first = (block.index - index[0]) % 4096 if first is None else first
            wanted = [sample(block.index + k - first)[0] for k in range(len(index))]
            assert list(index) == wanted
        return sum(len(block.t_s) for block in blocks)


def is_samples(message: bytes) -> bool:
    return wire.decode(message).KIND in (1, 2)

"""Sends one host its stream: new samples, what it asks for again, and notices of what is missing."""

from repband_wire.base import MIN_PAYLOAD
from repband_wire.events import GAP_GONE, Gap

from .link import Link
from .packer import Packer
from .sensor import Sensor

SEND_MS = 100  # a message at least every 150 ms while streaming, at most every 50
_FORMAT_TICKS = 50  # 5 s
_MOST_RESENDS = 4
_TICK_BYTES = 1024  # a tick may take 0.1 s of a 115200 baud line: sampling must not wait longer
_NO_LIMIT = 1 << 29


class Streamer:
    """The stream over one link.

    Attributes:
        streaming: whether new samples are sent.
        next_index: the next new sample to send.
        acknowledged: the host has every sample below this one.
    """

    def __init__(self, sensor: Sensor, link: Link) -> None:
        self._sensor = sensor
        self._link = link
        self._packer = Packer(sensor)
        self._resends = []  # type: list[tuple[int, int]]  # (next, end) of each range to be sent again
        self._session = -1
        self._ticks = 0
        self.streaming = False
        self.next_index = 0
        self.acknowledged = 0

    def start(self, session: int, index: int) -> int:
        """Samples are sent from `index` of `session` on, if it still runs, else from now on; returns the first."""
        if not self.streaming:
            head = self._sensor.ring.head
            self.next_index = min(index, head) if session == self._sensor.session else head
            self._session = self._sensor.session
            self._ticks = 0
        self.streaming = True
        return self.next_index

    def stop(self) -> None:
        """Sends what has been sampled until now, then nothing more."""
        if self.streaming:
            self.flush()
        self.streaming = False
        self._resends = []

    def resend(self, index: int, count: int) -> int:
        """Sends at most `count` samples from `index` on again; returns how many will come, -1 when too busy."""
        if len(self._resends) >= _MOST_RESENDS:
            return -1
        end = min(index + count, self.next_index if self.streaming else self._sensor.ring.head)
        if end <= index:
            return 0
        self._resends.append((index, end))
        return end - max(index, self._sensor.ring.first) if end > self._sensor.ring.first else 0

    def flush(self) -> None:
        """Sends all that has been sampled until now, however long it takes."""
        if self.streaming:
            self._sensor.drain()
            self._send_new(_NO_LIMIT)

    def tick(self) -> None:
        """Sends what is due, new samples and as much of old ones as the link can take; call every SEND_MS."""
        if self._session != self._sensor.session:
            self._begin_session()
        left = _TICK_BYTES
        if self.streaming:
            if self._ticks % _FORMAT_TICKS == 0:
                self._link.send(self._packer.format(self.next_index))
            self._ticks += 1
            left = self._send_new(left)
        while self._resends and left > 0:
            index, end = self._resends.pop(0)
            index, left = self._send_range(index, end, left)
            if index < end:
                self._resends.insert(0, (index, end))

    def _send_new(self, left: int) -> int:
        self.next_index, left = self._send_range(self.next_index, self._sensor.ring.head, left)
        return left

    def _begin_session(self) -> None:
        self._session = self._sensor.session
        self._resends = []
        self._ticks = 0
        self.next_index = 0
        self.acknowledged = 0

    def _send_range(self, index: int, end: int, left: int) -> "tuple[int, int]":
        """Sends samples and gaps of [index, end) while `left` bytes are; returns the next index and the bytes left."""
        index = self._send_gone(index, end)
        if self._link.payload <= MIN_PAYLOAD and index < end:
            self._link.send(self._packer.format(index))
        while index < end and left > 0:
            size = self._packer.pack(index, end, self._link.payload)
            self._link.send(self._packer.buffer[:size])
            index = self._packer.next
            left -= size
        return index, left

    def _send_gone(self, index: int, end: int) -> int:
        first = min(self._sensor.ring.first, end)
        if index < first:
            self._link.send(Gap(self._sensor.session, index, first - index, GAP_GONE).encode())
            return first
        return index

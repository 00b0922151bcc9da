"""Turns what the ring holds into messages for one link."""

from repband_wire.base import MAX_MESSAGE, MIN_PAYLOAD
from repband_wire.events import Gap
from repband_wire.stream import Format, encode_short_into, encode_stream_into, samples_per_packet

from .sensor import Sensor


class Packer:
    """Writes the message for a place in the stream into its own buffer, without allocating for samples.

    Attributes:
        buffer: the last message; pack() says how many bytes of it count.
        next: where the stream goes on after that message.
    """

    def __init__(self, sensor: Sensor) -> None:
        self.buffer = bytearray(MAX_MESSAGE)
        self.next = 0
        self._sensor = sensor
        self._views = {}  # type: dict[int, memoryview]

    def view(self, size: int) -> memoryview:
        """The first `size` bytes of the buffer. Made once for each size, of which a stream has few."""
        if size not in self._views:
            self._views[size] = memoryview(self.buffer)[:size]
        return self._views[size]

    def pack(self, index: int, end: int, payload: int) -> int:
        """The message that begins at `index`, before `end`, of at most `payload` bytes; returns its size, 0 if none."""
        sensor = self._sensor
        ring = sensor.ring
        self.next = index
        if index >= min(end, ring.head):
            return 0
        missing = min(ring.gap_missing(index), end - index)
        if missing:
            self.next = index + missing
            return self._keep(Gap(sensor.session, index, missing, ring.gap_cause(index)).encode())
        count = ring.run(index, min(samples_per_packet(payload, sensor.ranges), end - index))
        self.next = index + count
        return self._samples(index, count, payload)

    def format(self, index: int) -> bytes:
        """The format message for what follows from `index` on."""
        sensor = self._sensor
        return Format(sensor.session, index, sensor.clock.time_us(index), sensor.rate_chz, sensor.ranges).encode()

    def _samples(self, index: int, count: int, payload: int) -> int:
        sensor = self._sensor
        ring = sensor.ring
        time_us = sensor.clock.time_us(index)
        start = ring.offset(index)
        if payload <= MIN_PAYLOAD:
            return encode_short_into(
                self.buffer, sensor.session, index, time_us, sensor.ranges, ring.data, start, count
            )
        return encode_stream_into(
            self.buffer,
            sensor.session,
            index,
            time_us,
            sensor.rate_chz,
            sensor.ranges,
            ring.data,
            start,
            count,
        )

    def _keep(self, message: bytes) -> int:
        for at in range(len(message)):
            self.buffer[at] = message[at]
        return len(message)

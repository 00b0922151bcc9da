"""Sends one host its stream: new samples, what it asks for again, and notices of what is missing."""

from micropython import const
from repband_wire.base import MIN_PAYLOAD
from repband_wire.events import GAP_GONE, Gap
from repband_wire.stream import samples_per_packet

from .link import NO_LIMIT, Link
from .packer import Packer
from .sensor import Sensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_FORMAT_MS = const(5000)
_MOST_RESENDS = const(4)
_FAR = const(30000)  # a short packet's index is told apart from others within 32767


class Streamer:
    """The stream over one link. What the link refuses is kept, and tried again at the next turn.

    Attributes:
        streaming: whether new samples are sent.
        next_index: the next new sample to send.
        acknowledged: the host has every sample below this one.
        stalled_turns: turns in a row in which samples waited for the host's acknowledgement.
    """

    def __init__(self, sensor: Sensor, link: Link) -> None:
        self._sensor = sensor
        self._link = link
        self._packer = Packer(sensor)
        self._resends = []  # type: list[tuple[int, int]]  # (next, end) of each range to be sent again
        self._session = -1
        self._left = 0  # messages this turn may still send
        self._format_turns = 0
        self._told = 0  # the index that the host heard last
        self._behind = False  # the stream has begun with older samples, and the host was not told how many
        self._waited = 0
        self._flush_to = -1
        self._flushed = None  # type: Callable[[], None] | None
        self.streaming = False
        self.next_index = 0
        self.acknowledged = 0
        self.stalled_turns = 0

    def start(self, session: int, index: int) -> int:
        """Samples are sent from `index` of `session` on, if it still runs, else from now on; returns the first."""
        if not self.streaming:
            head = self._sensor.ring.head
            self.next_index = min(index, head) if session == self._sensor.session else head
            self.acknowledged = self.next_index
            self.stalled_turns = 0
            self._session = self._sensor.session
            self._format_turns = 0
            self._behind = self.next_index < head
        self.streaming = True
        return self.next_index

    def stop(self) -> None:
        """Sends nothing more."""
        self.streaming = False
        self._resends = []
        self._flushed = None

    def acknowledge(self, next_index: int) -> None:
        """The host has every sample below `next_index`."""
        self.stalled_turns = 0
        self.acknowledged = max(self.acknowledged, min(next_index, self.next_index))

    def resend(self, index: int, count: int) -> int:
        """Sends at most `count` samples from `index` on again; returns how many will come, -1 when too busy."""
        if len(self._resends) >= _MOST_RESENDS:
            return -1
        end = min(index + count, self.next_index if self.streaming else self._sensor.ring.head)
        if end <= index:
            return 0
        self._resends.append((index, end))
        return end - max(index, self._sensor.ring.first) if end > self._sensor.ring.first else 0

    def flush(self, then: "Callable[[], None]") -> None:
        """Calls `then` when all that has been sampled until now is sent; at once on a link that takes it all."""
        if not self.streaming:
            then()
            return
        self._sensor.drain()
        self._flush_to = self._sensor.ring.head
        self._flushed = then
        if self._link.near:
            self._left = NO_LIMIT
            self._send_new()

    def tick(self) -> None:
        """Sends what is due, new samples and as much of old ones as the link can take; call every Link.turn_ms."""
        if self._session != self._sensor.session:
            self._begin_session()
        each = samples_per_packet(self._link.payload, self._sensor.ranges)
        self._left = self._link.messages_a_turn(self._sensor.rate_chz, max(1, each))
        if self.streaming and each:
            self._waited += 1
            self._format_turns -= 1
            self._send_new()
        while self._resends and self._left > 0:
            index, end = self._resends[0]
            index = self._send_range(index, end)
            if index < end:
                self._resends[0] = (index, end)
                return
            self._resends.pop(0)

    def _send_new(self) -> None:
        end = self._sensor.ring.head if self._flushed is None else self._flush_to
        each = samples_per_packet(self._link.payload, self._sensor.ranges)
        if self._behind:
            if not self._send(self._packer.format(self._sensor.ring.head)):
                return
            self._behind = False
        if self._format_turns <= 0:
            if not self._send(self._packer.format(self.next_index)):
                return
            self._told = self.next_index
            self._format_turns = _FORMAT_MS // self._link.turn_ms if self._link.payload <= MIN_PAYLOAD else NO_LIMIT
        window = self._link.window(self._sensor.rate_chz, each)
        if end - self.acknowledged > window:
            self.stalled_turns += 1
            end = self.acknowledged + window
        else:
            self.stalled_turns = 0
        if self._waited >= self._link.patience or end - self.next_index >= each or self._flushed:
            before = self.next_index
            self.next_index = self._send_range(before, end)
            self._waited = 0 if self.next_index > before else self._waited
        self._end_flush()

    def _end_flush(self) -> None:
        then = self._flushed
        if then is not None and self.next_index >= self._flush_to:
            self._flushed = None
            then()

    def _begin_session(self) -> None:
        self._session = self._sensor.session
        self._resends = []
        self._flushed = None
        self._format_turns = 0
        self.next_index = 0
        self.acknowledged = 0
        self.stalled_turns = 0

    def _send(self, message: "bytes | memoryview") -> bool:
        if self._left <= 0:
            return False
        if not self._link.send(message):
            self._left = 0
            return False
        self._left -= 1
        return True

    def _send_range(self, index: int, end: int) -> int:
        """Sends samples and gaps of [index, end) as far as the link takes them; returns the next index."""
        first = min(self._sensor.ring.first, end)
        if index < first:
            if not self._send(Gap(self._sensor.session, index, first - index, GAP_GONE).encode()):
                return index
            index = first
        while index < end and self._left > 0:
            if self._link.payload <= MIN_PAYLOAD and abs(index - self._told) > _FAR:
                if not self._send(self._packer.format(index)):
                    break
                self._told = index
            size = self._packer.pack(index, end, self._link.payload)
            if not self._send(self._packer.view(size)):
                break
            index = self._told = self._packer.next
        return index

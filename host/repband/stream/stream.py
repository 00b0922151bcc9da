"""One face for both front ends."""

from __future__ import annotations

from repband.errors import SourceError
from repband.source import Arrival, Frame
from repband.stream.base import StreamItem
from repband.stream.clockfit import ClockFit
from repband.stream.frames import FrameStream
from repband.stream.samples import SampleStream
from repband.stream.stats import StreamStats


class Stream:
    """Arrivals of either kind in, samples in order and named gaps out; the first arrival decides which kind."""

    def __init__(self) -> None:
        self._front: FrameStream | SampleStream | None = None

    @property
    def stats(self) -> StreamStats:
        """The accounts so far."""
        return StreamStats() if self._front is None else self._front.stats

    @property
    def received_until(self) -> int:
        """Stream index after the newest sample that has come, given or waiting."""
        return 0 if self._front is None else self._front.received_until

    @property
    def holes(self) -> tuple[tuple[int, int], ...]:
        """What is missing and may still come, as first index and count in the device's session; frames only."""
        return self._front.holes if isinstance(self._front, FrameStream) else ()

    @property
    def session(self) -> int | None:
        """The device's number for its session; frames only."""
        return self._front.session if isinstance(self._front, FrameStream) else None

    @property
    def next_device_index(self) -> int:
        """What to acknowledge to the device: below it every sample has come or has been given up; frames only."""
        return self._front.next_device_index if isinstance(self._front, FrameStream) else 0

    @property
    def clock_fit(self) -> ClockFit | None:
        """Device time against host time; frames only."""
        return self._front.clock_fit if isinstance(self._front, FrameStream) else None

    def feed(self, arrival: Arrival) -> list[StreamItem]:
        """Takes the next arrival.

        Raises:
            RecordingError: bare samples whose times or rate are of no use.
            SourceError: frames and bare samples come mixed.
        """
        front = self._front
        if isinstance(arrival, Frame):
            front = self._front = front or FrameStream()
            if isinstance(front, FrameStream):
                return front.feed(arrival)
        else:
            front = self._front = front or SampleStream()
            if isinstance(front, SampleStream):
                return front.feed(arrival)
        raise SourceError(
            "gives wire packets and bare samples mixed", where="source", cure="use one kind for a session"
        )

    def finish(self) -> list[StreamItem]:
        """Gives what was still held: nothing more will come."""
        return [] if self._front is None else self._front.finish()

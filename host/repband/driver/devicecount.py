"""What the sensor counted by itself in each set, told among the arrivals; the host's count is the one that holds."""

from __future__ import annotations

from collections.abc import Sequence

import repband_wire as wire

from repband.driver.base import Record
from repband.driver.session import Event
from repband.source import Frame
from repband.workout import SetArmed, SetEnded, SetSummary

_HEAD = wire.Rep(0, 1, 1, 1, 0, 0, 0, 0).encode()[:1]


class DeviceCounts:
    """Counts the sensor's own reps of each set; a driver's listener.

    A rep belongs to the set that was armed last when it was told: the sensor tells it up to two seconds after its end.

    Attributes:
        sets: the sets that are over.
    """

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}
        self._seen: set[tuple[int, int, int]] = set()
        self._set = 0
        self.sets: list[SetSummary] = []

    def __call__(self, record: Record | None, events: Sequence[Event]) -> None:
        """Takes a record and what it led to."""
        if isinstance(record, Frame) and record.data[:1] == _HEAD:
            self._told(record.data)
        for event in events:
            match event:
                case SetArmed():
                    self._set = event.number
                case SetEnded():
                    self.sets.append(event.summary)
                case _:
                    pass

    def count(self, number: int) -> int | None:
        """Reps that the sensor counted in a set; None where it counts nothing by itself."""
        return self._counts.get(number, 0) if self._counts else None

    @property
    def waits(self) -> bool:
        """Whether the sensor, which counts too, has yet to tell a rep of the last set."""
        last = self.sets[-1] if self.sets else None
        return bool(self._counts) and last is not None and self._counts.get(last.number, 0) < last.counted

    def _told(self, data: bytes) -> None:
        try:
            rep = wire.decode(data)
        except wire.WireError:
            return
        if not isinstance(rep, wire.Rep) or (rep.session, rep.number, rep.end_index) in self._seen:
            return
        self._seen.add((rep.session, rep.number, rep.end_index))
        if self._set:
            self._counts[self._set] = self._counts.get(self._set, 0) + 1

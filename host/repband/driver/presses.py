"""Presses of the sensor's button among the arrivals, each as the command it stands for, once."""

from __future__ import annotations

from collections import deque

import repband_wire as wire

from repband.source import Arrival, Frame

_COMMANDS = {wire.PRESS_SHORT: "toggle", wire.PRESS_LONG: "stop"}
_REMEMBERED = 32  # a device repeats its last four presses only


class Presses:
    """Finds presses in the arrivals of one source, in their order."""

    def __init__(self) -> None:
        self._first: wire.Stream | wire.Format | None = None
        self._seen: deque[tuple[int, int]] = deque(maxlen=_REMEMBERED)

    def command(self, arrival: Arrival) -> str | None:
        """The command that the wearer gives with this arrival: "toggle" or "stop"; None with all others.

        Repeats, presses from before the first sample and kinds of a newer device are no command.
        """
        if not isinstance(arrival, Frame):
            return None
        if self._first is None:
            message = _decoded(arrival.data)
            self._first = message if isinstance(message, wire.Stream | wire.Format) else None
        elif arrival.data[:1] == _HEAD:
            message = _decoded(arrival.data)
            return self._acted(message, self._first) if isinstance(message, wire.Press) else None
        return None

    def _acted(self, press: wire.Press, first: wire.Stream | wire.Format) -> str | None:
        name = press.session, press.number
        is_earlier = press.session == first.session and press.index < first.index
        if is_earlier or name in self._seen:
            return None
        self._seen.append(name)
        return _COMMANDS.get(press.kind)


_HEAD = wire.Press(0, 0, 0, wire.PRESS_SHORT).encode()[:1]


def _decoded(data: bytes) -> wire.Message | None:
    try:
        return wire.decode(data)
    except wire.WireError:
        return None

"""What carries a link's messages: one interface for serial ports, Bluetooth and the tests' own wires."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class TransportLostError(Exception):
    """The way to the sensor broke; opening it again may help. Its text says why, for the log and the screen."""


@dataclass(frozen=True, slots=True)
class Stranger:
    """What was found in the place of a RepBand: what it looks like, and what to do about it."""

    what: str
    cure: str


class Transport(Protocol):
    """Carries whole messages, in order. Used by one thread; may be opened again after `close`."""

    @property
    def name(self) -> str:
        """What a person would call it: "/dev/ttyUSB0", "RepBand-1A2B"."""
        ...

    def find(self) -> None:
        """Looks for the sensor: on the air, or under which name its port is now.

        Raises:
            SourceError: it is not there.
            UsageError: several are there and none is named.
        """
        ...

    def open(self) -> None:
        """Opens it.

        Raises:
            SourceError: it can't be opened: not found, in use, not allowed; says what to do on this system.
        """
        ...

    def send(self, message: bytes) -> None:
        """Sends one message. Raises TransportLostError."""
        ...

    def receive(self, timeout_s: float) -> list[bytes]:
        """The messages that have come; waits up to `timeout_s` for the first. Raises TransportLostError."""
        ...

    def take_damaged(self) -> int:
        """How many damaged frames have come since this was asked last."""
        ...

    def stranger(self) -> Stranger:
        """What is there instead, where nothing has answered as a RepBand does."""
        ...

    def close(self) -> None:
        """Closes it; calling it twice does no harm."""
        ...

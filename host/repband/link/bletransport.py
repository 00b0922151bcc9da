"""A sensor on the air as a transport: finds it, and connects as often as the session needs."""

from __future__ import annotations

from contextlib import suppress

from repband.errors import SourceError
from repband.link.airerrors import radio_error
from repband.link.connection import BleConnection
from repband.link.radio import CONNECT_S, DISCONNECT_S, Found, Radio
from repband.link.transport import Stranger, TransportLostError

_SUBSCRIBE_S = 10.0


class BleTransport:
    """A sensor on the air.

    Args:
        wanted: its name or address; "" for the only one near.
        radio: the computer's Bluetooth.
    """

    def __init__(self, wanted: str, radio: Radio) -> None:
        self._wanted = wanted
        self._radio = radio
        self._found: Found | None = None
        self._connection: BleConnection | None = None

    @property
    def name(self) -> str:
        """The sensor's name, its address, or what was asked for."""
        if self._found is not None:
            return self._found.name or self._found.address
        return self._wanted or "Bluetooth"

    def find(self) -> None:
        """Listens for the sensor.

        Raises:
            SourceError: Bluetooth can't be used, or the sensor is not there.
            UsageError: several are there and none is named.
        """
        self._found = self._radio.find(self._found.address if self._found else self._wanted)

    def open(self) -> None:
        """Connects to the sensor that was found, and subscribes.

        Raises:
            SourceError: it does not let itself be connected, or is no RepBand.
        """
        if self._found is None:
            self.find()
        assert self._found is not None
        self._connection = BleConnection(self._radio, self._found)
        try:
            self._radio.run(self._connection.open(), CONNECT_S + _SUBSCRIBE_S)
        except BaseException as error:  # bleak's, the system's, or a time-out: all mean the same here
            self.close()
            if isinstance(error, SourceError) or not isinstance(error, Exception):
                raise
            raise radio_error(error, self.name) from None

    def send(self, message: bytes) -> None:
        """Hands a message to the radio. Raises TransportLostError when there is no connection."""
        self._connected().send(message)

    def receive(self, timeout_s: float) -> list[bytes]:
        """The messages that have come; waits up to `timeout_s` for the first. Raises TransportLostError."""
        return self._connected().receive(timeout_s)

    def take_damaged(self) -> int:
        """None: the radio checks its own packets."""
        return 0

    def stranger(self) -> Stranger:
        """Something that has our service but does not answer."""
        return Stranger("it does not answer", "switch the sensor off and on; if it stays so, flash it again by cable")

    def close(self) -> None:
        """Disconnects."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):  # it may be gone, and so may Bluetooth
                self._radio.run(connection.close(), DISCONNECT_S)

    def _connected(self) -> BleConnection:
        if self._connection is None:
            raise TransportLostError("the connection is gone")
        return self._connection

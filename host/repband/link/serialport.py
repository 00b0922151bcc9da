"""Messages over a serial port: frames with a checksum, console text between them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import cast

import repband_wire as wire

from repband.errors import UsageError
from repband.link.ports import Lister, Port, describe, find_again, list_ports
from repband.link.systems import SerialPort, close_quietly, open_quietly, port_error
from repband.link.transport import Stranger, TransportLostError

BAUD = 115200  # what MicroPython's console speaks on a bridge; USB ports of the board itself ignore it
_WRITE_S = 1.0
_TAIL = 400


class SerialTransport:
    """A board on a serial port.

    Args:
        device: its port, such as "/dev/ttyUSB0" or "COM3".
        lister: gives the ports of this system; injected in tests.

    Raises:
        UsageError: pyserial is not installed.
    """

    def __init__(self, device: str, lister: Lister = list_ports) -> None:
        self._serial = _load_pyserial()
        self._lister = lister
        self._known: Port | None = None
        self._device = device
        self._port: SerialPort | None = None
        self._deframer = wire.Deframer()
        self._counted_bad = 0
        self._tail: deque[int] = deque(maxlen=_TAIL)

    @property
    def name(self) -> str:
        """The port."""
        return self._device

    def find(self) -> None:
        """Finds the port again where it has come back under another name."""
        if self._known is not None:
            self._device = find_again(self._known, self._lister)

    def open(self) -> None:
        """Opens the port.

        Raises:
            SourceError: not found, in use, not allowed, or no serial port.
        """
        port = self._serial()
        port.port = self._device
        known = self._known or describe(self._device, self._lister)
        try:
            open_quietly(port, known.vendor)
        except (OSError, ValueError) as error:
            others = [other.device for other in self._lister() if other.device != self._device]
            raise port_error(error, self._device, others) from None
        self._known, self._port = known, port
        self._deframer = wire.Deframer()
        self._counted_bad = 0
        self._tail.clear()

    def send(self, message: bytes) -> None:
        """Writes one frame. Raises TransportLostError."""
        try:
            self._opened().write(wire.encode_frame(message))
        except OSError as error:  # pyserial's errors are OSErrors
            raise TransportLostError(_short(error)) from None

    def receive(self, timeout_s: float) -> list[bytes]:
        """The messages that have come; waits up to `timeout_s` for the first byte. Raises TransportLostError."""
        port = self._opened()
        try:
            port.timeout = timeout_s
            data = port.read(1)
            if data:
                data += port.read(port.in_waiting)
        except (OSError, TypeError) as error:  # TypeError: pyserial, closed from outside while it reads
            raise TransportLostError(_short(error)) from None
        self._tail.extend(data)
        return self._deframer.feed(data)

    def take_damaged(self) -> int:
        """How many damaged frames have come since this was asked last."""
        count = self._deframer.bad_frames - self._counted_bad
        self._counted_bad += count
        return count

    def stranger(self) -> Stranger:
        """What seems to sit on the port, by what it has said."""
        with suppress(TransportLostError, OSError):
            self._opened().write(b"\r\n")  # a prompt answers an empty line with itself
            self.receive(0.3)
        said = bytes(self._tail)
        flash = f"repband flash {self._device}"
        if b">>>" in said or b"MicroPython" in said:
            return Stranger("MicroPython runs there, but not RepBand's program", f"put it on the board: {flash}")
        if b"rst:0x" in said or b"ESP-ROM" in said:
            return Stranger("an ESP32 board starts there, but no RepBand", f"put the program on it: {flash}")
        if said.strip(b"\x00"):
            return Stranger("something else talks there", "name another port; repband scan --serial lists them")
        return Stranger(
            "nothing there answers",
            f"check that it is the sensor's port and that it is switched on; for a new board: {flash}",
        )

    def close(self) -> None:
        """Closes the port."""
        if self._port is not None:
            close_quietly(self._port)
            self._port = None

    def _opened(self) -> SerialPort:
        if self._port is None:
            raise TransportLostError("the port is closed")
        return self._port


def _load_pyserial() -> Callable[[], SerialPort]:
    try:
        import serial
    except ModuleNotFoundError:
        raise UsageError("serial ports need pyserial", cure='pip install "repband[link]"') from None
    make = cast(Callable[..., SerialPort], serial.Serial)
    return lambda: make(baudrate=BAUD, write_timeout=_WRITE_S, exclusive=True)


def _short(error: Exception) -> str:
    text = str(error).splitlines()[0] if str(error) else type(error).__name__
    return f"the port is gone ({text})"

"""Which serial ports may be a sensor."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from repband.errors import SourceError, UsageError

# USB vendors of the boards we know and of the bridges on them, from the USB-IF's list of vendor IDs.
LIKELY_VENDORS = {
    0x303A: "Espressif (ESP32-S3, ESP32-C3)",
    0x10C4: "Silicon Labs CP210x bridge (many ESP32 boards)",
    0x1A86: "WCH CH340/CH9102 bridge (M5StickC Plus2 and others)",
    0x0403: "FTDI bridge",
    0x2E8A: "Raspberry Pi (Pico W, Pico 2 W)",
    0xF055: "MicroPython",
}


@dataclass(frozen=True, slots=True)
class Port:
    """One serial port.

    Attributes:
        device: its path or name: "/dev/ttyUSB0", "COM3".
        description: what the system calls it.
        vendor, product: USB numbers; None where it is no USB port.
        serial_number: of the USB device; may be empty.
    """

    device: str
    description: str = ""
    vendor: int | None = None
    product: int | None = None
    serial_number: str = ""

    @property
    def likely(self) -> bool:
        """Whether one of our boards would look like this."""
        return self.vendor in LIKELY_VENDORS

    @property
    def identity(self) -> tuple[int | None, int | None, str]:
        """What stays the same when it comes back under another name."""
        return self.vendor, self.product, self.serial_number


Lister = Callable[[], Iterable[Port]]


def list_ports() -> list[Port]:
    """The serial ports of this system, by name."""
    from serial.tools import list_ports as system

    found = [
        Port(
            info.device,
            "" if info.description in (None, "n/a") else info.description,
            info.vid,
            info.pid,
            info.serial_number or "",
        )
        for info in system.comports()
    ]
    return sorted(found, key=lambda port: port.device)


def choose_port(lister: Lister = list_ports, *, named_by: str = "--serial PORT") -> Port:
    """The one port that may be a sensor.

    Args:
        lister: gives the ports of this system.
        named_by: how the person would name one.

    Raises:
        SourceError: there is none.
        UsageError: there are several.
    """
    ports = list(lister())
    likely = [port for port in ports if port.likely]
    if len(likely) == 1:
        return likely[0]
    if likely:
        raise UsageError(
            f"several ports may be the sensor: {_names(likely)}", where="USB", cure=f"name one: {named_by}"
        )
    others = f" (there are {_names(ports)}; name one if that is it: {named_by})" if ports else ""
    raise SourceError(
        f"no board is plugged in{others}",
        where="USB",
        cure="plug the sensor in with a cable that carries data (many only charge); on Windows and macOS an older"
        " board may need its bridge's driver (CP210x or CH340)",
    )


def find_again(port: Port, lister: Lister = list_ports) -> str:
    """Where a port is now: under its own name, or under the name it came back with.

    Args:
        port: as it was when it was opened first.
        lister: gives the ports of this system.
    """
    ports = list(lister())
    if port.vendor is None or any(other.device == port.device for other in ports):
        return port.device
    same = [other for other in ports if other.identity == port.identity]
    return same[0].device if len(same) == 1 else port.device


def describe(device: str, lister: Lister = list_ports) -> Port:
    """What the system knows about a port that was named; only its name where that is nothing."""
    return next((port for port in lister() if port.device == device), Port(device))


def _names(ports: Iterable[Port]) -> str:
    return ", ".join(f"{port.device} ({port.description})" if port.description else port.device for port in ports)

"""Where Linux, macOS and Windows differ, each with the source of what we know.

- A BleakClient is made anew for each connection: on macOS one that was connected before refuses to subscribe again
  (bleak issues 1645 and 1969).
- On Linux notifications may come twice after a reconnection (bleak issue 2002, open); a sample that has come is not
  taken again.
- Windows and BlueZ keep what services a device has over a changed firmware (bleak issues 1940 and 882). Windows is told
  not to use that; BlueZ can't be, so a changed table has a new service UUID.
- Bluetooth on macOS has no addresses: the system gives each device a number of its own (bleak issue 140).
- macOS ends a program whose terminal may not use Bluetooth with "Abort trap: 6" (bleak issue 761): nothing of ours can
  say so, docs/troubleshooting.md does.
- Opening a port sets DTR and RTS, and an ESP32's auto-reset circuit may restart the board: that is normal, the
  handshake waits for it. On Windows the CP210x driver sets the two at different times after power-on, which restarts
  the board every time; clearing both, opening, then setting DTR before RTS prevents that (mpremote 1.29,
  transport_serial.py). Elsewhere both stay set: a Pico's USB port sends only while DTR is set (TinyUSB's
  tud_cdc_connected).
- Closing clears RTS before DTR; the other order restarts an ESP32 on Windows (micropython pull request 18001).
- Busy, absent and forbidden ports are told by errno on Linux and macOS; on Windows pyserial 3.5 puts the exception's
  text into its own (serialwin32.py, open), and "access denied" there means that another program has the port.
- On Linux ModemManager opens each new ttyACM port and holds it for about ten seconds (libusb_stm32 pull request 39).
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from repband.errors import SourceError

if TYPE_CHECKING:
    from bleak.args.winrt import WinRTClientArgs

VID_SILICON_LABS = 0x10C4

WINDOWS_CLIENT: WinRTClientArgs = {"use_cached_services": False}
"""What a BleakClient is told on Windows; the other systems pass it over."""


class SerialPort(Protocol):
    """What we use of pyserial's Serial, which has no types of its own."""

    port: str | None
    timeout: float | None
    dtr: bool
    rts: bool

    @property
    def in_waiting(self) -> int:
        """Bytes that have come and are not yet read."""
        ...

    def open(self) -> None:
        """Opens the port."""
        ...

    def read(self, size: int = 1) -> bytes:
        """Reads up to `size` bytes, within the timeout."""
        ...

    def write(self, data: bytes) -> int | None:
        """Writes all of it."""
        ...

    def close(self) -> None:
        """Closes the port."""
        ...


def open_quietly(port: SerialPort, vendor: int | None, platform: str = sys.platform) -> None:
    """Opens a port without restarting the board where that can be helped."""
    if platform == "win32" and vendor == VID_SILICON_LABS:
        port.dtr = False
        port.rts = False
        port.open()
        port.dtr = True
        port.rts = True
    else:
        port.open()


def close_quietly(port: SerialPort) -> None:
    """Closes a port, which may be gone already."""
    with suppress(OSError):  # a pseudo-terminal has no such lines
        port.rts = False
        port.dtr = False
    with suppress(OSError):
        port.close()


def port_error(error: Exception, device: str, others: Sequence[str], platform: str = sys.platform) -> SourceError:
    """Why a port could not be opened, and what to do about it on this system.

    Args:
        error: what pyserial raised.
        device: the port.
        others: the ports there are.
        platform: as sys.platform.
    """
    code = getattr(error, "errno", None)
    text = str(error)
    windows = platform == "win32"
    if code in (errno.ENOENT, errno.ENODEV, errno.ENXIO) or (windows and "FileNotFoundError" in text):
        return _not_found(device, others)
    if code in (errno.EBUSY, errno.EAGAIN) or "exclusively lock" in text or (windows and "PermissionError" in text):
        return SourceError("another program uses this port", where=device, cure=_close_others(platform))
    if code in (errno.EACCES, errno.EPERM):
        return SourceError("no permission to open this port", where=device, cure=_permission(platform))
    if code == errno.ENOTTY or code == errno.EINVAL or "Could not configure port" in text:
        return SourceError("this is no serial port", where=device, cure=_name_another(others))
    return SourceError(f"the port can't be opened ({text})", where=device, cure="unplug the board and plug it in again")


def _not_found(device: str, others: Sequence[str]) -> SourceError:
    return SourceError("there is no such port", where=device, cure=_name_another(others))


def _name_another(others: Sequence[str]) -> str:
    if others:
        return f"name one of {', '.join(others)}"
    return "plug the sensor in with a cable that carries data; no serial port is there now"


def _close_others(platform: str) -> str:
    which = "a terminal, Thonny, mpremote or another repband"
    if platform.startswith("linux"):
        return f"close it ({which}); ModemManager lets go of a new port after about ten seconds"
    return f"close it ({which})"


def _permission(platform: str) -> str:
    if platform.startswith("linux"):
        return 'give yourself the right, then log in again: sudo usermod -aG dialout "$USER" (on Arch: uucp)'
    if platform == "darwin":
        return "allow your terminal to use it in System Settings, Privacy & Security"
    return "run the terminal as the user who installed the port's driver"


def how_to_switch_bluetooth_on(platform: str) -> str:
    """Where this system has the switch."""
    if platform == "win32":
        return "switch it on in Settings, Bluetooth & devices; flight mode must be off"
    if platform == "darwin":
        return "switch it on in System Settings, Bluetooth"
    return "switch it on: bluetoothctl power on  (blocked? rfkill unblock bluetooth)"


def how_to_allow_bluetooth(platform: str) -> str:
    """Where this system asks who may use Bluetooth."""
    if platform == "win32":
        return "allow it in Settings, Privacy & security, Radios"
    if platform == "darwin":
        return "allow your terminal in System Settings, Privacy & Security, Bluetooth, then start it anew"
    return 'join the group that may: sudo usermod -aG bluetooth "$USER", then log in again'

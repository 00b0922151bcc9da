"""Why Bluetooth can't be used, and what to do about it on each system."""

from __future__ import annotations

import sys

from repband.errors import SourceError
from repband.link.systems import how_to_allow_bluetooth, how_to_switch_bluetooth_on

_NO_BLUETOOTH = "this computer has no Bluetooth that can be used"
_OFF = "Bluetooth is switched off"
_DENIED = "this program may not use Bluetooth"


def radio_error(error: BaseException, where: str | None = None, platform: str = sys.platform) -> SourceError:
    """The error a person can act on.

    Args:
        error: what bleak or the system raised.
        where: the sensor, where one was being connected.
        platform: as sys.platform.
    """
    what, cure = _explained(error, platform)
    return SourceError(what, where=where or "Bluetooth", cure=cure)


def _explained(error: BaseException, platform: str) -> tuple[str, str]:
    reason = getattr(getattr(error, "reason", None), "name", "")
    text = str(error)
    if reason in ("NO_BLUETOOTH", "NO_BLE_CENTRAL_ROLE") or "No Bluetooth adapters" in text:
        return _NO_BLUETOOTH, "plug in a Bluetooth 4.0 (or newer) adapter, or use the cable: --serial"
    if reason == "POWERED_OFF" or "org.bluez.Error.NotReady" in text or "not powered" in text:
        return _OFF, how_to_switch_bluetooth_on(platform)
    if reason.startswith("DENIED") or "AccessDenied" in text or "NotPermitted" in text:
        return _DENIED, how_to_allow_bluetooth(platform)
    if "ServiceUnknown" in text or isinstance(error, FileNotFoundError) or "NameHasNoOwner" in text:
        return _NO_BLUETOOTH, "start its service (sudo systemctl start bluetooth), or use the cable: --serial"
    if "org.bluez.Error.InProgress" in text:
        return "another program is just using Bluetooth", "close it, or wait until it is done, and try again"
    if isinstance(error, TimeoutError):
        return "the sensor did not let itself be connected in time", "bring it nearer, switch it off and on, try again"
    if "le-connection" in text or "ConnectionAttemptFailed" in text:  # BlueZ's words for it (src/error.c)
        return (
            f"the sensor did not let itself be connected ({text})",
            "bring it nearer, free it from other hosts, try again",
        )
    if type(error).__name__ == "BleakDeviceNotFoundError":
        return "the sensor went away", "bring it nearer and try again"
    return f"Bluetooth failed ({text or type(error).__name__})", "switch Bluetooth off and on and try again"

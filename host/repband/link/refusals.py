"""A device's refusals, faults and versions as errors that say what to do."""

from __future__ import annotations

import repband_wire as wire
from repband_wire import control, words

from repband import __version__
from repband.errors import SourceError

_CURES = {
    control.UNKNOWN_CODE: "update its firmware: repband flash PORT",
    control.BAD_PARAMETER: "choose another value",
    control.BAD_VERSION: "update its firmware: repband flash PORT",
    control.NOT_SUPPORTED: "this board or its firmware can't do that; a newer firmware may: repband flash PORT",
    control.NOT_ALLOWED: "use the computer that claimed it, or hold its button and give: repband device reset",
    control.NOT_NOW: "try again",
    control.BUSY: "try again in a moment",
    control.GONE: "nothing can bring them back; the recording names the gap",
    control.HARDWARE: "see what it says of itself: repband device selftest",
    control.NEEDS_BUTTON: "hold the sensor's button and try again",
    control.PAYLOAD_TOO_SMALL: "leave the gyroscope out, or connect by USB: --serial",
}

_FAULT_CURES = {
    1: "mend config.json on the board and flash it again: repband flash PORT",
    2: "check the wiring of the motion sensor (hardware/README.md)",
    3: 'set "imu" in the board\'s config.json to the part that is fitted, or to "auto"',
    4: "check the wiring of the motion sensor (hardware/README.md)",
    5: "unplug the board, plug it in again; if it stays so, check the wiring",
    6: "charge it (not while it is worn)",
    8: "flash it again: repband flash PORT",
    9: "flash it again, with a lower rate or a smaller ring_kb in its config.json",
    10: "lay it down and test it again; if it stays so, change the motion sensor",
    11: "lay it down still and test it again",
    12: "test it again; if it stays so, change the motion sensor",
}


class RefusedError(SourceError):
    """The device answered a request with a reason why not.

    Attributes:
        code: the control code that was asked.
        reason: the reason's number in the wire format.
    """

    def __init__(self, reply: wire.Reply, where: str | None = None) -> None:
        self.code, self.reason = reply.code, reply.reason
        spec = wire.CONTROLS.get(reply.code)
        asked = spec.name if spec else f"control code {reply.code}"
        reason = words.REASONS.get(reply.reason, f"reason {reply.reason}, unknown to this version of RepBand")
        hint = reply.result.decode("ascii", "replace").strip()
        super().__init__(
            f'the sensor refused "{asked}": {reason}{f" ({hint})" if hint else ""}',
            where=where,
            cure=_CURES.get(reply.reason, "update RepBand: pip install --upgrade repband"),
        )


class NoAnswerError(SourceError):
    """Something is there, but it does not answer as a RepBand does."""


class VersionError(SourceError):
    """Device and host have no version of the wire format in common."""


def common_version(info: wire.Info, where: str | None = None) -> int:
    """The newest protocol version that both sides speak.

    Raises:
        VersionError: there is none; says which side to update.
    """
    newest = min(info.protocol_max, wire.PROTOCOL_MAX)
    if newest >= max(info.protocol_min, wire.PROTOCOL_MIN):
        return newest
    speaks = f"the sensor's firmware {info.major}.{info.minor}.{info.patch} speaks wire format {_range(info)}"
    ours = f"RepBand {__version__} speaks {_span(wire.PROTOCOL_MIN, wire.PROTOCOL_MAX)}"
    host_is_older = info.protocol_min > wire.PROTOCOL_MAX
    cure = "pip install --upgrade repband" if host_is_older else "update the sensor: repband flash PORT"
    raise VersionError(f"{speaks}, {ours}", where=where, cure=cure)


def check_fault(info: wire.Info, where: str | None = None) -> None:
    """Raises SourceError when the device says that something keeps it from sampling."""
    if info.fault in _STOPPING_FAULTS:
        raise SourceError(
            f"the sensor reports a fault: {fault_text(info.fault)}", where=where, cure=_FAULT_CURES.get(info.fault)
        )


_STOPPING_FAULTS = frozenset({1, 2, 3})  # the others come and go while it samples


def fault_text(fault: int) -> str:
    """A fault code in words."""
    return words.FAULTS.get(fault, f"fault {fault}, unknown to this version of RepBand")


def _range(info: wire.Info) -> str:
    return _span(info.protocol_min, info.protocol_max)


def _span(low: int, high: int) -> str:
    return str(low) if low == high else f"{low} to {high}"

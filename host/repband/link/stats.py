"""What a link says about itself, for the status line and the session's summary."""

from __future__ import annotations

from dataclasses import dataclass

from repband.link.clock import ClockEstimate
from repband.link.states import Change, LinkState


@dataclass(frozen=True, slots=True)
class LinkStats:
    """Accounts of one link.

    Attributes:
        state: where it is.
        drops: how often it was lost.
        away_s: seconds without a link in all, since samples first came.
        messages: messages understood.
        bad_messages: messages that were not, and frames whose checksum was wrong.
        missing: samples waited for now.
        resends: ranges of samples asked for again.
        restarts: how often the device had begun another session when the link came back.
        interval_ms: connection interval the device was given, in ms; None on a cable or where it is not known.
        payload: bytes a message the link carries.
        battery_percent: 0 to 100; None where unknown.
        fault: the device's fault code, 0 when all is well.
        device_count: reps counted on the device in its count under way; None where it has said nothing.
        clock: device time against host time; None before the first exchange.
    """

    state: LinkState
    drops: int = 0
    away_s: float = 0.0
    messages: int = 0
    bad_messages: int = 0
    missing: int = 0
    resends: int = 0
    restarts: int = 0
    interval_ms: float | None = None
    payload: int | None = None
    battery_percent: int | None = None
    fault: int = 0
    device_count: int | None = None
    clock: ClockEstimate | None = None


def link_line(stats: LinkStats) -> str:
    """The link in one line: "link: never lost, battery 80 %, clock within 1.2 ms, drift 14 +/- 3 ppm"."""
    parts = [_losses(stats)]
    if stats.resends:
        parts.append(f"{stats.resends} stretches asked for again")
    if stats.bad_messages:
        parts.append(f"{stats.bad_messages} damaged messages")
    if stats.restarts:
        parts.append(f"the sensor restarted {_times(stats.restarts)}")
    if stats.interval_ms:
        parts.append(f"connection interval {stats.interval_ms:g} ms")
    if stats.battery_percent is not None:
        parts.append(f"battery {stats.battery_percent} %")
    if stats.device_count is not None:
        parts.append(f"the sensor itself counted {stats.device_count}")
    if stats.clock is not None:
        parts.append(clock_text(stats.clock))
    return f"link: {', '.join(parts)}"


def status_text(stats: LinkStats) -> str:
    """The link in a few words, for a status line: "30 ms, battery 81 %, 26 samples awaited"."""
    parts: list[str] = []
    if stats.state is not LinkState.STREAMING:
        parts.append(stats.state.value)
    if stats.interval_ms:
        parts.append(f"{stats.interval_ms:g} ms")
    if stats.battery_percent is not None:
        parts.append(f"battery {stats.battery_percent} %")
    if stats.missing:
        parts.append(f"{stats.missing} samples awaited: the count may rise")
    if stats.drops:
        parts.append(_losses(stats))
    return ", ".join(parts)


class LinkNews:
    """What of a link's changes is news for the wearer: that it is lost, and that it is back."""

    def __init__(self) -> None:
        self._lost = False

    def text(self, change: Change) -> str | None:
        """The change in words; None where it is no news."""
        if change.before is LinkState.STREAMING and change.after is LinkState.RECOVERING:
            self._lost = True
            return (
                f"the link to the sensor is lost ({change.why}); trying again, the sensor keeps what it feels meanwhile"
            )
        if change.after is LinkState.STREAMING and self._lost:
            self._lost = False
            return "the link to the sensor is open again: what was missed is being fetched"
        return None


def clock_text(clock: ClockEstimate) -> str:
    """The clock fit in words."""
    text = f"clock known to {clock.uncertainty_s * 1e3:.1f} ms"
    if clock.drift_uncertainty_ppm is None:
        return text
    return f"{text}, drift {clock.drift_ppm:.0f} +/- {clock.drift_uncertainty_ppm:.0f} ppm"


def _losses(stats: LinkStats) -> str:
    if not stats.drops:
        return "never lost"
    return f"lost {_times(stats.drops)}, {stats.away_s:.1f} s in all"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"

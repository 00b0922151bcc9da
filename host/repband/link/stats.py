"""What a link says about itself, for the status line and the session's summary."""

from __future__ import annotations

from dataclasses import dataclass

from repband.link.clock import ClockEstimate
from repband.link.states import Change, LinkState
from repband.screen.phrases import link_text, losses_text


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


def link_figures(stats: LinkStats) -> dict[str, float | None]:
    """The link in figures, by the names under which the history keeps them."""
    clock = stats.clock
    return {
        "link_drops": stats.drops,
        "link_away_s": stats.away_s,
        "link_resends": stats.resends,
        "link_bad_messages": stats.bad_messages,
        "link_restarts": stats.restarts,
        "link_interval_ms": stats.interval_ms,
        "battery_percent": stats.battery_percent,
        "clock_sd_s": clock.uncertainty_s if clock else None,
        "clock_drift_ppm": clock.drift_ppm if clock else None,
        "clock_drift_sd_ppm": clock.drift_uncertainty_ppm if clock else None,
    }


def link_line(stats: LinkStats) -> str:
    """The link in one line: "link: never lost, battery 80 %, clock known to 1.2 ms, drift 14 +/- 3 ppm"."""
    return f"link: {link_text(link_figures(stats))}"


def status_text(stats: LinkStats) -> str:
    """The link in a few words, for a status line: "30 ms, battery 81 %, 26 samples awaited"."""
    parts: list[str] = []
    if stats.state is not LinkState.STREAMING:
        parts.append(stats.state.value)
    if stats.interval_ms:
        parts.append(f"{stats.interval_ms:g} ms")
    if stats.battery_percent is not None:
        parts.append(f"battery {stats.battery_percent} %")
    if stats.clock is not None:
        parts.append(f"clock ± {stats.clock.uncertainty_s * 1e3:.0f} ms")
    if stats.device_count is not None:
        parts.append(f"it counts {stats.device_count} itself")
    if stats.resends:
        parts.append(f"{stats.resends} stretches asked for again")
    if stats.missing:
        parts.append(f"{stats.missing} samples awaited: the count may rise")
    if stats.drops:
        parts.append(losses_text(stats.drops, stats.away_s))
    return ", ".join(parts)


def change_text(change: Change, *, again: bool) -> str | None:
    """A change of state as news for the wearer; None where it is none.

    Args:
        change: of the link.
        again: whether the link had been open before.
    """
    if change.after is LinkState.SCANNING:
        return "looking for the sensor"
    if change.after is LinkState.RECOVERING and change.before is LinkState.STREAMING:
        return f"the link to the sensor is lost ({change.why}); trying again, the sensor keeps what it feels meanwhile"
    if change.after is LinkState.STREAMING and change.before is LinkState.PROVING:
        return "the link to the sensor is open" + (" again: what was missed is being fetched" if again else "")
    return None

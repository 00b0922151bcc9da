"""Texts that a session under way and one that was kept share: why a set ended, how samples and link were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

ENDED = {
    "target": "target reached",
    "rested": "no rep for a while",
    "stopped": "stopped",
    "skipped": "skipped",
    "pain": "stopped for pain",
    "source": "the samples ended",
    "sensor": "ended on the sensor",
    "sensor-off": "cut off on the sensor",
}
"""Why a set ended, by the word that is kept."""

Figures = Mapping[str, float | None]
"""Figures by name, as the history keeps them."""

_SAMPLES = (
    ("duplicates", "came twice"),
    ("late", "came too late"),
    ("corrupt", "frames could not be read"),
    ("retimed", "had odd times"),
)


def samples_text(figures: Figures) -> str:
    """How the samples came, by the names of `StreamStats`: "3120 samples at 52.0 Hz, 12 missing in 2 gaps"."""
    rate = figures.get("rate_hz")
    gaps = figures.get("gaps") or 0
    missing, restarts = figures.get("missing") or 0, figures.get("restarts") or 0
    known = [f"{missing:.0f}"] if missing or not restarts else []
    unknown = ["an unknown number"] if restarts else []  # nobody knows how long the sensor was off
    lost = f"{' and '.join(known + unknown)} missing in {gaps:.0f} gap{'s' if gaps > 1 else ''}"
    parts = [f"{figures.get('samples') or 0:.0f} samples" + (f" at {rate:.1f} Hz" if rate else "")]
    parts.append(lost if gaps else "none missing")
    parts += [f"{count:.0f} {what}" for name, what in _SAMPLES if (count := figures.get(name))]
    if restarts:
        parts.append(f"{restarts:.0f} restart{'s' if restarts > 1 else ''} of the sensor")
    return ", ".join(parts)


def link_text(figures: Figures) -> str | None:
    """How the link was, by the names of `link_figures`; None where there was none.

    Such as "never lost, connection interval 30 ms, battery 80 %, clock known to 1.2 ms, drift 14 +/- 3 ppm".
    """
    if figures.get("link_drops") is None:
        return None
    parts = [losses_text(figures["link_drops"] or 0, figures.get("link_away_s") or 0.0)]
    for name, what in (
        ("link_resends", "{:.0f} stretches asked for again"),
        ("link_bad_messages", "{:.0f} damaged messages"),
        ("link_interval_ms", "connection interval {:g} ms"),
    ):
        if value := figures.get(name):
            parts.append(what.format(value))
    if restarts := figures.get("link_restarts"):
        parts.append(f"the sensor restarted {_times(restarts)}")
    battery, clock_s, drift = (figures.get(name) for name in ("battery_percent", "clock_sd_s", "clock_drift_ppm"))
    if battery is not None:
        parts.append(f"battery {battery:.0f} %")
    if clock_s is not None:
        parts.append(f"clock known to {clock_s * 1e3:.1f} ms")
        drift_sd = figures.get("clock_drift_sd_ppm")
        if drift is not None and drift_sd is not None:
            parts.append(f"drift {drift:.0f} +/- {drift_sd:.0f} ppm")
    return ", ".join(parts)


def losses_text(drops: float, away_s: float) -> str:
    """ "never lost", "lost 2 times, 3.4 s in all"."""
    if not drops:
        return "never lost"
    return f"lost {_times(drops)}, {away_s:.1f} s in all"


def _times(count: float) -> str:
    return "once" if count == 1 else f"{count:.0f} times"


def counts_differ(
    host: int, device: int, *, missing: bool = False, rejected: Sequence[str] = (), lost: bool = False, other: str = ""
) -> str:
    """The sensor's count of a set beside the host's, and what is known of the reason where they differ.

    Args:
        host, device: the two counts.
        missing: whether samples are missing here.
        rejected: why movements were not counted here.
        lost: whether the link was lost in the session.
        other: what the sensor counts, where that is another exercise.
    """
    if host == device:
        return f"the sensor itself counted {device} too"
    text = f"the sensor itself counted {device}, here it is {host}"
    if other:
        return f"{text}: it is set to {other}"
    if device < host and lost:
        return f"{text}: while the link was lost it told nothing, it keeps those reps (repband device sync)"
    if device < host and missing:
        return f"{text}: samples are missing here, so here it may be wrong"
    if device > host and missing:
        return f"{text}: samples are missing here, the sensor has them"
    if device > host and rejected:
        return f"{text}: here {len(rejected)} more movements were not counted ({', '.join(dict.fromkeys(rejected))})"
    return f"{text}: why is not known; repband plot shows what was counted here"

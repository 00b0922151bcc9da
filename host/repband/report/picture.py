"""A trend as a picture."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from repband.errors import UsageError
from repband.report.terminal import symmetry_text
from repband.report.trend import Trend, TrendPoint
from repband.screen.kept import words_of

Axes = Any
"""Matplotlib's: its types are unknown in part, and it is imported only when something is drawn."""

FORMATS = (".png", ".svg", ".pdf")

# Okabe and Ito's palette, told apart with any colour vision: jfly.uni-koeln.de/color
COLOURS = {"left": "#0072B2", "right": "#D55E00", None: "#333333"}
_PHASES = {"out_s": "#56B4E9", "hold_s": "#E69F00", "back_s": "#009E73"}
_FAINT, _REFIT = "#9a9a9a", "#CC79A7"


def save_trend(trend: Trend, path: Path) -> None:
    """Draws a trend into a file; its ending says the format.

    Raises:
        UsageError: the ending is none of FORMATS, or matplotlib is missing.
    """
    if path.suffix.lower() not in FORMATS:
        raise UsageError("unknown kind of picture", where=str(path), cure=f"end its name with {', '.join(FORMATS)}")
    try:
        figures: Any = importlib.import_module("matplotlib.figure")
        matplotlib: Any = importlib.import_module("matplotlib")
    except ImportError as error:
        raise UsageError("drawing needs matplotlib", cure="pip install 'repband[plot]'") from error
    figure: Any = figures.Figure(figsize=(9, 9.5), layout="constrained")
    _draw(trend, figure.subplots(4, 1, sharex=True, height_ratios=[3, 3, 2, 2]))
    figure.autofmt_xdate(rotation=0, ha="center")
    figure.suptitle(
        f"{words_of(trend.exercise).title}, {trend.points[0].day} to {trend.points[-1].day}", x=0.02, ha="left"
    )
    date = {".svg": "Date", ".pdf": "CreationDate"}.get(path.suffix.lower())
    # No date and no random names inside: the same trend gives the same bytes.
    with matplotlib.rc_context({"svg.hashsalt": "repband"}):
        figure.savefig(path, dpi=130, metadata={date: None} if date else None)


def _draw(trend: Trend, axes: Sequence[Axes]) -> None:
    excursion, tempo, reps, effort = axes
    _excursion(trend, excursion)
    _tempo(trend, tempo)
    for side in trend.sides:
        _line(reps, trend.of_side(side), "reps", COLOURS[side], side or "reps")
    reps.set_ylabel("reps a session")
    reps.set_ylim(bottom=0)
    if any(point.load.kind == "kg" for point in trend.points):
        _load(trend, reps)
    for name, colour in (("effort", "#0072B2"), ("pain", "#D55E00")):
        _line(effort, trend.points, name, colour, name, marker="." if name == "effort" else "x", line="")
    effort.set_ylabel("effort, pain")
    effort.set_ylim(-0.5, 10.5)
    for one in axes:
        one.grid(alpha=0.25)
        one.spines[["top", "right"]].set_visible(False)
        if one.get_legend_handles_labels()[0]:
            one.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, fontsize=8)


def _excursion(trend: Trend, axes: Axes) -> None:
    for side in trend.sides:
        _line(axes, trend.of_side(side), "excursion_deg", COLOURS[side], side or "excursion")
    refits = sorted({point.day for point in trend.points if point.refit})
    for number, day in enumerate(refits):
        axes.axvline(day, color=_REFIT, linestyle=":", label=None if number else "strap refitted")
    axes.set_ylabel("thigh excursion (°)")
    axes.set_ylim(bottom=0)
    symmetry = trend.symmetry("excursion_deg")
    if symmetry:
        axes.set_title(symmetry_text(symmetry, "excursion", "°"), loc="left", fontsize=9, color=_FAINT)


def _tempo(trend: Trend, axes: Axes) -> None:
    words = words_of(trend.exercise)
    for quantity, colour in _PHASES.items():
        name = getattr(words, quantity[:-2])
        _line(axes, trend.points, quantity, colour, name, line="")
        prescribed = [(p.day, getattr(p.tempo_s, quantity[:-2])) for p in trend.points if p.tempo_s is not None]
        if prescribed:
            days, lengths_s = zip(*prescribed, strict=True)
            axes.step(days, lengths_s, color=colour, linestyle="--", linewidth=1, where="post")
    axes.set_ylabel("phases (s)\ndashed: prescribed")
    axes.set_ylim(bottom=0)


def _load(trend: Trend, axes: Axes) -> None:
    twin: Any = axes.twinx()
    points = [point for point in trend.points if point.value("load") is not None]
    twin.step([p.day for p in points], [p.value("load") for p in points], color=_FAINT, where="post")
    twin.set_ylabel("load (kg)", color=_FAINT)
    twin.set_ylim(bottom=0)
    twin.spines[["top"]].set_visible(False)


def _line(
    axes: Axes,
    points: Sequence[TrendPoint],
    quantity: str,
    colour: str,
    label: str,
    *,
    marker: str = ".",
    line: str = "-",
) -> None:
    known = [(point.day, value) for point in points if (value := point.value(quantity)) is not None]
    if known:
        days, values = zip(*known, strict=True)
        axes.plot(days, values, color=colour, marker=marker, linestyle=line, linewidth=1, label=label)

"""Draws a recording with its labels, to be worked on: excursion above, acceleration below, the whole at the bottom."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from repband.label.base import Label, Source, in_words
from repband.label.edits import Labels
from repband.label.work import Work
from repband.screen.plot import Curves
from repband.stream import Gap

LEGEND = (
    "drag: new rep, bound or rep    click: choose    a: add here    d: delete    e: doubtful    t: farthest point here"
    "    u r: undo, redo    n p: next, previous    arrows, wheel: along, zoom    s: save    q: quit"
)
SHOWN_S = 60.0  # what a screen holds without crowding; longer recordings are gone along
MOST_TOP_DEG = 60.0

# Okabe and Ito's palette, told apart with any colour vision: jfly.uni-koeln.de/color
_MINE, _PROPOSED, _DOUBTFUL, _CHOSEN = "#009E73", "#56B4E9", "#8a8a8a", "#D55E00"
_AXES = ("#D55E00", "#0072B2", "#CC79A7")
_INK, _FAINT, _GAP = "#222222", "#9a9a9a", "#444444"


class Picture:
    """The figure and what is drawn on it.

    Args:
        figure: an empty matplotlib figure.
        work: the recording.
    """

    def __init__(self, figure: Any, work: Work) -> None:
        self.figure = figure
        self._work = work
        self._drawn: list[Any] = []
        low_s, high_s = work.recorded.start_s, work.recorded.end_s
        grid = figure.add_gridspec(
            3, 1, height_ratios=[4, 2, 0.5], left=0.055, right=0.985, top=0.875, bottom=0.14, hspace=0.16
        )
        self.above: Any = figure.add_subplot(grid[0])
        self.below: Any = figure.add_subplot(grid[1], sharex=self.above)
        self.whole: Any = figure.add_subplot(grid[2])
        rests_s = rests(work.labels)
        self._curves(Curves.about(work.items, rests_s))
        self.above.set_ylabel("excursion, deg" if rests_s else "angle from the usual posture, deg")
        self._furnish()
        # A remainder of a tenth is not worth a page of its own.
        self.show_span(low_s, high_s if high_s - low_s < 1.1 * SHOWN_S else low_s + SHOWN_S)

    def _curves(self, curves: Curves) -> None:
        self.above.plot(curves.frame_s, curves.quick_deg, color=_FAINT, lw=0.6, zorder=2)
        self.above.plot(curves.frame_s, curves.smooth_deg, color=_INK, lw=1.5, zorder=3)
        for k, colour in enumerate(_AXES):
            self.below.plot(curves.t_s, curves.accel_g[:, k], color=colour, lw=0.7, zorder=2)
        self.whole.plot(curves.frame_s, curves.smooth_deg, color=_INK, lw=0.6, zorder=3)
        seen = curves.smooth_deg[np.isfinite(curves.smooth_deg)]
        self.top_deg = 1.3 * min(max(float(np.percentile(seen, 99)) if len(seen) else 0.0, 12.0), MOST_TOP_DEG)
        low, high = np.nanpercentile(curves.accel_g, [0.2, 99.8])
        self.below.set_ylim(low - 0.15, high + 0.15)
        for gap in (item for item in self._work.items if isinstance(item, Gap)):
            for axes in (self.above, self.below, self.whole):
                axes.axvspan(gap.start_s, gap.end_s, color=_GAP, alpha=0.85, lw=0, zorder=6)

    def _furnish(self) -> None:
        recorded = self._work.recorded
        self.above.set_ylim(0, self.top_deg)
        self.above.tick_params(labelbottom=False)
        self.below.set_ylabel("accel., g")
        self.whole.set_ylim(0, self.top_deg)
        self.whole.set_xlim(recorded.start_s, recorded.end_s)
        self.whole.set_yticks([])
        self.whole.set_ylabel("all", rotation=0, ha="right", va="center")
        self.whole.set_xlabel("time in the recording, s")
        for axes in (self.above, self.below, self.whole):
            for side in ("top", "right"):
                axes.spines[side].set_visible(False)
            axes.grid(axis="y", color="#e4e4e4", lw=0.6, zorder=0)
            axes.set_axisbelow(True)
        text = self.figure.text
        self._title = text(0.012, 0.968, "", fontsize=12.5, weight="bold", color=_INK, va="center")
        self._origin = text(0.012, 0.923, "", fontsize=10.5, color=_INK, va="center")
        self._status = text(0.988, 0.968, "", fontsize=11, color=_CHOSEN, va="center", ha="right")
        text(0.5, 0.03, LEGEND, fontsize=9, color="#444444", va="center", ha="center")

    def show_span(self, low_s: float, high_s: float) -> None:
        """Shows this stretch of the recording."""
        self.above.set_xlim(low_s, high_s)

    @property
    def span_s(self) -> tuple[float, float]:
        """The stretch shown."""
        low_s, high_s = self.above.get_xlim()
        return float(low_s), float(high_s)

    def say(self, text: str) -> None:
        """Shows a line above the plot."""
        self._status.set_text(text)

    def draw(self, labels: Labels, chosen: int | None, *, unsaved: bool) -> None:
        """Draws the labels anew over the curves."""
        for artist in self._drawn:
            artist.remove()
        self._drawn.clear()
        low_s, high_s = self.span_s
        self._drawn.append(self.whole.axvspan(low_s, high_s, fc="#f3e3d3", ec=_CHOSEN, lw=1, zorder=0.5))
        for place, label in enumerate(labels):
            (self._moment if label.is_moment else self._rep)(label, place == chosen)
            self._number(place + 1, label)
        self._say_what_they_are(labels, unsaved)
        self.figure.canvas.draw_idle()

    def _rep(self, label: Label, chosen: bool) -> None:
        colour = colour_of(label)
        style: dict[str, Any] = {"fc": colour, "ec": "none", "zorder": 1}
        for axes, alpha in ((self.above, 0.30), (self.below, 0.16), (self.whole, 0.55)):
            self._drawn.append(axes.axvspan(label.start_s, label.end_s, alpha=alpha, **style))
        if label.doubtful:
            self._drawn.append(
                self.above.axvspan(
                    label.start_s, label.end_s, fc="none", ec=colour, hatch="///", lw=0, alpha=0.5, zorder=1.1
                )
            )
        dashes = (0, (4, 3)) if label.source == Source.ENGINE else "-"
        edge, width = (_CHOSEN, 2.4) if chosen else (colour, 1.3)
        for bound_s in (label.start_s, label.end_s):
            self._drawn += self.above.plot([bound_s] * 2, [0, self.top_deg], color=edge, lw=width, ls=dashes, zorder=4)
            self._drawn += self.below.plot([bound_s] * 2, self.below.get_ylim(), color=edge, lw=0.8, zorder=1.5)
            if chosen:
                self._drawn += self.above.plot(
                    [bound_s], [self.top_deg / 2], "s", ms=8, color=_CHOSEN, mec="white", zorder=5
                )
        if label.top_s is not None:
            self._drawn += self.above.plot(
                [label.top_s], [0.87 * self.top_deg], "v", ms=6, color=_INK, mec="white", mew=0.6, zorder=5
            )

    def _moment(self, label: Label, chosen: bool) -> None:
        colour = _CHOSEN if chosen else colour_of(label)
        for axes in (self.above, self.whole):
            self._drawn.append(axes.axvline(label.start_s, color=colour, lw=2.2 if chosen else 1.4, zorder=4))
        self._drawn += self.above.plot(
            [label.start_s], [0.8 * self.top_deg], "D", ms=9, color=colour, mec="white", zorder=5
        )

    def _number(self, number: int, label: Label) -> None:
        mark = "?" if label.doubtful else ""
        style: dict[str, Any] = {"ha": "center", "va": "top", "fontsize": 11, "weight": "bold", "clip_on": True}
        style["bbox"] = {"fc": "white", "ec": "none", "pad": 1.5, "alpha": 0.9 if label.is_moment else 0}
        self._drawn.append(
            self.above.text(label.middle_s, 0.985 * self.top_deg, f"{number}{mark}", color=_INK, zorder=6, **style)
        )

    def _say_what_they_are(self, labels: Labels, unsaved: bool) -> None:
        work = self._work
        state = "not saved yet" if unsaved else "saved"
        self._title.set_text(f"{work.recording.name}, {work.exercise.title}: {in_words(labels)} ({state})")
        untouched = sum(label.source == Source.ENGINE for label in labels)
        if work.proposed and unsaved:
            self._origin.set_text(
                f"PROPOSAL of detector {work.detector}, not truth yet: {untouched} as proposed (blue, dashed). "
                "Look at each; what is saved will say where it began."
            )
        elif work.detector:
            self._origin.set_text(
                f"Begun as a proposal of detector {work.detector}, {untouched} left as proposed (blue, dashed): "
                "not independent of it."
            )
        elif any(label.is_moment for label in labels):
            self._origin.set_text("Moments were pressed by someone who watched; drag across one to give it bounds.")
        else:
            self._origin.set_text("From the onset of the movement to its return.")


def rests(labels: Labels) -> list[float]:
    """Times at rest, in s: the bounds of reps; between moments, where nothing else is known, halfway."""
    bounds = [time_s for x in labels if not x.is_moment for time_s in (x.start_s, x.end_s)]
    return bounds or [(a.start_s + b.start_s) / 2 for a, b in pairwise(labels)]


def colour_of(label: Label) -> str:
    """Doubtful, proposed or a person's own."""
    if label.doubtful:
        return _DOUBTFUL
    return _PROPOSED if label.source == Source.ENGINE else _MINE

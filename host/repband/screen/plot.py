"""A recording as a picture: good enough to settle by eye whether a rep was one.

Above, the excursion from the rest posture with the phases of every counted rep, when it was announced, what was
looked at and not counted (hatched, with the reason), gaps, and the true reps where they are known; below, the
acceleration as it was measured.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from repband.errors import UsageError
from repband.motion import FILTER_DELAY_S, Motion, MotionFrame
from repband.reps import CountResult, Rep
from repband.screen.counted import not_counted
from repband.stream import Gap, StreamItem

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Floats = npt.NDArray[np.float64]

ROW_S = 60.0
MOST_ROWS = 20  # longer recordings get longer rows
FORMATS = (".png", ".svg", ".pdf")

# Okabe and Ito's palette, told apart with any colour vision: jfly.uni-koeln.de/color
_OUT, _HOLD, _BACK = "#56B4E9", "#F0E442", "#009E73"
_AXES = ("#D55E00", "#0072B2", "#CC79A7")
_TRUE, _INK, _FAINT, _GAP = "#CC79A7", "#222222", "#9a9a9a", "#444444"
_LEAST_TOP_DEG = 15.0


@dataclass(frozen=True, slots=True)
class Scene:
    """What a picture shows.

    Attributes:
        title: what the recording is.
        items: its samples and gaps.
        result: what the engine made of it.
        words: what to call the way out, the hold and the way back.
        truth: (start_s, end_s, certain) of each true rep, where known.
        span_s: show only from .. to, in s.
    """

    title: str
    items: Sequence[StreamItem]
    result: CountResult
    words: tuple[str, str, str] = ("out", "hold", "back")
    truth: Sequence[tuple[float, float, bool]] = ()
    span_s: tuple[float | None, float | None] = (None, None)


def save_plot(scene: Scene, path: Path) -> None:
    """Draws the scene into a file; its ending says the format.

    Raises:
        UsageError: the ending is none of FORMATS, matplotlib is missing, or the span holds no samples.
    """
    if path.suffix.lower() not in FORMATS:
        raise UsageError("unknown kind of picture", where=str(path), cure=f"end its name with {', '.join(FORMATS)}")
    figure: Any = draw(scene)
    matplotlib: Any = importlib.import_module("matplotlib")
    # No date and no random names inside: the same recording gives the same bytes.
    date = _DATE.get(path.suffix.lower())
    with matplotlib.rc_context({"svg.hashsalt": "repband"}):
        figure.savefig(path, metadata={date: None} if date else None)


_DATE = {".svg": "Date", ".pdf": "CreationDate"}


def draw(scene: Scene) -> Figure:
    """The scene as a figure: two panels for each row of ROW_S."""
    figure_class = _figure_class()
    curves = Curves.of(scene)
    rows = _rows(curves.t_s, scene.span_s)
    figure: Any = figure_class(figsize=(15, 0.9 + 3.4 * len(rows)), dpi=100, layout="constrained")
    grid = figure.add_gridspec(2 * len(rows), 1, height_ratios=[2.4, 1] * len(rows))
    top_deg = _top_deg(curves, scene.result.reps, rows[0][0], rows[-1][1])
    for i, (start_s, end_s) in enumerate(rows):
        above: Any = figure.add_subplot(grid[2 * i, 0])
        below: Any = figure.add_subplot(grid[2 * i + 1, 0], sharex=above)
        _excursion_panel(above, scene, curves, top_deg)
        _raw_panel(below, scene, curves)
        above.set_xlim(start_s, end_s)
        above.tick_params(labelbottom=False)
    below.set_xlabel("time in the recording, s")  # pyright: ignore[reportPossiblyUnboundVariable]
    figure.suptitle(_headline(scene), x=0.01, ha="left", fontsize=12, color=_INK)
    figure.legend(handles=_legend(scene), loc="outside upper right", ncols=9, frameon=False, fontsize=9)
    return figure


@dataclass(frozen=True, slots=True)
class Curves:
    """What is drawn as lines; gaps are NaN.

    Attributes:
        t_s, accel_g: the samples.
        frame_s: times of motion's frames.
        smooth_deg, quick_deg: excursion of the low-passed and of the frame's own gravity vector.
    """

    t_s: Floats
    accel_g: Floats
    frame_s: Floats
    smooth_deg: Floats
    quick_deg: Floats

    @classmethod
    def of(cls, scene: Scene) -> Curves:
        """The curves of a scene; its reps begin and end at rest."""
        return cls.about(scene.items, [time for rep in scene.result.reps for time in (rep.start_s, rep.end_s)])

    @classmethod
    def about(cls, items: Sequence[StreamItem], rests_s: Sequence[float]) -> Curves:
        """Runs motion over the samples once more, as the engine did.

        Args:
            items: samples and gaps.
            rests_s: times at which the thigh is in its rest posture, in s.
        """
        motion = Motion()
        frames = [f for item in items for f in motion.feed(item) if isinstance(f, MotionFrame)]
        table = np.array([f[1:2] + f[3:9] for f in frames], dtype=float).reshape(-1, 7)
        quick_s, smooth_s = table[:, 0], table[:, 0] - FILTER_DELAY_S
        smooth = np.column_stack([np.interp(quick_s, smooth_s, table[:, k]) for k in (4, 5, 6)])
        rest = _rest(quick_s, smooth, sorted(rests_s))
        holes = np.concatenate([[False], np.diff(quick_s) > 0.3]) if len(quick_s) else np.zeros(0, dtype=bool)
        smooth_deg, quick_deg = (np.where(holes, np.nan, _angle_deg(v, rest)) for v in (smooth, table[:, 1:4]))
        t_s, accel_g = _samples(items)
        return cls(t_s, accel_g, quick_s, smooth_deg, quick_deg)


def _samples(items: Sequence[StreamItem]) -> tuple[Floats, Floats]:
    """All samples, with a NaN at every gap so that no line crosses it."""
    times, values = [np.empty(0)], [np.empty((0, 3))]
    for item in items:
        if isinstance(item, Gap):
            times.append(np.array([item.start_s]))
            values.append(np.full((1, 3), np.nan))
        else:
            times.append(item.t_s)
            values.append(item.accel_g)
    return np.concatenate(times), np.concatenate(values)


def _rest(t_s: Floats, smooth: Floats, anchors: Sequence[float]) -> Floats:
    """The rest posture at each frame: gravity at the onset and return of the reps, drawn on between them.

    Each is the median of five, so that one bound in the wrong place shows instead of setting the zero. Without reps
    it is the posture held longest, near enough: the median.
    """
    if not len(t_s) or not anchors:
        return np.tile(np.median(smooth, axis=0), (len(t_s), 1)) if len(t_s) else smooth
    at = np.column_stack([np.interp(anchors, t_s, smooth[:, k]) for k in range(3)])
    around = [at[max(0, i - 2) : i + 3] for i in range(len(at))]
    rest = np.array([np.median(some, axis=0) for some in around])
    return np.column_stack([np.interp(t_s, anchors, rest[:, k]) for k in range(3)])


def _angle_deg(a: Floats, b: Floats) -> Floats:
    size = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    cos = np.sum(a * b, axis=1) / np.maximum(size, 1e-9)
    return np.degrees(np.arccos(np.clip(cos, -1, 1)))


def _rows(t_s: Floats, span_s: tuple[float | None, float | None]) -> list[tuple[float, float]]:
    if not len(t_s):
        raise UsageError("there are no samples to draw")
    start = float(t_s[0]) if span_s[0] is None else span_s[0]
    end = float(t_s[-1]) if span_s[1] is None else span_s[1]
    if not start < end or end < t_s[0] or start > t_s[-1]:
        raise UsageError(
            f"nothing lies between {start:g} and {end:g} s", cure=f"the recording goes from {t_s[0]:g} to {t_s[-1]:g} s"
        )
    count = min(MOST_ROWS, max(1, math.ceil((end - start) / ROW_S - 0.1)))
    length = (end - start) / count
    return [(start + i * length, start + (i + 1) * length) for i in range(count)]


def _top_deg(curves: Curves, reps: Sequence[Rep], start_s: float, end_s: float) -> float:
    """Room for the reps and some more; a change of posture far beyond them may leave through the top."""
    shown = (curves.frame_s >= start_s) & (curves.frame_s <= end_s) & np.isfinite(curves.smooth_deg)
    highest = float(curves.smooth_deg[shown].max()) if shown.any() else 0.0
    if reps:
        highest = min(highest, 1.6 * max(rep.excursion_deg for rep in reps))
    return max(_LEAST_TOP_DEG, highest) * 1.28


def _excursion_panel(axes: Any, scene: Scene, curves: Curves, top_deg: float) -> None:
    _gaps(axes, scene.items)
    for rep in scene.result.reps:
        _rep(axes, rep, curves, top_deg)
    _rejected(axes, scene, top_deg)
    for start_s, end_s, certain in scene.truth:
        _true_rep(axes, start_s, end_s, certain, top_deg)
    axes.plot(curves.frame_s, curves.quick_deg, color=_FAINT, lw=0.6, zorder=2)
    axes.plot(curves.frame_s, curves.smooth_deg, color=_INK, lw=1.5, zorder=3)
    axes.set_ylim(-0.09 * top_deg if scene.truth else 0, top_deg)
    axes.set_ylabel("excursion, deg")
    _calm(axes)


def _rep(axes: Any, rep: Rep, curves: Curves, top_deg: float) -> None:
    out_end, back_start = rep.start_s + rep.tempo_s.out, rep.end_s - rep.tempo_s.back
    for start_s, end_s, colour in (
        (rep.start_s, out_end, _OUT),
        (out_end, back_start, _HOLD),
        (back_start, rep.end_s, _BACK),
    ):
        axes.axvspan(start_s, end_s, color=colour, alpha=0.38, lw=0, zorder=1)
    for half_s in (rep.half_up_s, rep.half_down_s):
        height = float(np.interp(half_s, curves.frame_s, curves.smooth_deg))
        axes.plot([half_s], [height], "o", ms=3.5, color=_INK, zorder=4)
    middle_s = (rep.start_s + rep.end_s) / 2
    style: dict[str, Any] = {"ha": "center", "va": "top", "clip_on": True, "color": _INK}
    note = "\n".join([f"{rep.excursion_deg:.0f}°", *rep.flags])
    axes.text(middle_s, 0.985 * top_deg, str(rep.number), fontsize=11, weight="bold", **style)
    axes.text(middle_s, 0.90 * top_deg, note, fontsize=7.5, **style)
    axes.plot([rep.announced_s] * 2, [0, 0.8 * top_deg], color=_INK, lw=0.8, ls=(0, (1, 2)), zorder=2)
    axes.plot([rep.announced_s], [0.8 * top_deg], marker="v", ms=6, color=_INK, zorder=4)


def _rejected(axes: Any, scene: Scene, top_deg: float) -> None:
    labelled_s = -math.inf
    for candidate in scene.result.rejected:
        axes.axvspan(
            candidate.start_s, candidate.end_s, ymax=0.62, fc="none", ec=_FAINT, hatch="////", lw=0.5, zorder=1.5
        )
        middle_s = (candidate.start_s + candidate.end_s) / 2
        if middle_s - labelled_s > 1.0:
            labelled_s = middle_s
            style = {"ha": "center", "va": "bottom", "fontsize": 8, "rotation": 90, "clip_on": True}
            box = {"fc": "white", "ec": "none", "alpha": 0.75, "pad": 0.8}
            axes.text(middle_s, 0.06 * top_deg, candidate.reason, color=_INK, bbox=box, zorder=5, **style)


def _true_rep(axes: Any, start_s: float, end_s: float, certain: bool, top_deg: float) -> None:
    if start_s == end_s:  # a moment: nobody marked its bounds
        style = {"mfc": _TRUE if certain else "white", "mec": _TRUE, "zorder": 4}
        axes.plot([start_s], [-0.045 * top_deg], marker="D", ms=7, **style)
        return
    style = "-" if certain else (0, (1, 1))
    axes.plot([start_s, end_s], [-0.045 * top_deg] * 2, color=_TRUE, lw=5, ls=style, solid_capstyle="butt", zorder=4)


def _raw_panel(axes: Any, scene: Scene, curves: Curves) -> None:
    _gaps(axes, scene.items)
    for k, colour in enumerate(_AXES):
        axes.plot(curves.t_s, curves.accel_g[:, k], color=colour, lw=0.7)
    low, high = np.nanpercentile(curves.accel_g, [0.2, 99.8])
    axes.set_ylim(low - 0.15, high + 0.15)
    axes.set_ylabel("accel., g")
    _calm(axes)


def _gaps(axes: Any, items: Sequence[StreamItem]) -> None:
    for gap in (item for item in items if isinstance(item, Gap)):
        axes.axvspan(gap.start_s, gap.end_s, color=_GAP, alpha=0.85, lw=0, zorder=6)


def _calm(axes: Any) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.grid(axis="y", color="#e4e4e4", lw=0.6, zorder=0)
    axes.set_axisbelow(True)
    axes.margins(x=0)


def _headline(scene: Scene) -> str:
    result = scene.result
    count = f"{result.count} rep{'s' if result.count != 1 else ''}"
    if result.count_min != result.count_max:
        count += f" ({result.count_min} to {result.count_max}: samples are missing)"
    rejected = not_counted(result.rejected)
    true = f", {sum(certain for *_, certain in scene.truth)} true" if scene.truth else ""
    return f"{scene.title}: {count}{true}" + (f"\nnot counted: {rejected}" if rejected else "")


def _legend(scene: Scene) -> list[Any]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Any] = [
        Patch(fc=c, alpha=0.38, label=w) for c, w in zip((_OUT, _HOLD, _BACK), scene.words, strict=True)
    ]
    handles.append(Line2D([], [], marker="v", color=_INK, lw=0, ms=6, label="announced"))
    handles.append(Line2D([], [], marker="o", color=_INK, lw=0, ms=3.5, label="half height"))
    if scene.result.rejected:
        handles.append(Patch(fc="none", ec=_FAINT, hatch="////", lw=0.5, label="not counted"))
    if any(isinstance(item, Gap) for item in scene.items):
        handles.append(Patch(fc=_GAP, label="samples missing"))
    if scene.truth:
        handles.append(Line2D([], [], color=_TRUE, lw=5, label="true (dotted: doubtful)"))
    return handles


def _figure_class() -> Any:
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise UsageError("drawing needs matplotlib", cure="install it with: pip install 'repband[plot]'") from error
    return Figure

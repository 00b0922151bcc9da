"""What a picture holds, asked of the figure itself."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from repband.reps import CountResult, Flag, PhaseTimes, Rep, RepRejected
from repband.screen.plot import Curves, Scene, draw
from repband.stream import Gap, GapCause, SampleBlock

RATE_HZ = 50.0


def rep(number: int, start_s: float, flags: tuple[Flag, ...] = ()) -> Rep:
    phases = PhaseTimes(None, 1.0, 1.0, 1.0)
    return Rep(
        number, start_s + 3.2, start_s + 3.5, start_s, start_s + 0.5, start_s + 1.5, start_s + 2.5, start_s + 3.0,
        20.0, phases, phases, flags,
    )  # fmt: skip


def block(start_s: float, end_s: float) -> SampleBlock:
    t_s = np.arange(start_s, end_s, 1 / RATE_HZ)
    tilt = np.radians(20) * np.clip(np.minimum((t_s - 10) % 6, 3 - (t_s - 10) % 6), 0, 1) * (t_s > 10)
    return SampleBlock(0, t_s, np.column_stack([np.sin(tilt), np.cos(tilt), 0 * tilt]))


def scene(seconds: float = 40.0, **more: object) -> Scene:
    reps = (rep(1, 10), rep(2, 16, (Flag.LATE,)))
    rejected = (RepRejected(24, 25, "too-small", 25.5),)
    result = CountResult(2, 2, 2, reps, rejected, seconds)
    return Scene("made", [block(0, seconds)], result, **more)  # type: ignore[arg-type]


def texts(figure) -> list[str]:  # type: ignore[no-untyped-def]
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def test_reps_are_numbered_and_rejected_ones_hatched_with_their_reason() -> None:
    figure = draw(scene())
    shown = texts(figure)
    assert {"1", "2", "20°\nlate", "too-small"} <= set(shown)
    hatched = [patch for axes in figure.axes for patch in axes.patches if patch.get_hatch()]
    assert len(hatched) == 1
    assert "2 reps" in figure.get_suptitle() and "1 too-small" in figure.get_suptitle()


def test_long_recordings_are_split_in_rows_without_a_hole() -> None:
    figure = draw(scene(170.0))
    limits = [axes.get_xlim() for axes in figure.axes[::2]]
    assert len(limits) == 3
    assert all(a[1] == pytest.approx(b[0]) for a, b in pairwise(limits))


def test_a_part_is_shown_alone() -> None:
    figure = draw(scene(span_s=(12.0, 20.0)))
    assert figure.axes[0].get_xlim() == (12.0, 20.0)


def test_gaps_and_truth_are_shown_and_explained() -> None:
    made = scene(truth=[(10, 13, True), (30, 31, False)])
    items = [block(0, 28), Gap(28, 31, 150, GapCause.LOST), block(31, 40)]
    figure = draw(Scene(made.title, items, made.result, truth=made.truth))
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert "samples missing" in legend and "true (dotted: doubtful)" in legend
    assert "1 true" in figure.get_suptitle()


def test_the_excursion_is_measured_from_rest() -> None:
    curves = Curves.of(scene())
    at = dict(zip(np.round(curves.frame_s, 2), curves.smooth_deg, strict=True))
    middle = min(at, key=lambda t: abs(t - 11.5))
    assert at[middle] == pytest.approx(20, abs=2)
    still = (curves.frame_s > 2) & (curves.frame_s < 9)
    assert curves.smooth_deg[still].max() < 1.0


def test_no_line_crosses_a_gap() -> None:
    made = scene()
    items = [block(0, 14), Gap(14, 18, 200, GapCause.LOST), block(18, 40)]
    curves = Curves.of(Scene(made.title, items, made.result))
    assert np.isnan(curves.accel_g).any() and np.isnan(curves.smooth_deg).any()


def test_phases_are_told_apart_without_colour_vision() -> None:
    from repband.screen import plot

    def lightness(colour: str) -> float:
        r, g, b = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        return 0.2126 * r**2.2 + 0.7152 * g**2.2 + 0.0722 * b**2.2

    out, hold, back = (lightness(c) for c in (plot._OUT, plot._HOLD, plot._BACK))
    assert min(abs(out - hold), abs(hold - back), abs(out - back)) > 0.1

"""A trend as plots that a browser draws: plain values, with their units, prescriptions and refits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from repband.report.adherence import Week
from repband.report.terminal import symmetry_text
from repband.report.trend import Trend, TrendPoint
from repband.screen.kept import words_of

_DAY_S = 86400
# Two sessions of one day stand this far apart.
_APART_S = 6 * 3600
_PHASES = ("out", "hold", "back")

Plot = dict[str, Any]
"""id, title, unit, x (s since 1970, noon of the day), series, refits (positions on x) and note."""


def plots_of(trend: Trend, weeks: Sequence[Week]) -> list[Plot]:
    """All plots of a trend, those without a value left out.

    Args:
        trend: one exercise over time.
        weeks: adherence to the whole plan, oldest first.
    """
    axis = _Axis(trend)
    found = [_reps(axis), _load(axis), _excursion(axis), *(_phase(axis, phase) for phase in _PHASES)]
    found += [_sides(axis), _asked(axis)]
    found = [plot for plot in found if _says_something(plot)]
    return [*found, _weeks(weeks)] if weeks else found


class _Axis:
    """The sessions of a trend as positions, and its points in their places."""

    def __init__(self, trend: Trend) -> None:
        self.trend = trend
        self.words = words_of(trend.exercise)
        days = {point.session: point.day for point in trend.points}
        self._index = {session: index for index, session in enumerate(days)}
        self.x: list[int] = []
        for day in days.values():
            after = self.x[-1] + _APART_S if self.x else 0
            self.x.append(max(_noon(day), after))

    def values(self, side: str | None, value: Callable[[TrendPoint], float | None]) -> list[float | None]:
        """A value for each session; None where there is none."""
        found: list[float | None] = [None] * len(self.x)
        for point in self.trend.of_side(side):
            number = value(point)
            found[self._index[point.session]] = None if number is None else round(number, 2)
        return found

    def refits(self) -> list[int]:
        """Where the strap slipped or was put on anew."""
        return sorted({self.x[self._index[point.session]] for point in self.trend.points if point.refit})

    def plot(self, name: str, title: str, unit: str, series: list[dict[str, Any]], note: str = "") -> Plot:
        """A plot over the sessions."""
        return {
            "id": name, "title": title, "unit": unit, "x": self.x, "series": series, "refits": self.refits(),
            "note": note,
        }  # fmt: skip

    def by_side(self, quantity: str) -> list[dict[str, Any]]:
        """A line for each side."""
        return [
            _series(side or "each session", side or "both", self.values(side, lambda point: point.value(quantity)))
            for side in self.trend.sides
        ]


def _series(name: str, colour: str, values: list[float | None], kind: str = "line") -> dict[str, Any]:
    return {"name": name, "colour": colour, "kind": kind, "values": values}


def _reps(axis: _Axis) -> Plot:
    wanted = axis.values(axis.trend.sides[0], lambda point: point.target_reps)
    series = [*axis.by_side("reps"), _series("prescribed", "soft", wanted, "steps")]
    each = " on each side" if len(axis.trend.sides) > 1 else ""
    return axis.plot("reps", f"Reps a session{each}", "", series)


def _load(axis: _Axis) -> Plot:
    return axis.plot("load", "Load", " kg", axis.by_side("load"))


def _excursion(axis: _Axis) -> Plot:
    note = "How far the thigh turns. It depends on where the strap sits, too; a larger movement is no goal."
    return axis.plot("excursion", "Excursion of the thigh", "°", axis.by_side("excursion_deg"), note)


def _phase(axis: _Axis, phase: str) -> Plot:
    series = axis.by_side(f"{phase}_s")
    if any(point.tempo_s and getattr(point.tempo_s, phase) for point in axis.trend.points):
        wanted = axis.values(axis.trend.sides[0], lambda point: point.tempo_s and getattr(point.tempo_s, phase))
        series.append(_series("prescribed", "soft", wanted, "steps"))
    word = getattr(axis.words, phase)
    title = "Hold" if phase == "hold" else "Tempo"
    return axis.plot(phase, f"{title}: {word}" if word != "hold" else title, " s", series)


def _sides(axis: _Axis) -> Plot:
    left, right = (axis.values(side, lambda point: point.excursion_deg) for side in ("left", "right"))
    both = [
        None if one is None or other is None else round(one - other, 2) for one, other in zip(left, right, strict=True)
    ]
    symmetry = axis.trend.symmetry("excursion_deg")
    note = symmetry_text(symmetry, "excursion", "°") if symmetry else ""
    return axis.plot(
        "sides", "Left against right: excursion, left minus right", "°", [_series("difference", "both", both)], note
    )


def _asked(axis: _Axis) -> Plot:
    points: dict[str, list[float | None]] = {}
    for name in ("effort", "pain"):
        sides = [axis.values(side, lambda point, name=name: getattr(point, name)) for side in axis.trend.sides]
        points[name] = [max((v for v in found if v is not None), default=None) for found in zip(*sides, strict=True)]
    series = [_series("effort", "back", points["effort"], "dots"), _series("pain", "pain", points["pain"], "dots")]
    return axis.plot("asked", "Effort and pain, 0 to 10", "", series, "The highest answer of each session.")


def _weeks(weeks: Sequence[Week]) -> Plot:
    planned = [None if week.planned is None else float(week.planned) for week in weeks]
    series = [
        _series("done", "both", [float(week.done) for week in weeks], "bars"),
        _series("planned", "soft", planned, "steps"),
    ]
    return {
        "id": "weeks", "title": "Sessions a week, all exercises", "unit": "", "series": series, "refits": [],
        "x": [_noon(week.monday) for week in weeks], "note": "Each bar is the week that begins on that Monday.",
    }  # fmt: skip


def _says_something(plot: Plot) -> bool:
    return any(value is not None for one in plot["series"] if one["kind"] != "steps" for value in one["values"])


def _noon(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp())

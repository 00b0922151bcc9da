"""Charts as inline SVG: a frame with axes, and what is drawn into it. Only what the report needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil, floor, log10

from repband.report.markup import Child, Markup, joined, tag

# Okabe and Ito's palette, told apart with any colour vision: jfly.uni-koeln.de/color. Shapes differ too.
BLUE, VERMILION, GREEN, ORANGE, SKY = "#0072B2", "#D55E00", "#009E73", "#E69F00", "#56B4E9"
INK, FAINT, RULE = "#1f2933", "#66727f", "#d9dfe5"


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round values from low to high, at most so many steps."""
    rough = (high - low) / most or 1.0
    magnitude = 10.0 ** floor(log10(rough))
    units = (1, 2, 2.5, 5, 10) if magnitude >= 10 else (1, 2, 5, 10)  # half a session is no session
    step = next(unit * magnitude for unit in units if unit * magnitude >= rough * 0.999)
    return [round(n * step, 6) for n in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]


@dataclass
class Chart:
    """A frame over days and one quantity.

    Attributes:
        since, until: the days at its left and right end.
        low, high: the values at its bottom and top.
        width, height: of the whole picture, in its own units (at full width about CSS pixels).
        title: what it shows, in its top left corner; also what a screen reader says.
        unit: behind the values of the axis.
    """

    since: date
    until: date
    low: float
    high: float
    title: str
    unit: str = ""
    width: float = 700.0
    height: float = 170.0
    _marks: list[Markup] = field(default_factory=list[Markup])

    left: float = 40.0
    right: float = 10.0
    top: float = 24.0
    bottom: float = 22.0

    def x(self, day: date) -> float:
        """Where a day is."""
        days = max((self.until - self.since).days, 1)
        share = (day - self.since).days / days
        return self.left + 8 + share * (self.width - self.left - self.right - 16)

    def y(self, value: float) -> float:
        """Where a value is."""
        share = (value - self.low) / ((self.high - self.low) or 1.0)
        return self.height - self.bottom - share * (self.height - self.top - self.bottom)

    def add(self, *marks: Markup) -> None:
        """Draws on top of what is there."""
        self._marks.extend(marks)

    def band(self, low: float, high: float, colour: str, opacity: float = 0.12) -> None:
        """A band over all days."""
        top, bottom = self.y(min(high, self.high)), self.y(max(low, self.low))
        width = self.width - self.left - self.right
        self.add(tag("rect", x=self.left, y=top, width=width, height=bottom - top, fill=colour, opacity=opacity))

    def steps(self, points: Sequence[tuple[date, float]], colour: str = INK) -> None:
        """A dashed line that keeps each value until the next day that has one."""
        if not points:
            return
        path = [f"M{self.x(points[0][0]) - 6:.1f} {self.y(points[0][1]):.1f}"]
        for day, value in points[1:]:
            path.append(f"H{self.x(day):.1f}V{self.y(value):.1f}")
        path.append(f"H{self.x(points[-1][0]) + 6:.1f}")
        self.add(tag("path", d="".join(path), fill="none", stroke=colour, stroke_width=1.1, stroke_dasharray="4 3"))

    def line(self, points: Sequence[tuple[date, float]], colour: str, *, shape: str = "circle") -> None:
        """Points joined by a thin line."""
        places = " ".join(f"{self.x(day):.1f},{self.y(value):.1f}" for day, value in points)
        self.add(tag("polyline", points=places, fill="none", stroke=colour, stroke_width=1.2, opacity=0.55))
        self.dots(points, colour, shape=shape)

    def dots(self, points: Sequence[tuple[date, float]], colour: str, *, shape: str = "circle") -> None:
        """Points: "circle" filled, "ring" open, "diamond" open, "cross"."""
        radius = 2.6 if len(points) < 80 else 1.8
        self.add(*(mark(shape, self.x(day), self.y(value), colour, radius) for day, value in points))

    def bars(self, bars: Sequence[tuple[date, float]], width: float, colour: str, *, outline: bool = False) -> None:
        """Bars from the bottom, each as wide as so many units."""
        for day, value in bars:
            top = self.y(value)
            size = {"x": self.x(day) - width / 2, "y": top, "width": width, "height": self.y(self.low) - top}
            look = {"fill": "none", "stroke": FAINT, "stroke_dasharray": "3 2"} if outline else {"fill": colour}
            self.add(tag("rect", **size, **look, rx=1.5))  # pyright: ignore[reportArgumentType]

    def flag(self, day: date, text: str = "", colour: str = VERMILION) -> None:
        """A dotted upright with a small mark at its foot."""
        x = self.x(day)
        foot = self.height - self.bottom
        self.add(
            tag("line", x1=x, x2=x, y1=self.top, y2=foot, stroke=colour, stroke_width=1, stroke_dasharray="1.5 2.5"),
            tag("path", d=f"M{x:.1f} {foot:.1f}l-3.5 6h7z", fill=colour),
            tag("text", text, x=x + 3, y=self.top + 8, class_="note") if text else Markup(""),
        )

    def text(self, x: float, y: float, text: str, anchor: str = "start", class_: str = "note") -> None:
        """A note at a place."""
        self.add(tag("text", text, x=x, y=y, text_anchor=anchor, class_=class_))

    def render(self, legend: Sequence[tuple[str, str, str]] = ()) -> Markup:
        """The picture.

        Args:
            legend: (shape, colour, name) of each series, shown at the top right.
        """
        return tag(
            "svg",
            tag("text", self.title, x=0, y=12, class_="title"),
            list(self._legend(legend)),
            list(self._axes()),
            self._marks,
            viewBox=f"0 0 {self.width:g} {self.height:g}",
            role="img",
            aria_label=self.title,
        )

    def _axes(self) -> Iterator[Child]:
        for value in ticks(self.low, self.high, max(2, int(self.height // 30))):
            y = self.y(value)
            yield tag("line", x1=self.left, x2=self.width - self.right, y1=y, y2=y, stroke=RULE, stroke_width=0.8)
            yield tag("text", f"{value:g}{self.unit}", x=self.left - 5, y=y + 3.2, text_anchor="end", class_="tick")
        foot = self.height - self.bottom
        for day, name in day_ticks(self.since, self.until, int(self.width // 85)):
            x = self.x(day)
            yield tag("line", x1=x, x2=x, y1=foot, y2=foot + 3, stroke=FAINT, stroke_width=0.8)
            yield tag("text", name, x=x, y=self.height - 7, text_anchor="middle", class_="tick")
        yield tag("line", x1=self.left, x2=self.width - self.right, y1=foot, y2=foot, stroke=FAINT, stroke_width=0.8)

    def _legend(self, legend: Sequence[tuple[str, str, str]]) -> Iterator[Child]:
        x = self.width - self.right
        for shape, colour, name in reversed(legend):
            x -= 5.6 * len(name)
            yield tag("text", name, x=x, y=12, class_="tick")
            x -= 9
            yield _dash(x, colour) if shape == "dash" else mark(shape, x, 9, colour, 3)
            x -= 14


def mark(shape: str, x: float, y: float, colour: str, radius: float = 2.6) -> Markup:
    """One point."""
    match shape:
        case "ring":
            return tag("circle", cx=x, cy=y, r=radius, fill="#fff", stroke=colour, stroke_width=1.3)
        case "diamond":
            r = radius * 1.25
            return tag(
                "path", d=f"M{x - r:.1f} {y:.1f}l{r:.1f} {-r:.1f} {r:.1f} {r:.1f} {-r:.1f} {r:.1f}z", fill=colour
            )
        case "cross":
            r = radius
            path = f"M{x - r:.1f} {y - r:.1f}l{2 * r:.1f} {2 * r:.1f}m0 {-2 * r:.1f}l{-2 * r:.1f} {2 * r:.1f}"
            return tag("path", d=path, stroke=colour, stroke_width=1.4, fill="none")
        case "square":
            return tag("rect", x=x - radius, y=y - radius, width=2 * radius, height=2 * radius, fill=colour)
        case _:
            return tag("circle", cx=x, cy=y, r=radius, fill=colour)


def _dash(x: float, colour: str) -> Markup:
    return tag("line", x1=x - 6, x2=x + 5, y1=9, y2=9, stroke=colour, stroke_width=1.2, stroke_dasharray="4 3")


def day_ticks(since: date, until: date, most: int) -> list[tuple[date, str]]:
    """Mondays, or firsts of a month, or of a year, whatever fits; with their names."""
    days = (until - since).days
    if days <= 7 * most * 2:
        step = 1 if days <= 7 * most else 2
        monday = since + timedelta(days=-since.weekday() % 7)
        mondays = [monday + timedelta(weeks=n) for n in range(0, days // 7 + 1, step)]
        return [(day, f"{day.day} {day:%b}") for day in mondays if day <= until]
    months = [date(year, month, 1) for year in range(since.year, until.year + 1) for month in range(1, 13)]
    inside = [day for day in months if since <= day <= until]
    step = next((n for n in (1, 2, 3, 6, 12, 24, 60) if len(inside) / n <= most), 120)
    chosen = [day for day in inside if (day.year * 12 + day.month - 1) % step == 0]
    return [(day, f"{day:%b %Y}" if step < 12 else f"{day.year}") for day in chosen]


def interval(low: float, high: float, middle: float, span: float, unit: str) -> Markup:
    """An interval on an axis around zero, as a small picture: "right more" to the left of zero."""
    width, height, y = 340.0, 44.0, 18.0

    def x(value: float) -> float:
        return width / 2 + max(-1.0, min(1.0, value / span)) * (width / 2 - 30)

    return tag(
        "svg",
        tag("line", x1=20, x2=width - 20, y1=y, y2=y, stroke=RULE, stroke_width=1),
        tag("line", x1=width / 2, x2=width / 2, y1=y - 10, y2=y + 10, stroke=FAINT, stroke_width=1),
        tag(
            "line", x1=x(low), x2=x(high), y1=y, y2=y, stroke=BLUE, stroke_width=4, stroke_linecap="round", opacity=0.45
        ),
        mark("circle", x(middle), y, BLUE, 4),
        tag("text", "right more", x=20, y=40, class_="tick"),
        tag("text", "0", x=width / 2, y=40, text_anchor="middle", class_="tick"),
        tag("text", "left more", x=width - 20, y=40, text_anchor="end", class_="tick"),
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_label=f"left minus right {middle:+.1f}{unit}, 95 % interval {low:+.1f} to {high:+.1f}{unit}",
        class_="interval",
    )


__all__ = ["BLUE", "FAINT", "GREEN", "INK", "ORANGE", "SKY", "VERMILION", "Chart", "interval", "joined", "mark"]

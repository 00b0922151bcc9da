"""Writes what the yardstick measured: JSON, Markdown and a table for the terminal, all from one report."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter as Counts
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from repband.bench.figures import Figures, Share, Spread, engine, figures, peaks
from repband.bench.intervals import Interval
from repband.bench.outcome import Counter, Outcome
from repband.bench.rows import Row, rows_of

if TYPE_CHECKING:
    from rich.table import Table

DIGITS = 4
COLUMNS: tuple[str, ...] = (
    "recordings",
    "n",
    "people",
    "exact",
    "within one",
    "missed / false",
    "F1",
    "bounds off, s",
    "announced after, s",
    "false per hour",
    "odd / even people exact",
    "find_peaks: exact, F1",
    "looks like",
    "mount doubted",
)
NARROW = ("recordings", "n", "people", "exact", "F1", "false per hour")
WIDE = 200


@dataclass(frozen=True, slots=True)
class Section:
    """One row with all its figures: everyone, each half of the people, and the plain counter.

    `looks_like` has the number of recordings for each name that recognition gave; `mount` the number for each doubt
    that the self-check of the mount had.
    """

    row: Row
    engine: Figures
    odd: Figures
    even: Figures
    peaks: Figures
    looks_like: dict[str, int]
    mount: dict[str, int]


@dataclass(frozen=True, slots=True)
class Report:
    """One run of the yardstick."""

    detector: str
    settings: dict[str, Any]
    sections: tuple[Section, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def failed(self) -> list[Outcome]:
        """Recordings that could not be counted."""
        return [o for o in self.outcomes if o.error is not None]


def summarise(outcomes: Sequence[Outcome], detector: str, settings: dict[str, Any]) -> Report:
    """Groups the outcomes into rows and sums each up."""
    sections: list[Section] = []
    for row, places in rows_of([o.subject for o in outcomes]):
        group = [outcomes[i] for i in places]
        odd, even = ([o for o in group if o.subject.odd is half] for half in (True, False))
        whole, plain = figures(group, engine), figures(group, peaks)
        names = dict(Counts(o.looks_like for o in group if o.looks_like).most_common())
        doubts = dict(Counts(doubt for o in group for doubt in o.mount).most_common())
        sections.append(Section(row, whole, figures(odd, engine), figures(even, engine), plain, names, doubts))
    return Report(detector, settings, tuple(sections), tuple(outcomes))


def to_json(report: Report) -> str:
    """The whole report, every recording's outcome included. The same run gives the same bytes."""
    data = {
        "detector": report.detector,
        "settings": report.settings,
        "rows": [_section(section) for section in report.sections],
        "recordings": [_outcome(outcome) for outcome in report.outcomes],
    }
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def to_markdown(report: Report) -> str:
    """The table as Markdown, with the recordings that are not exact below it."""
    main, other = _parted(report)
    settings = "".join(f"; {name} {value}" for name, value in report.settings.items())
    lines = [*_markdown_table(main), "", f"Detector {report.detector}{settings}.", LEGEND, "", *_notes(report)]
    if main and other:
        lines += ["", "Other recordings, for the record:", ""]
    return "\n".join([*lines, *_markdown_table(other), ""])


def _parted(report: Report) -> tuple[list[Section], list[Section]]:
    """The rows a counter is judged by, and the rest."""
    return [s for s in report.sections if not s.row.other], [s for s in report.sections if s.row.other]


def _markdown_table(sections: Sequence[Section]) -> list[str]:
    if not sections:
        return []
    rows = ["| " + " | ".join(_cells(section)) + " |" for section in sections]
    return ["| " + " | ".join(COLUMNS) + " |", "|" + "---|" * len(COLUMNS), *rows]


LEGEND = (
    "In brackets the 95 % interval. Bounds and announcement: median / 90th percentile; announced after the rep's "
    "true end. Rows of one person say nothing about the next. The rules: host/repband/bench/RULES.md."
)


def to_tables(report: Report, width: int = WIDE) -> list[Table]:
    """One or two tables for a terminal: the rows a counter is judged by, and the rest.

    A terminal narrower than WIDE characters gets the columns of NARROW only.
    """
    main, other = _parted(report)
    columns = COLUMNS if width >= WIDE else NARROW
    titles = f"How well detector {report.detector} counts", "Other recordings, for the record"
    return [_table(title, part, columns) for title, part in zip(titles, (main, other), strict=True) if part]


def _table(title: str, sections: Sequence[Section], columns: Sequence[str]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for i, name in enumerate(columns):
        table.add_column(name, justify="left" if i == 0 else "right", overflow="fold", min_width=16 if i == 0 else None)
    for section in sections:
        cells = dict(zip(COLUMNS, _cells(section), strict=True))
        table.add_row(*(cells[name] for name in columns))
    return table


def _notes(report: Report) -> list[str]:
    notes = [f"- {s.row.title}: {s.row.note}." for s in report.sections if s.row.note]
    notes += [f"- {s.row.title}: judged by the number of reps." for s in report.sections if s.row.by_count]
    notes += [f"- could not be counted: {o.subject.name}: {o.error}" for o in report.failed]
    wrong = [f"{o.subject.name} ({_miss(o.engine)})" for o in report.outcomes if _to_name(o)]
    return [*notes, *(["", "Not exact:", ""] + [f"- {text}" for text in wrong] if wrong else [])]


def _to_name(outcome: Outcome) -> bool:
    return outcome.is_wrong and not outcome.subject.folder.startswith(("simulated", "splices"))


def _miss(counted: Counter | None) -> str:
    score = counted.score if counted else None
    if score is None:
        return ""
    if score.matched is None:
        return f"counted {score.found}, true {score.true}"
    return f"missed {score.missed}, false {score.false} of {score.true}"


def _cells(section: Section) -> list[str]:
    whole, by_count = section.engine, section.row.by_count
    return [
        section.row.title,
        str(whole.recordings),
        str(whole.people),
        _share(_exact(whole, by_count)),
        _share(whole.within_one_by_count if by_count else whole.within_one),
        f"{whole.reps.missed} / {whole.reps.false} of {whole.reps.true}" if whole.reps else "",
        _percent(whole.reps.f1, whole.reps.f1_interval) if whole.reps else "",
        "; ".join(text for text in (_spread(whole.bounds), _spread(whole.phases, "phases ")) if text),
        _spread(whole.latency),
        _false(whole),
        f"{_plain(_exact(section.odd, by_count))} / {_plain(_exact(section.even, by_count))}",
        _plain(_exact(section.peaks, by_count))
        + (f", {_percent(section.peaks.reps.f1)}" if section.peaks.reps and section.peaks.reps.f1 is not None else ""),
        _named(section.looks_like),
        _named(section.mount),
    ]


def _named(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {n}" for name, n in counts.items())


def _exact(group: Figures, by_count: bool) -> Share:
    return group.exact_by_count if by_count else group.exact


def _plain(share: Share) -> str:
    return f"{share.sets} of {share.of}" if share.of else "-"


def _share(share: Share) -> str:
    if not share.of:
        return "-"
    return f"{share.sets} of {share.of}, {_percent(share.sets / share.of, share.interval)}"


def _percent(value: float | None, interval: Interval | None = None) -> str:
    if value is None:
        return "-"
    text = f"{100 * value:.1f} %"
    return f"{text} ({100 * interval[0]:.0f}-{100 * interval[1]:.0f})" if interval else text


def _spread(spread: Spread, what: str = "") -> str:
    if spread.median_s is None or spread.p90_s is None:
        return ""
    return f"{what}{spread.median_s:.2f} / {spread.p90_s:.2f}"


def _false(group: Figures) -> str:
    rate = group.negatives
    if rate is None or rate.per_hour is None or rate.interval is None:
        return ""
    return f"{rate.per_hour:.1f} ({rate.interval[0]:.1f}-{rate.interval[1]:.1f}) in {rate.hours:.2f} h"


def _section(section: Section) -> dict[str, Any]:
    return {
        "title": section.row.title,
        "by_count": section.row.by_count,
        "note": section.row.note,
        "engine": _plain_data(section.engine),
        "odd_people": _plain_data(section.odd),
        "even_people": _plain_data(section.even),
        "find_peaks": _plain_data(section.peaks),
        "looks_like": section.looks_like,
        "mount": section.mount,
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    data: dict[str, Any] = {"recording": outcome.subject.name, "person": outcome.subject.person}
    if outcome.error is not None:
        return {**data, "error": outcome.error}
    return {
        **data,
        "duration_s": _plain_data(outcome.duration_s),
        "true": outcome.true,
        "engine": _plain_data(outcome.engine),
        "find_peaks": _plain_data(outcome.peaks),
        "looks_like": outcome.looks_like,
        "mount": list(outcome.mount),
    }


def _plain_data(value: Any) -> Any:
    """Dataclasses and tuples as JSON takes them, floats rounded so that no last bit shows."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain_data(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [_plain_data(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    return round(value, DIGITS) if isinstance(value, float) else value

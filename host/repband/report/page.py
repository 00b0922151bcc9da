"""The report as one file that needs nothing else: opens anywhere, prints on A4."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import repband
from repband.errors import JournalError
from repband.journal.history import History
from repband.report import sections, trust
from repband.report.gather import Material, gather
from repband.report.markup import Markup, paragraph, tag
from repband.report.span import Span

# Nothing may be loaded, whatever a name or a label in the history holds.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def report_html(material: Material, name: str = "") -> str:
    """The report as HTML; the same material gives the same bytes.

    Args:
        material: what it is written from.
        name: whom it is about, as the wearer wants to be called; "" for nobody.
    """
    style = (Path(__file__).parent / "report.css").read_text(encoding="utf-8")
    return "<!doctype html>\n" + tag(
        "html",
        tag(
            "head",
            tag("meta", charset="utf-8"),
            tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("title", f"RepBand training report {material.span.since} to {material.span.until}"),
            tag("style", Markup(style)),
        ),
        tag("body", _body(material, name)),
        lang="en",
    )


def _body(material: Material, name: str) -> list[Markup]:
    made = (
        f"Made on {material.made} by RepBand {repband.__version__}, from the wearer's own history. "
        "Nothing was sent anywhere."
    )
    if not material.sessions:
        empty = paragraph("No session with a rep is kept for this time.")
        return [sections.head(material, name), empty, trust.safety(material), tag("footer", made)]
    return [
        sections.head(material, name),
        sections.glance(material),
        sections.adherence(material),
        sections.answers(material),
        *(sections.exercise(material, trend) for trend in material.trends),
        sections.changed(material),
        trust.quality(material),
        trust.method(material),
        trust.safety(material),
        tag("footer", made),
    ]


def write_report(history: History, span: Span, path: Path, *, made: date, name: str = "") -> Material:
    """Writes the report of a span; a file of that name is replaced.

    Returns:
        What it was written from.

    Raises:
        JournalError: it can't be written.
    """
    material = gather(history, span, made)
    try:
        path.write_text(report_html(material, name), encoding="utf-8", newline="\n")
    except OSError as error:
        what = f"can't be written: {error.strerror or error}"
        raise JournalError(what, where=str(path), cure="choose another folder") from error
    return material

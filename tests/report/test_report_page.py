"""The report: the same bytes from the same history, whole in itself, honest about what is not known."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from shutil import which

import pytest
import repband
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from repband.cli.report import command
from repband.errors import JournalError
from repband.exercise.safety import PainBand, PainRule, RedFlags, Safety, Source
from repband.journal import History, KeptPlan, Load, Prescribed, RecordingMeta, TargetTempo, overview
from repband.journal.example import example_history
from repband.journal.plans import kept_plans
from repband.journal.prescribed import SetPrescription
from repband.report.gather import Material, gather
from repband.report.markup import Markup, tag
from repband.report.page import report_html, write_report
from repband.report.span import span_of
from repband.report.svg import Chart, day_ticks, ticks
from repband.reps import PhaseTimes, Rep

GOLDEN = Path(__file__).parent / "golden_report.html"
MADE = date(2025, 4, 1)


class Page(HTMLParser):
    """Checks that elements nest, and collects what could load anything, and the text."""

    VOID = ("meta", "br", "hr")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.words: list[str] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [f"{tag} {name}" for name, _ in attrs if name in ("src", "href", "style", "xlink:href", "data")]
        self.links += [f"{tag} {name}" for name, _ in attrs if name.startswith("on")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with example_history(tmp_path / "history.sqlite") as history:
        yield history


def material_of(history: History, *, everything: bool = False) -> Material:
    span = span_of(history, None, None, everything)
    assert span is not None
    return gather(history, span, MADE)


def html_of(history: History, *, everything: bool = False) -> str:
    return report_html(material_of(history, everything=everything), "a made-up wearer")


BANDS = (PainBand(0, 3, "go-on", "Go on"), PainBand(4, 5, "watch", "Watch it"), PainBand(6, 10, "stop", "Stop"))
SAFETY = Safety(
    limits="One sensor sees one thigh.",
    rules=("Breathe.",),
    professional=("It gets worse.",),
    red_flags=RedFlags("At once", ("A sign.",), "Go."),
    pain=PainRule(24, "Pain?", "Worse?", BANDS),
    sources=(Source("pain", "This.", "There."),),
)


def test_twelve_weeks_give_the_golden_report(history: History) -> None:
    """REPBAND_GOLDEN=write replaces the file after a wanted change: look at it in a browser then."""
    html = report_html(replace(material_of(history), safety=SAFETY), "a made-up wearer")
    html = html.replace(f"RepBand {repband.__version__}", "RepBand 0.0.0")
    if os.environ.get("REPBAND_GOLDEN") == "write":
        GOLDEN.write_text(html, encoding="utf-8", newline="\n")
    assert html == GOLDEN.read_text(encoding="utf-8")


def test_the_report_needs_nothing_else(history: History) -> None:
    html = html_of(history)
    page = Page(html)
    assert page.links == []
    assert not page.tags & {"script", "img", "link", "iframe", "object", "embed", "use", "image"}
    assert "http://" not in html
    assert "https://" not in html
    assert "url(" not in html
    assert "@import" not in html
    assert "default-src &#x27;none&#x27;" in html or "default-src 'none'" in html


def test_the_report_says_what_happened(history: History) -> None:
    text = Page(html_of(history)).text
    (row,) = history.rows("SELECT count(*) AS n FROM corrections")
    assert text.count("corrected by the wearer") == row["n"]
    assert "1 session was stopped for pain: 2025-02-21" in text
    assert "No session in the week of 2025-02-10." in text
    assert "Highest pain 6 of 10" in text
    assert re.search(
        r"Clamshell: the left thigh moves [\d.]+° \(\d+ %\) farther than the right one, 95 % interval", text
    )
    assert "Sessions taken up again 1" in text
    assert "It does not diagnose" in text
    for section in (
        "Adherence",
        "Pain and effort",
        "Corrections",
        "How good the data are",
        "Method and limits",
        "Safety",
    ):
        assert section in text
    assert "nan" not in text.lower()
    assert "None" not in text


def test_figures_of_the_report_are_those_of_the_history(history: History) -> None:
    text = Page(html_of(history)).text
    lines = overview(history)
    assert f"Reps {sum(line.reps for line in lines)} " in text
    assert f"of {sum(len(line.sets) for line in lines)} sets" in text


HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>&amp;'


def test_what_is_put_into_it_can_not_break_it(tmp_path: Path) -> None:
    plan = KeptPlan("0123456789", HOSTILE, 3, '{"for_whom": "<b>bold</b>", "exercises": []}')
    with History(tmp_path / "history.sqlite", now=lambda: "2025-03-01T19:00:00+01:00") as history:
        with history.change() as connection:
            connection.execute("INSERT INTO plans VALUES (?, ?, ?, ?, '')", (plan.revision, plan.name, 3, plan.content))
        meta = RecordingMeta(
            session="a", started="2025-03-01T18:00:00+01:00", exercise=HOSTILE, sensor=HOSTILE, detector=HOSTILE
        )
        history.start_session(meta, prescribed=Prescribed(plan.name, plan.revision, 10))
        one = history.start_set(
            "a", 1, load=Load("band", None, HOSTILE), target_reps=10, task=SetPrescription(title=HOSTILE)
        )
        history.end_set(one, ended_s=1.0, why=HOSTILE, counted=3, said=4)
        assert kept_plans(history)[plan.revision] == plan
        span = span_of(history, None, None, False)
        assert span is not None
        page = Page(report_html(gather(history, span, MADE), HOSTILE))
    assert page.links == []
    assert not page.tags & {"script", "img"}
    assert "<script>alert(1)</script>" in page.text


def test_a_history_with_next_to_nothing_in_it_gives_a_report(tmp_path: Path) -> None:
    """No plan, no tempo, no side, no answer, no figures of the stream; one set without a measured rep."""
    with History(tmp_path / "history.sqlite") as history:
        history.start_session(RecordingMeta(session="a", started="2025-03-01T18:00:00+01:00", exercise="gone"))
        one = history.start_set("a", 1)
        span = span_of(history, None, None, False)
        assert span is not None
        assert "No session with a rep" in Page(report_html(gather(history, span, MADE))).text
        history.end_set(one, ended_s=1.0, why="stopped", counted=2)
        text = Page(report_html(gather(history, span, MADE))).text
        tempo = TargetTempo(2.0, 0.0, 2.0, 0.0)
        two = history.start_set("a", 2, side="left", task=SetPrescription(tempo_s=tempo))
        phases = PhaseTimes(None, 0.0, 0.0, 0.0)
        rep = Rep(1, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, float("nan"), phases, phases)
        history.end_set(two, ended_s=1.0, why="stopped", counted=1, reps=[rep])
        Page(report_html(gather(history, span, MADE)))
    assert "Plan: none was kept" in text
    assert "Highest pain not known" in text
    assert "Pain was not answered after 1 of 1 sets." in text
    assert "no target" in text


def test_years_are_shown_by_the_month(tmp_path: Path) -> None:
    with example_history(tmp_path / "history.sqlite", weeks=60, doings=1) as history:
        text = Page(html_of(history, everything=True)).text
    assert "Each month" in text
    assert "Feb 2026" in text
    assert "each point averages neighbours" in text


def test_the_command_writes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPBAND_HOME", str(tmp_path))
    result = CliRunner().invoke(command, ["-o", str(tmp_path / "r.html")])
    assert "no session of yours is kept yet" in result.stdout
    assert not (tmp_path / "r.html").exists()
    result = CliRunner().invoke(command, ["--example", "-o", str(tmp_path / "r.html")])
    assert result.exit_code == 0
    Page((tmp_path / "r.html").read_text(encoding="utf-8"))
    example_history(tmp_path / "history.sqlite").close()
    out = tmp_path / "some.html"
    result = CliRunner().invoke(command, ["--from", "2025-02-01", "--to", "2025-02-28", "-o", str(out)])
    assert "2025-02-01 to 2025-02-28" in result.stdout
    assert "1 February 2025 to 28 February 2025" in Page(out.read_text(encoding="utf-8")).text


def test_a_place_that_can_not_be_written_is_named(history: History, tmp_path: Path) -> None:
    span = span_of(history, None, None, False)
    assert span is not None
    with pytest.raises(JournalError, match="can't be written"):
        write_report(history, span, tmp_path / "no" / "r.html", made=MADE)


@pytest.mark.slow
def test_it_prints_on_a4(tmp_path: Path) -> None:
    """Rendered by Chromium: A4 pages, and no more of them than there is something to say."""
    chromium = which("chromium") or which("chromium-browser") or which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium to print with")
    out = tmp_path / "r.pdf"
    call = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--print-to-pdf={out}"]
    subprocess.run([*call, GOLDEN.as_uri()], check=True, capture_output=True, timeout=120)
    pdf = out.read_bytes()
    sizes = {tuple(map(float, size)) for size in re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)}
    assert all(abs(width - 595) < 1 and abs(height - 842) < 1 for width, height in sizes)
    assert sizes
    assert 5 <= len(re.findall(rb"/Type /Page\b", pdf)) <= 8


# The pieces.


@given(st.text(), st.text())
def test_markup_keeps_texts_apart_from_elements(text: str, value: str) -> None:
    made = tag("p", text, title=value)
    assert made.count("<") == 2
    assert Page(made).words == ([text] if text else []) or "\r" in text
    assert isinstance(made, Markup)


@given(st.floats(-1e3, 1e3), st.floats(0.01, 1e3), st.integers(1, 8))
def test_ticks_are_round_and_inside(low: float, span: float, most: int) -> None:
    found = ticks(low, low + span, most)
    assert len(found) <= most + 1
    assert all(low - 1e-6 * span - 1e-6 <= value <= low + span + 1e-6 * span + 1e-6 for value in found)


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 4000), st.integers(2, 10))
def test_ticks_of_days_are_few_and_inside(since: date, days: int, most: int) -> None:
    until = date.fromordinal(since.toordinal() + days)
    found = day_ticks(since, until, most)
    assert len(found) <= 2 * most + 2
    assert all(since <= day <= until for day, _ in found)


def test_a_chart_of_one_day_stands() -> None:
    chart = Chart(MADE, MADE, 0, 0, "One")
    chart.line([(MADE, 0)], "#000")
    assert "NaN" not in chart.render()

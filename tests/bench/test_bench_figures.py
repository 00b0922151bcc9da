"""Rows, figures and reports, from outcomes made by hand."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from repband.bench.figures import engine, figures
from repband.bench.outcome import Outcome, Subject, counter
from repband.bench.report import COLUMNS, NARROW, summarise, to_json, to_markdown, to_tables
from repband.bench.rows import ROWS, rows_of, short
from repband.bench.score import Found, Span, Truth


def reps(n: int, late_s: float = 0.0) -> list[Found]:
    return [Found(4 * i + late_s, 4 * i + 0.5, 4 * i + 2.5, 4 * i + 3 + late_s, 4 * i + 3.4) for i in range(n)]


def outcome(
    name: str, folder: str = "mine", exercise: str = "bridge", person: str = "a", counted: int = 3, true: int | None = 3
) -> Outcome:
    truth = Truth(true, None if true is None else tuple(Span(4 * i, 4 * i + 3) for i in range(true)))
    found = counter(reps(counted, 0.1), truth)
    subject = Subject(f"{folder}/{name}", folder, exercise, "thigh_l", "", f"{folder}/{person}", person == "a")
    return Outcome(subject, 36.0, true, found, found)


def test_figures_add_up_with_recordings_and_people() -> None:
    group = [outcome("1"), outcome("2", person="b", counted=2), outcome("3", person="b")]
    summed = figures(group, engine)
    assert (summed.recordings, summed.people, summed.counted) == (3, 2, 8)
    assert (summed.exact.sets, summed.exact.of, summed.within_one.sets) == (2, 3, 3)
    assert summed.reps is not None
    assert (summed.reps.matched, summed.reps.missed, summed.reps.false) == (8, 1, 0)
    assert summed.reps.f1 == pytest.approx(16 / 17)
    assert summed.bounds.median_s == pytest.approx(0.1) and summed.bounds.n == 16
    assert summed.latency.median_s == pytest.approx(0.4)
    assert summed.negatives is None


def test_false_reps_an_hour_come_from_recordings_without_reps_only() -> None:
    summed = figures([outcome("1"), outcome("2", counted=2, true=0), outcome("3", counted=0, true=0)], engine)
    assert summed.negatives is not None
    assert (summed.negatives.false, summed.negatives.hours, summed.negatives.per_hour) == (2, 0.02, 100)


def test_what_failed_or_is_not_known_is_left_out_of_the_shares() -> None:
    failed = Outcome(outcome("x").subject, error="x.csv: broken")
    summed = figures([failed, outcome("1", true=None)], engine)
    assert (summed.recordings, summed.exact.of) == (1, 0)


def test_rows_take_each_recording_and_group_the_rest() -> None:
    subjects = [
        outcome("01_bridging_1.csv", "mex_rest").subject,
        outcome("x", exercise="step up").subject,
        outcome("s1_e5_u3_test.csv", "uci_pt", "e5").subject,
    ]
    titles = [(row.title, row.other, places) for row, places in rows_of(subjects)]
    assert titles == [
        ("bridge, begun at rest", False, [0]),
        ("step up, thigh, mine", True, [1]),
        ("e5, thigh, uci_pt", True, [2]),
    ]


def test_row_titles_differ() -> None:
    assert len({row.title for row in ROWS}) == len(ROWS)


def test_the_short_form_takes_a_few_of_each_row() -> None:
    subjects = [outcome(str(i)).subject for i in range(20)] + [outcome("y", exercise="squat").subject]
    assert short(subjects) == [0, 5, 10, 15, 20]


def test_reports_name_what_failed_and_what_is_not_exact() -> None:
    failed = Outcome(outcome("x.csv").subject, error="x.csv: broken; mend it")
    report = summarise([outcome("1"), outcome("2", counted=2), failed], "7", {"splices": 3})
    text = to_markdown(report)
    assert "could not be counted: mine/x.csv: x.csv: broken; mend it" in text
    assert "mine/2 (missed 1, false 0 of 3)" in text
    assert "Detector 7; splices 3." in text
    data = json.loads(to_json(report))
    assert [r["recording"] for r in data["recordings"]] == ["mine/1", "mine/2", "mine/x.csv"]
    assert data["recordings"][2] == {"recording": "mine/x.csv", "person": "mine/a", "error": "x.csv: broken; mend it"}
    assert data["rows"][0]["engine"]["exact"] == {"sets": 1, "of": 2, "interval": [0.0126, 0.9874]}
    assert to_json(report) == to_json(report)


def test_the_terminal_shows_both_tables() -> None:
    report = summarise([outcome("01_bridging_1.csv", "mex_rest"), outcome("1")], "1", {})
    assert [table.title for table in to_tables(report)] == [
        "How well detector 1 counts",
        "Other recordings, for the record",
    ]


def test_a_narrow_terminal_gets_what_matters_most() -> None:
    report = summarise([outcome("1")], "1", {})
    (wide,), (narrow,) = to_tables(report), to_tables(report, 80)
    assert len(wide.columns) == len(COLUMNS)
    assert [column.header for column in narrow.columns] == list(NARROW)


def test_what_recognition_and_the_mount_check_said_is_summed_up() -> None:
    group = [replace(outcome(str(i)), looks_like="bridge", mount=("slipped",) if i else ()) for i in range(3)]
    report = summarise([*group, replace(outcome("x"), looks_like="unknown")], "1", {})
    (section,) = report.sections
    assert section.looks_like == {"bridge": 3, "unknown": 1}
    assert section.mount == {"slipped": 2}
    assert "bridge 3, unknown 1 | slipped 2 |" in to_markdown(report)

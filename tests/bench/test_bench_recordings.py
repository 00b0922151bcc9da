"""The yardstick on the real recordings, short form: floors well below what is reached, so that a break shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from repband.bench.jobs import FileJob
from repband.bench.report import Section, summarise
from repband.bench.run import run
from repband.bench.truth import read_index


@pytest.fixture(scope="module")
def sections(recordings: Path) -> dict[str, Section]:
    folders = [recordings / name for name in ("mex_rest", "cmu_sub22", "hugadb")]
    if not all((folder / "index.csv").is_file() for folder in folders):
        pytest.skip("recordings of mex_rest, cmu_sub22 or hugadb are not there")
    jobs = [FileJob(labelled) for folder in folders for labelled in read_index(folder)]
    report = summarise(run(jobs), "1", {})
    assert not report.failed
    return {section.row.title: section for section in report.sections}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("title", "exact", "f1"),
    [("bridge, begun at rest", 0.8, 0.9), ("clamshell, moving", 0.8, 0.9), ("sit-to-stand", 0.9, 0.95)],
)
def test_sets_are_counted(title: str, exact: float, f1: float, sections: dict[str, Section]) -> None:
    figures = sections[title].engine
    assert figures.exact.sets >= exact * figures.exact.of
    assert figures.reps is not None and figures.reps.f1 is not None and figures.reps.f1 >= f1


@pytest.mark.slow
def test_bounds_and_announcements_are_near(sections: dict[str, Section]) -> None:
    figures = sections["bridge, begun at rest"].engine
    assert figures.bounds.median_s is not None and figures.bounds.median_s < 0.08
    assert figures.latency.p90_s is not None and figures.latency.p90_s < 0.8


@pytest.mark.slow
def test_still_people_do_no_reps(sections: dict[str, Section]) -> None:
    for title in ("sitting, no reps", "standing, no reps"):
        negatives = sections[title].engine.negatives
        assert negatives is not None and negatives.false <= 1


@pytest.mark.slow
def test_every_row_says_how_many_people(sections: dict[str, Section]) -> None:
    assert sections["bridge, begun at rest"].engine.people == sections["clamshell, moving"].engine.people
    assert all(section.engine.people >= 1 for section in sections.values())

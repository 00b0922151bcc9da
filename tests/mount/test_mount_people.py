"""Warnings on real recordings, rightly and wrongly; mount/README.md has the figures."""

from __future__ import annotations

from pathlib import Path

import pytest
from repband.bench.truth import read_folders
from repband.mount import MountKind
from repband.mount.measure import Checked, PeopleLeftOut, check_folders, margins, report, slip_rates
from repband.mount.slip import SLIPPED_DEG

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def checked(recordings: Path) -> list[Checked]:
    return check_folders(recordings, PeopleLeftOut(recordings))


def share_warned(checked: list[Checked], kind: MountKind | None = None) -> float:
    assert checked
    return sum(c.warned(kind) for c in checked) / len(checked)


def of(checked: list[Checked], exercise: str, placement: str = "thigh", kind: str | None = None) -> list[Checked]:
    return [
        c
        for c in checked
        if c.label.exercise == exercise
        and c.label.placement.startswith(placement)
        and (kind is None or c.label.kind == kind)
    ]


@pytest.mark.parametrize("odd", [True, False])
@pytest.mark.parametrize(("exercise", "kind"), [("bridge", "moving"), ("clamshell", "moving"), ("sit_to_stand", "")])
def test_a_sensor_worn_rightly_is_hardly_ever_warned_of(checked: list[Checked], exercise: str, kind: str, odd: bool):
    half = [c for c in of(checked, exercise, kind=kind) if c.label.odd is odd]
    assert share_warned(half) <= 0.10


def test_the_resting_leg_is_noticed(checked: list[Checked]):
    still = of(checked, "clamshell", kind="still")
    assert share_warned(still, MountKind.STILL) >= 0.85
    assert max(w.t_s - 0.5 for c in still for w in c.warnings[:1]) < 30.0


@pytest.mark.parametrize("exercise", ["squat", "lunge", "deadlift", "pickingup"])
def test_a_wrist_is_noticed(checked: list[Checked], exercise: str):
    assert share_warned(of(checked, exercise, "wrist"), MountKind.ELSEWHERE) >= 0.7


def test_turns_of_thirty_degrees_are_noticed_in_most_sets(recordings: Path):
    labels = [label for label in read_folders(recordings) if label.folder.endswith("_rest")][:12]
    seen, made, _ = slip_rates(labels, [30.0])[30.0]
    assert made >= 20
    assert seen >= 0.65 * made


def test_the_report_has_its_tables(checked: list[Checked], recordings: Path):
    assert "mex_rest bridge thigh moving as bridge" in report(checked, {30.0: (2, 3, [2, 2])})
    table = margins(recordings)
    assert "odd numbers" in table
    assert f"{SLIPPED_DEG:.1f} degrees" not in table

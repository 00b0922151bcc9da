"""People and movements left out, on the real recordings; recognise/README.md has the figures."""

from __future__ import annotations

from pathlib import Path

import pytest
from repband.recognise.leave_out import Judged, leave_out
from repband.recognise.model import shipped_model
from repband.recognise.report import movements_unknown, report
from repband.recognise.sets import OURS, UNCERTAIN_KINDS, Recorded, read_recorded

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def recorded(recordings: Path) -> list[Recorded]:
    return read_recorded(recordings)


@pytest.fixture(scope="module")
def judged(recorded: list[Recorded]) -> list[Judged]:
    return leave_out(recorded)


def ours_right(judged: list[Judged]) -> float:
    ours = [j.right for j in judged if j.truth in OURS]
    assert len(ours) >= 20
    return sum(ours) / len(ours)


def test_people_left_out_are_recognised(judged: list[Judged]):
    # 66 of 68 on the recordings this was built with; the floor leaves room for one more person.
    assert ours_right(judged) >= 0.94


@pytest.mark.parametrize("odd", [True, False])
def test_both_halves_of_the_people_are_recognised(judged: list[Judged], odd: bool):
    assert ours_right([j for j in judged if j.recorded.label.odd is odd]) >= 0.90


def test_a_bridge_and_a_clamshell_are_not_mistaken_for_each_other(judged: list[Judged]):
    mistaken = [j for j in judged if j.truth in OURS and j.called in OURS and j.called != j.truth]
    assert len(mistaken) <= 1


def test_movements_never_seen_are_unknown(judged: list[Judged]):
    assert movements_unknown(judged) >= 0.80


def test_the_resting_leg_of_a_clamshell_is_no_clamshell(judged: list[Judged]):
    resting = [j for j in judged if j.recorded.label.kind in UNCERTAIN_KINDS]
    assert sum(j.called == "clamshell" for j in resting) <= 0.2 * len(resting)


def test_three_reps_are_enough_for_most(recorded: list[Recorded]):
    assert ours_right(leave_out(recorded, reps=3)) >= 0.90


def test_the_shipped_model_knows_its_own(recorded: list[Recorded]):
    right = 0
    ours = [r for r in recorded if r.movement in OURS and r.label.kind not in UNCERTAIN_KINDS]
    for r in ours:
        if r.example is not None:
            shares = shipped_model().shares(tuple(r.example.steps[-1].tolist()))
            right += shares[r.movement] > 0.5
    assert right >= 0.94 * len(ours)


def test_the_report_has_every_table(recorded: list[Recorded], judged: list[Judged]):
    text = report({None: judged}, judged)
    assert "| bridge |" in text
    assert "Reliability" in text
    assert f"{len([r for r in recorded if r.movement == 'superman'])} |" in text

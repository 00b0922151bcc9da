"""Plans that ship, plans that are written and read back, revisions, and the sets that follow."""

from __future__ import annotations

import json
import re
import tomllib
from itertools import pairwise
from pathlib import Path

import msgspec
import plan_strategies as plans
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from repband.errors import UsageError
from repband.exercise import load_exercise, load_safety
from repband.paths import shipped
from repband.plan import Plan, load_plan, pain_rule, plan_names, planned_minutes, planned_sets, to_toml
from repband.plan.base import PlanPain, Progress
from repband.plan.page import sections

FAST = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
GUIDE = (shipped("plans") / "README.md").read_text(encoding="utf-8")


def load_text(folder: Path, text: str) -> Plan:
    file = folder / "plan.toml"
    file.write_text(text, encoding="utf-8", newline="\n")
    return load_plan(file)


@pytest.mark.parametrize("name", plans.SHIPPED)
def test_the_shipped_plans_have_all_five_exercises_with_their_sources(name):
    plan = load_plan(name)
    assert {item.exercise for item in plan.exercises} == {"bridge", "clamshell", "squat", "deadlift", "lunge"}
    assert all("our cautious choice" in item.source.lower() for item in plan.exercises)
    assert plan.sessions_per_week == 3
    assert pain_rule(plan) == load_safety().pain


def test_names_and_near_misses():
    assert plan_names() == plans.SHIPPED
    with pytest.raises(UsageError, match="did you mean beginner"):
        load_plan("begginer")


def test_the_example_of_the_guide_is_a_plan(tmp_path):
    plan = load_text(tmp_path, re.search(r"```toml\n(.*?)```", GUIDE, re.DOTALL)[1])
    assert [item.exercise for item in plan.exercises] == ["bridge", "clamshell", "squat"]
    assert [(band.least, band.most) for band in pain_rule(plan).bands] == [(0, 2), (3, 4), (5, 10)]
    assert "within 12 hours" in pain_rule(plan).band(3).say


def test_the_guide_explains_every_key():
    structs = (Plan, plans.PlanItem, Progress, PlanPain, plans.PlanTempo, plans.PlanLoad)
    for struct in structs:
        for key in struct.__struct_fields__:
            assert re.search(rf"`{key}`|`\[+(exercises\.)?{key}\]+`|\b{key} = ", GUIDE), key


@FAST
@given(plans.pains, st.integers(0, 10))
def test_the_pain_rule_of_a_plan_covers_every_score_and_is_never_laxer(own, score):
    plan, default = msgspec.structs.replace(load_plan("beginner"), pain=own), load_safety().pain
    rule, order = pain_rule(plan), ("go-on", "watch", "stop")
    assert order.index(rule.band(score).action) >= order.index(default.band(score).action)
    assert sum(band.least <= score <= band.most for band in rule.bands) == 1
    assert rule.settle_h <= default.settle_h


def test_stopping_earlier_than_watching_leaves_nothing_to_watch():
    plan = msgspec.structs.replace(load_plan("beginner"), pain=PlanPain(stop_from=3))
    assert [(band.action, band.least, band.most) for band in pain_rule(plan).bands] == [
        ("go-on", 0, 2),
        ("stop", 3, 10),
    ]


@FAST
@given(plan=plans.plans())
def test_every_valid_plan_is_written_read_shown_and_run(tmp_path, plan):
    loaded = load_text(tmp_path, to_toml(plan))
    assert loaded == plan
    assert loaded.revision == plan.revision
    shown = dict(sections(loaded, load_safety()))
    assert len([heading for heading in shown if re.match(r"\d+\. ", heading)]) == len(plan.exercises)
    assert all(shown.values())
    runs(loaded)


def runs(plan: Plan) -> None:
    """The sets of a session are what the plan says, and each can be counted."""
    sets = planned_sets(plan)
    assert len(sets) == sum(item.sets * (2 if item.side == "both" else 1) for item in plan.exercises)
    assert [one.item for one in sets] == sorted(one.item for one in sets)
    for one in sets:
        counted = load_exercise(one.count_as)
        assert counted.movement.rep_s.least <= one.tempo_s.rep_s <= counted.movement.rep_s.most
        assert one.reps == plan.exercises[one.item].reps
    assert sets[-1].rest_after_s == 0
    assert all(one.rest_after_s == plan.exercises[one.item].rest_s for one in sets[:-1])
    assert all(
        this.move_strap == (None not in (this.side, after.side) and this.side != after.side)
        for this, after in pairwise(sets)
    )
    assert planned_minutes(plan) > 0


def test_one_side_is_finished_before_the_strap_moves():
    clams = [one for one in planned_sets(load_plan("beginner")) if one.exercise == "clamshell"]
    assert [(one.side, one.number, one.of) for one in clams] == [
        ("left", 1, 2),
        ("left", 2, 2),
        ("right", 1, 2),
        ("right", 2, 2),
    ]
    assert [one.move_strap for one in clams] == [False, True, False, False]


def test_a_variant_of_another_movement_is_counted_as_such(tmp_path):
    text = plans.text_of("beginner").replace(
        'exercise = "bridge"', 'exercise = "bridge"\nvariant = "Single-leg bridge"\nside = "left"'
    )
    first = planned_sets(load_text(tmp_path, text))[0]
    assert (first.count_as, first.title, first.side) == ("generic", "Single-leg bridge", "left")


# Revisions.


def test_what_does_not_matter_keeps_the_revision(tmp_path):
    text = plans.text_of("beginner")
    revision = load_plan("beginner").revision
    assert re.fullmatch(r"[0-9a-f]{10}", revision)
    for same in (
        re.sub(r"^#.*\n", "", text, flags=re.MULTILINE),
        text.replace("\n", "\r\n"),
        text.replace("sets = 2", "sets   =   2 # two"),
        text.replace("rest_s = 60", "rest_s = 60.0"),
        text.replace("sets = 2\nreps = 10", "reps = 10\nsets = 2"),
        text.replace('exercise = "bridge"', 'exercise = "bridge"\nload = { kind = "bodyweight" }'),
        text.replace("most_hold_s = 5", "most_hold_s = 5\nafter_sessions = 2"),
        to_toml(load_plan("beginner")),
    ):
        assert same != text
        assert load_text(tmp_path, same).revision == revision


@pytest.mark.parametrize(
    ("old", "new", "work_changes"),
    [
        ("reps = 10", "reps = 11", True),
        ("sets = 2", "sets = 3", True),
        ("hold = 2", "hold = 3", True),
        ('exercise = "bridge"', 'exercise = "bridge"\nload = { kind = "band" }', True),
        ("rest_s = 60", "rest_s = 61", False),
        ("most_reps = 15", "most_reps = 16", False),
        ('source = "10 reps', 'source = "Ten reps', False),
        ('name = "Beginner"', 'name = "beginner"', False),
        ("sessions_per_week = 3", "sessions_per_week = 2", False),
        ("note = ", "[pain]\nwatch_from = 3\n#", False),
    ],
)
def test_a_change_is_a_new_revision(tmp_path, old, new, work_changes):
    before, after = load_plan("beginner"), load_text(tmp_path, plans.text_of("beginner").replace(old, new, 1))
    assert after.revision != before.revision
    assert (after.exercises[0].work_revision != before.exercises[0].work_revision) is work_changes


@FAST
@given(st.lists(plans.plans(), min_size=2, max_size=4))
def test_plans_share_a_revision_only_when_they_are_equal(drawn):
    for one in drawn:
        for other in drawn:
            assert (one.revision == other.revision) == (one == other)


def test_the_revision_stays_the_same_from_version_to_version():
    item = plans.PlanItem(exercise="bridge", sets=2, reps=10, rest_s=60, tempo_s=plans.PlanTempo(2, 2, 2, 1))
    plan = Plan(name="a", for_whom="b", sessions_per_week=3, exercises=(item,))
    assert (plan.revision, item.work_revision) == ("5e25202b82", "f9917113ee")


def test_accepted_targets_make_the_sets():
    item = load_plan("intermediate").exercises[2]
    heavier = msgspec.structs.replace(item.load, value=6.0)
    targets = plans.Targets(2, 9, 1.0, heavier)
    assert item.with_targets(targets).targets == targets
    assert item.with_targets(item.targets) == item


def test_written_plans_are_toml_of_the_same_content():
    for name in plans.SHIPPED:
        assert json.dumps(tomllib.loads(to_toml(load_plan(name)))) == json.dumps(tomllib.loads(plans.text_of(name)))

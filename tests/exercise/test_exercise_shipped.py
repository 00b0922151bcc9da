"""Every exercise that ships is valid, complete and modest."""

from __future__ import annotations

import re
import tomllib

import pytest
from repband.exercise import Exercise, exercise_names, load_exercise
from repband.paths import shipped

SHIPPED = ("bridge", "clamshell", "deadlift", "generic", "lunge", "squat")
FOR_THE_BACK = tuple(name for name in SHIPPED if name != "generic")


@pytest.fixture(autouse=True)
def no_own_files(tmp_path, monkeypatch):
    monkeypatch.setenv("REPBAND_HOME", str(tmp_path))


@pytest.fixture(params=SHIPPED)
def exercise(request) -> Exercise:
    return load_exercise(request.param)


def test_names():
    assert exercise_names() == SHIPPED


def test_says_everything_a_screen_shows(exercise):
    assert exercise.reminders
    assert exercise.cues
    assert exercise.tempo_s.source
    assert not exercise.replaces_shipped


@pytest.mark.parametrize("name", FOR_THE_BACK)
def test_is_complete(name):
    exercise = load_exercise(name)
    assert len(exercise.steps) >= 4
    assert len(exercise.faults) >= 3
    assert len(exercise.safety) >= 2
    assert exercise.variants
    assert {"against"} < {item.stance for item in exercise.evidence}, "evidence stands on both sides"


@pytest.mark.parametrize("name", FOR_THE_BACK)
def test_every_finding_can_be_looked_up(name):
    pointer = re.compile(r"doi 10\.\d{4,}/|PMC\d+|\d{4}, .*(J |Phys Ther)|\d{4}, J |\.com/article/")
    for item in load_exercise(name).evidence:
        assert pointer.search(item.source), item.source


@pytest.mark.parametrize("word", ["cure", "heal", "guarantee", "proven", "diagnos"])
def test_promises_nothing(exercise, word):
    texts = [exercise.summary, exercise.why, *exercise.steps, *(cue.say for cue in exercise.cues)]
    for text in texts:
        if word in text.lower():
            assert "not" in text.lower(), text


def test_way_out(exercise):
    concentric = {"bridge", "clamshell", "generic"}
    assert exercise.movement.out == ("concentric" if exercise.name in concentric else "eccentric")


def test_one_sided():
    assert [name for name in SHIPPED if load_exercise(name).movement.one_sided] == ["clamshell", "lunge"]


def test_clamshell_range_is_never_cued():
    clamshell = load_exercise("clamshell")
    assert not clamshell.movement.range_cue
    assert "range-shrinking" not in {cue.when for cue in clamshell.cues}


def test_range_cue_agrees_with_the_cues(exercise):
    if not exercise.movement.range_cue:
        assert "range-shrinking" not in {cue.when for cue in exercise.cues}


def test_hold_is_only_cued_where_one_is_prescribed(exercise):
    holds = {"hold-short", "hold-sagging"} & {cue.when for cue in exercise.cues}
    assert not holds or exercise.tempo_s.hold > 0


def test_variants_count_under_a_known_name(exercise):
    for variant in exercise.variants:
        assert variant.count_as is None or variant.count_as in SHIPPED


def test_generic_spans_all_others():
    generic = load_exercise("generic").movement
    for name in FOR_THE_BACK:
        movement = load_exercise(name).movement
        assert generic.excursion_deg.least <= movement.excursion_deg.least
        assert generic.excursion_deg.most >= movement.excursion_deg.most
        assert generic.rep_s.least <= movement.rep_s.least
        assert generic.rep_s.most >= movement.rep_s.most


def test_files_are_plain_toml_with_unix_lines():
    for path in shipped("exercises").glob("*.toml"):
        raw = path.read_bytes()
        assert b"\t" not in raw
        tomllib.loads(raw.decode("utf-8"))

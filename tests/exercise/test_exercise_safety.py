"""The safety texts: complete, with sources, and every pain score has one answer."""

from __future__ import annotations

import pytest
from repband.errors import ExerciseFileError
from repband.exercise import load_safety
from repband.paths import shipped

TEXT = (shipped("exercises") / "safety.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("score", "action"), [(0, "go-on"), (3, "go-on"), (4, "watch"), (5, "watch"), (6, "stop"), (10, "stop")]
)
def test_pain_rule(score, action):
    assert load_safety().pain.band(score).action == action


@pytest.mark.parametrize("score", [-1, 11])
def test_no_such_score(score):
    with pytest.raises(ValueError, match="from 0 to 10"):
        load_safety().pain.band(score)


def test_settles_within_a_day():
    pain = load_safety().pain
    assert pain.settle_h == 24
    assert "24 hours" in pain.band(5).say


@pytest.mark.parametrize("sign", ["numbness", "bladder", "bowel", "sexual", "both legs"])
def test_red_flags(sign):
    assert any(sign in text for text in load_safety().red_flags.signs)


def test_every_part_has_a_source():
    assert {source.about for source in load_safety().sources} == {"pain", "red-flags", "professional", "progress"}


def test_says_what_no_thigh_sensor_sees():
    for word in ("pelvis", "spine", "knee alignment", "effort", "does not diagnose"):
        assert word in load_safety().limits


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (
            "least = 4",
            "least = 5",
            r"line \d+: pain.bands\[2\] begins at 5, after .* 3; begin it at 4",
        ),
        ("most = 10", "most = 9", "do not reach from 0 to 10"),
        ("least = 6\nmost = 10", "least = 6\nmost = 4", "do not reach|goes from 6 to 4"),
        ("settle_h = 24", "settle_h = 0", "pain.settle_h is 0"),
        ('action = "watch"', 'action = "wach"', "did you mean watch"),
    ],
)
def test_mistakes_are_named(tmp_path, old, new, what):
    path = tmp_path / "safety.toml"
    assert old in TEXT
    path.write_text(TEXT.replace(old, new), encoding="utf-8")
    with pytest.raises(ExerciseFileError, match=what):
        load_safety(path)

"""Whatever is wrong with a plan: file, line and cure are named, all at once, and nothing else gets out."""

from __future__ import annotations

import re
from pathlib import Path

import plan_strategies as plans
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from repband.errors import ExerciseFileError
from repband.plan import load_plan, to_toml

TEXT = to_toml(load_plan("intermediate")).replace(
    "sessions_per_week = 3", "sessions_per_week = 3\n\n[pain]\nstop_from = 5\n"
)
# The note belongs above the first table.
TEXT = re.sub(r"(\n\[pain\]\nstop_from = 5\n)\n(note = .*\n)", r"\2\1", TEXT)
PLACE = re.compile(r"plan\.toml line (\d+)")
FAST = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "plan.toml"


def complaint(file: Path, text: str) -> list[str]:
    file.write_text(text, encoding="utf-8", newline="\n")
    with pytest.raises(ExerciseFileError) as caught:
        load_plan(file)
    return str(caught.value).split("\n")


def line_of(text: str, piece: str) -> int:
    return text[: text.index(piece)].count("\n") + 1


def test_the_unchanged_text_is_a_plan(file):
    file.write_text(TEXT, encoding="utf-8")
    assert load_plan(file).pain.stop_from == 5


@pytest.mark.parametrize(
    ("old", "new", "what", "cure"),
    [
        ("for_whom = ", "for_who = ", "unknown key for_who", "did you mean for_whom?"),
        ("sessions_per_week = 3", "sessions_per_week = 8", "sessions_per_week is 8", "from 1 to 7"),
        ('exercise = "bridge"', 'exercise = "brigde"', "there is no exercise 'brigde'", "did you mean bridge?"),
        ('exercise = "bridge"', 'exercise = "bridge.toml"', "bridge.toml is a file", "write the exercise's name"),
        (
            'variant = "Goblet squat"',
            'variant = "Goblet sqat"',
            "no variant 'Goblet sqat'",
            "did you mean Goblet squat?",
        ),
        ('variant = "Goblet squat"', 'variant = "xyz"', "no variant 'xyz'", "choose one of: Sit to stand"),
        (
            'exercise = "bridge"',
            'exercise = "bridge"\nside = "left"',
            "the bridge trains both sides at once",
            "remove it",
        ),
        ('side = "both"', 'side = "bth"', "side is 'bth'", "did you mean both?"),
        ("reps = 10", "reps = 0", "reps is 0", "from 1 to 100"),
        ("reps = 10", "reps = 10.5", "reps is 10.5", "a whole number"),
        ("sets = 3", "sets = true", "sets is true", "a whole number"),
        ("rest_s = 60", "rest_s = 601", "rest_s is 601", "from 0 to 600"),
        ("out = 2, hold = 3", "out = 20, hold = 3", "make 25 s", "1.5 to 20 s"),
        ("out = 2,", "ot = 2,", "unknown key exercises[1].tempo_s.ot", "did you mean out?"),
        ('kind = "band"', 'kind = "bodyweight"', "label is given, but bodyweight has none", "remove it, or"),
        ('kind = "kg", value = 10', 'kind = "kg"', "exercises[4].load.value is missing", "how many kilograms"),
        ('kind = "kg", value = 10', 'kind = "kg", value = 0', "load.value is 0", "from 0.1 to 300"),
        ('by = ["reps", "hold"]', 'by = ["reps", "reps"]', "names something twice", "name each once"),
        ('by = ["reps", "hold"]', 'by = ["range"]', "by[1] is 'range'", "choose one of hold, load, reps, sets"),
        ('by = ["reps", "hold"]', 'by = ["sets"]', "progress.most_sets is missing", "write the limit"),
        ('by = ["reps", "hold"]', 'by = ["load"]', "bodyweight has no kilograms", "new revision"),
        ("most_reps = 15", "most_reps = 9", "most_reps is 9, but the plan begins with 10", "choose 10 or more"),
        ("most_hold_s = 5", "most_hold_s = 2", "begins with 3", "choose 3 or more"),
        ("most_hold_s = 5", "most_hold_s = 17", "a rep would take 21 s", "choose 16 s or less"),
        ("most_kg = 20", "most_kg = 9", "begins with 10", "choose 10 or more"),
        ("step_kg = 1\n", "step_kg = 1.5\n", "step_kg is 1.5 kg", "choose 1 kg or less"),
        ("step_kg = 1\n", "\n", "exercises[4].progress.step_kg is missing", "how many kilograms to add"),
        ("stop_from = 5", "stop_from = 7", "pain.stop_from is 7, RepBand's own rule says 6", "stricter, never laxer"),
        ("stop_from = 5", "watch_from = 5", "pain.watch_from is 5, RepBand's own rule says 4", "stricter, never laxer"),
        ("stop_from = 5", "settle_h = 48", "pain.settle_h is 48", "24 or less"),
        (
            "stop_from = 5",
            "stop_from = 3\nwatch_from = 4",
            "watch_from (4) lies above pain.stop_from (3)",
            "smaller score",
        ),
        ("[[exercises]]", "[exercises]", "not TOML", "keep one"),
    ],
)
def test_one_mistake(file, old, new, what, cure):
    assert TEXT.count(old) >= 1
    said = complaint(file, TEXT.replace(old, new, 1))
    assert len(said) == 1
    assert what in said[0]
    assert cure in said[0]
    if "missing" not in what and "not TOML" not in what:
        assert abs(int(PLACE.search(said[0])[1]) - line_of(TEXT, old)) <= 1


def test_a_one_sided_exercise_needs_its_side(file):
    (said,) = complaint(file, TEXT.replace('side = "both"\n', "", 1))
    assert "exercises[2].side is missing: the clamshell trains one side at a time" in said
    assert 'write side = "both", "left" or "right"' in said


def test_the_same_twice(file):
    bridge = TEXT[TEXT.index("[[exercises]]") : TEXT.index("[[exercises]]", TEXT.index("[[exercises]]") + 5)]
    (said,) = complaint(file, TEXT + "\n" + bridge)
    assert "exercises[6] prescribes the same exercise as exercises[1]" in said
    left = TEXT.replace('side = "both"', 'side = "left"', 1)
    clam = left[left.index('exercise = "clamshell"') : left.index('exercise = "squat"')].replace('"left"', '"right"')
    file.write_text(left + "\n[[exercises]]\n" + clam.removesuffix("[[exercises]]\n"), encoding="utf-8")
    assert [item.side for item in load_plan(file).exercises][1::4] == ["left", "right"]


def test_all_at_once_in_the_order_of_their_lines(file):
    text = TEXT.replace("stop_from = 5", "stop_from = 7").replace("most_reps = 15", "most_reps = 9", 1)
    text = text.replace('variant = "Goblet squat"', 'variant = "Gobblet squat"')
    said = complaint(file, text)
    assert len(said) == 3
    lines = [int(PLACE.search(mistake)[1]) for mistake in said]
    assert lines == sorted(lines) == [line_of(text, piece) for piece in ("stop_from", "most_reps = 9", "Gobblet")]


def test_a_missing_key_points_to_the_guide_of_plans(file):
    (said,) = complaint(file, TEXT.replace("rest_s = 60\n", "", 1))
    assert "exercises[1].rest_s is missing; add it; protocols/plans/README.md explains every key" in said


def test_an_exercise_file_with_mistakes_is_named(file, tmp_path, monkeypatch):
    monkeypatch.setenv("REPBAND_HOME", str(tmp_path))
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises" / "mine.toml").write_text("nonsense", encoding="utf-8")
    (said,) = complaint(file, TEXT.replace('exercise = "bridge"', 'exercise = "mine"'))
    assert "the file of the exercise mine has mistakes; mend it; repband exercises check" in said


NEEDED = ("name", "for_whom", "sessions_per_week", "exercise", "sets", "reps", "rest_s", "tempo_s")


@FAST
@given(plan=plans.plans(), data=st.data())
def test_any_needed_key_that_is_missing_is_named_in_any_plan(file, plan, data):
    lines = to_toml(plan).split("\n")
    number = data.draw(st.sampled_from([n for n, line in enumerate(lines) if line.split(" = ")[0] in NEEDED]))
    key = lines.pop(number).split(" = ")[0]
    said = complaint(file, "\n".join(lines))
    assert any(re.search(rf"the key (exercises\[\d+\]\.)?{key} is missing", mistake) for mistake in said)


def keys(text: str) -> list[int]:
    return [number for number, line in enumerate(text.split("\n")) if re.match(r"\w+ = ", line)]


@FAST
@given(plan=plans.plans(), data=st.data())
def test_any_misspelt_key_is_named_with_its_line_in_any_plan(file, plan, data):
    text = to_toml(plan)
    lines, number = text.split("\n"), data.draw(st.sampled_from(keys(text)))
    key, value = lines[number].split(" = ", 1)
    at = data.draw(st.integers(0, len(key) - 1))
    wrong = key[:at] + data.draw(st.sampled_from("xqz7")) + key[at + 1 :]
    lines[number] = f"{wrong} = {value}"
    said = complaint(file, "\n".join(lines))
    assert any(f"line {number + 1}: unknown key" in mistake and wrong in mistake for mistake in said)


WRONG = st.sampled_from(["-1", "1e9", "nan", "inf", "true", "1979-05-27", "[[]]", "{ a = 1 }", '""', f"0x{'f' * 5000}"])


@FAST
@given(plan=plans.plans(), data=st.data(), value=WRONG)
def test_any_value_of_another_kind_is_named_with_its_line_in_any_plan(file, plan, data, value):
    text = to_toml(plan)
    lines, number = text.split("\n"), data.draw(st.sampled_from(keys(text)))
    key = lines[number].split(" = ")[0]
    lines[number] = f"{key} = {value}"
    said = complaint(file, "\n".join(lines))
    assert any(f"line {number + 1}: " in mistake and key in mistake for mistake in said)
    assert all("; " in mistake for mistake in said)


@FAST
@given(
    st.integers(0, len(TEXT) - 1),
    st.sampled_from(["", "\x00", "]", '"', "= 1\n", "[pain]\n", "# "]),
    st.integers(0, 40),
)
def test_a_broken_text_is_a_plan_or_named(file, at, junk, cut):
    file.write_text(TEXT[:at] + junk + TEXT[at + cut :], encoding="utf-8", newline="\n")
    try:
        load_plan(file)
    except ExerciseFileError as error:
        for mistake in str(error).split("\n"):
            assert PLACE.search(mistake), mistake
            assert "; " in mistake

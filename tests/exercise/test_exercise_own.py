"""An exercise of the wearer's own: a file in the data folder, no code touched."""

from __future__ import annotations

import re

import pytest
from repband.errors import UsageError
from repband.exercise import exercise_names, exercise_path, is_own, load_exercise
from repband.paths import shipped

README = shipped("exercises") / "README.md"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("REPBAND_HOME", str(tmp_path))
    own = tmp_path / "exercises"
    own.mkdir()
    return own


def readme_example() -> str:
    """The full example of the README: its first block of TOML that has a name."""
    blocks = re.findall(r"```toml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    return next(block for block in blocks if block.startswith("name = "))


def test_the_example_of_the_readme_loads(folder):
    name = re.match(r'name = "(.+?)"', readme_example())[1]
    (folder / f"{name}.toml").write_text(readme_example(), encoding="utf-8")
    assert name in exercise_names()
    assert is_own(name)
    assert load_exercise(name).name == name


def test_the_readme_explains_every_key():
    from msgspec import inspect
    from repband.exercise import Exercise

    text = README.read_text(encoding="utf-8")

    def keys(kind):
        if isinstance(kind, inspect.StructType):
            for field in kind.fields:
                yield field.encode_name
                yield from keys(field.type)
        elif isinstance(kind, inspect.VarTupleType):
            yield from keys(kind.item_type)
        elif isinstance(kind, inspect.LiteralType):
            yield from kind.values

    missing = {key for key in keys(inspect.type_info(Exercise)) if f"`{key}`" not in text}
    assert not missing


def test_the_readme_states_the_limits_that_are_checked():
    text = README.read_text(encoding="utf-8")
    for limit in ("0 to 150", "0.5 to 60", "0 to 60", "1 to 20", "1 to 100", "0 to 600", "64 KB"):
        assert limit in text, limit


def test_own_names_come_with_the_shipped_ones(folder):
    (folder / "plank.toml").touch()
    assert "plank" in exercise_names()
    assert "bridge" in exercise_names()
    assert exercise_path("plank") == folder / "plank.toml"


def test_own_file_replaces_a_shipped_one_knowingly(folder):
    text = exercise_path("squat").read_text(encoding="utf-8")
    mine = text.replace('title = "Squat"', 'title = "My squat"\nreplaces_shipped = true')
    (folder / "squat.toml").write_text(mine, encoding="utf-8")
    assert load_exercise("squat").title == "My squat"
    assert exercise_names().count("squat") == 1


def test_no_folder_of_own_exercises(tmp_path, monkeypatch):
    monkeypatch.setenv("REPBAND_HOME", str(tmp_path / "nowhere"))
    assert "bridge" in exercise_names()
    assert not is_own("bridge")


@pytest.mark.parametrize(("name", "cure"), [("brigde", "did you mean bridge"), ("xyzzy", "choose one of bridge, clam")])
def test_unknown_name(folder, name, cure):
    with pytest.raises(UsageError, match=cure):
        load_exercise(name)


def test_safety_is_not_listed(folder):
    assert "safety" not in exercise_names()
    with pytest.raises(UsageError):
        load_exercise("safety")

"""What the form of a plan makes of what was typed: the plan, or every mistake at its field in plain words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from repband.exercise import exercise_names, load_exercise
from repband.plan import load_plan, plan_names
from repband.web.pages.plans import acted, begun_from, keep, own_plans, plans_dir
from repband.web.pages.typed import ITEM_KEYS, PLAN_KEYS, Typed, items_in, name_of, plan_of, read_typed, typed_of

BRIDGE, CLAM = ("exercises", 0), ("exercises", 1)


def typed(*exercises: str) -> Typed:
    found = begun_from("") | {("name",): "Maria, spring", ("for_whom",): "Maria"}
    for name in exercises:
        found = acted(found, "add", name)
    return found


def sent(of: Typed) -> Typed:
    return read_typed((name_of(path), text) for path, text in of.items())


@pytest.mark.parametrize("name", plan_names())
def test_a_plan_survives_the_form(name: str) -> None:
    plan, wrong = plan_of(sent(typed_of(load_plan(name))))
    assert (plan, wrong) == (load_plan(name), {})


@pytest.mark.parametrize("name", exercise_names())
def test_every_exercise_as_it_is_added_makes_a_plan(name: str) -> None:
    plan, wrong = plan_of(typed(name))
    assert wrong == {}
    assert plan is not None
    assert plan.exercises[0].reps == load_exercise(name).dose.reps


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        (("name",), "", "Missing; fill it in."),
        (("sessions_per_week",), "9", "That is 9; choose a number from 1 to 7."),
        ((*BRIDGE, "sets"), "many", "That is 'many'; write a whole number."),
        ((*BRIDGE, "reps"), "", "Missing; fill it in."),
        ((*BRIDGE, "tempo_s", "hold"), "", "Missing; fill it in."),
        ((*BRIDGE, "tempo_s", "out"), "30", None),
        ((*BRIDGE, "variant"), "Handstand", "the bridge has no variant 'Handstand'; choose one of: "),
        ((*BRIDGE, "load", "kind"), "kg", None),
        ((*BRIDGE, "load", "value"), "5", "That is given, but bodyweight has none; "),
        ((*BRIDGE, "progress", "most_reps"), "3", "That is 3, but the plan begins with 10; choose 10 or more."),
        ((*CLAM, "side"), "", 'Missing: the clamshell trains one side at a time; choose "both", "left" or "right".'),
        (("pain", "stop_from"), "9", "That is 9, RepBand's own rule says 6; "),
        (("pain", "watch_from"), "zero", "That is 'zero'; write a whole number."),
    ],
)
def test_a_mistake_is_told_in_plain_words(path: tuple[str | int, ...], text: str, told: str | None) -> None:
    plan, wrong = plan_of(typed("bridge", "clamshell") | {path: text})
    assert plan is None
    texts = [text for found in wrong.values() for text in found]
    assert all("exercises[" not in text and "_s" not in text for text in texts), texts
    if told is not None:
        assert wrong[path][0].startswith(told)


def test_what_is_missing_or_does_not_fit_together_is_told_where_it_is_mended() -> None:
    no_weight = plan_of(typed("bridge") | {(*BRIDGE, "load", "kind"): "kg"})[1]
    assert no_weight == {(*BRIDGE, "load", "value"): ["Missing; write how many kilograms."]}
    slow = plan_of(typed("bridge") | {(*BRIDGE, "tempo_s", "out"): "30"})[1]
    assert slow[*BRIDGE, "tempo_s", "out"][0].startswith("out, hold and back of the tempo make ")
    endless = plan_of(typed("bridge") | {(*BRIDGE, "progress", "most_reps"): ""})[1]
    assert endless[*BRIDGE, "progress", "most_reps"] == ["Missing: reps may grow, but not how far; write the limit."]
    twice = plan_of(typed("bridge", "bridge"))[1]
    assert twice[*CLAM, "exercise"][0].startswith("exercise 2 prescribes the same exercise as exercise 1; ")
    assert plan_of(typed())[1][("exercises",)] == ["That is empty; write at least one entry."]


@given(
    st.dictionaries(
        st.sampled_from([*PLAN_KEYS, *((*BRIDGE, *key) for key in ITEM_KEYS if key != ("exercise",))]),
        st.sampled_from(["", "0", "7", "-1", "1e9", "nan", "1,5", "x", "left", "kg", "hold", "\x1b[2J", "<b>"]),
        max_size=4,
    )
)
def test_whatever_is_typed_gives_a_plan_or_mistakes_at_fields_that_exist(changes: Typed) -> None:
    given_text = typed("bridge") | changes
    plan, wrong = plan_of(given_text)
    assert (plan is None) == bool(wrong)
    fields = {*PLAN_KEYS, *((*BRIDGE, *key) for key in ITEM_KEYS), ("exercises",)}
    assert {*wrong} <= fields
    assert sent(given_text).items() >= {path: text.strip() for path, text in changes.items()}.items()


def test_exercises_move_and_go_with_all_that_was_typed() -> None:
    begun = typed("bridge", "clamshell", "squat") | {(*CLAM, "note"): "slowly"}
    up = acted(begun, "up-1", "")
    assert (up[*BRIDGE, "exercise"], up[*BRIDGE, "note"], up[*CLAM, "exercise"]) == ("clamshell", "slowly", "bridge")
    assert acted(up, "down-0", "") == begun
    gone = acted(begun, "remove-0", "")
    assert (items_in(gone), gone[*BRIDGE, "note"]) == (2, "slowly")
    for beyond in ("up-0", "down-2", "remove-9", "up-x", "nonsense", "add"):
        assert acted(begun, beyond, "") == begun


def test_a_plan_is_kept_once_and_never_overwrites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPBAND_HOME", str(tmp_path))
    plan, _ = plan_of(typed("bridge"))
    changed, _ = plan_of(typed("bridge") | {(*BRIDGE, "reps"): "11"})
    assert plan is not None
    assert changed is not None
    assert [keep(plan), keep(plan), keep(changed), keep(plan)] == ["maria-spring"] * 2 + [
        "maria-spring-2",
        "maria-spring",
    ]
    assert own_plans() == ("maria-spring", "maria-spring-2")
    assert load_plan(plans_dir() / "maria-spring.toml") == plan
    assert plan_of(begun_from("maria-spring-2"))[0] == changed
    odd, _ = plan_of(typed("bridge") | {("name",): "../../Ü <b>"})
    shipped, _ = plan_of(typed("bridge") | {("name",): "Beginner"})
    device, _ = plan_of(typed("bridge") | {("name",): "NUL"})
    assert odd is not None
    assert shipped is not None
    assert device is not None
    assert [keep(odd), keep(shipped), keep(device)] == ["u-b", "beginner-2", "nul-plan"]

"""The coach: speaks when its stated rules say so, one cue at a time, and is silent when all is well."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from repband.cue import Coach, Cue, coach, rules
from repband.exercise import Exercise, exercise_names, load_exercise
from repband.reps import Flag, Phase, PhaseTimes, Rep, RepCounted, RepMeasured, RepProgress

BRIDGE, CLAMSHELL = load_exercise("bridge"), load_exercise("clamshell")
SD = PhaseTimes(0.05, 0.05, 0.05, 0.05)
RULES = Path(rules.__file__).with_name("RULES.md")


def a_rep(number: int, exercise: Exercise = BRIDGE, **changes: object) -> Rep:
    """A rep just as prescribed, with changes: move (share of out and back), hold, deg, flags."""
    tempo, share = exercise.tempo_s, float(changes.get("move", 1.0))  # type: ignore[arg-type]
    times = PhaseTimes(tempo.rest, tempo.out * share, float(changes.get("hold", tempo.hold)), tempo.back * share)  # type: ignore[arg-type]
    t_s = 10.0 * number
    length_s = times.out + times.hold + times.back
    return Rep(
        number, t_s, t_s, t_s - length_s, t_s - 3, t_s - 2, t_s - 1, t_s,
        float(changes.get("deg", 20.0)), times, SD, changes.get("flags", ()),  # type: ignore[arg-type]
    )  # fmt: skip


def cues(reps: Sequence[Rep], exercise: Exercise = BRIDGE) -> list[Cue]:
    listening = Coach(exercise, exercise.tempo_s)
    return [cue for rep in reps for cue in listening.feed(RepMeasured(rep))]


def kinds(said: Sequence[Cue]) -> list[str]:
    return [cue.when for cue in said]


@pytest.mark.parametrize("name", exercise_names())
def test_a_set_as_prescribed_is_met_with_silence(name: str) -> None:
    exercise = load_exercise(name)
    assert cues([a_rep(n, exercise) for n in range(1, 11)], exercise) == []


def test_two_fast_reps_in_a_row_are_cued_and_one_is_not() -> None:
    assert cues([a_rep(1), a_rep(2, move=0.4), a_rep(3)]) == []
    (cue,) = cues([a_rep(1), a_rep(2, move=0.4), a_rep(3, move=0.4)])
    assert cue.when == "too-fast"
    assert cue.say == next(c.say for c in BRIDGE.cues if c.when == "too-fast")
    assert "prescribed" in cue.because


def test_what_the_uncertainty_may_explain_is_not_cued() -> None:
    doubtful = [replace(a_rep(n, move=0.4), tempo_sd_s=PhaseTimes(2.0, 2.0, 2.0, 2.0)) for n in (1, 2, 3)]
    assert cues(doubtful) == []


def test_a_short_hold_is_cued_unless_a_gap_may_have_cut_it() -> None:
    assert kinds(cues([a_rep(1, hold=0.3), a_rep(2, hold=0.3)])) == ["hold-short"]
    assert cues([a_rep(1, hold=0.3, flags=(Flag.HOLD_CUT,)), a_rep(2, hold=0.3)]) == []


def test_a_shrinking_excursion_is_cued_against_the_wearers_own_first_reps() -> None:
    shrinking = [a_rep(n, deg=20.0) for n in (1, 2, 3)] + [a_rep(n, deg=10.0) for n in (4, 5)]
    assert kinds(cues(shrinking)) == ["range-shrinking"]
    assert cues([a_rep(n, deg=20.0 - n) for n in range(1, 5)]) == []


@given(st.lists(st.floats(1.0, 130.0), min_size=5, max_size=30))
def test_the_clamshell_is_never_cued_for_its_range(excursions_deg: list[float]) -> None:
    assert not CLAMSHELL.movement.range_cue
    reps = [a_rep(n, CLAMSHELL, deg=deg) for n, deg in enumerate(excursions_deg, 1)]
    assert cues(reps, CLAMSHELL) == []


def test_even_a_clamshell_file_with_words_for_it_stays_silent() -> None:
    words = tuple(cue for cue in load_exercise("squat").cues if cue.when == "range-shrinking")
    worded = msgspec.structs.replace(CLAMSHELL, cues=CLAMSHELL.cues + words)
    assert cues([a_rep(n, worded, deg=50.0 if n < 4 else 5.0) for n in range(1, 9)], worded) == []


def progress(t_s: float, phase: Phase, deg: float) -> RepProgress:
    return RepProgress(t_s, phase, 0.0, deg)


def test_a_sagging_hold_is_cued() -> None:
    listening = Coach(BRIDGE, BRIDGE.tempo_s)
    said = [
        cue
        for n, deg in enumerate([5, 12, 20, 20, 19, 18, 14, 14])
        for cue in listening.feed(progress(n * 0.3, Phase.OUT if n < 3 else Phase.HOLD, deg))
    ]
    assert kinds(said) == ["hold-sagging"]
    listening = Coach(BRIDGE, BRIDGE.tempo_s)
    steady = [listening.feed(progress(n * 0.3, Phase.HOLD, 20 - 0.3 * n)) for n in range(10)]
    assert not any(steady)


def test_silence_of_the_thigh_is_cued_once_and_not_when_the_target_is_reached() -> None:
    def wait(enough: bool) -> list[Cue]:
        listening = Coach(BRIDGE, BRIDGE.tempo_s)
        listening.feed(RepCounted(1, 10.0))
        listening.feed(RepMeasured(a_rep(1)))
        times = [10.0 + 0.04 * n for n in range(2000)]
        return [c for t_s in times for c in listening.feed(progress(t_s, Phase.REST, 0.5), enough=enough)]

    (cue,) = wait(enough=False)
    assert cue.when == "no-movement"
    assert cue.at_s - 10.0 >= rules.LEAST_SILENCE_S
    assert wait(enough=True) == []


@given(st.lists(st.tuples(st.floats(0.2, 1.2), st.floats(0.1, 2.0), st.floats(3.0, 40.0)), max_size=40))
def test_cues_never_crowd(shape: list[tuple[float, float, float]]) -> None:
    said = cues([a_rep(n, move=m, hold=h, deg=d) for n, (m, h, d) in enumerate(shape, 1)])
    for earlier, later in itertools.pairwise(said):
        assert later.at_s - earlier.at_s >= coach.APART_S
        if earlier.when == later.when:
            assert later.at_s - earlier.at_s >= 10.0 * coach.AGAIN_REPS


def test_the_page_of_rules_gives_the_numbers_of_the_code() -> None:
    text = RULES.read_text(encoding="utf-8")
    for place, names in ((rules, re.findall(r"`([A-Z_]+)`", text)), (coach, [])):
        for name in names:
            value = getattr(rules, name, None) or getattr(coach, name, None)
            assert value is not None, f"{name} of RULES.md is in no module ({place.__name__})"
            row = next(line for line in text.splitlines() if f"`{name}`" in line)
            near = " ".join(
                text.splitlines()[max(0, text.splitlines().index(row) - 1) : text.splitlines().index(row) + 1]
            )
            assert re.search(rf"\b{value:g}\b", near), f"{name} is {value:g}; RULES.md says something else"
    assert "cannot see your pelvis, spine, knee alignment or effort" in text

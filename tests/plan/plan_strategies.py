"""Valid plans for hypothesis, and the shipped ones as text."""

from __future__ import annotations

from functools import cache

import msgspec
from hypothesis import strategies as st
from repband.exercise import load_exercise
from repband.paths import shipped
from repband.plan import Plan, PlanItem, PlanLoad, PlanPain, PlanTempo, Progress, Targets  # noqa: F401
from repband.plan.rules import item_rules, repeated

SHIPPED = ("beginner", "intermediate")
NAMES = ("bridge", "clamshell", "squat", "deadlift", "lunge", "generic")


def text_of(name: str) -> str:
    return (shipped("plans") / f"{name}.toml").read_text(encoding="utf-8")


known = cache(load_exercise)


def texts(most: int = 60) -> st.SearchStrategy[str]:
    alphabet = st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp"))
    return st.text(alphabet, min_size=1, max_size=most).filter(str.strip).filter(_plain)


def _plain(text: str) -> bool:
    return not any(mark in text for mark in "\u200e\u200f")


seconds = st.integers(0, 60).map(lambda tenths: tenths / 10)
loads = st.one_of(
    st.just(PlanLoad()),
    st.builds(PlanLoad, st.just("band"), st.none() | st.integers(1, 9).map(float), st.none() | texts()),
    st.builds(PlanLoad, st.just("kg"), st.integers(1, 3000).map(lambda tenths: tenths / 10), st.none() | texts()),
)


@st.composite
def items(draw) -> PlanItem:
    exercise = known(draw(st.sampled_from(NAMES)))
    variant = draw(st.none() | st.sampled_from(exercise.variants)) if exercise.variants else None
    sides = ["left", "right", "both"]
    if not exercise.movement.one_sided:
        sides = [None, *sides] if variant and variant.count_as else [None]
    item = PlanItem(
        exercise=exercise.name,
        variant=variant and variant.name,
        side=draw(st.sampled_from(sides)),
        sets=draw(st.integers(1, 20)),
        reps=draw(st.integers(1, 100)),
        rest_s=draw(st.integers(0, 600).map(float)),
        load=draw(loads),
        tempo_s=draw(st.builds(PlanTempo, seconds.map(lambda s: s + 1.0), st.just(0.5), seconds, seconds)),
        note=draw(st.none() | texts(200)),
        source=draw(st.none() | texts(200)),
    )
    return msgspec.structs.replace(item, progress=draw(progresses(item)))


@st.composite
def progresses(draw, item: PlanItem) -> Progress:
    quantities = ["reps", "sets", "hold"] + (["load"] if item.load.kind == "kg" else [])
    kg = item.load.value or 0.0
    return Progress(
        by=tuple(draw(st.lists(st.sampled_from(quantities), unique=True))),
        after_sessions=draw(st.integers(2, 10)),
        effort_most=draw(st.integers(1, 8)),
        most_reps=draw(st.integers(item.reps, 100)),
        most_sets=draw(st.integers(item.sets, 20)),
        most_hold_s=item.tempo_s.hold + draw(st.integers(0, 2)),
        most_kg=draw(st.integers(int(kg * 10) + 1, 3000)) / 10 if 0 < kg < 300 else 300.0,
        step_kg=draw(st.sampled_from([0.1, 0.5, 1.0])),
    )


pains = st.builds(
    PlanPain,
    st.none() | st.integers(1, 3),
    st.none() | st.integers(3, 6),
    st.none() | st.integers(1, 24).map(float),
)


@st.composite
def plans(draw) -> Plan:
    drawn = draw(st.lists(items().filter(lambda item: not list(item_rules(item))), min_size=1, max_size=4))
    kept: list[PlanItem] = []
    for item in drawn:
        if not list(repeated([*kept, item])):
            kept.append(item)
    return Plan(
        name=draw(texts()),
        for_whom=draw(texts(200)),
        sessions_per_week=draw(st.integers(1, 7)),
        note=draw(st.none() | texts(200)),
        pain=draw(pains),
        exercises=tuple(kept),
    )

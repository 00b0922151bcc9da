"""What must hold between the keys of a plan, so that every plan without mistakes can be run."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from repband.errors import ExerciseFileError, UsageError
from repband.exercise import Exercise, Variant, load_exercise, load_safety
from repband.exercise.lines import KeyPath
from repband.exercise.schema import Mistake, spoken
from repband.plan.base import Plan, PlanItem, PlanLoad, PlanPain

# The ACSM position stand 2009 (doi 10.1249/MSS.0b013e3181915670) raises a load by 2-10 %. Light weights come in steps
# of a kilogram, so that much is always allowed (our choice; the reps go back to the plan's at the same time).
STEP_MOST_SHARE = 0.1
STEP_ALWAYS_KG = 1.0


def plan_rules(plan: Plan) -> Iterator[Mistake]:
    """The mistakes of a plan whose keys are each right by themselves."""
    for index, item in enumerate(plan.exercises):
        yield from item_rules(item, ("exercises", index))
    yield from repeated(plan.exercises)
    yield from pain_rules(plan.pain)


def item_rules(item: PlanItem, at: KeyPath = ()) -> Iterator[Mistake]:
    """The mistakes of one prescribed exercise.

    Args:
        item: the exercise.
        at: where it stands in its file.
    """
    try:
        exercise = load_exercise(item.exercise) if not item.exercise.endswith(".toml") else None
    except UsageError as problem:
        yield Mistake((*at, "exercise"), problem.what, problem.cure or "")
        return
    except ExerciseFileError:
        what = f"the file of the exercise {item.exercise} has mistakes"
        yield Mistake((*at, "exercise"), what, "mend it; repband exercises check FILE names them")
        return
    if exercise is None:
        yield Mistake((*at, "exercise"), f"{item.exercise} is a file", "write the exercise's name")
        return
    yield from _load_rules(item.load, (*at, "load"))
    variant, mistake = _variant(item, exercise, at)
    if mistake:
        yield mistake
        return
    yield from _side_rules(item, exercise, variant, at)
    yield from _tempo_rules(item, _counted(exercise, variant), at)
    yield from _progress_rules(item, at)


def variant_of(item: PlanItem, exercise: Exercise) -> Variant | None:
    """The variant that the item names, or None where it names none."""
    return next((variant for variant in exercise.variants if variant.name == item.variant), None)


def pain_rules(pain: PlanPain) -> Iterator[Mistake]:
    """A plan's pain rule may be stricter than the default, never laxer."""
    default = load_safety().pain
    limits = {
        "watch_from": next(band.least for band in default.bands if band.action == "watch"),
        "stop_from": next(band.least for band in default.bands if band.action == "stop"),
        "settle_h": default.settle_h,
    }
    for key, most in limits.items():
        value = getattr(pain, key)
        if value is not None and value > most:
            what = f"pain.{key} is {value:g}, RepBand's own rule says {most:g}"
            yield Mistake(("pain", key), what, f"choose {most:g} or less: a plan may be stricter, never laxer")
    watch_from, stop_from = pain.watch_from or limits["watch_from"], pain.stop_from or limits["stop_from"]
    if pain.watch_from is not None and pain.watch_from > stop_from:
        what = f"pain.watch_from ({watch_from:g}) lies above pain.stop_from ({stop_from:g})"
        yield Mistake(("pain", "watch_from"), what, "write the smaller score as watch_from")


def _counted(exercise: Exercise, variant: Variant | None) -> Exercise:
    """The exercise whose counter counts the item."""
    return load_exercise(variant.count_as) if variant and variant.count_as else exercise


def _variant(item: PlanItem, exercise: Exercise, at: KeyPath) -> tuple[Variant | None, Mistake | None]:
    variant = variant_of(item, exercise)
    if item.variant is None or variant is not None:
        return variant, None
    names = [variant.name for variant in exercise.variants]
    near = difflib.get_close_matches(item.variant, names, n=1)
    cure = f"did you mean {near[0]}?" if near else f"choose one of: {', '.join(names)}" if names else "remove variant"
    return None, Mistake((*at, "variant"), f"the {item.exercise} has no variant {item.variant!r}", cure)


def _side_rules(item: PlanItem, exercise: Exercise, variant: Variant | None, at: KeyPath) -> Iterator[Mistake]:
    if exercise.movement.one_sided and item.side is None:
        what = f"the key {spoken((*at, 'side'))} is missing: the {item.exercise} trains one side at a time"
        yield Mistake(at, what, 'write side = "both", "left" or "right"')
    other_movement = variant is not None and variant.count_as is not None  # its file does not say how many sides
    if item.side is not None and not exercise.movement.one_sided and not other_movement:
        what = f"{spoken((*at, 'side'))} is given, but the {item.exercise} trains both sides at once"
        yield Mistake((*at, "side"), what, "remove it")


def _load_rules(load: PlanLoad, at: KeyPath) -> Iterator[Mistake]:
    if load.kind == "kg" and load.value is None:
        yield Mistake(at, f"the key {spoken((*at, 'value'))} is missing", "write how many kilograms")
    if load.kind == "bodyweight":
        for key in ("value", "label"):
            if getattr(load, key) is not None:
                what = f"{spoken((*at, key))} is given, but bodyweight has none"
                yield Mistake((*at, key), what, 'remove it, or write kind = "kg" or "band"')


def _tempo_rules(item: PlanItem, counted: Exercise, at: KeyPath) -> Iterator[Mistake]:
    span, tempo = counted.movement.rep_s, item.tempo_s
    if not span.least <= tempo.rep_s <= span.most:
        what = f"out, hold and back of {spoken((*at, 'tempo_s'))} make {tempo.rep_s:g} s"
        cure = f"a rep of the {counted.name} takes {span.least:g} to {span.most:g} s: choose times that fit"
        yield Mistake((*at, "tempo_s"), what, cure)
        return
    longest_s = item.progress.most_hold_s
    if longest_s is not None and tempo.out + longest_s + tempo.back > span.most:
        what = (
            f"with {spoken((*at, 'progress', 'most_hold_s'))} a rep would take {tempo.out + longest_s + tempo.back:g} s"
        )
        cure = f"choose {span.most - tempo.out - tempo.back:g} s or less"
        yield Mistake((*at, "progress", "most_hold_s"), what, cure)


def _progress_rules(item: PlanItem, at: KeyPath) -> Iterator[Mistake]:
    progress, here = item.progress, (*at, "progress")
    if len(set(progress.by)) < len(progress.by):
        yield Mistake((*here, "by"), f"{spoken((*here, 'by'))} names something twice", "name each once")
    kg = item.load.value if item.load.kind == "kg" else None
    begins = {"reps": item.reps, "sets": item.sets, "hold": item.tempo_s.hold, "load": kg}
    keys = {"reps": "most_reps", "sets": "most_sets", "hold": "most_hold_s", "load": "most_kg"}
    for quantity, key in keys.items():
        most, begin = getattr(progress, key), begins[quantity]
        if quantity in progress.by and most is None and begin is not None:
            what = f"the key {spoken((*here, key))} is missing: {quantity} may grow, but not how far"
            yield Mistake(here, what, "write the limit")
        if most is not None and begin is not None and most < begin:
            what = f"{spoken((*here, key))} is {most:g}, but the plan begins with {begin:g}"
            yield Mistake((*here, key), what, f"choose {begin:g} or more")
    if "load" in progress.by and item.load.kind != "kg":
        what = f"the load may grow, but {item.load} has no kilograms to count"
        yield Mistake((*here, "by"), what, "remove load; for a stronger band write a new revision of the plan")
    yield from _step_rules(item, kg, here)


def _step_rules(item: PlanItem, kg: float | None, here: KeyPath) -> Iterator[Mistake]:
    step_kg = item.progress.step_kg
    if "load" in item.progress.by and kg is not None and step_kg is None:
        yield Mistake(here, f"the key {spoken((*here, 'step_kg'))} is missing", "write how many kilograms to add")
    most_kg = max(STEP_ALWAYS_KG, STEP_MOST_SHARE * (kg or 0.0))
    if step_kg is not None and step_kg > most_kg:
        what = f"{spoken((*here, 'step_kg'))} is {step_kg:g} kg"
        yield Mistake((*here, "step_kg"), what, f"choose {most_kg:g} kg or less: a tenth of the load, or 1 kg")


def repeated(items: Sequence[PlanItem]) -> Iterator[Mistake]:
    """No exercise stands there twice for the same side."""
    for index, item in enumerate(items):
        for earlier, other in enumerate(items[:index]):
            same = (item.exercise, item.variant) == (other.exercise, other.variant)
            if same and (item.side == other.side or "both" in (item.side, other.side)):
                what = f"exercises[{index + 1}] prescribes the same exercise as exercises[{earlier + 1}]"
                yield Mistake(("exercises", index), what, "put the sets together, or name another side or variant")

"""One step up or down from the targets that hold, inside the plan's limits."""

from __future__ import annotations

from dataclasses import dataclass, replace

import msgspec

from repband.plan.base import PlanItem, PlanLoad, Quantity, Targets

LESS_REPS_SHARE = 0.2
"""Less means a fifth fewer reps, at least one. Our cautious choice."""

MORE_REPS = 1
"""More means one rep a set. Our cautious choice: the American College of Sports Medicine (position stand 2009, doi
10.1249/MSS.0b013e3181915670) counts one or two reps over the target as ready for more."""

MORE_HOLD_S = 1.0
"""... or one second of hold. Our cautious choice."""

_UNITS = {"reps": "rep", "sets": "set", "hold": "s of hold", "load": "kg"}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing a little harder, and what it is in words."""

    targets: Targets
    what: str


def more(item: PlanItem, now: Targets) -> Step | None:
    """One thing a little harder: back to the plan's own numbers first, then towards its limits; None at the limits.

    When a later quantity grows because the earlier ones are at their limits, those go back to where the plan began:
    12 reps with 10 kg are followed by 8 with 11 kg, not by 12.
    """
    start, most = item.targets, limits(item)
    for quantity in ("reps", "sets", "hold", "load"):
        if _amount(now, quantity) < _amount(start, quantity):
            raised = _raised(item, now, quantity, start)
            return Step(raised, f"{_added(now, raised, quantity)}, towards what the plan began with.")
    for place, quantity in enumerate(item.progress.by):
        if _amount(now, quantity) < _amount(most, quantity):
            raised = _raised(item, now, quantity, most)
            for full in item.progress.by[:place]:
                raised = _with_amount(raised, full, _amount(start, full))
            return Step(raised, f"{_added(now, raised, quantity)}{_taken_back(item, now, raised)}.")
    return None


def less(now: Targets) -> Targets:
    """Fewer reps."""
    return replace(now, reps=max(1, min(now.reps - 1, int(now.reps * (1 - LESS_REPS_SHARE)))))


def much_less(item: PlanItem, now: Targets) -> Targets:
    """Fewer reps, one set fewer, and one step lighter where the plan knows steps. Our cautious choice."""
    return replace(less(now), sets=max(1, now.sets - 1), load=_lighter(now.load, item.progress.step_kg))


def begin_anew(item: PlanItem, now: Targets) -> Targets:
    """No more than the plan began with."""
    return _not_above(now, item.targets)


def within_limits(item: PlanItem, targets: Targets) -> Targets:
    """No more than the plan allows today."""
    return _not_above(targets, limits(item))


def limits(item: PlanItem) -> Targets:
    """The most that the plan allows; what has no limit of its own stays at what the plan began with."""
    progress, start = item.progress, item.targets
    load = start.load
    if load.kind == "kg" and progress.most_kg is not None:
        load = msgspec.structs.replace(load, value=progress.most_kg)
    return Targets(
        progress.most_sets or start.sets,
        progress.most_reps or start.reps,
        start.hold_s if progress.most_hold_s is None else progress.most_hold_s,
        load,
    )


def _not_above(targets: Targets, most: Targets) -> Targets:
    load = most.load
    if load.kind == "kg" and targets.load.kind == "kg":
        load = msgspec.structs.replace(load, value=min(_kg(targets.load), _kg(load)))
    return Targets(min(targets.sets, most.sets), min(targets.reps, most.reps), min(targets.hold_s, most.hold_s), load)


def _added(now: Targets, raised: Targets, quantity: Quantity) -> str:
    amount = _amount(raised, quantity) - _amount(now, quantity)
    return f"A little more: {amount:g} {_UNITS[quantity]}"


def _taken_back(item: PlanItem, now: Targets, raised: Targets) -> str:
    lower = [quantity for quantity in item.progress.by if _amount(raised, quantity) < _amount(now, quantity)]
    return f"; {' and '.join(lower)} back to what the plan began with" if lower else ""


def _raised(item: PlanItem, now: Targets, quantity: Quantity, most: Targets) -> Targets:
    steps = {"reps": MORE_REPS, "sets": 1, "hold": MORE_HOLD_S, "load": item.progress.step_kg or 0.0}
    amount = min(_amount(now, quantity) + steps[quantity], _amount(most, quantity))
    return _with_amount(now, quantity, round(amount, 6))  # 0.1 + 0.2 is 0.3 kg


def _amount(targets: Targets, quantity: Quantity) -> float:
    match quantity:
        case "reps":
            return targets.reps
        case "sets":
            return targets.sets
        case "hold":
            return targets.hold_s
        case "load":
            return _kg(targets.load)


def _with_amount(targets: Targets, quantity: Quantity, amount: float) -> Targets:
    match quantity:
        case "reps":
            return replace(targets, reps=int(amount))
        case "sets":
            return replace(targets, sets=int(amount))
        case "hold":
            return replace(targets, hold_s=amount)
        case "load":
            return replace(targets, load=msgspec.structs.replace(targets.load, value=amount))


def _kg(load: PlanLoad) -> float:
    return (load.value or 0.0) if load.kind == "kg" else 0.0


def _lighter(load: PlanLoad, step_kg: float | None) -> PlanLoad:
    """One step lighter, where the plan knows steps and something remains."""
    if load.kind != "kg" or load.value is None or step_kg is None or load.value - step_kg < step_kg:
        return load
    return msgspec.structs.replace(load, value=round(load.value - step_kg, 6))

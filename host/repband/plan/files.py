"""Finds and reads plan files."""

from __future__ import annotations

import difflib
from pathlib import Path

import msgspec

from repband.errors import UsageError
from repband.exercise import PainBand, PainRule, load_safety
from repband.exercise.toml import read_toml
from repband.paths import shipped
from repband.plan.base import Plan
from repband.plan.rules import plan_rules

GUIDE = "protocols/plans/README.md"


def plan_names() -> tuple[str, ...]:
    """The names of the plans that ship, sorted."""
    return tuple(sorted(file.stem for file in shipped("plans").glob("*.toml")))


def plan_path(name: str) -> Path:
    """The file of a plan that ships.

    Raises:
        UsageError: none of this name ships.
    """
    if name in plan_names():
        return shipped("plans") / f"{name}.toml"
    near = difflib.get_close_matches(name, plan_names(), n=1)
    cure = f"did you mean {near[0]}?" if near else f"choose one of {', '.join(plan_names())}, or give a .toml file"
    raise UsageError(f"there is no plan {name!r}", cure=cure)


def load_plan(name_or_path: str | Path) -> Plan:
    """Reads a plan.

    Args:
        name_or_path: a name as in `plan_names()`, or a file (a Path, or a text that ends in .toml).

    Raises:
        UsageError: no plan of this name ships.
        ExerciseFileError: the file can't be read or has mistakes; file, line and cure are named, all at once.
    """
    is_name = isinstance(name_or_path, str) and not name_or_path.endswith(".toml")
    path = plan_path(name_or_path) if is_name else Path(name_or_path)  # pyright: ignore[reportArgumentType]
    return read_toml(path, Plan, plan_rules, guide=GUIDE)


def pain_rule(plan: Plan) -> PainRule:
    """The pain rule that holds for a plan: the default, stricter where the plan says so.

    Raises:
        ExerciseFileError: the safety texts can't be read.
    """
    default, own = load_safety().pain, plan.pain
    go_on, watch, stop = (_band(default, action) for action in ("go-on", "watch", "stop"))
    stop_from = own.stop_from or stop.least
    watch_from = min(own.watch_from or watch.least, stop_from)
    spans = ((go_on, 0, watch_from - 1), (watch, watch_from, stop_from - 1), (stop, stop_from, 10))
    settle_h = own.settle_h or default.settle_h
    bands = tuple(
        msgspec.structs.replace(band, least=least, most=most, say=_say(band, default.settle_h, settle_h))
        for band, least, most in spans
        if least <= most
    )
    return msgspec.structs.replace(default, settle_h=settle_h, bands=bands)


def _say(band: PainBand, default_h: float, settle_h: float) -> str:
    """The text of a band, with the hours that hold."""
    return band.say.replace(f"{default_h:g} hours", f"{settle_h:g} hours")


def _band(rule: PainRule, action: str) -> PainBand:
    return next(band for band in rule.bands if band.action == action)

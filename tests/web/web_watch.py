"""What the tests of the page share: a routine, and waiting for what a page says."""

from __future__ import annotations

import time
from typing import Any

import pytest
from repband.exercise import load_exercise, load_safety
from repband.workout import Routine, SetTask


def three_bridges(reps: int = 4, rest_s: float = 10.0, **options: Any) -> Routine:
    """Three sets of bridges."""
    bridge = load_exercise("bridge")
    tasks = tuple(SetTask(bridge, "Bridge", reps, bridge.tempo_s, n, 3, rest_after_s=rest_s) for n in (1, 2, 3))
    return Routine("Three bridges", tasks, load_safety().pain, guided=True, **options)


def until(page: Any, condition: str, timeout_s: float = 60.0) -> None:
    """Waits until the page says so; it has to be asked, as its security policy forbids waiting inside it."""
    give_up_s = time.monotonic() + timeout_s
    while not page.evaluate(condition):
        if time.monotonic() > give_up_s:
            seen = page.evaluate("JSON.stringify({...repband.state, trace: null, plan: null})")
            pytest.fail(f"gave up waiting for: {condition}\nthe page has: {seen}")
        page.wait_for_timeout(20)


def reaches(page: Any, state: str, more: str = "true") -> None:
    """Waits until the session is in a state."""
    until(page, f"repband.state?.state === '{state}' && ({more})")

"""Keeps the computer from falling asleep while a session runs."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager

NOTICE = "this computer can't be kept awake from here: should it fall asleep, the sensor keeps two minutes"


@contextmanager
def awake(say: Callable[[str], None]) -> Generator[bool]:
    """Computer and screen stay on inside the block, where the system lets itself be asked.

    By wakepy, which asks Windows (SetThreadExecutionState), macOS (caffeinate) and Linux desktops (D-Bus) in their
    own ways, and lets go when the process ends, however it ends.

    Args:
        say: told once where it did not work.

    Yields:
        whether the system agreed.
    """
    try:
        from wakepy import keep
    except ModuleNotFoundError:
        say(NOTICE)
        yield False
        return
    with keep.presenting(on_fail="pass") as mode:
        if not mode.active:
            say(NOTICE)
        yield mode.active

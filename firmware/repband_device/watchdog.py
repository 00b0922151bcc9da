"""Restarts a stuck board, which says so afterwards; and restarts it on purpose, which is not the same."""

import os

import machine
from repband_wire.info import FAULT_WATCHDOG

TIMEOUT_MS = 8000  # the RP2040 can't do more than 8388 (MicroPython's machine.WDT)
MARK_PATH = "restart.mark"


class Watchdog:
    """The hardware's watchdog, fed while the program samples. Once started it can't be stopped.

    Attributes:
        restarted: FAULT_WATCHDOG when it was the reason for this boot, else 0.
        expected: whether the program itself brought this boot about: it has slept, or wanted a restart.
    """

    def __init__(self) -> None:
        cause = machine.reset_cause()
        marked = _take_mark()
        self.expected = marked or cause == getattr(machine, "DEEPSLEEP_RESET", -1)  # the Pico has no such cause
        self.restarted = FAULT_WATCHDOG if cause == machine.WDT_RESET and not marked else 0
        self._timer = None

    def start(self) -> None:
        """From now on it must be fed."""
        self._timer = machine.WDT(timeout=TIMEOUT_MS)

    def feed(self) -> None:
        """All is well."""
        if self._timer is not None:
            self._timer.feed()


def restart() -> None:
    """Restarts the board. The Pico lets its watchdog do that, and names it as the cause (MicroPython's
    ports/rp2/modmachine.c): so a mark in flash says that it was meant.
    """
    try:
        with open(MARK_PATH, "w"):  # noqa: PTH123 - MicroPython has no pathlib
            pass
    except OSError:
        pass  # it will say that it was stuck, which is less bad than not to restart
    machine.reset()


def _take_mark() -> bool:
    try:
        os.remove(MARK_PATH)  # noqa: PTH107
    except OSError:
        return False
    return True

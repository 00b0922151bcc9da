"""Restarts a stuck board; says afterwards that it did."""

import machine
from repband_wire.info import FAULT_WATCHDOG

TIMEOUT_MS = 8000  # the RP2040 can't do more than 8388 (MicroPython's machine.WDT)


class Watchdog:
    """The hardware's watchdog, fed while the program samples. Once started it can't be stopped: `enabled` False for
    maintenance.

    Attributes:
        restarted: FAULT_WATCHDOG when it was the reason for this boot, else 0.
    """

    def __init__(self, enabled: bool) -> None:
        self.restarted = FAULT_WATCHDOG if machine.reset_cause() == machine.WDT_RESET else 0
        self._timer = machine.WDT(timeout=TIMEOUT_MS) if enabled else None

    def feed(self) -> None:
        """All is well."""
        if self._timer is not None:
            self._timer.feed()

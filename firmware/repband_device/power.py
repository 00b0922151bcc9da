"""Keeping a board switched on."""

import re

from machine import Pin


def hold(config_path: str) -> "Pin | None":
    """Drives the pin that the config file names as "power_hold" high; returns it, None where there is none.

    It looks for that one field only, so that a mistake elsewhere in the file can't switch the board off.
    """
    try:
        with open(config_path) as file:  # noqa: PTH123 - MicroPython has no pathlib
            text = file.read()
    except OSError:
        return None
    found = re.search(r'"power_hold"\s*:\s*(\d+)', text)
    return Pin(int(found.group(1)), Pin.OUT, value=1) if found else None

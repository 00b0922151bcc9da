"""What can still be used of a config file with a mistake, and which pin is it; in memory only when there is one."""

import re

from machine import Pin

from .config import ConfigError, validate
from .signals import Signals


def signals_of(path: str) -> dict:
    """What the file says of light, buzzer and button, as far as it is right, to tell of the mistake; else defaults."""
    try:
        with open(path) as file:  # noqa: PTH123 - MicroPython has no pathlib
            text = file.read()
    except OSError:
        text = ""  # no file: the defaults are the mistake
    given = {}
    for key in ("led", "buzzer", "buzzer_hz", "button"):
        found = re.search('"' + key + r'"\s*:\s*("LED"|\d+)', text)
        if found:
            value = found.group(1)
            given[key] = value[1:-1] if value[0] == '"' else int(value)
            if not _fits(given):
                del given[key]
    return validate(given)


def _fits(given: dict) -> bool:
    try:
        Signals(validate(given))
    except (ConfigError, ValueError, TypeError):
        return False
    return True


def misfit(config: dict) -> str:
    """Which pin of the config this chip has not; "" when they are all there."""
    pins = {key: config[key] for key in ("power_hold", "button", "motion", "led", "buzzer")}
    pins.update({"i2c." + key: config["i2c"][key] for key in ("scl", "sda")})
    if config["battery"] is not None:
        pins.update({"battery." + key: config["battery"][key] for key in ("adc", "charging")})
    for key, number in pins.items():
        try:
            if number is not None:
                Pin(number)
        except (ValueError, TypeError):
            return f'"{key}": this board has no pin {number}'
    return ""

"""The board's config file: read, checked, every mistake named."""

import json

from . import SIDES

DEFAULTS = {
    "name": "",
    "board": "generic",
    "i2c": {"id": 0, "scl": 22, "sda": 21, "freq": 400000},
    "imu": "auto",
    "rate_hz": 52,
    "accel_range_g": 4,
    "gyro_range_dps": 0,
    "side": "unknown",
    "power_hold": None,
    "button": None,
    "motion": None,
    "led": None,
    "buzzer": None,
    "buzzer_hz": 0,
    "battery": None,
    "bluetooth": True,
    "exercise": "",
    "target": 0,
    "maintenance": False,
    "ring_kb": 38,
    "serial_payload": 244,
}
_IMUS = ("auto", "mpu6050", "mpu6500", "mpu6886", "lsm6ds3", "lsm6ds3tr-c", "lsm6dsox")
_BATTERY = ("adc", "ratio", "charging")
_I2C = {"id": (0, 1), "scl": (0, 48), "sda": (0, 48), "freq": (10000, 1000000)}


class ConfigError(Exception):
    """A mistake in the config file: which field, and what it may be."""


def load(path: str) -> dict:
    """The checked config. Raises ConfigError; a missing file gives the defaults."""
    try:
        with open(path) as file:  # noqa: PTH123 - MicroPython has no pathlib
            text = file.read()
    except OSError:
        return validate({})
    try:
        given = json.loads(text)
    except ValueError:
        raise ConfigError("not valid JSON")  # noqa: B904 - MicroPython knows no "from"
    if not isinstance(given, dict):
        raise ConfigError("must be one object: {...}")
    return validate(given)


def validate(given: dict) -> dict:
    """The config with its defaults filled in. Raises ConfigError naming the first mistake."""
    for key in given:
        if key not in DEFAULTS:
            raise ConfigError(f'"{key}" is not known; known are {", ".join(sorted(DEFAULTS))}')
    config = dict(DEFAULTS)
    config.update(given)
    _text(config, "name", 16)
    _text(config, "board", 16)
    _choice(config, "imu", _IMUS)
    _choice(config, "side", SIDES)
    _number(config, "rate_hz", 10, 400)
    _choice(config, "accel_range_g", (2, 4, 8, 16))
    _choice(config, "gyro_range_dps", (0, 125, 250, 500, 1000, 2000))
    for key in ("power_hold", "button", "motion", "buzzer"):
        _pin(config, key)
    if config["led"] != "LED":  # what the Pico W calls the light on its radio chip
        _pin(config, "led")
    _whole(config, "buzzer_hz", 0, 20000)
    _text(config, "exercise", 17)
    _whole(config, "target", 0, 1000)
    _choice(config, "bluetooth", (True, False))
    _choice(config, "maintenance", (True, False))
    _whole(config, "ring_kb", 1, 512)
    _whole(config, "serial_payload", 20, 244)
    config["i2c"] = _i2c(config["i2c"])
    if config["battery"] is not None:
        config["battery"] = _battery(config["battery"])
    return config


def _text(config: dict, key: str, most: int) -> None:
    value = config[key]
    if not isinstance(value, str) or len(value.encode()) > most or any(ord(char) < 32 for char in value):
        raise ConfigError(f'"{key}" must be text of at most {most} bytes')


def _choice(config: dict, key: str, choices: tuple) -> None:
    if config[key] not in choices or isinstance(config[key], bool) != isinstance(choices[0], bool):
        raise ConfigError(f'"{key}" must be one of {", ".join([str(choice) for choice in choices])}')


def _number(config: dict, key: str, low: int, high: int) -> None:
    value = config[key]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise ConfigError(f'"{key}" must be a number from {low} to {high}')


def _whole(config: dict, key: str, low: int, high: int) -> None:
    _number(config, key, low, high)
    if not isinstance(config[key], int):
        raise ConfigError(f'"{key}" must be a whole number')


def _pin(config: dict, key: str) -> None:
    if config[key] is not None:
        _whole(config, key, 0, 48)


def _battery(given: object) -> dict:
    if not isinstance(given, dict) or any(key not in _BATTERY for key in given) or "adc" not in given:
        raise ConfigError('"battery" must be null or an object with adc, and perhaps ratio and charging')
    battery = {"adc": given["adc"], "ratio": given.get("ratio", 2), "charging": given.get("charging")}
    _whole(battery, "adc", 0, 48)
    _number(battery, "ratio", 1, 10)
    _pin(battery, "charging")
    return battery


def _i2c(given: object) -> dict:
    if not isinstance(given, dict):
        raise ConfigError('"i2c" must be an object with ' + ", ".join(sorted(_I2C)))
    bus = dict(DEFAULTS["i2c"])
    for key, value in given.items():
        if key not in _I2C:
            raise ConfigError(f'"i2c.{key}" is not known; known are {", ".join(sorted(_I2C))}')
        low, high = _I2C[key]
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ConfigError(f'"i2c.{key}" must be a whole number from {low} to {high}')
        bus[key] = value
    return bus

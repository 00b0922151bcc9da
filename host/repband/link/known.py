"""Sensors that the wearer has tried out on this computer."""

from __future__ import annotations

from pathlib import Path

import repband_wire as wire

from repband.paths import data_dir


def known_path() -> Path:
    """Where they are remembered: a line each."""
    return data_dir() / "sensors-tried.txt"


def sensor_line(info: wire.Info, place: str) -> str:
    """What tells one sensor from another: its name and parts; the place it is found at where it has no name.

    Args:
        info: what it says of itself.
        place: its port, or its name on the air.
    """
    return " | ".join((info.name or place, info.board, info.imu))


def is_known(sensor: str) -> bool:
    """Whether this sensor was tried out here; False, too, where that can't be read."""
    try:
        return sensor in known_path().read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return False


def remember(sensor: str) -> None:
    """Keeps that this sensor was tried out. Raises OSError."""
    path = known_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(sensor + "\n")

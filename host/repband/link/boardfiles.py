"""What belongs on a board: program, codec, tables of the exercises, and the configs of the boards we know."""

from __future__ import annotations

from pathlib import Path

import repband_wire as wire
from repband_wire import control

from repband.errors import RepBandError, UsageError
from repband.paths import shipped

PROGRAM = "repband_device"
"""Folder of the program; a boot.py or main.py that names it is one of ours."""

_HOST_ONLY = frozenset({"words.py"})
_TABLES = "exercises"  # where the device looks for them (firmware/repband_device/counting.py)


def firmware_files() -> dict[str, bytes]:
    """The files that belong on a board, by their path there; without its config."""
    root, codec = shipped("firmware"), Path(wire.__file__).parent
    files = {name: root / name for name in ("boot.py", "main.py")}
    for folder, names in ((root / PROGRAM, PROGRAM), (codec, codec.name)):
        paths = sorted(path for path in folder.rglob("*.py") if path.name not in _HOST_ONLY)
        files |= {f"{names}/{path.relative_to(folder).as_posix()}": path for path in paths}
    return {name: path.read_bytes() for name, path in files.items()}


def table_files() -> tuple[dict[str, bytes], list[str]]:
    """The tables by which the device counts, of all exercises, by their path on the board; and why some have none."""
    from repband.exercise import exercise_names, load_exercise
    from repband.exercise.table import device_table

    files: dict[str, bytes] = {}
    problems: list[str] = []
    for name in exercise_names():
        if len(name) > control.MAX_SLUG:
            problems.append(f"the sensor will not count {name}: it knows names of at most {control.MAX_SLUG} letters")
            continue
        try:
            files[f"{_TABLES}/{name}.table"] = device_table(load_exercise(name))
        except RepBandError as error:
            problems.append(f"the sensor will not count {name}: {error}")
    return files, problems


def board_names() -> list[str]:
    """The boards we have a config for."""
    return sorted(path.stem for path in (shipped("firmware") / "boards").glob("*.json"))


def board_config(name: str) -> bytes:
    """The config file of a board we know.

    Raises:
        UsageError: we know no such board.
    """
    path = shipped("firmware") / "boards" / f"{name}.json"
    if name not in board_names():
        raise UsageError(f"no board called '{name}'", where="--board", cure=f"choose one of {', '.join(board_names())}")
    return path.read_bytes()

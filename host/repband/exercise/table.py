"""An exercise as the device's own counter wants it: a small table, compiled when the firmware is flashed."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path

from repband.exercise.base import Exercise
from repband.reps.judge import Judge

TABLE_VERSION = 2

_UNITS = 4096  # a g, and a rad: the device counts in whole numbers
_LONGER_STAY = {"unsure": 0, "turn": 1, "rest": 2}
_MOST_NAME = 17  # bytes: what the wire's set-exercise carries
_MOST_U8, _MOST_U16 = 0xFF, 0xFFFF


def device_table(exercise: Exercise | None = None) -> bytes:
    """Compiles an exercise for the device's counter; its figures are those that the host's judge goes by.

    u8 version, u8 where people stay longer (0 unsure, 1 turn, 2 rest), u16 least chord to look at and u16
    least sure chord (2**-12 g), u16 largest sure angle (2**-12 rad), u16 quickest rep (0.01 s), u8 reps of a usual set,
    u8 size of the name, the name.

    Args:
        exercise: None counts anything that goes out and comes back.
    """
    judge = Judge(exercise)
    name = exercise.name.encode()[:_MOST_NAME] if exercise else b""
    return (
        struct.pack(
            "<BBHHHHBB",
            TABLE_VERSION,
            _LONGER_STAY[judge.longer_stay],
            round(judge.least_chord_g * _UNITS),
            round(judge.sure_chord_g * _UNITS),
            min(round(judge.most_angle * _UNITS), _MOST_U16),
            round(exercise.movement.rep_s.least * 100) if exercise else 0,
            min(exercise.dose.reps, _MOST_U8) if exercise else 0,
            len(name),
        )
        + name
    )


def write_tables(folder: Path, exercises: Iterable[Exercise]) -> list[Path]:
    """Writes the tables of the exercises that a device is to count, one file NAME.table each, and gives their paths.

    The device looks for them in its folder `exercises`; all that ship and the wearer's own:
    `write_tables(folder, map(load_exercise, exercise_names()))`.

    Raises:
        OSError: the folder can't be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    for exercise in exercises:
        paths.append(folder / f"{exercise.name}.table")
        paths[-1].write_bytes(device_table(exercise))
    return paths

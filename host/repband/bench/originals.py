"""The inner formats of the public originals, recording by recording.

MEx (UCI 500): act/SS/EE_act_N.csv, thigh accelerometer, lines of time stamp, x, y, z in g, no header.
Physical Therapy Exercises (UCI 730): sN/eN/uN/test.txt, semicolons, a header, "time index" from 1 at 25 Hz,
acc_* in m/s2, gyr_* in rad/s.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from repband.errors import RecordingError

_G_MPS2 = 9.80665
_LARGEST_BYTES = 64 << 20  # the longest recording of either set has about one megabyte
_MEX_EXERCISES = {
    "01": ("knee_rolling", "knee_rolling"),
    "02": ("bridging", "bridge"),
    "03": ("pelvic_tilt", "pelvic_tilt"),
    "04": ("clam", "clamshell"),
    "05": ("repeated_extension_in_lying", "repeated_extension_in_lying"),
    "06": ("prone_punches", "prone_punches"),
    "07": ("superman", "superman"),
}
_MEX_MEMBER = re.compile(r"(?:^|/)act/(\d\d)/(\d\d)_act_(\d)\.csv$")
_UCI_MEMBER = re.compile(r"(?:^|/)(s\d)/(e\d)/(u[234])/test\.txt$")
_UCI_COLUMNS = ("time index", "acc_x", "acc_y", "acc_z", "gyr_x", "gyr_y", "gyr_z")
_UCI_RATE_HZ = 25.0
_UCI_REPS = 30  # ten right, ten fast, ten small, says the data set's description


@dataclass(frozen=True, slots=True)
class Converted:
    """One recording in the format of the labelled folders."""

    file: str
    csv: str
    index_line: str


def convert_mex(archive: zipfile.ZipFile) -> Iterator[Converted]:
    """The thigh recordings of MEx, named as "01_bridging_1.csv"."""
    for info, (person, number, take) in _members(archive, _MEX_MEMBER):
        if number not in _MEX_EXERCISES:
            continue
        written, exercise = _MEX_EXERCISES[number]
        rows = [_mex_row(line, f"{info.filename} line {i}") for i, line in enumerate(_lines(archive, info), 1) if line]
        if len(rows) < 2 or rows[-1][0] <= rows[0][0]:
            raise RecordingError("holds no recording", where=info.filename)
        start_s, rate_hz = rows[0][0], (len(rows) - 1) / (rows[-1][0] - rows[0][0])
        csv = _csv("t_s,ax,ay,az", ((t - start_s, *g) for t, *g in rows), "{:.4f},{:.5f},{:.5f},{:.5f}")
        file = f"{person}_{written}_{take}.csv"
        facts = (
            file,
            exercise,
            person,
            "thigh (AX3; side not stated)",
            f"{rate_hz:.2f}",
            "",
            "",
            "",
            "none in source",
            "",
        )
        yield Converted(file, csv, ",".join(facts))


def convert_uci730(archive: zipfile.ZipFile) -> Iterator[Converted]:
    """The test sessions of the leg units of UCI 730, named as "s1_e4_u3_test.csv"."""
    for info, (person, exercise, unit) in _members(archive, _UCI_MEMBER):
        lines = _lines(archive, info)
        places = _uci_places(next(lines, ""), info.filename)
        rows = [_uci_row(line, places, f"{info.filename} line {i}") for i, line in enumerate(lines, 2) if line]
        csv = _csv("t_s,ax,ay,az,gx,gy,gz", rows, "{:.4f},{:.5f},{:.5f},{:.5f},{:.3f},{:.3f},{:.3f}")
        file = f"{person}_{exercise}_{unit}_test.csv"
        facts = (file, exercise, person, unit, "25.0", str(_UCI_REPS), "", "", "description of the data set", "")
        yield Converted(file, csv, ",".join(facts))


def _members(archive: zipfile.ZipFile, wanted: re.Pattern[str]) -> Iterator[tuple[zipfile.ZipInfo, Sequence[str]]]:
    for info in sorted(archive.infolist(), key=lambda i: i.filename):
        found = wanted.search(info.filename)
        if found is None:
            continue
        if info.file_size > _LARGEST_BYTES:
            raise RecordingError(f"is far too large ({info.file_size} bytes)", where=info.filename)
        yield info, found.groups()


def _lines(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[str]:
    with archive.open(info) as member:
        for line in io.TextIOWrapper(member, encoding="utf-8", errors="replace"):
            yield line.strip()


def _mex_row(line: str, where: str) -> tuple[float, float, float, float]:
    stamp, *values = line.split(",")
    x, y, z = _numbers(values, 3, where)
    return _seconds(stamp.strip(), where), x, y, z


def _seconds(stamp: str, where: str) -> float:
    """A time stamp, written as a date with time or as seconds."""
    try:
        return float(stamp)
    except ValueError:
        pass
    try:
        # Not .timestamp(): a naive time would move with the zone of the machine and its summer time.
        return (datetime.fromisoformat(stamp).replace(tzinfo=None) - datetime(2000, 1, 1)).total_seconds()
    except ValueError:
        raise RecordingError(f"{stamp!r} is no time stamp", where=where) from None


def _uci_places(header: str, where: str) -> list[int]:
    names = [name.strip().strip('"').lower() for name in header.split(";")]
    missing = [name for name in _UCI_COLUMNS if name not in names]
    if missing:
        raise RecordingError(f"no column {', '.join(missing)}", where=f"{where} line 1")
    return [names.index(name) for name in _UCI_COLUMNS]


def _uci_row(line: str, places: Sequence[int], where: str) -> tuple[float, ...]:
    fields = line.split(";")
    if len(fields) <= max(places):
        raise RecordingError(f"{len(fields)} fields", where=where)
    index, *values = _numbers([fields[place] for place in places], len(places), where)
    accel_g = (value / _G_MPS2 for value in values[:3])
    return ((index - 1) / _UCI_RATE_HZ, *accel_g, *(math.degrees(value) for value in values[3:]))


def _numbers(fields: Sequence[str], n: int, where: str) -> list[float]:
    try:
        values = [float(field) for field in fields]
    except ValueError as error:
        raise RecordingError(str(error), where=where) from None
    if len(values) != n or not all(map(math.isfinite, values)):
        raise RecordingError(f"not {n} numbers", where=where)
    return values


def _csv(header: str, rows: Iterator[tuple[float, ...]] | Sequence[tuple[float, ...]], pattern: str) -> str:
    return "\n".join([header, *(pattern.format(*row) for row in rows)]) + "\n"

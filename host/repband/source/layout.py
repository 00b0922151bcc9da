"""Which columns of a table hold what, recognised by its header, never by the file's name."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from repband.errors import RecordingError

STANDARD_GRAVITY_MPS2 = 9.80665  # by definition, third CGPM (1901)
DEGREES_PER_RADIAN = 180 / math.pi

SUPPORTED = (
    "a CSV with the columns t_s,ax,ay,az and optionally gx,gy,gz (s, g, deg/s), "
    'a phyphox export of "Acceleration with g", a Sensor Logger export with TotalAcceleration, '
    "or a recording of RepBand (MCAP)"
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How to turn the cells of a line into a sample.

    Attributes:
        kind: names the layout for messages and tests: "contract", "phyphox", "sensor-logger".
        columns: positions of time, three accelerations and, where there are any, three rotation rates.
        to_g: turns the accelerations into g; None where only their size tells their unit.
        to_dps: turns the rotation rates into deg/s.
    """

    kind: str
    columns: tuple[int, ...]
    to_g: float | None = 1.0
    to_dps: float = 1.0

    @property
    def has_gyro(self) -> bool:
        """Whether a line carries rotation rates too."""
        return len(self.columns) == 7

    def without_gyro(self) -> Layout:
        """The same table read for its accelerations only."""
        return replace(self, columns=self.columns[:4])


Recogniser = Callable[[Sequence[str], str], Layout | None]
"""Takes clean header cells and the place for messages; RecordingError for a header known to be of no use."""


def clean(cell: str) -> str:
    """A header cell without quotes, surplus space and case."""
    return " ".join(cell.strip().strip("\"'").split()).casefold()


def contract(cells: Sequence[str], where: str) -> Layout | None:
    """Our own columns: t_s, ax, ay, az and optionally gx, gy, gz; any order, others ignored."""
    if not {"t_s", "ax", "ay", "az"} <= set(cells):
        return None
    gyro = [name for name in ("gx", "gy", "gz") if name in cells]
    if gyro and len(gyro) < 3:
        raise RecordingError(
            f"has {', '.join(gyro)} but not all of gx, gy, gz", where=where, cure="give all three columns or none"
        )
    names = ["t_s", "ax", "ay", "az", *gyro]
    twice = [name for name in names if list(cells).count(name) > 1]
    if twice:
        raise RecordingError(f"names the column {twice[0]} twice", where=where, cure="keep one of them")
    return Layout("contract", tuple(list(cells).index(name) for name in names))


CONTRACT_HEADERLESS = Layout("contract", (0, 1, 2, 3, 4, 5, 6))

_PHYPHOX_ACCELERATION = re.compile(r"(linear )?acceleration ([xyz]) \((m/s\^?2|m/s²)\)")
_PHYPHOX_GYROSCOPE = re.compile(r"gyroscope ([xyz]) \(rad/s\)")


def phyphox(cells: Sequence[str], where: str) -> Layout | None:
    """An export of the app phyphox (RWTH Aachen).

    Every column of its CSV has a quoted name and unit: "Time (s)","Acceleration x (m/s^2)" and so on in "Acceleration
    with g", "Linear Acceleration x (m/s^2)" in "Acceleration (without g)", "Gyroscope x (rad/s)"; numbers are written
    as 0.000000000E0, missing ones as NaN, with comma, tab or semicolon and decimal point or comma
    (github.com/phyphox/phyphox-android, DataExport.java and its CsvFormat).
    """
    if "time (s)" not in cells:
        return None
    accelerations = {found[2]: at for at, found in _matches(_PHYPHOX_ACCELERATION, cells) if not found[1]}
    linear = [found for _, found in _matches(_PHYPHOX_ACCELERATION, cells) if found[1]]
    if len(accelerations) < 3 and linear:
        raise RecordingError(
            "holds acceleration without gravity, and without gravity no posture can be seen",
            where=where,
            cure='record "Acceleration with g" in phyphox',
        )
    if len(accelerations) < 3:
        return None
    gyro = {found[1]: at for at, found in _matches(_PHYPHOX_GYROSCOPE, cells)}
    columns = [list(cells).index("time (s)"), *(accelerations[axis] for axis in "xyz")]
    if len(gyro) == 3:
        columns += [gyro[axis] for axis in "xyz"]
    return Layout("phyphox", tuple(columns), 1 / STANDARD_GRAVITY_MPS2, DEGREES_PER_RADIAN)


def sensor_logger(cells: Sequence[str], _where: str) -> Layout | None:
    """An export of the app Sensor Logger (Kelvin Choi).

    Each sensor has a file `time,seconds_elapsed,z,y,x`: ns since 1970, s since the start, and the axes, whose order
    has to be read from the header. TotalAcceleration (Android) includes gravity, in m/s^2; Accelerometer does not;
    AccelerometerUncalibrated includes it, in g on iOS unless units are standardised, else in m/s^2. Signs differ
    between iOS and Android in all three axes, which turns gravity round and changes no angle
    (github.com/tszheichoi/awesome-sensor-logger, UNITS.md and CROSSPLATFORM.md). As all these headers are alike, the
    size of gravity tells unit and kind.
    """
    if not {"seconds_elapsed", "x", "y", "z"} <= set(cells):
        return None
    return Layout(
        "sensor-logger", tuple(list(cells).index(name) for name in ("seconds_elapsed", "x", "y", "z")), to_g=None
    )


def _matches(pattern: re.Pattern[str], cells: Sequence[str]) -> list[tuple[int, re.Match[str]]]:
    found = [(at, pattern.fullmatch(cell)) for at, cell in enumerate(cells)]
    return [(at, match) for at, match in found if match is not None]


RECOGNISERS: tuple[Recogniser, ...] = (contract, phyphox, sensor_logger)

"""Which columns of a table hold what, recognised by its header, never by the file's name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from repband.errors import RecordingError

STANDARD_GRAVITY_MPS2 = 9.80665  # by definition, third CGPM (1901)

SUPPORTED = (
    "a CSV with the columns t_s,ax,ay,az and optionally gx,gy,gz (s, g, deg/s), "
    'a phyphox export of "Acceleration with g", or a Sensor Logger export with TotalAcceleration'
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How to turn the cells of a line into a sample.

    Attributes:
        kind: names the layout for messages and tests: "contract", "phyphox", "sensor-logger".
        columns: positions of time, three accelerations and, where there are any, three rotation rates.
        to_s, to_g, to_dps: factors that turn the columns into s, g and deg/s.
    """

    kind: str
    columns: tuple[int, ...]
    to_s: float = 1.0
    to_g: float = 1.0
    to_dps: float = 1.0

    @property
    def has_gyro(self) -> bool:
        """Whether a line carries rotation rates too."""
        return len(self.columns) == 7

    def without_gyro(self) -> Layout:
        """The same table read for its accelerations only."""
        return Layout(self.kind, self.columns[:4], self.to_s, self.to_g, self.to_dps)


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

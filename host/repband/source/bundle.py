"""A phone app's export of several sensors: a folder or a zip archive with one table for each."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt

from repband.errors import RecordingError
from repband.source.arrivals import rows_of, samples_of, timed
from repband.source.base import TimedSamples
from repband.source.csv import open_file
from repband.source.layout import (
    DEGREES_PER_RADIAN,
    RECOGNISERS,
    STANDARD_GRAVITY_MPS2,
    SUPPORTED,
    Layout,
    sensor_logger,
)
from repband.source.table import Table
from repband.source.text import Readable

Floats = npt.NDArray[np.float64]

_LEAST_COVER = 0.9  # of the accelerations' time; a gyroscope that ran for less is left out
_MOST_MEMBERS = 500


@dataclass(frozen=True, slots=True)
class _Member:
    """One table of the export: its name without folder and ending, in small letters, and how to open it."""

    stem: str
    shown: str
    open: Callable[[ExitStack], Readable]


@dataclass(frozen=True, slots=True)
class _Track:
    """Three values over time: `t_s` strictly rising, shape (n,), `values` (n, 3)."""

    t_s: Floats
    values: Floats

    def at(self, t_s: Floats) -> Floats:
        return np.stack([np.interp(t_s, self.t_s, self.values[:, axis]) for axis in range(3)], axis=1)


class BundleSource:
    """The whole export of Sensor Logger or phyphox: accelerations with gravity, and rotation rates beside them.

    Sensor Logger's headers are all alike, so its files are told apart by name and header together:
    TotalAcceleration, else AccelerometerUncalibrated, else the sum of Accelerometer and Gravity. Gyroscope is
    brought to the accelerations' times by linear interpolation.

    Args:
        path: the folder or the zip archive.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._closed = False

    @property
    def name(self) -> str:
        """The name of the folder or archive."""
        return self._path.name

    def __iter__(self) -> Iterator[TimedSamples]:
        """Reads from the beginning.

        Raises:
            RecordingError: nothing in it holds accelerations with gravity, or it is damaged.
        """
        with ExitStack() as stack:
            for samples in timed(self._samples(stack)):
                if self._closed:
                    return
                yield samples

    def close(self) -> None:
        """Ends iterating."""
        self._closed = True

    def _samples(self, stack: ExitStack) -> Iterator[TimedSamples]:
        members = _members(self._path, stack)
        gyro = _track(members.get("gyroscope"), _gyroscope, stack)
        for stem in ("totalacceleration", "accelerometeruncalibrated"):
            if stem in members:
                return _with_gyro(_table(members[stem], stack), gyro, DEGREES_PER_RADIAN)
        linear = _track(members.get("accelerometer"), sensor_logger, stack)
        gravity = _track(members.get("gravity"), sensor_logger, stack)
        if linear is not None and gravity is not None:
            return _with_gyro(_sum(linear, gravity, self.name), gyro, DEGREES_PER_RADIAN)
        return _with_gyro(self._any_table(members, stack), gyro, DEGREES_PER_RADIAN)

    def _any_table(self, members: dict[str, _Member], stack: ExitStack) -> Iterator[TimedSamples]:
        """The first table whose header promises accelerations with gravity."""
        why: RecordingError | None = None
        for member in members.values():
            try:
                samples = _table(member, stack)
                first = next(samples)
            except RecordingError as error:
                why = why or error
            except StopIteration:
                continue
            else:
                yield first
                yield from samples
                return
        raise why or RecordingError("holds no table of samples", where=self.name, cure=f"give {SUPPORTED}")


def _members(path: Path, stack: ExitStack) -> dict[str, _Member]:
    found = _in_zip(path, stack) if path.is_file() else _in_folder(path)
    return {member.stem: member for member in reversed(found)}


def _in_folder(path: Path) -> list[_Member]:
    try:
        files = sorted(file for file in path.iterdir() if file.suffix.lower() == ".csv")[:_MOST_MEMBERS]
    except OSError as error:
        raise RecordingError(
            f"can't be read ({error.strerror})", where=str(path), cure="check the permissions"
        ) from error

    def opener(file: Path) -> Callable[[ExitStack], Readable]:
        return lambda stack: stack.enter_context(open_file(file))

    return [_Member(file.stem.lower(), f"{path.name}/{file.name}", opener(file)) for file in files]


def _in_zip(path: Path, stack: ExitStack) -> list[_Member]:
    try:
        archive = stack.enter_context(zipfile.ZipFile(stack.enter_context(open_file(path))))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise RecordingError(f"is a damaged zip archive ({error})", where=path.name, cure="export it again") from error

    def opener(info: zipfile.ZipInfo) -> Callable[[ExitStack], Readable]:
        return lambda stack: _open_member(archive, info, path.name, stack)

    names = [(info, PurePosixPath(info.filename)) for info in archive.infolist()]
    return [
        _Member(name.stem.lower(), f"{path.name}/{name}", opener(info))
        for info, name in names[:_MOST_MEMBERS]
        if name.suffix.lower() == ".csv" and "meta" not in name.parts and "__MACOSX" not in name.parts
    ]


def _open_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, shown: str, stack: ExitStack) -> Readable:
    try:
        return stack.enter_context(archive.open(info))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError) as error:
        raise RecordingError(
            f"holds {info.filename}, which can't be unpacked ({error})", where=shown, cure="export it again"
        ) from error


def _table(member: _Member, stack: ExitStack) -> Iterator[TimedSamples]:
    return samples_of(Table(member.shown, RECOGNISERS), member.open(stack))


def _track(
    member: _Member | None, recognise: Callable[[Sequence[str], str], Layout | None], stack: ExitStack
) -> _Track | None:
    """A sensor's whole table; None when there is none of use."""
    if member is None:
        return None
    try:
        rows = [rows.values for rows in rows_of(Table(member.shown, (recognise,)), member.open(stack))]
    except RecordingError:
        return None
    values = np.concatenate(rows)
    _, order = np.unique(values[:, 0], return_index=True)
    return _Track(values[order, 0], values[order, 1:4])


def _gyroscope(cells: Sequence[str], where: str) -> Layout | None:
    """Rotation rates in rad/s, by Sensor Logger or phyphox."""
    names = ("time (s)", "gyroscope x (rad/s)", "gyroscope y (rad/s)", "gyroscope z (rad/s)")
    if set(names) <= set(cells):
        return Layout("phyphox", tuple(list(cells).index(name) for name in names))
    return sensor_logger(cells, where)


def _with_gyro(samples: Iterator[TimedSamples], gyro: _Track | None, to_dps: float) -> Iterator[TimedSamples]:
    """Adds rotation rates where the gyroscope ran beside the accelerometer from the beginning."""
    beside: bool | None = None
    for piece in samples:
        if gyro is not None and piece.gyro_dps is None and beside is not False:
            inside = (piece.t_s >= gyro.t_s[0] - 0.1) & (piece.t_s <= gyro.t_s[-1] + 0.1)
            if beside is None:
                beside = int(np.count_nonzero(inside)) >= _LEAST_COVER * len(inside)
            if beside:
                yield replace(piece, gyro_dps=gyro.at(piece.t_s) * to_dps)
                continue
        yield piece


def _sum(linear: _Track, gravity: _Track, name: str) -> Iterator[TimedSamples]:
    """Acceleration and gravity of one phone, both in m/s^2, make what an accelerometer measures."""
    inside = (linear.t_s >= gravity.t_s[0]) & (linear.t_s <= gravity.t_s[-1])
    if not inside.any():
        raise RecordingError("Accelerometer and Gravity do not overlap in time", where=name, cure="export it again")
    t_s = linear.t_s[inside]
    accel_g = (linear.values[inside] + gravity.at(t_s)) / STANDARD_GRAVITY_MPS2
    yield TimedSamples(t_s, accel_g, None, 0.0, name)

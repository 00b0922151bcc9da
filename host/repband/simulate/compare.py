"""Real and simulated sets side by side: does the model move like people do?

`python -m repband.simulate.compare DIR -o out.png`, where DIR holds the folders mex and hugadb.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import click
import numpy as np
import numpy.typing as npt

from repband.errors import RecordingError, UsageError
from repband.paths import labels_path
from repband.simulate.people import plain_plan
from repband.simulate.recording import simulate_set

Floats = npt.NDArray[np.float64]
Spans = list[tuple[float, float]]

EYE_HZ = 100.0  # every recording is looked at through the same eyes: resampled to this rate
SIMULATED_SETS = 60
_QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)


@dataclass(frozen=True, slots=True)
class SetShape:
    """What one set looks like: medians over its reps, except where the name says spread."""

    excursion_deg: float
    half_height_s: float  # time above half height
    gap_s: float  # time below it, between reps
    rise_s: float  # from 20 to 80 % of the height
    fall_s: float  # from 80 to 20 %
    dynamics_g: float  # mean second difference over 80 ms
    excursion_spread: float  # standard deviation as a share of the mean
    duration_spread: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Which recordings an exercise is held against."""

    exercise: str
    folder: str
    label: str
    kind: str | None
    step_g: float  # resolution of the real sensor; the simulated samples are rounded to it
    title: str


PAIRS = (
    Pair("bridge", "mex", "bridge", None, 1 / 64, "bridge (MEx)"),
    Pair("clamshell", "mex", "clamshell", "moving", 1 / 64, "clamshell (MEx)"),
    Pair("squat", "hugadb", "sit_to_stand", None, 1 / 2048, "squat against sit-to-stand (HuGaDB)"),
)


def shape_of_set(t_s: Floats, accel_g: Floats, spans: Spans) -> SetShape | None:
    """The shape of one set, or None when fewer than three reps can be read.

    Args:
        t_s, accel_g: the recording, shapes (n,) and (n, 3).
        spans: roughly the half-height spans of its reps.
    """
    grid_s = np.arange(t_s[0], t_s[-1], 1.0 / EYE_HZ)
    raw = np.stack([np.interp(grid_s, t_s, accel_g[:, axis]) for axis in range(3)], axis=1)
    smooth = _smoothed(_smoothed(raw))
    reps = [rep for i in range(len(spans)) if (rep := _shape_of_rep(grid_s, raw, smooth, spans, i)) is not None]
    if len(reps) < 3:
        return None
    table = np.array(reps)
    excursion, half, rise, fall, dynamics = (float(v) for v in np.median(table, axis=0))
    gaps = [after[0] - before[1] for before, after in itertools.pairwise(spans)]
    spread = table.std(axis=0) / table.mean(axis=0)
    return SetShape(excursion, half, float(np.median(gaps)), rise, fall, dynamics, float(spread[0]), float(spread[1]))


def _smoothed(samples: Floats) -> Floats:
    width = round(0.15 * EYE_HZ)
    padded = np.pad(samples, ((width // 2, width - 1 - width // 2), (0, 0)), mode="edge")
    kernel = np.ones(width) / width
    return np.stack([np.convolve(padded[:, axis], kernel, "valid") for axis in range(3)], axis=1)


def _shape_of_rep(grid_s: Floats, raw: Floats, smooth: Floats, spans: Spans, i: int) -> list[float] | None:
    """Excursion, time above half height, rise, fall and dynamics of one rep; None where it can't be read."""
    start_s, end_s = spans[i]
    before_s = spans[i - 1][1] if i else start_s - 2.0
    after_s = spans[i + 1][0] if i + 1 < len(spans) else end_s + 2.0
    a, b = np.searchsorted(
        grid_s, [max(0.5 * (before_s + start_s), start_s - 2.5), min(0.5 * (after_s + end_s), end_s + 2.5)]
    )
    up, down = np.searchsorted(grid_s, [start_s, end_s])
    if up - a < 10 or b - down < 10 or down - up < 20:
        return None
    middle = slice(int(up + 0.3 * (down - up)), int(up + 0.7 * (down - up)) + 1)
    rest, top = smooth[a : a + (up - a) // 2].mean(axis=0), smooth[middle].mean(axis=0)
    chord = top - rest
    height = (smooth[a:b] - rest) @ chord / (chord @ chord)
    half = (up + down) // 2 - a
    rising = [_last_below(height[:half], level) for level in (0.2, 0.5, 0.8)]
    falling = [_first_below(height[half:], level) for level in (0.8, 0.5, 0.2)]
    if None in rising or None in falling:
        return None
    (r20, r50, r80), (f80, f50, f20) = (np.array(rising) / EYE_HZ, (np.array(falling) + half) / EYE_HZ)
    cosine = rest @ top / np.sqrt((rest @ rest) * (top @ top))
    return [float(np.degrees(np.arccos(min(cosine, 1.0)))), f50 - r50, r80 - r20, f20 - f80, _dynamics_g(raw[up:down])]


def _last_below(height: Floats, level: float) -> int | None:
    where = np.flatnonzero(height < level)
    return int(where[-1]) if len(where) else None


def _first_below(height: Floats, level: float) -> int | None:
    where = np.flatnonzero(height < level)
    return int(where[0]) if len(where) else None


def _dynamics_g(raw: Floats) -> float:
    d = round(0.08 * EYE_HZ)
    second = raw[2 * d :] - 2.0 * raw[d:-d] + raw[: -2 * d]
    return float(np.sqrt(np.sum(second * second, axis=1)).mean())


def real_shapes(folder: Path, pair: Pair) -> tuple[list[SetShape], int]:
    """The shapes of all real sets of a pair, and how many people they come from."""
    shapes: list[SetShape] = []
    people: set[str] = set()
    for row in _rows(folder / pair.folder / "index.csv"):
        if row["exercise"] != pair.label or (pair.kind and row["kind"] != pair.kind):
            continue
        path = folder / pair.folder / row["file"]
        spans = _spans(labels_path(path))
        table = np.loadtxt(path, delimiter=",", skiprows=1)
        shape = shape_of_set(table[:, 0], table[:, 1:4], spans) if len(spans) > 2 else None
        if shape is not None:
            shapes.append(shape)
            people.add(row["subject"])
    return shapes, len(people)


def simulated_shapes(pair: Pair, sets: int = SIMULATED_SETS) -> list[SetShape]:
    """The shapes of as many plain simulated sets, seen with the real sensor's rate and resolution."""
    rng = np.random.Generator(np.random.PCG64(1))
    shapes: list[SetShape] = []
    for seed in range(sets):
        made = simulate_set(plain_plan(pair.exercise, rng, rate_hz=EYE_HZ), seed)
        seen = np.rint(made.accel_g / pair.step_g) * pair.step_g
        shape = shape_of_set(made.t_s, seen, [(rep.half_up_s, rep.half_down_s) for rep in made.truth])
        if shape is not None:
            shapes.append(shape)
    return shapes


def _rows(index: Path) -> Iterator[dict[str, str]]:
    try:
        with index.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)
    except FileNotFoundError:
        raise RecordingError("no recordings here", where=str(index), cure="name the folder that holds mex") from None


def _spans(path: Path) -> Spans:
    if not path.exists():
        return []
    return [(float(row["start_s"]), float(row["end_s"])) for row in _rows(path) if row["kind"] == "rep"]


def _draw(columns: list[tuple[Pair, list[SetShape], int, list[SetShape]]], out: Path) -> None:
    """One row of cumulative distributions for each pair, one column for each quantity."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise UsageError("pictures need matplotlib", cure="pip install 'repband[plot]'") from None
    names = [field.name for field in fields(SetShape)]
    figure = Figure(figsize=(2.6 * len(names), 2.8 * len(columns)), layout="constrained")
    axes = figure.subplots(len(columns), len(names), squeeze=False)
    for row, (pair, real, people, made) in zip(axes, columns, strict=True):
        for axis, name in zip(row, names, strict=True):
            for shapes, label in ((real, f"{len(real)} sets of {people} people"), (made, f"{len(made)} simulated")):
                values = np.sort([getattr(shape, name) for shape in shapes])
                axis.step(values, (np.arange(len(values)) + 0.5) / len(values), where="mid", label=label)
            axis.set_title(f"{pair.title}\n{name}" if name == names[0] else name, fontsize=8, loc="left")
        row[0].legend(fontsize=7)
    figure.savefig(out, dpi=80)  # pyright: ignore[reportUnknownMemberType]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The picture to write (PNG).")
@click.option(
    "--sets", type=click.IntRange(3), default=SIMULATED_SETS, show_default=True, help="Simulated sets of each."
)
def main(folder: Path, output: Path, sets: int) -> None:
    """Puts the sets in FOLDER and simulated ones side by side: a table, and a picture."""
    columns = [(pair, *real_shapes(folder, pair), simulated_shapes(pair, sets)) for pair in PAIRS]
    for pair, real, people, made in columns:
        click.echo(f"{pair.title}: {len(real)} sets of {people} people, {len(made)} simulated; quantiles {_QUANTILES}")
        for field in fields(SetShape):
            for shapes, who in ((real, "real"), (made, "simulated")):
                quantiles = np.quantile([getattr(shape, field.name) for shape in shapes], _QUANTILES)
                click.echo(f"  {field.name:18}{who:10}" + "".join(f"{value:9.3f}" for value in quantiles))
    _draw(columns, output)


if __name__ == "__main__":
    main()

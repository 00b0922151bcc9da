"""`repband simulate`: recordings from the virtual sensor, with their truth beside them."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from repband.errors import UsageError

if TYPE_CHECKING:
    from repband.simulate import LinkModel, SetPlan, Tempo, VirtualSensor

_NAMES = ("bridge", "clamshell", "squat", "deadlift", "lunge")  # a test holds them against the model's own


@click.command("simulate")
@click.argument("exercise", type=click.Choice((*_NAMES, "all")), default="bridge")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="FILE.csv, FILE.mcap or a folder.")
@click.option("--reps", type=click.IntRange(0, 1000), help="True reps.  [default: drawn]")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Draws the person and the set.")
@click.option("--tempo", metavar="PHASES", help="Seconds a phase: out=2,hold=1,back=2,rest=1.  [default: drawn]")
@click.option("--hard", is_flag=True, help="With posture changes before and after, partials, fidgets and a pause.")
@click.option("--rate", "rate_hz", type=click.FloatRange(5, 500), default=52.0, show_default=True, help="In Hz.")
@click.option("--gyro/--no-gyro", default=True, show_default=True, help="With rotation rates.")
@click.option("--loss", type=click.FloatRange(0, 0.9), default=0.0, show_default=True, help="Share of packets lost.")
@click.option("--set", "count", type=click.IntRange(1, 10_000), help="Make a folder of that many per exercise.")
def command(exercise: str, output: Path, count: int | None, **options: object) -> None:
    """Simulate sets of EXERCISE (or all of them) worn by a person drawn at random.

    Beside each recording lie its true reps (.reps.csv) and what else moved (.events.csv). With --set, the folder also
    gets an index.csv, so that `repband bench` reads it.
    """
    wish = _Wish(**options)  # pyright: ignore[reportArgumentType]
    if count is not None:
        _write_folder(output, exercise, count, wish)
        return
    if exercise == "all":
        raise UsageError("one file holds one exercise", where="all", cure="name the exercise, or add --set")
    reps = _write_one(output, exercise, wish)
    click.echo(f"{output}: {reps} {exercise} reps")


@dataclasses.dataclass(frozen=True, slots=True)
class _Wish:
    """What was asked for on the command line."""

    reps: int | None
    seed: int
    tempo: str | None
    hard: bool
    rate_hz: float
    gyro: bool
    loss: float

    def plan(self, exercise: str) -> SetPlan:
        """A person drawn by the seed, with what was asked for in its place."""
        import numpy as np

        from repband.simulate import hard_plan, plain_plan

        draw = hard_plan if self.hard else plain_plan
        plan = draw(exercise, np.random.Generator(np.random.PCG64(self.seed)), rate_hz=self.rate_hz)
        return dataclasses.replace(
            plan,
            gyro=self.gyro,
            reps=plan.reps if self.reps is None else self.reps,
            tempo_s=plan.tempo_s if self.tempo is None else _tempo(self.tempo),
        )

    def link(self) -> LinkModel:
        """The link with its loss."""
        from repband.simulate import LinkModel

        return LinkModel(loss=self.loss)

    def sensor(self, exercise: str) -> VirtualSensor:
        """A sensor worn by that person."""
        from repband.simulate import VirtualSensor

        return VirtualSensor(self.plan(exercise), self.seed, link=self.link())


def _tempo(text: str) -> Tempo:
    """Reads "out=2,hold=1,back=2,rest=1"."""
    from repband.simulate import Tempo

    cure = "write out=2,hold=1,back=2,rest=1, in seconds"
    try:
        phases = {name.strip(): float(value) for name, value in (part.split("=") for part in text.split(","))}
        tempo = Tempo(**phases)
    except (ValueError, TypeError):
        raise UsageError(f"{text!r} is no tempo", where="--tempo", cure=cure) from None
    if not all(0 <= seconds <= 60 for seconds in tempo):
        raise UsageError("a phase takes from 0 to 60 s", where="--tempo", cure=cure)
    return tempo


def _write_one(path: Path, exercise: str, wish: _Wish) -> int:
    """Writes one recording and its truth; gives the true count."""
    from repband.simulate.files import must_be_new, write_csv, write_truth

    if path.suffix.lower() not in (".csv", ".mcap"):
        raise UsageError("the name must end in .csv or .mcap", where=str(path), cure="or add --set to make a folder")
    must_be_new(path)
    sensor = wish.sensor(exercise)
    if path.suffix.lower() == ".csv":
        write_csv(path, sensor)
    else:
        _write_mcap(path, sensor)
    write_truth(path, sensor.recording)
    return sensor.recording.count


def _write_mcap(path: Path, sensor: VirtualSensor) -> None:
    from repband.journal import Recorder, RecordingMeta
    from repband.stream import Stream

    stream = Stream()
    plan = sensor.recording.plan
    with Recorder(path, RecordingMeta(exercise=plan.exercise, target_reps=plan.reps, sensor=sensor.name)) as recorder:
        for frame in sensor:
            recorder.write(frame)
            recorder.write_items(stream.feed(frame))
        recorder.write_items(stream.finish())


def _write_folder(folder: Path, exercise: str, count: int, wish: _Wish) -> None:
    from repband.simulate.files import must_be_new, write_csv, write_index, write_truth

    must_be_new(folder)
    folder.mkdir(parents=True)
    entries: list[tuple[str, VirtualSensor]] = []
    exercises = _NAMES if exercise == "all" else (exercise,)
    for name in exercises:
        for seed in range(wish.seed, wish.seed + count):
            sensor = dataclasses.replace(wish, seed=seed).sensor(name)
            path = folder / f"{name}_{seed:04d}.csv"
            write_csv(path, sensor)
            write_truth(path, sensor.recording)
            entries.append((path.name, sensor))
    write_index(folder, [(name, sensor.recording) for name, sensor in entries])
    click.echo(f"{folder}: {len(entries)} recordings, {sum(s.recording.count for _, s in entries)} reps")

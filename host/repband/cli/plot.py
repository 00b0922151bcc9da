"""`repband plot`: a recording as a picture, with its reps and what was not counted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from repband.screen.plot import Scene


@click.command()
@click.argument("recording", type=click.Path(path_type=Path), metavar="FILE")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Picture: .png, .svg or .pdf.")
@click.option("--exercise", metavar="NAME", help="What was done (see repband exercises).  [default: generic]")
@click.option(
    "--truth",
    type=click.Path(path_type=Path),
    metavar="FILE.reps.csv",
    help="True reps to show below.  [default: the .reps.csv beside the recording]",
)
@click.option("--from", "from_s", type=float, metavar="S", help="Show from this time on, in s.")
@click.option("--to", "to_s", type=float, metavar="S", help="Show up to this time, in s.")
def command(
    recording: Path, output: Path, exercise: str | None, truth: Path | None, from_s: float | None, to_s: float | None
) -> None:
    """Draw a recording: excursion, phases, reps, what was rejected and why, and the raw acceleration.

    The whole recording is counted, whatever part is shown.
    """
    from repband.screen.plot import save_plot

    save_plot(_scene(recording, exercise or "generic", truth, (from_s, to_s)), output)
    click.echo(f"drawn: {output}")


def _scene(recording: Path, name: str, truth: Path | None, span_s: tuple[float | None, float | None]) -> Scene:
    from repband.bench.recorded import read_items
    from repband.exercise import load_exercise
    from repband.reps import count_items
    from repband.screen.plot import Scene

    exercise = load_exercise(name)
    items = read_items(recording)
    words = exercise.movement.words
    return Scene(
        title=f"{recording.name}, {exercise.title}",
        items=items,
        result=count_items(items, None if name == "generic" else exercise),
        words=(words.out, words.hold, words.back),
        truth=_truth(recording, truth),
        span_s=span_s,
    )


def _truth(recording: Path, named: Path | None) -> list[tuple[float, float, bool]]:
    """(from, to, certain) of the reps in the file named, or in the one that lies beside the recording."""
    from repband.bench.truth import read_reps
    from repband.paths import labels_path

    path = named or labels_path(recording)
    if named is None and not path.is_file():
        return []
    reps, edges = read_reps(path)
    return [(s.start_s, s.end_s, True) for s in reps] + [(s.start_s, s.end_s, False) for s in edges]

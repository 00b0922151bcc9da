"""Draws what the yardstick counted, one picture a recording."""

from __future__ import annotations

from pathlib import Path

from repband.bench.jobs import Job
from repband.bench.run import count
from repband.screen.plot import Scene, save_plot


def draw_job(job: Job, folder: Path) -> Path:
    """Counts a job again and draws it with its truth; gives the picture's path, FOLDER/mex/01_bridging_1.png.

    Raises:
        RepBandError: it can't be loaded, or matplotlib is missing.
    """
    material = job.load()
    known, doubtful = material.truth.reps or (), material.truth.edges
    path = folder / f"{job.subject.name.removesuffix('.csv')}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    scene = Scene(
        title=f"{job.subject.name}, {material.exercise}",
        items=material.items,
        result=count(material),
        truth=[(s.start_s, s.end_s, s in known) for s in (*known, *doubtful)],
    )
    save_plot(scene, path)
    return path

"""Writes simulated recordings as files that every command reads: the contract's CSV, the truth, and an index."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from repband.errors import UsageError
from repband.paths import labels_path
from repband.simulate.people import MODEL_VERSION
from repband.simulate.plan import SimulatedRecording
from repband.simulate.sensor import VirtualSensor

INDEX_COLUMNS = (
    "file",
    "exercise",
    "subject",
    "placement",
    "rate_hz",
    "true_reps",
    "kind",
    "polarity",
    "label_source",
    "notes",
    "bounds",
)


def must_be_new(path: Path) -> None:
    """Raises UsageError when something of that name is there already."""
    if path.exists():
        raise UsageError("it is there already", where=str(path), cure="choose another name, or remove it first")


def write_csv(path: Path, sensor: VirtualSensor) -> None:
    """Writes `t_s,ax,ay,az[,gx,gy,gz]` (s, g, deg/s) without the samples that the link lost.

    Five decimals of a g and three of a deg/s keep every count of a 16-bit sensor apart up to 4 g and 125 deg/s.
    """
    made = sensor.recording
    kept = np.ones(len(made.t_s), dtype=bool)
    for first, count in sensor.lost():
        kept[first : first + count] = False
    columns, names, formats = [made.t_s[:, None], made.accel_g], ["t_s", "ax", "ay", "az"], ["%.4f"] + ["%.5f"] * 3
    if made.gyro_counts is not None:
        columns.append(made.gyro_dps)
        names += ["gx", "gy", "gz"]
        formats += ["%.3f"] * 3
    table = np.concatenate(columns, axis=1)[kept]
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(",".join(names) + "\n")
        np.savetxt(file, table, fmt=formats, delimiter=",")


def write_truth(path: Path, made: SimulatedRecording) -> None:
    """Writes, beside a recording, its reps (onset to return), and what else moved if anything did.

    `<name>.reps.csv` holds the true reps as the yardstick reads them; `<name>.events.csv` the partials, which must not
    count, and posture changes, fidgets and pauses.
    """
    reps = [("rep", f"{rep.start_s:.3f}", f"{rep.turn_s:.3f}", f"{rep.end_s:.3f}") for rep in made.reps]
    _write_rows(labels_path(path), ("kind", "start_s", "top_s", "end_s"), reps)
    events = [(rep.start_s, rep.end_s, rep.kind) for rep in made.truth if rep.kind != "rep"]
    events += [(span.start_s, span.end_s, span.kind) for span in made.spans]
    if events:
        rows = [(kind, f"{start_s:.3f}", f"{end_s:.3f}") for start_s, end_s, kind in sorted(events)]
        _write_rows(path.with_name(f"{path.stem}.events.csv"), ("kind", "start_s", "end_s"), rows)


def write_index(folder: Path, entries: Iterable[tuple[str, SimulatedRecording]]) -> None:
    """Writes index.csv for recordings of that folder, given as file name and recording; each is a person of its own."""
    rows = [
        (
            name,
            made.plan.exercise,
            f"sim{made.seed}",
            "thigh (simulated)",
            f"{made.rate_hz:g}",
            str(made.count),
            "",
            "known",
            f"virtual sensor, body model {MODEL_VERSION}",
            f"seed {made.seed}",
            "onset",
        )
        for name, made in entries
    ]
    _write_rows(folder / "index.csv", INDEX_COLUMNS, rows)


def _write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)

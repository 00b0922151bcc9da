"""`python -m repband.recognise.train DIR [--write]`: learns the model from labelled recordings and reports on it.

Prints what people and movements left out are called; with --write the model of everybody goes into model.json.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from repband.errors import RepBandError
from repband.recognise.learn import Example, learn
from repband.recognise.leave_out import Judged, learnable, leave_out
from repband.recognise.model import MODEL_FILE, Model
from repband.recognise.report import report
from repband.recognise.sets import OURS, Recorded, read_recorded
from repband.simulate.people import MODEL_VERSION

MADE_BY = "python -m repband.recognise.train DIR --write"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m repband.recognise.train", description=__doc__)
    parser.add_argument("folder", type=Path, help="holds index.csv, or folders that do")
    parser.add_argument("--write", action="store_true", help="write model.json")
    given = parser.parse_args(arguments)
    try:
        recorded = read_recorded(given.folder)
    except RepBandError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    steps: list[int | None] = [2, 3, 5, None]
    judged: dict[int | None, list[Judged]] = {reps: leave_out(recorded, reps=reps) for reps in steps}
    print(report(judged, leave_out(recorded, movements=False)))
    if given.write:
        write(train(recorded))
    return 0


def train(recorded: Sequence[Recorded]) -> Model:
    """The model of everybody."""
    examples = learnable(recorded)
    return learn(examples, OURS, made_by=MADE_BY, sources=_sources(recorded, examples))


def write(model: Model, path: Path = MODEL_FILE) -> None:
    """Writes it as JSON, seven digits to a number: more would not be the same on every machine that trains."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(_rounded(model)), indent=1) + b"\n")


def _rounded(model: Model) -> Model:
    movements = tuple(
        msgspec.structs.replace(
            m,
            share=_short(m.share),
            mean=tuple(map(_short, m.mean)),
            precision=tuple(tuple(map(_short, row)) for row in m.precision),
            log_det=_short(m.log_det),
        )
        for m in model.movements
    )
    return msgspec.structs.replace(model, surprise=_short(model.surprise), movements=movements)


def _short(value: float) -> float:
    return float(f"{value:.7g}")


def _sources(recorded: Sequence[Recorded], examples: Sequence[Example]) -> list[str]:
    used = {e.name for e in examples}
    lines: list[str] = []
    for folder in sorted({r.label.folder for r in recorded}):
        sets = [r for r in recorded if r.label.folder == folder and r.example is not None and r.example.name in used]
        people = {r.label.person for r in sets}
        lines.append(f"{folder}: {len(sets)} sets with two reps or more of {len(people)} people")
    sets = sum(e.movement.startswith("simulated") for e in examples)
    lines.append(f"body model {MODEL_VERSION} (repband.simulate): {sets} simulated sets")
    return lines


if __name__ == "__main__":
    sys.exit(main())

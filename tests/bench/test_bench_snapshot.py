"""Every recording's reps, as last reviewed: a change of the counter's behaviour shows as a change of these files.

    REPBAND_UPDATE_SNAPSHOTS=1 pytest tests/bench/test_bench_snapshot.py

writes tests/snapshots/FOLDER.json anew; the diff of those files is then what a reviewer reads.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from repband.bench.jobs import FileJob
from repband.bench.run import count
from repband.bench.score import Span, match
from repband.bench.truth import read_index
from repband.errors import RecordingError
from repband.reps import Rep

FOLDERS = ("barbell", "cara", "cmu_sub22", "hugadb", "mex", "mex_rest", "uci_pt")
SNAPSHOTS = Path(__file__).parent.parent / "snapshots"
INSTANTS = ("start", "half up", "half down", "end", "announced")
TOLERANCE_S = 0.015  # rounding to 0.01 s may fall either way

Snapshot = dict[str, list[list[float]] | str]


def row(rep: Rep) -> list[float]:
    return [round(t, 2) for t in (rep.start_s, rep.half_up_s, rep.half_down_s, rep.end_s, rep.announced_s)]


def counted(job: FileJob) -> list[list[float]] | str:
    try:
        return [row(rep) for rep in count(job.load()).reps]
    except RecordingError as error:
        return f"refused: {error.what}"


def differences(name: str, was: Any, now: Any) -> list[str]:
    """What changed in one recording, a line each; reps are paired by overlap, so that one more does not shift all."""
    if isinstance(was, str) or isinstance(now, str):
        return [] if was == now else [f"{name}: was {was}, is {now}"]
    pairs = match(spans(was), spans(now))
    left, right = {i for i, _ in pairs}, {j for _, j in pairs}
    lines = [f"{name}: {len(was)} reps -> {len(now)}"] if len(was) != len(now) else []
    lines += [f"{name}: gone: {rep}" for i, rep in enumerate(was) if i not in left]
    lines += [f"{name}: new: {rep}" for j, rep in enumerate(now) if j not in right]
    for i, j in pairs:
        moved = [
            f"{w} {x} -> {y}" for w, x, y in zip(INSTANTS, was[i], now[j], strict=True) if abs(x - y) > TOLERANCE_S
        ]
        lines += [f"{name}: rep {i + 1}: {', '.join(moved)}"] if moved else []
    return lines


def spans(reps: list[list[float]]) -> list[Span]:
    return [Span(rep[0], rep[3]) for rep in reps]


def dump(snapshot: Snapshot) -> str:
    """One line a recording, so that a diff reads well."""
    lines = [f"{json.dumps(name)}: {json.dumps(reps)}" for name, reps in sorted(snapshot.items())]
    return "{\n" + ",\n".join(lines) + "\n}\n"


@pytest.mark.slow
@pytest.mark.parametrize("folder", FOLDERS)
def test_reps_are_those_last_reviewed(folder: str, recordings: Path) -> None:
    if not (recordings / folder / "index.csv").is_file():
        pytest.skip(f"recordings of {folder} are not there")
    path = SNAPSHOTS / f"{folder}.json"
    jobs = {labelled.path.name: FileJob(labelled) for labelled in read_index(recordings / folder)}
    if os.environ.get("REPBAND_UPDATE_SNAPSHOTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(dump({name: counted(job) for name, job in jobs.items()}), encoding="utf-8", newline="\n")
        return
    if not path.is_file():
        pytest.skip(f"nothing reviewed yet: no {path.name}; REPBAND_UPDATE_SNAPSHOTS=1 writes it")
    reviewed: Snapshot = json.loads(path.read_text(encoding="utf-8"))
    known = sorted(reviewed.keys() & jobs.keys())
    if not known:
        pytest.skip(f"none of the reviewed recordings of {folder} is there: these are others")
    changed = [line for name in known for line in differences(name, reviewed[name], counted(jobs[name]))]
    assert not changed, "\n".join(
        ["the counter's behaviour changed; review, then REPBAND_UPDATE_SNAPSHOTS=1:", *changed]
    )


def test_differences_are_readable() -> None:
    first, second = [1.0, 1.5, 2.5, 3.0, 3.2], [5.0, 5.5, 6.5, 7.0, 7.2]
    both = [first, second]
    assert differences("x", both, [[1.01, 1.5, 2.5, 3.0, 3.2], second]) == []
    assert differences("x", both, [first, [5.0, 5.5, 6.6, 7.0, 7.2]]) == ["x: rep 2: half down 6.5 -> 6.6"]
    assert differences("x", both, [second]) == ["x: 2 reps -> 1", f"x: gone: {first}"]
    assert differences("x", [second], both) == ["x: 1 reps -> 2", f"x: new: {first}"]
    assert differences("x", both, "refused: empty") == [f"x: was {both}, is refused: empty"]


def test_a_snapshot_has_a_line_a_recording() -> None:
    text = dump({"b": [[1.0, 2.0, 3.0, 4.0, 5.0]], "a": "refused: empty"})
    assert json.loads(text) == {"a": "refused: empty", "b": [[1.0, 2.0, 3.0, 4.0, 5.0]]}
    assert text.count("\n") == 4

"""The device's own counter against the host's and against the truth, and what it costs.

    python benchmarks/device_counter.py agreement [--data ../shared/data] [--sets 500]
    python benchmarks/device_counter.py cost

Agreement runs the board's files under this Python, fed with int16 at a range of 4 g in blocks of five samples; tests
show that MicroPython gets the same reps bit for bit. Cost runs them in MicroPython on this machine.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter as Tally
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from repband.bench.intervals import proportion
from repband.bench.jobs import OURS, SIMULATED, FileJob, Job, SimulatedJob
from repband.bench.run import exercise_of
from repband.bench.score import Found, SetScore, score_set
from repband.bench.truth import read_index
from repband.exercise import load_exercise
from repband.exercise.table import device_table
from repband.reps import CountResult, count_items
from repband.simulate import plain_plan, simulate_set
from repband.source.firmware import find_interpreter
from repband.stream import SampleBlock

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests/doubles"))

import device_counter  # noqa: E402 - the tests' own

MEX = ("bridge", "clamshell")  # its other movements are what a counter must not take for these
PAIRED_S = 0.5
COST = """
import gc, sys, time
sys.path.insert(0, {firmware!r})
from repband_device.counter import Counter
with open({path!r}, "rb") as file:
    data = file.read()
gc.collect()
before = gc.mem_alloc()
counter = Counter({table!r}, 5200, 4)
gc.collect()
size = gc.mem_alloc() - before
count = len(data) // 6
best = 1 << 29
each = [best] * count
for _ in range(12):  # the least of several, as other programs run beside it
    counter.reset()
    began = time.ticks_us()
    counter.feed(data, 0, count)
    best = min(best, time.ticks_diff(time.ticks_us(), began))
for _ in range(6):
    counter.reset()
    for i in range(count):
        began = time.ticks_us()
        counter.feed(data, i * 6, 1)
        each[i] = min(each[i], time.ticks_diff(time.ticks_us(), began))
print(size, best / count, max(each), counter.count)
"""


class Compared(NamedTuple):
    """One recording, counted by both."""

    group: str
    name: str
    person: str
    host: int
    device: int
    same_samples: int  # what the host counts when it is given the device's samples at the device's times
    host_score: SetScore | None
    device_score: SetScore | None
    apart_s: list[tuple[float, float, float]]


def compare(job: Job) -> Compared:
    """Counts with both."""
    subject, material = job.subject, job.load()
    exercise = exercise_of(material.exercise)
    t_s, accel_g = device_counter.samples_of(material.items)
    rate_hz, counts = device_counter.rate_of(t_s), device_counter.quantised(accel_g)
    even = SampleBlock(0, t_s[0] + np.arange(len(t_s)) / rate_hz, counts * (device_counter.RANGE_G / 32768))
    host = count_items(material.items, exercise)
    same = count_items([even], exercise)
    found = [rep.found(rate_hz, float(t_s[0])) for rep in device_counter.count(counts, rate_hz, exercise)]
    return Compared(
        f"{subject.folder} {subject.exercise if job.__class__ is FileJob else ''}".strip(),
        subject.name,
        subject.person,
        host.count,
        len(found),
        same.count,
        score_set([Found.of(rep) for rep in host.reps], material.truth, material.recorded),
        score_set(found, material.truth, material.recorded),
        apart_s(host, found),
    )


def apart_s(host: CountResult, found: Sequence[Found]) -> list[tuple[float, float, float]]:
    """Device minus host of announcement, onset and return, for the reps that both announce within half a second."""
    theirs = np.array([rep.announced_s for rep in host.reps])
    pairs: list[tuple[float, float, float]] = []
    for rep in found if len(theirs) else ():
        other = host.reps[int(np.abs((rep.announced_s or 0.0) - theirs).argmin())]
        announced_s = (rep.announced_s or 0.0) - other.announced_s
        if abs(announced_s) < PAIRED_S:
            pairs.append((announced_s, rep.start_s - other.start_s, rep.end_s - other.end_s))
    return pairs


def jobs_of(data: Path, sets: int, folders: Sequence[str]) -> Iterator[Job]:
    """Simulated sets, plain and hard, over the five exercises; then the folders (of mex only bridges, clamshells)."""
    for number in range(sets // (2 * len(OURS))):
        for kind in SIMULATED:
            yield from (SimulatedJob(kind, exercise, number) for exercise in OURS)
    for folder in folders:
        if (data / folder).is_dir():
            only = MEX if folder.startswith("mex") else None
            yield from (FileJob(it) for it in read_index(data / folder) if only is None or it.exercise in only)
        else:
            print(f"{folder}: not there, left out")


def share(right: int, of: int) -> str:
    """ "98.0 % of 500 (96.4-99.0)": with its 95 % interval."""
    low, high = proportion(right, of) or (0.0, 1.0)
    return f"{100 * right / of:5.1f} % of {of} ({100 * low:.1f}-{100 * high:.1f})"


def summary(label: str, rows: Sequence[Compared]) -> None:
    """Some lines for a group."""
    apart = np.abs([gaps for row in rows for gaps in row.apart_s] or [(0.0, 0.0, 0.0)])
    print(f"{label}, {len({row.person for row in rows})} people")
    print("  same count as the host", share(sum(row.host == row.device for row in rows), len(rows)))
    print("  the same, host at even times", share(sum(row.same_samples == row.device for row in rows), len(rows)))
    for who, scores in (
        ("device", [row.device_score for row in rows if row.device_score]),
        ("host", [row.host_score for row in rows if row.host_score]),
    ):
        print(f"  {who}: right number", share(sum(score.exact_by_count for score in scores), len(scores)))
        median, high = np.percentile([s for score in scores for s in score.latencies_s] or [0.0], (50, 90))
        print(f"  {who}: announced {median:.2f} s after the true end (median), {high:.2f} s (90th percentile)")
    for what, gaps in zip(("announced", "onset", "return"), 1000 * apart.T, strict=True):
        median, high = np.percentile(gaps, (50, 95))
        print(f"  {what} apart: median {median:.0f} ms, 95th percentile {high:.0f} ms, over {len(gaps)} reps")


def agreement(data: Path, sets: int, folders: Sequence[str]) -> None:
    """Counts everything and prints it."""
    rows = [compare(job) for job in jobs_of(data, sets, folders)]
    for group in Tally(row.group for row in rows):
        summary(group, [row for row in rows if row.group == group])
    summary("all", rows)
    for row in rows:
        if row.host != row.device:
            print(f"  {row.name}: host {row.host}, at even times {row.same_samples}, device {row.device}")


def cost() -> None:
    """Runs the counter in MicroPython, as bytecode and as native code."""
    interpreter = find_interpreter()
    if interpreter is None:
        raise SystemExit("no MicroPython interpreter here: pip install 'repband[firmware]'")
    made = simulate_set(plain_plan("bridge", np.random.default_rng(1), rate_hz=52.0), 1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "samples.bin"
        path.write_bytes(made.accel_counts.astype("<i2").tobytes())
        script = COST.format(
            firmware=str(ROOT / "firmware"), path=str(path), table=device_table(load_exercise("bridge"))
        )
        for emit in ("bytecode", "native"):
            command = [str(interpreter), "-X", f"emit={emit}", "-X", "heapsize=1m", "-c", script]
            done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ})
            size, each, longest, count = done.stdout.split()
            print(
                f"{emit}: {float(each):.1f} us a sample at 52 Hz, {longest} us the slowest, {size} bytes of state, "
                f"{count} reps"
            )


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("agreement", "cost"))
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data")
    parser.add_argument("--sets", type=int, default=500)
    parser.add_argument("--folders", nargs="*", default=["mex", "mex_rest"], help="without holes: not cara")
    wanted = parser.parse_args()
    work: Callable[[], None] = (
        cost if wanted.what == "cost" else lambda: agreement(wanted.data, wanted.sets, wanted.folders)
    )
    work()


if __name__ == "__main__":
    main()

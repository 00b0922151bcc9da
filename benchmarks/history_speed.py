"""How quick ten years of history are: opening, `history`, `trend` and `report`, each as a user calls it.

    python benchmarks/history_speed.py [--sessions 5000] [--repeats 5] [--keep FOLDER]

The history is made up (repband.journal.example): five hundred sessions a year, 45 reps each on average. Times are of
whole processes, start of Python included, on the wall clock and on the processor (which other programs disturb less).
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from repband.journal.example import example_history

COMMANDS = {
    "sessions list": ["sessions", "list"],
    "history": ["history"],
    "history, all of it": ["history", "--all"],
    "trend": ["trend", "bridge"],
    "trend, all of it": ["trend", "bridge", "--all"],
    "report, twelve weeks": ["report", "--to", "{last}", "-o", "{folder}/report.html"],
    "report, all of it": ["report", "--all", "-o", "{folder}/report.html"],
}


def make(path: Path, sessions: int) -> str:
    """Writes about so many sessions; gives the date of the last."""
    # Seven sessions a week less those left out: see the generator.
    with example_history(path, weeks=round(sessions / 6.05), sessions_per_week=7, doings=2) as history:
        (row,) = history.rows("SELECT count(*) AS n, max(started) AS last FROM sessions")
        (reps,) = history.rows("SELECT count(*) AS n FROM reps")
        print(f"{row['n']} sessions, {reps['n']} reps, {path.stat().st_size / 1e6:.0f} MB")
        return str(row["last"])[:10]


def run(home: Path, call: list[str]) -> tuple[float, float]:
    """Seconds on the wall clock and on the processor of one call."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    environment = {**os.environ, "REPBAND_HOME": str(home)}
    subprocess.run([sys.executable, "-m", "repband", *call], env=environment, check=True, stdout=subprocess.DEVNULL)
    wall_s = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall_s, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, default=5000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="a folder to keep the history in, and to find it in again")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = wanted.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "history.sqlite"
        last = folder / "last.txt"
        if not path.exists():
            last.write_text(make(path, wanted.sessions), encoding="utf-8")
        for name, call in COMMANDS.items():
            filled = [part.format(folder=temporary, last=last.read_text(encoding="utf-8")) for part in call]
            times = [run(folder, filled) for _ in range(wanted.repeats)]
            wall_s, processor_s = (statistics.median(column) for column in zip(*times, strict=True))
            print(f"{name}: {wall_s:.2f} s, {processor_s:.2f} s of processor (median of {wanted.repeats})")


if __name__ == "__main__":
    main()

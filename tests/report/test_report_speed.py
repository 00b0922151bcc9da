"""The benchmark runs, and reading a history grows with its size, not faster."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from repband.journal import overview
from repband.journal.example import example_history

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "history_speed.py"


@pytest.mark.slow
def test_the_benchmark_measures_every_command() -> None:
    call = [sys.executable, str(BENCHMARK), "--sessions", "30", "--repeats", "1"]
    done = subprocess.run(call, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "sessions" in lines[0]
    assert len(lines) == 8
    assert all("s of processor" in line for line in lines[1:])


@pytest.mark.slow
def test_four_times_the_history_takes_about_four_times_as_long(tmp_path: Path) -> None:
    """A query that looks at every rep for every set would take sixteen times as long."""

    def cost_s(weeks: int) -> float:
        with example_history(tmp_path / f"{weeks}.sqlite", weeks=weeks, doings=1) as history:
            costs: list[float] = []
            for _ in range(5):
                began = time.process_time()
                overview(history)
                costs.append(time.process_time() - began)
        return min(costs)

    assert cost_s(160) < 9 * cost_s(40)

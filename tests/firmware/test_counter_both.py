"""CPython and MicroPython find the same reps, bit for bit: so what is measured with the one holds for the other."""

from __future__ import annotations

from pathlib import Path

import device_counter
import numpy as np
import pytest
from conftest import Run
from repband.exercise import load_exercise
from repband.exercise.table import device_table
from repband.simulate import hard_plan, simulate_set

SCRIPT = """
from repband_device.counter import Counter
TABLE, RATE_CHZ, PATH, HOLES = {table!r}, {rate_chz}, {path!r}, {holes!r}
with open(PATH, "rb") as file:
    data = file.read()
counter = Counter(TABLE, RATE_CHZ, 4)
motion = counter._motion
shown = 0
trail = 0
for at in range(0, len(data), 6):
    for hole_at, missing in HOLES:
        if hole_at * 6 == at:
            counter.skip(missing)
    counter.feed(data, at, 1)
    trail = (trail * 31 + motion.x + motion.y * 3 + motion.z * 5 + motion.lively) % 1000003
    while shown < counter.measured:
        shown += 1
        rep = counter.rep(shown)
        print(rep.number, rep.announced, rep.start, rep.turn, rep.index, rep.excursion)
        print(rep.out, rep.hold, rep.back, rep.flags)
print(counter.count, counter.measured, counter.rejected, counter.next_index, trail)
"""


def run_here(script: str, capsys: pytest.CaptureFixture[str]) -> str:
    exec(script, {})
    return capsys.readouterr().out


@pytest.mark.parametrize("exercise", ["bridge", "squat", "clamshell"])
@pytest.mark.parametrize("rate_hz", [12.5, 52.0, 104.0])
def test_same_reps(exercise: str, rate_hz: float, micropython: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    made = simulate_set(hard_plan(exercise, np.random.default_rng(8), rate_hz=rate_hz), 8)
    counts = device_counter.quantised(made.accel_g)
    path = tmp_path / "samples.bin"
    path.write_bytes(counts.tobytes())
    holes = [(len(counts) // 3, 9), (len(counts) // 2, round(rate_hz * 3))]
    table = device_table(load_exercise(exercise))
    script = SCRIPT.format(table=table, rate_chz=round(rate_hz * 100), path=str(path), holes=holes)
    theirs = micropython("-c", script)
    assert theirs.returncode == 0, theirs.stderr
    assert theirs.stdout == run_here(script, capsys)
    assert len(theirs.stdout.splitlines()) > 4


def test_same_on_noise(micropython: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    dice = np.random.default_rng(1)
    steps = np.repeat(dice.integers(-32768, 32768, (60, 3)), 100, axis=0)
    path = tmp_path / "samples.bin"
    path.write_bytes(steps.astype("<i2").tobytes())
    script = SCRIPT.format(table=device_table(None), rate_chz=5200, path=str(path), holes=[(77, 70), (2222, 1200)])
    assert micropython("-c", script).stdout == run_here(script, capsys) != ""

"""Nothing in the device's counter leaves 31 bits, whatever the sensor says."""

from __future__ import annotations

from pathlib import Path

import device_counter
import int31
import numpy as np
import pytest
from conftest import ROOT
from repband.bench.recorded import read_items
from repband.exercise import load_exercise
from repband.exercise.table import device_table

CHECKED = int31.load().Counter
TABLES = [device_table(None), device_table(load_exercise("bridge")), device_table(load_exercise("squat"))]


def feed(counts: np.ndarray, table: bytes, rate_chz: int, range_g: int, dice: np.random.Generator | None = None) -> int:
    """Feeds all of it, with holes where there are dice; gives the count."""
    counter = CHECKED(table, rate_chz, range_g)
    data = counts.astype("<i2").tobytes()
    at = 0
    while at < len(counts):
        part = min(500, len(counts) - at)
        counter.feed(data, at * 6, part)
        at += part
        if dice is not None and dice.random() < 0.3:
            counter.skip(int(dice.choice([1, 7, rate_chz // 80, rate_chz // 20, rate_chz // 3, 1 << 22])))
    counter.finish()
    return counter.count


def wild(dice: np.random.Generator, rate_hz: float) -> np.ndarray:
    """Holds and ramps between the ends of the range and other levels, a minute of it, with hits in between."""
    pieces: list[np.ndarray] = []
    here = np.zeros(3)
    while sum(map(len, pieces)) < 60 * rate_hz:
        there = dice.choice([-32768, 32767, 0, 9000, -9000], 3) if dice.random() < 0.7 else dice.normal(0, 9000, 3)
        ramp, hold = int(dice.uniform(0.1, 3) * rate_hz) + 1, int(dice.uniform(0, 4) * rate_hz)
        pieces += [np.linspace(here, there, ramp), np.tile(there, (hold, 1))]
        if dice.random() < 0.2:
            pieces.append(dice.choice([-32768, 32767], (int(rate_hz), 3)))
        here = there
    return np.clip(np.concatenate(pieces), -32768, 32767)


def to_and_fro(dice: np.random.Generator, rate_hz: float) -> np.ndarray:
    """Reps from one end of all three axes' range to the other, as smooth as real ones: everything at its largest."""
    t = np.arange(int(60 * rate_hz)) / rate_hz
    way = (1 - np.cos(2 * np.pi * np.clip((t % 7) - 1, 0, 5) / 5)) / 2
    return np.outer(2 * way - 1, np.array([1, 1, -1]) * dice.choice([32767, 9000]))


@pytest.mark.parametrize("rate_chz", [1000, 1250, 2560, 5200, 5263, 10400, 16667, 40000])
def test_wild_signals(rate_chz: int):
    dice = np.random.default_rng(rate_chz)
    for range_g in (2, 16):
        feed(wild(dice, rate_chz / 100), TABLES[0], rate_chz, range_g, dice)


@pytest.mark.parametrize("range_g", [2, 4, 8, 16])
def test_reps_over_the_whole_range(range_g: int):
    dice = np.random.default_rng(range_g)
    assert sum(feed(to_and_fro(dice, 52), table, 5200, range_g) for table in TABLES) > 10


def test_the_simulated_recordings():
    for path in sorted((ROOT / "tests/data").glob("*_[0-9]*.csv")):
        if path.stem.count("."):
            continue
        name = path.stem.split("_")[0]
        t_s, accel_g = device_counter.samples_of(read_items(path))
        counts = device_counter.quantised(accel_g)
        rate_chz = round(device_counter.rate_of(t_s) * 100)
        assert feed(counts, device_table(load_exercise(name)), rate_chz, 4) > 3


def test_the_last_samples_before_a_session_ends():
    made = to_and_fro(np.random.default_rng(1), 52)
    counter = CHECKED(TABLES[0], 5200, 4)
    straight = CHECKED(TABLES[0], 5200, 4)
    data = made.astype("<i2").tobytes()
    begin = (1 << 30) - len(made) - 100  # a device begins a new session before 2**30
    straight.feed(data, 0, len(made))
    counter.feed(data, 0, 100)
    counter.skip(begin - 100)
    assert counter.next_index == begin
    counter.feed(data, 0, len(made))
    assert counter.count == straight.count > 3
    last = counter.rep(counter.count)
    assert abs(last.index - begin - straight.rep(straight.count).index) < 10


@pytest.mark.slow
def test_the_real_recordings(recordings: Path):
    for path in sorted((recordings / "mex_rest").glob("*[0-9].csv")):
        t_s, accel_g = device_counter.samples_of(read_items(path))
        feed(device_counter.quantised(accel_g), TABLES[1], round(device_counter.rate_of(t_s) * 100), 4)


def test_the_trap_springs():
    assert int31.check(int31.MOST) == int31.MOST
    for value in (int31.MOST + 1, int31.LEAST - 1, 0.5):
        with pytest.raises(OverflowError):
            int31.check(value)
    square = int31.load().counter.Motion()
    square.x = 1 << 16  # no limited value: its square has 33 bits
    with pytest.raises(OverflowError, match="31 bits"):
        square.along(0, 1 << 20, 0, 0, 1 << 20, 0, 0)
    assert int31.Seen.values > 100

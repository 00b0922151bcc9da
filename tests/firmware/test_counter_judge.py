"""The device's judge and frames against the host's, piece by piece: whole numbers may tip only what is on the edge."""

from __future__ import annotations

import device_counter
import numpy as np
import pytest
from repband.exercise import load_exercise
from repband.exercise.table import device_table
from repband.motion import Motion, MotionFrame
from repband.reps.excursion import Excursion as HostExcursion
from repband.reps.judge import Judge as HostJudge
from repband.reps.judge import Verdict
from repband.stream import SampleBlock
from repband_device.counter.excursion import Excursion
from repband_device.counter.judge import COUNT, REJECT, WAIT, Judge
from repband_device.counter.table import Table
from repband_device.counter.whole import angle_of, chord_of, root

UNIT = 4096
VERDICTS = {Verdict.COUNT: COUNT, Verdict.WAIT: WAIT, Verdict.REJECT: REJECT}
ASKED = 6000
MOST_TIPPED = (12, 6, 6, 6, 6, 6, 24)  # of each answer; twice what was found


def pair(dice: np.random.Generator, end: int) -> tuple[HostExcursion, Excursion]:
    """The same movement for both: in and around what one wearer does, and sometimes anything else."""
    rest = np.array([3600, 900, -1500]) + dice.normal(0, 150 if dice.random() < 0.8 else 1500, 3).astype(int)
    way = np.array([-300, 700, 400]) * dice.choice([1.0, 0.8, 0.65, 0.5, 0.3, 0.24, 2.3, -1.0])
    way = np.rint(way + dice.normal(0, 60, 3)).astype(int)
    width, after = int(dice.uniform(20, 250)) * 32, int(dice.uniform(-30, 400))
    mine = Excursion()
    mine.end, mine.start = end, width // 64 + 20
    mine.up, mine.down = width + after, after
    mine.rest_x, mine.rest_y, mine.rest_z = map(int, rest)
    mine.x, mine.y, mine.z = map(int, way)
    mine.chord = max(root(mine.along(mine)), 1)
    mine.angle = angle_of(mine.chord)
    mine.jerk, mine.stay = int(dice.uniform(0, 3200)), int(dice.uniform(0, 100))
    theirs = HostExcursion(
        start=end - mine.start,
        half_up=end - mine.up / 64,
        half_down=end - mine.down / 64,
        end=end,
        rest_g=tuple(rest / UNIT),
        far_g=tuple((rest + way) / UNIT),
        chord_g=float(np.linalg.norm(way)) / UNIT,
        jerk_g=mine.jerk / UNIT,
        stay=mine.stay,
        gap_frames=0,
    )
    return theirs, mine


@pytest.mark.parametrize("name", ["bridge", "clamshell", "squat", None])
def test_same_verdicts(name: str | None):
    dice = np.random.default_rng(0)
    exercise = load_exercise(name) if name else None
    host, device = HostJudge(exercise), Judge(Table(device_table(exercise)))
    tipped, seen = np.zeros(7, int), {COUNT: 0, WAIT: 0, REJECT: 0}
    number, before = 0, pair(dice, 0)
    for _ in range(ASKED):
        number += int(dice.choice([60, 120, 250, 500, 3100], p=[0.3, 0.4, 0.2, 0.09, 0.01]))
        host.tick(number)
        device.tick(number)
        theirs, mine = pair(dice, number)
        lively = int(dice.uniform(0, 2800))
        here = [mine.rest_x + int(dice.normal(0, 60)), mine.rest_y, mine.rest_z]
        here_g = (here[0] / UNIT, here[1] / UNIT, here[2] / UNIT)
        verdict = VERDICTS[host.weigh(theirs, lively / UNIT)[0]]
        seen[verdict] += 1
        missed = [int(m) for m in dice.uniform(0, 500, 2)]
        answers = [
            (verdict, device.weigh(mine, lively * 64)),
            (host.small(theirs), device.small(mine)),
            (host.precise(theirs, here_g), device.precise(mine, *here)),
            (host.at_turn(here_g), device.at_turn(*here)),
            (host.alike(theirs, before[0]), device.alike(mine, before[1])),
            (host.complementary(theirs, before[0]), device.complementary(mine, before[1])),
            (
                host.prefers(theirs, missed[0] / UNIT, before[0], missed[1] / UNIT),
                device.prefers(mine, missed[0], before[1], missed[1]),
            ),
        ]
        tipped += [a != b for a, b in answers]
        assert device.leave == pytest.approx(host.leave_g() * UNIT, abs=1.5)
        if verdict == COUNT or (verdict == WAIT and dice.random() < 0.03):
            host.accept(theirs)
            device.accept(mine)
        before = theirs, mine
    assert all(tipped <= MOST_TIPPED), tipped
    assert min(seen.values()) > 100, seen


@pytest.mark.parametrize("rate_hz", [12.5, 25.0, 52.0, 104.0])
@pytest.mark.parametrize("range_g", [2, 16])
def test_frames_are_the_hosts(rate_hz: float, range_g: int):
    dice = np.random.default_rng(1)
    n = int(40 * rate_hz)
    walk = np.cumsum(dice.normal(0, 0.25, (n, 3)), axis=0) * (0.6 / np.sqrt(rate_hz))
    accel_g = 1.2 * np.sin(walk) + dice.normal(0, 0.05, (n, 3))
    counts = device_counter.quantised(accel_g, range_g)
    t_s = np.arange(n) / rate_hz
    frames = [f for f in Motion().feed(SampleBlock(0, t_s, counts * (range_g / 32768))) if isinstance(f, MotionFrame)]
    counter = device_counter.Counter(device_table(None), round(rate_hz * 100), range_g)
    seen: list[tuple[int, ...]] = []
    motion, grid = counter._motion, counter._grid

    def look(x: int, y: int, z: int) -> None:
        motion.step(grid.number, x, y, z, grid.bridged)
        seen.append((motion.number, motion.x, motion.y, motion.z, motion.jerk))

    grid._on_frame = look
    counter.feed(counts.tobytes(), 0, n)
    assert len(seen) == len(frames) > 900
    theirs = np.array([(f.number, f.x * UNIT, f.y * UNIT, f.z * UNIT, f.jerk_g * UNIT) for f in frames])
    apart = np.abs(np.array(seen) - theirs)
    assert apart[:, 0].max() == 0
    assert apart[:, 1:4].max() < 1.5
    assert apart[:, 4].max() < 5


def test_roots_angles_and_chords():
    squares = [*range(300), *(k * k + d for k in (1000, 16383, 16384, 32767) for d in (-1, 0)), (1 << 30) - 1]
    assert all(root(square) ** 2 <= square < (root(square) + 1) ** 2 for square in squares)
    for degrees in range(1, 120):
        angle = np.radians(degrees)
        chord = 2 * np.sin(angle / 2)
        assert chord_of(round(angle * UNIT)) == pytest.approx(chord * UNIT, abs=3)
        assert angle_of(round(chord * UNIT)) == pytest.approx(angle * UNIT, rel=0.012, abs=2)

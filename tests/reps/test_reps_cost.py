"""What counting costs: little time, and no memory that grows."""

from __future__ import annotations

import pickle
import time

import numpy as np
import pytest
from repband.motion import Motion
from repband.reps import RepCounter
from repband.stream import Gap, GapCause, SampleBlock
from repsets import block, exercise, plain

HOUR_S = 3600.0


def test_state_does_not_grow_over_ten_hours():
    motion, counter = Motion(), RepCounter(exercise("squat"))
    whole = block(plain("squat", 1, reps=8))
    length_s = whole.t_s[-1] + 0.02
    sizes: list[int] = []
    for i in range(40):  # a set, and a quarter of an hour without a stream
        start_s = i * HOUR_S / 4
        block_now = SampleBlock(0, whole.t_s + start_s, whole.accel_g)
        counter.feed(motion.feed(block_now))
        counter.feed(motion.feed(Gap(float(block_now.t_s[-1]), start_s + HOUR_S / 4, None, GapCause.LOST)))
        sizes.append(len(pickle.dumps((motion, counter))))
    assert counter.count == 8 * 40
    assert max(sizes[20:]) <= max(sizes[:5]) + 500
    assert length_s < HOUR_S / 4


def test_state_does_not_grow_in_a_long_unbroken_stream():
    motion, counter = Motion(), RepCounter(exercise("squat"))
    whole = block(plain("squat", 1, reps=8))
    n, sizes = len(whole.t_s), list[int]()
    for i in range(30):
        t_s = (np.arange(n) + i * n) / 52.0
        counter.feed(motion.feed(SampleBlock(i * n, t_s, whole.accel_g)))
        sizes.append(len(pickle.dumps((motion, counter))))
    assert counter.count >= 8 * 25
    assert max(sizes[15:]) <= 1.02 * max(sizes[3:8])


@pytest.mark.slow
def test_a_live_block_costs_less_than_a_hundredth_of_its_duration():
    motion, counter = Motion(), RepCounter(exercise("bridge"))
    whole = block(plain("bridge", 2, reps=6, rate_hz=100.0))
    blocks = [SampleBlock(i, whole.t_s[i : i + 10], whole.accel_g[i : i + 10]) for i in range(0, len(whole.t_s), 10)]
    start = time.process_time()
    for piece in blocks:
        counter.feed(motion.feed(piece))
    assert (time.process_time() - start) / len(blocks) < 0.01 * 0.1

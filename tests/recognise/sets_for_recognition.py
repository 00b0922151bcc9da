"""Simulated sets and how to play them to recognition."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import numpy.typing as npt
from repband.motion import Motion, MotionItem
from repband.recognise import Recogniser, Recognition
from repband.reps import RepCounter
from repband.simulate import SimulatedRecording, plain_plan, simulate_set
from repband.stream import SampleBlock

Floats = npt.NDArray[np.float64]


@cache
def simulated(exercise: str, seed: int, reps: int = 8) -> SimulatedRecording:
    plan = plain_plan(exercise, np.random.default_rng(seed))
    return simulate_set(dataclasses.replace(plan, reps=reps, mount="aligned"), seed)


def random_rotation(seed: int) -> Floats:
    q, r = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    q = q * np.sign(np.diag(r))
    return q * np.linalg.det(q)


def frames_of(t_s: Floats, accel_g: Floats) -> list[MotionItem]:
    return Motion().feed(SampleBlock(0, t_s, accel_g))


def play(t_s: Floats, accel_g: Floats, block: int = 10_000) -> list[Recognition]:
    """Results after every `block` samples; the last one is the end's."""
    motion, counter, recogniser = Motion(), RepCounter(), Recogniser()
    results: list[Recognition] = []
    for start in range(0, len(t_s), block):
        cut = slice(start, start + block)
        items = motion.feed(SampleBlock(start, t_s[cut], accel_g[cut]))
        recogniser.feed(items, counter.feed(items))
        results.append(recogniser.result())
    recogniser.feed([], counter.finish())
    recogniser.finish()
    return [*results, recogniser.result()]

"""Simulated armed sets and how to play them to the mount check."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import numpy.typing as npt
from repband.exercise import load_exercise
from repband.motion import Motion
from repband.mount import MountCheck, MountWarning
from repband.reps import RepCounter
from repband.simulate import SimulatedRecording, plain_plan, simulate_set
from repband.stream import SampleBlock

Floats = npt.NDArray[np.float64]


@cache
def simulated(exercise: str, seed: int, **changes: object) -> SimulatedRecording:
    plan = plain_plan(exercise, np.random.default_rng(seed))
    return simulate_set(dataclasses.replace(plan, reps=8, mount="aligned", **changes), seed)


def play(exercise: str, t_s: Floats, accel_g: Floats, block: int = 10_000) -> list[MountWarning]:
    """Every warning of an armed set fed in blocks of so many samples."""
    motion, counter, mount = Motion(), RepCounter(load_exercise(exercise)), MountCheck(exercise)
    warnings: list[MountWarning] = []
    for start in range(0, len(t_s), block):
        cut = slice(start, start + block)
        items = motion.feed(SampleBlock(start, t_s[cut], accel_g[cut]))
        warnings += mount.feed(items, counter.feed(items))
    return [*warnings, *mount.feed([], counter.finish())]


def random_rotation(seed: int) -> Floats:
    q, r = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    q = q * np.sign(np.diag(r))
    return q * np.linalg.det(q)


def slipped(r: SimulatedRecording, rotation: Floats, after_rep: int = 4) -> tuple[Floats, float]:
    """The samples with the sensor turned in the rest behind a rep, and when."""
    at_s = (r.reps[after_rep - 1].end_s + r.reps[after_rep].start_s) / 2
    return np.where((r.t_s >= at_s)[:, None], r.accel_g @ rotation.T, r.accel_g), at_s

"""Simulated sets for the tests of the rep counter."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

import numpy as np
from repband.exercise import Exercise, load_exercise
from repband.motion import Motion
from repband.reps import RepCounter, RepEvent, RepMeasured, RepProgress, RepRejected
from repband.simulate import SetPlan, SimulatedRecording, hard_plan, plain_plan, simulate_set
from repband.stream import Gap, SampleBlock, StreamItem


@lru_cache(maxsize=64)
def plain(exercise: str, number: int, reps: int = 4, rate_hz: float = 52.0) -> SimulatedRecording:
    plan = plain_plan(exercise, np.random.default_rng(number), rate_hz=rate_hz)
    return simulate_set(dataclasses.replace(plan, reps=reps), number)


@lru_cache(maxsize=64)
def hard(exercise: str, number: int) -> SimulatedRecording:
    return simulate_set(hard_plan(exercise, np.random.default_rng(number)), number)


def made(plan: SetPlan, seed: int = 1) -> SimulatedRecording:
    return simulate_set(plan, seed)


@lru_cache(maxsize=8)
def exercise(name: str) -> Exercise:
    return load_exercise(name)


def block(recording: SimulatedRecording) -> SampleBlock:
    return SampleBlock(0, recording.t_s, recording.accel_g)


def cut(whole: SampleBlock, places: Iterable[int]) -> list[SampleBlock]:
    """The block in pieces, cut at sample numbers (wrapped into range)."""
    edges = [0, *sorted({p % len(whole.t_s) for p in places} - {0}), len(whole.t_s)]
    return [SampleBlock(a, whole.t_s[a:b], whole.accel_g[a:b]) for a, b in pairwise(edges)]


def without(whole: SampleBlock, start_s: float, end_s: float, gap: Gap) -> list[StreamItem]:
    """The block with the samples between two times taken out and named."""
    first, second = whole.t_s <= start_s, whole.t_s >= end_s
    return [
        SampleBlock(0, whole.t_s[first], whole.accel_g[first]),
        gap,
        SampleBlock(int(np.flatnonzero(second)[0]), whole.t_s[second], whole.accel_g[second]),
    ]


def events(items: Iterable[StreamItem], name: str | None) -> tuple[RepCounter, list[RepEvent]]:
    """What a live session hears, without the progress that comes with every frame and without the end."""
    motion, counter = Motion(), RepCounter(exercise(name) if name else None)
    heard = [event for item in items for event in counter.feed(motion.feed(item))]
    return counter, [event for event in heard if not isinstance(event, RepProgress)]


def measured(heard: Iterable[RepEvent]) -> list[RepMeasured]:
    return [event for event in heard if isinstance(event, RepMeasured)]


def rejected(heard: Iterable[RepEvent]) -> list[RepRejected]:
    return [event for event in heard if isinstance(event, RepRejected)]

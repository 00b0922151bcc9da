"""Properties of the whole engine, from samples to reps: causal, the same in any pieces, on any mount, at any time."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from repband.exercise import load_exercise
from repband.motion import Motion
from repband.reps import RepCounted, RepCounter, RepEvent, RepMeasured, RepRejected
from repband.simulate import SimulatedRecording, hard_plan, plain_plan, simulate_set
from repband.source import TimedSamples
from repband.stream import SampleStream, StreamItem

Floats = npt.NDArray[np.float64]
EXERCISES = ("bridge", "clamshell", "squat", "deadlift", "lunge")


@cache
def recorded(exercise: str, kind: str, seed: int, rate_hz: float = 52.0) -> SimulatedRecording:
    rng = np.random.Generator(np.random.PCG64(seed))
    plan = plain_plan if kind == "plain" else hard_plan
    return simulate_set(plan(exercise, rng, rate_hz=rate_hz), seed)


def samples(t_s: Floats, accel_g: Floats, cuts: Sequence[int] = ()) -> list[TimedSamples]:
    edges = [0, *sorted(cuts), len(t_s)]
    return [
        TimedSamples(t_s[a:b], accel_g[a:b], None, float(t_s[b - 1]), "test")
        for a, b in itertools.pairwise(edges)
        if b > a
    ]


def events_of(exercise: str, arrivals: Sequence[TimedSamples], *, finish: bool = True) -> list[RepEvent]:
    stream, motion, counter = SampleStream(), Motion(), RepCounter(load_exercise(exercise))
    events: list[RepEvent] = []

    def move(items: Sequence[StreamItem]) -> None:
        for item in items:
            events.extend(counter.feed(motion.feed(item)))

    for arrival in arrivals:
        move(stream.feed(arrival))
    if finish:
        move(stream.finish())
        events.extend(counter.finish())
    return events


def reps_of(events: Sequence[RepEvent]) -> list[RepMeasured]:
    return [event for event in events if isinstance(event, RepMeasured)]


@settings(deadline=None, max_examples=12)
@given(data=st.data(), exercise=st.sampled_from(EXERCISES), kind=st.sampled_from(["plain", "hard"]))
def test_any_pieces_give_exactly_the_same_events(data: st.DataObject, exercise: str, kind: str) -> None:
    one = recorded(exercise, kind, 3)
    cuts = data.draw(st.lists(st.integers(1, len(one.t_s) - 1), max_size=60))
    whole = events_of(exercise, samples(one.t_s, one.accel_g))
    assert reps_of(whole)
    assert events_of(exercise, samples(one.t_s, one.accel_g, cuts)) == whole


def test_sample_by_sample_gives_exactly_the_same_events() -> None:
    one = recorded("bridge", "hard", 5)
    whole = events_of("bridge", samples(one.t_s, one.accel_g))
    assert events_of("bridge", samples(one.t_s, one.accel_g, range(1, len(one.t_s)))) == whole


@settings(deadline=None, max_examples=25)
@given(share=st.floats(0.05, 0.99), exercise=st.sampled_from(EXERCISES), kind=st.sampled_from(["plain", "hard"]))
def test_cutting_the_file_changes_nothing_that_was_said_before_the_cut(share: float, exercise: str, kind: str) -> None:
    one = recorded(exercise, kind, 4)
    cut = max(2, int(share * len(one.t_s)))
    whole = events_of(exercise, samples(one.t_s, one.accel_g))
    before = events_of(exercise, samples(one.t_s[:cut], one.accel_g[:cut]), finish=False)
    assert whole[: len(before)] == before
    ended = events_of(exercise, samples(one.t_s[:cut], one.accel_g[:cut]))
    counted = sum(isinstance(event, RepCounted) for event in ended)
    assert counted - sum(isinstance(event, RepCounted) for event in before) <= 1  # what the stream itself still held


def rotation(seed: int) -> Floats:
    q = np.random.Generator(np.random.PCG64(seed)).normal(size=4)
    w, x, y, z = q / np.linalg.norm(q)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10_000), exercise=st.sampled_from(EXERCISES))
def test_any_turn_of_the_sensor_gives_the_same_count_and_times(seed: int, exercise: str) -> None:
    one = recorded(exercise, "plain", 6)
    straight = reps_of(events_of(exercise, samples(one.t_s, one.accel_g)))
    turned = reps_of(events_of(exercise, samples(one.t_s, one.accel_g @ rotation(seed).T)))
    assert len(turned) == len(straight) > 0
    for a, b in zip(straight, turned, strict=True):
        for name in ("start_s", "half_up_s", "half_down_s", "end_s", "announced_s"):
            assert getattr(b.rep, name) == pytest.approx(getattr(a.rep, name), abs=1 / one.rate_hz), name


@settings(deadline=None, max_examples=20)
@given(shift_s=st.floats(-1e5, 1e6), exercise=st.sampled_from(EXERCISES))
def test_any_shift_in_time_gives_the_same_count_and_times(shift_s: float, exercise: str) -> None:
    one = recorded(exercise, "plain", 7)
    here = reps_of(events_of(exercise, samples(one.t_s, one.accel_g)))
    there = reps_of(events_of(exercise, samples(one.t_s + shift_s, one.accel_g)))
    assert len(there) == len(here) > 0
    for a, b in zip(here, there, strict=True):
        for name in ("start_s", "half_up_s", "half_down_s", "end_s", "announced_s"):
            assert getattr(b.rep, name) - shift_s == pytest.approx(getattr(a.rep, name), abs=1 / one.rate_hz), name


@pytest.mark.parametrize("rate_hz", [10.0, 12.5, 26.0, 52.0, 104.0, 208.0, 400.0])
@pytest.mark.parametrize("exercise", EXERCISES)
def test_every_rate_counts_the_same_set_right(exercise: str, rate_hz: float) -> None:
    one = recorded(exercise, "plain", 8, rate_hz)
    assert len(reps_of(events_of(exercise, samples(one.t_s, one.accel_g)))) == one.count


def test_every_rejection_has_a_reason_and_a_span() -> None:
    seen: list[RepRejected] = []
    for seed in range(8):
        one = recorded("bridge", "hard", seed)
        seen += [e for e in events_of("bridge", samples(one.t_s, one.accel_g)) if isinstance(e, RepRejected)]
    assert seen
    for event in seen:
        assert event.reason
        assert event.start_s < event.end_s <= event.decided_s


@pytest.mark.parametrize("exercise", EXERCISES)
def test_reps_lie_in_the_recording_one_after_the_other(exercise: str) -> None:
    for kind, seed in itertools.product(("plain", "hard"), range(4)):
        one = recorded(exercise, kind, seed)
        reps = [event.rep for event in reps_of(events_of(exercise, samples(one.t_s, one.accel_g)))]
        assert reps[0].start_s >= one.t_s[0]
        for rep in reps:
            times = (rep.start_s, rep.half_up_s, rep.turn_s, rep.half_down_s, rep.end_s)
            assert times == tuple(sorted(times))
            tempo = rep.tempo_s
            assert tempo.out + tempo.hold + tempo.back == pytest.approx(rep.end_s - rep.start_s)
            assert min(tempo.out, tempo.hold, tempo.back, tempo.rest_before or 0.0) >= 0.0
        for a, b in itertools.pairwise(reps):
            assert a.end_s <= b.start_s
            assert b.tempo_s.rest_before == pytest.approx(b.start_s - a.end_s)

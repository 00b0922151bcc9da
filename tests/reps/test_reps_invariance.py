"""What must not matter: blocks, what comes later, the mount, when it is, and how fast it is sampled."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from repband.reps import RepCounted, RepMeasured, RepRejected, count_items
from repband.stream import SampleBlock
from repsets import block, cut, events, exercise, hard, plain

NAMES = ("bridge", "clamshell", "squat", "deadlift", "lunge")


@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(0, 10_000), max_size=25), st.sampled_from([("bridge", 4), ("lunge", 9)]))
def test_the_same_events_to_the_bit_however_the_samples_are_cut(places: list[int], which: tuple[str, int]):
    whole = block(hard(*which))
    counter, heard = events([whole], which[0])
    again, same = events(cut(whole, places), which[0])
    assert same == heard
    assert again.finish() == counter.finish()


def test_one_sample_at_a_time_is_the_same_too():
    whole = block(plain("squat", 3))
    assert events(cut(whole, range(len(whole.t_s))), "squat")[1] == events([whole], "squat")[1]


@settings(deadline=None, max_examples=25)
@given(st.floats(0.02, 1.0), st.sampled_from([("bridge", 4), ("clamshell", 2), ("lunge", 9)]))
def test_cutting_the_stream_changes_nothing_that_was_said_before(share: float, which: tuple[str, int]):
    whole = block(hard(*which))
    n = max(2, round(share * len(whole.t_s)))
    _, heard = events([whole], which[0])
    counter, early = events([SampleBlock(0, whole.t_s[:n], whole.accel_g[:n])], which[0])
    assert early == heard[: len(early)]
    now_s = whole.t_s[n - 1]
    assert all(_said_s(event) > now_s for event in heard[len(early) :])
    # The end measures what was announced, and announces nothing.
    assert all(isinstance(event, RepMeasured) for event in counter.finish())
    assert counter.count == sum(isinstance(event, RepCounted) for event in early)


def _said_s(event: object) -> float:
    if isinstance(event, RepMeasured):
        return event.rep.measured_s
    if isinstance(event, RepRejected):
        return event.decided_s
    assert isinstance(event, RepCounted)
    return event.announced_s


def turned(whole: SampleBlock, seed: int) -> SampleBlock:
    q, r = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    q = q * np.sign(np.diag(r))
    q[:, 0] *= np.linalg.det(q)
    return SampleBlock(0, whole.t_s, whole.accel_g @ q.T)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", range(4))
def test_any_mount_gives_the_same_count_and_times_within_a_sample(name: str, seed: int):
    whole = block(hard(name, 1))
    straight = count_items([whole], exercise(name))
    other = count_items([turned(whole, seed)], exercise(name))
    assert other.count == straight.count
    for a, b in zip(straight.reps, other.reps, strict=True):
        assert (b.start_s, b.half_up_s, b.half_down_s, b.end_s) == pytest.approx(
            (a.start_s, a.half_up_s, a.half_down_s, a.end_s), abs=0.02
        )
        assert b.excursion_deg == pytest.approx(a.excursion_deg, abs=0.05)


@pytest.mark.parametrize("shift_s", [-1000.0, 0.013, 86_400.0, 1.7e9])
def test_any_time_of_day_gives_the_same_reps(shift_s: float):
    whole = block(plain("bridge", 2))
    here = count_items([whole], exercise("bridge"))
    there = count_items([SampleBlock(0, whole.t_s + shift_s, whole.accel_g)], exercise("bridge"))
    assert there.count == here.count
    for a, b in zip(here.reps, there.reps, strict=True):
        assert b.start_s - shift_s == pytest.approx(a.start_s, abs=1e-4)
        assert b.announced_s - shift_s == pytest.approx(a.announced_s, abs=1e-4)


@pytest.mark.parametrize("rate_hz", [10.0, 25.0, 52.0, 100.0, 200.0, 400.0])
@pytest.mark.parametrize("name", ["bridge", "squat"])
def test_every_rate_gives_the_right_count_and_much_the_same_times(rate_hz: float, name: str):
    recording, usual = plain(name, 5, rate_hz=rate_hz), plain(name, 5)
    found, known = (count_items([block(r)], exercise(name)) for r in (recording, usual))
    assert found.count == known.count == recording.count
    near_s = 0.2 if rate_hz < 25.0 else 0.08  # two sample intervals
    for a, b in zip(known.reps, found.reps, strict=True):
        assert b.half_up_s == pytest.approx(a.half_up_s, abs=near_s)
        assert b.half_down_s == pytest.approx(a.half_down_s, abs=near_s)

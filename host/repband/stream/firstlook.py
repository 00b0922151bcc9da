"""The first look at bare time stamps: how fast the sensor samples, and how its stamps behave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from repband.errors import RecordingError
from repband.stream.lowerline import lower_line

Floats = npt.NDArray[np.float64]

LEAST_RATE_HZ = 10.0
MOST_RATE_HZ = 400.0
RATE_SLACK = 1.05  # a nominal 400 Hz sensor may be 5 % fast, and the first look is rough
_QUICK_STEPS = 16
_JITTER_SHARE = 0.01  # of steps that go back; a queue never lets stamps overtake each other
_QUICK_WITHIN = 0.25  # steps more uneven than that say too little about the rate
_LOOK_S = 2.0
_MOST_SAMPLES = 4096  # ten seconds at 400 Hz: stamps that have not moved by then never will
_HOLE_S = 0.5  # a longer step is a hole, not a burst, unless all steps are like that


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What the beginning of a stream tells about its time stamps.

    Attributes:
        period_s: time between samples, in s.
        regular: stamps follow the samples, so they can be taken as they are.
        start_s: best time of the first sample, in s.
        burst_s: how far stamps lag behind at most, in s; 0 where they are regular.
        drop_repeats: lines with the time and values of the line before are copies, not samples.
    """

    period_s: float
    regular: bool
    start_s: float
    burst_s: float
    drop_repeats: bool


def is_regular(steps_s: Floats, period_s: float, within: float = 0.5) -> npt.NDArray[np.bool_]:
    """Which steps are those of a stamp that follows its samples: within half a period of one period."""
    return (steps_s >= (1 - within) * period_s) & (steps_s <= (1 + within) * period_s)


def look(t_s: Floats, repeats: npt.NDArray[np.bool_], where: str, *, final: bool) -> FirstLook | None:
    """Judges the beginning of a stream; None when more samples are needed.

    Sixteen regular steps settle it; otherwise two seconds of stamps are looked at. What is decided does not depend
    on how many samples have come beyond those needed.

    Args:
        t_s: all stamps so far, in s.
        repeats: which samples have the time and values of the one before.
        where: the place for messages.
        final: nothing more will come.

    Raises:
        RecordingError: the rate is outside 10 to 400 Hz, or stamps do not advance.
    """
    if len(t_s) > _QUICK_STEPS:
        quick = _regular_period(np.diff(t_s[: _QUICK_STEPS + 1]), share=1.0, within=_QUICK_WITHIN)
        if quick is not None:
            return _checked(FirstLook(quick, True, float(t_s[0]), 0.0, True), where)
    needed = _needed(t_s, where)
    if needed is None and not final:
        return None
    count = len(t_s) if needed is None else needed
    return _checked(_judge(t_s[:count], repeats[:count]), where)


def _needed(t_s: Floats, where: str) -> int | None:
    """How many samples the slow look takes."""
    first = t_s[:_MOST_SAMPLES]
    far = np.flatnonzero(np.maximum.accumulate(first) - np.minimum.accumulate(first) >= _LOOK_S)
    if len(far):
        count = max(int(far[0]), _QUICK_STEPS) + 1
        return count if len(t_s) >= count else None
    if len(t_s) >= _MOST_SAMPLES:
        raise RecordingError(
            f"times stay near {t_s[0]:.6g} s for {_MOST_SAMPLES} samples",
            where=where,
            cure="check that the first column holds seconds",
        )
    return None


def _judge(t_s: Floats, repeats: npt.NDArray[np.bool_]) -> FirstLook:
    start_s = float(t_s[0])
    once = t_s[~repeats]
    for stamps in (t_s, once):
        period_s = _regular_period(np.diff(stamps), share=0.8)
        if period_s is not None:
            return FirstLook(period_s, True, start_s, 0.0, True)
    whole = _until_hole(t_s)
    if len(whole) < _QUICK_STEPS:
        return FirstLook(_lone_period(once), True, start_s, 0.0, True)
    line = lower_line(np.arange(len(whole), dtype=np.float64), whole - start_s)
    if line.slope <= 0:
        return FirstLook(_lone_period(once), True, start_s, 0.0, True)
    late_s = whole - start_s - line.start - line.slope * np.arange(len(whole))
    center_s = center(whole, late_s, line.slope)
    return FirstLook(line.slope, False, start_s + line.start + center_s, float(np.max(late_s)), False)


def center(stamps: Floats, late_s: Floats, period_s: float) -> float:
    """How far above the line beneath the stamps the samples really lie, in s.

    Stamps put on by a receiver come late and in order: the lowest are right, give or take half a sample. Stamps that
    go back, or that stray little and evenly, jitter about their samples: their middle is right.

    Args:
        stamps: as written, shape (n,), in s.
        late_s: how far each lies above the line, in s.
        period_s: time between samples, in s.
    """
    steps_s = np.diff(stamps)
    goes_back = np.count_nonzero(steps_s < 0) > _JITTER_SHARE * len(steps_s)
    spread_s = float(np.max(late_s) - np.min(late_s))
    bunched = np.count_nonzero(steps_s < 0.25 * period_s) > 0.2 * len(steps_s)
    if goes_back or (spread_s <= 3 * period_s and not bunched):
        return float(np.median(late_s))
    return 0.5 * min(spread_s, period_s)


def _regular_period(steps_s: Floats, share: float, within: float = 0.5) -> float | None:
    """Time between samples, when at least that share of all steps are regular."""
    if not len(steps_s):
        return None
    middle_s = float(np.median(steps_s))
    if middle_s <= 0:
        return None
    near = is_regular(steps_s, middle_s, within)
    if np.count_nonzero(near) < share * len(steps_s):
        return None
    calm = _calm_steps(steps_s, middle_s)
    return float(np.mean(steps_s[near] if len(calm) < _QUICK_STEPS else calm))


def _calm_steps(steps_s: Floats, middle_s: float) -> Floats:
    """The longest stretch without holes and stalls: over it, jitter cancels out."""
    long = steps_s > 2.5 * middle_s
    if not long.any():
        return steps_s
    breaks = np.flatnonzero(long | (steps_s < 0.1 * middle_s))
    edges = np.concatenate([[-1], breaks, [len(steps_s)]])
    longest = int(np.argmax(np.diff(edges)))
    return steps_s[int(edges[longest]) + 1 : int(edges[longest + 1])]


def _hole_s(steps_s: Floats) -> float:
    forward_s = steps_s[steps_s > 0]
    return max(_HOLE_S, 1.5 * float(np.median(forward_s))) if len(forward_s) else _HOLE_S


def _until_hole(t_s: Floats) -> Floats:
    steps_s = np.diff(t_s)
    holes = np.flatnonzero(np.abs(steps_s) > _hole_s(steps_s))
    return t_s[: int(holes[0]) + 1] if len(holes) else t_s


def _lone_period(t_s: Floats) -> float:
    """Too little to know better: the middle of what advances, or 0.01 s where nothing does."""
    steps_s = np.diff(t_s)
    forward_s = steps_s[steps_s > 0]
    return float(np.median(forward_s)) if len(forward_s) else 0.01


def _checked(found: FirstLook, where: str) -> FirstLook:
    rate_hz = 1.0 / found.period_s
    if LEAST_RATE_HZ / RATE_SLACK <= rate_hz <= MOST_RATE_HZ * RATE_SLACK:
        return found
    raise RecordingError(
        f"samples come at about {rate_hz:.4g} Hz, but {LEAST_RATE_HZ:g} to {MOST_RATE_HZ:g} Hz are needed",
        where=where,
        cure="check that times are in seconds, or record at 25 to 100 Hz",
    )

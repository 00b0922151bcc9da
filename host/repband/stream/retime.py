"""Gives every bare sample a time of its own, whatever its stamp does.

Stamps that follow their samples are taken as they are. Where they come in bursts, repeat or jitter, time runs on at
the measured rate, steered by the earliest stamps of each second (`Flywheel`). A step too long for that is held until
it is clear whether the missing samples come after all (a burst) or not (a hole). Nothing given is ever revised.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from repband.stream.firstlook import FirstLook, is_regular
from repband.stream.flywheel import Flywheel

Floats = npt.NDArray[np.float64]

_BACK_S = 0.5  # a step further back is a clock that was set, not jitter
_CLOCK_S = 3600.0  # nobody loses an hour of samples and goes on: a step forward like that is a clock too
_HOLD_S = 0.25  # this much newer stamped time settles whether a hole stays empty
_LONGEST_HOLD_S = 3.0
_SORT_S = 0.5  # samples that far out of order are put back
_FEWEST_HELD = 5
_TRIAL = 4  # samples that must stay back before a clock is believed to have been set back
_FIRST_BLOCK = 32
_BLOCK = 256


@dataclass(frozen=True, slots=True, eq=False)
class Times:
    """The next samples have these times."""

    t_s: Floats


@dataclass(frozen=True, slots=True)
class Hole:
    """Before the next sample others are missing; None where nobody can know how many.

    Attributes:
        missing: how many.
        shift_s: what must be added to the stamps from the next sample on.
    """

    missing: int | None
    shift_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Sort:
    """The next so many samples must be put in order of their stamps first."""

    count: int


@dataclass(frozen=True, slots=True)
class Late:
    """The next sample belongs into a hole that was given up."""


Step = Times | Hole | Sort | Late


class Retimer:
    """Decides about the samples that wait, one step at a time.

    Args:
        seen: the first look at the stamps.
    """

    def __init__(self, seen: FirstLook) -> None:
        self._period_s = seen.period_s
        self._last_s = seen.start_s - seen.period_s  # time given to the last sample
        self._stamp_s = self._last_s  # what was written on it
        self._wheel: Flywheel | None = None  # None while stamps are taken as they are
        if not seen.regular:
            self._wheel = Flywheel(self._last_s, seen.period_s, seen.burst_s)
        self._block_start_s, self._count = self._last_s, 0
        self._block = _FIRST_BLOCK
        self._hole: tuple[float, float] | None = None  # the last one given up
        self._clear = True  # the step to the next sample has been settled

    @property
    def period_s(self) -> float:
        """Measured time between samples, in s."""
        return self._period_s if self._wheel is None else self._wheel.period_s

    def step(self, t_s: Floats, *, final: bool) -> Step | None:
        """What to do next.

        Args:
            t_s: stamps of all waiting samples, shape (n,), n >= 1, in s.
            final: nothing more will come.

        Returns:
            None when more samples are needed to decide.
        """
        if self._wheel is None:
            return self._regular(t_s, final)
        if self._wheel.missed:
            missed, self._wheel.missed = self._wheel.missed, 0
            return self._give_up(missed, self._last_s + (1 + missed) * self.period_s)
        return self._evened(self._wheel, t_s, final)

    def _regular(self, t_s: Floats, final: bool) -> Step | None:
        span = t_s[: self._block - self._count]
        good = is_regular(np.diff(span, prepend=self._last_s), self._period_s)
        good[0] |= self._clear
        fit = len(good) if bool(good.all()) else int(np.argmin(good))
        if fit:
            return self._take_regular(span[:fit])
        if t_s[0] - self._last_s > self._period_s:
            return self._settle(t_s, self._last_s + self._period_s, 0.5 * self._period_s, final)
        if self._belongs_into_hole(float(t_s[0])):
            return Late()
        back = self._settle_back(t_s, final)
        if back is not None or not (final or self._stays_open(t_s)):
            return back
        return self._evened(self._spin_up(), t_s, final)

    def _take_regular(self, t_s: Floats) -> Times:
        self._clear = False
        self._count += len(t_s)
        self._last_s = float(t_s[-1])
        if self._count >= self._block:
            self._period_s = (self._last_s - self._block_start_s) / self._block
            self._block = min(2 * self._block, _BLOCK)
            self._block_start_s, self._count = self._last_s, 0
        return Times(t_s)

    def _evened(self, wheel: Flywheel, t_s: Floats, final: bool) -> Step | None:
        times_s = wheel.times(len(t_s))
        late_s = t_s[: len(times_s)] - times_s
        steps_s = np.diff(t_s[: len(times_s)], prepend=self._stamp_s)
        odd = (late_s > self._tolerance_s()) & (steps_s > self._tolerance_s())
        odd |= late_s < -self._back_s()
        odd[0] &= not self._clear
        fit = int(np.argmax(odd)) if bool(odd.any()) else len(odd)
        if fit:
            return self._take_evened(wheel, t_s[:fit], times_s[:fit])
        if late_s[0] > 0:
            return self._settle(t_s, float(times_s[0]), wheel.burst_s, final)
        back = self._settle_back(t_s, final)
        if back is not None or not (final or self._stays_open(t_s)):
            return back
        return self._take_evened(wheel, np.full(1, np.nan), times_s[:1])

    def _take_evened(self, wheel: Flywheel, stamps: Floats, times_s: Floats) -> Times:
        self._clear = False
        wheel.take(stamps, times_s)
        self._last_s = float(times_s[-1])
        self._stamp_s = float(stamps[-1]) if np.isfinite(stamps[-1]) else self._last_s
        if wheel.even:
            self._as_they_are(float(stamps[-1]))
        return Times(times_s)

    def _settle(self, t_s: Floats, expected_s: float, tolerance_s: float, final: bool) -> Step | None:
        """A stamp lies far ahead of its expected time: a burst, a hole, or samples out of order."""
        least_s = np.inf
        for held in _growing(t_s):
            ahead_s = held - expected_s - self.period_s * np.arange(len(held))
            caught = np.flatnonzero(ahead_s <= tolerance_s)
            settled = self._settled_at(held, float(ahead_s[0]))
            if len(caught) and (settled is None or caught[0] <= settled):
                return self._caught_up(held[: int(caught[0]) + 1], float(ahead_s[0]))
            if settled is not None:
                return self._hole_before(held[: settled + 1], expected_s, float(np.min(ahead_s[: settled + 1])))
            least_s = float(np.min(ahead_s))
        return self._hole_before(t_s, expected_s, least_s) if final else None

    def _settled_at(self, t_s: Floats, ahead_s: float) -> int | None:
        """Position of the sample that is late enough to settle a hole."""
        hold_s = max(_HOLD_S, 4 * self.period_s)
        if self._wheel is not None:  # a source that sends bursts may stall, too
            hold_s = max(hold_s, min(1.5 * ahead_s, _LONGEST_HOLD_S))
        late = np.flatnonzero(t_s >= t_s[0] + hold_s)
        late = late[late >= _FEWEST_HELD]
        return int(late[0]) if len(late) else None

    def _caught_up(self, held: Floats, ahead_s: float) -> Step | None:
        if self._out_of_order(held):
            return Sort(len(held))
        wheel = self._wheel or self._spin_up()
        if float(np.min(held)) < held[0]:  # no burst runs backwards: this one stamp is bad
            return self._take_evened(wheel, np.full(1, np.nan), wheel.times(1))
        wheel.expect_burst(ahead_s)
        self._clear = True
        return self._evened(wheel, held, final=True)

    def _hole_before(self, held: Floats, expected_s: float, ahead_s: float) -> Step | None:
        """Nothing filled it: the hole is as long as the least that any held sample is ahead."""
        if self._out_of_order(held):
            return Sort(len(held))
        step_s = float(held[0]) - self._last_s
        if step_s > _CLOCK_S:
            return self._give_up(None, float(held[0]))
        if self._wheel is None and _same_steps(np.diff(held), step_s):
            self._period_s, self._clear = step_s, True
            return self._regular(held, final=True)
        if self._wheel is None and ahead_s >= step_s - 2 * self._period_s:
            return self._give_up(max(1, round(step_s / self._period_s) - 1), float(held[0]))
        if self._wheel is None:
            self._spin_up()
        missing = max(1, round(ahead_s / self.period_s))
        return self._give_up(missing, expected_s + missing * self.period_s)

    def _settle_back(self, t_s: Floats, final: bool) -> Hole | None:
        """A clock set back stays back; a few bad stamps do not."""
        trial = t_s[:_TRIAL]
        if bool((trial >= self._last_s - self._back_s()).any()) or (len(trial) < _TRIAL and not final):
            return None
        next_s = self._last_s + self.period_s
        return self._give_up(None, next_s, shift_s=next_s - float(t_s[0]))

    def _stays_open(self, t_s: Floats) -> bool:
        """Enough is known about a stamp that goes back."""
        return len(t_s) >= _TRIAL or bool((t_s[:_TRIAL] >= self._last_s - self._back_s()).any())

    def _out_of_order(self, held: Floats) -> bool:
        """Some of the held samples lie between the last given one and the first held one, by their stamps."""
        if held[0] - self._last_s > _SORT_S or float(np.min(held)) >= held[0]:
            return False
        ordered = np.sort(held)
        if ordered[0] - self._last_s < 0.5 * self.period_s:
            return False
        return self._oddness(ordered) < self._oddness(held)

    def _oddness(self, t_s: Floats) -> int:
        return int(np.count_nonzero(~is_regular(np.diff(t_s, prepend=self._last_s), self.period_s)))

    def _give_up(self, missing: int | None, next_s: float, shift_s: float = 0.0) -> Hole:
        self._hole = None if missing is None else (self._last_s, next_s)
        self._last_s = self._stamp_s = next_s - self.period_s
        self._block_start_s, self._count = self._last_s, 0
        if self._wheel is not None:
            self._wheel.jump(missing, self._last_s)
        self._clear = True
        return Hole(missing, shift_s)

    def _belongs_into_hole(self, t_s: float) -> bool:
        return self._hole is not None and self._hole[0] < t_s < self._hole[1] and t_s < self._last_s

    def _spin_up(self) -> Flywheel:
        self._wheel = Flywheel(self._last_s, self._period_s)
        self._stamp_s = self._last_s
        return self._wheel

    def _as_they_are(self, last_s: float) -> None:
        """Stamps behave again: from here on they are taken as they are."""
        self._period_s, self._wheel = self.period_s, None
        self._last_s = last_s
        self._block_start_s, self._count = last_s, 0

    def _tolerance_s(self) -> float:
        burst_s = 0.0 if self._wheel is None else self._wheel.burst_s
        return 1.5 * burst_s + self.period_s

    def _back_s(self) -> float:
        burst_s = 0.0 if self._wheel is None else self._wheel.burst_s
        return max(_BACK_S, 4 * self.period_s, 2 * burst_s)


def _same_steps(steps_s: Floats, step_s: float) -> bool:
    """Every sample comes as far apart as the first: the sensor is slower now, nothing is missing."""
    enough = len(steps_s) >= _FEWEST_HELD and step_s < 0.11
    return enough and bool((np.abs(steps_s - step_s) <= 0.1 * step_s).all())


def _growing(t_s: Floats) -> Iterator[Floats]:
    """Ever longer beginnings of it: what is looked for mostly lies near."""
    size = 64
    while size < len(t_s):
        yield t_s[:size]
        size *= 4
    yield t_s

"""One exercise over time: a point for each session and side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean

from repband.journal.kept import TargetTempo
from repband.journal.meta import Load
from repband.journal.overview import SessionLine, SetLine
from repband.report.symmetry import Symmetry, symmetry_of

QUANTITIES = ("excursion_deg", "out_s", "hold_s", "back_s")
_BLURRING = ("slipped", "wearer")


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """What one session did of the exercise on one side; means are over measured reps.

    Attributes:
        session, day: which session, and its date.
        side: None where the exercise has no sides or none was kept.
        sets, reps: done, as the wearer says.
        target_reps: to be done in all sets, those that were left out too; None where a set was open.
        of_sets: sets to be done; those done where nobody said.
        load: of the last set.
        measured: reps with numbers.
        excursion_deg, out_s, hold_s, back_s: means; None without measured reps.
        tempo_s: prescribed phases of the last set, or None.
        effort, pain: the highest answers; None without any.
        corrected: the wearer corrected a count.
        refit: the strap slipped or was put on anew while this was done.
    """

    session: str
    day: date
    side: str | None
    sets: int
    reps: int
    target_reps: int | None
    of_sets: int
    load: Load
    measured: int
    excursion_deg: float | None
    out_s: float | None
    hold_s: float | None
    back_s: float | None
    tempo_s: TargetTempo | None
    effort: int | None
    pain: int | None
    corrected: bool
    refit: bool

    def value(self, quantity: str) -> float | None:
        """One of QUANTITIES, or "reps" or "load" (kilograms)."""
        if quantity == "load":
            return self.load.value if self.load.kind == "kg" else None
        return getattr(self, quantity)


@dataclass(frozen=True, slots=True)
class Trend:
    """One exercise over time.

    Attributes:
        exercise: its name.
        points: oldest first; left before right within a session.
    """

    exercise: str
    points: tuple[TrendPoint, ...]

    @property
    def sides(self) -> tuple[str | None, ...]:
        """The sides that were done: left, right, none."""
        done = {point.side for point in self.points}
        return tuple(side for side in ("left", "right", None) if side in done)

    @property
    def sessions(self) -> list[str]:
        """Ids of the sessions, oldest first."""
        return list(dict.fromkeys(point.session for point in self.points))

    def of_side(self, side: str | None) -> list[TrendPoint]:
        """Points of one side."""
        return [point for point in self.points if point.side == side]

    def symmetry(self, quantity: str) -> Symmetry | None:
        """Left against right over sessions that measured both; None without any."""
        right = {point.session: point.value(quantity) for point in self.of_side("right")}
        pairs: list[tuple[float, float]] = []
        for point in self.of_side("left"):
            here, there = point.value(quantity), right.get(point.session)
            if here is not None and there is not None:
                pairs.append((here, there))
        return symmetry_of(pairs)


def trend_of(exercise: str, lines: Sequence[SessionLine]) -> Trend:
    """The trend of one exercise over joined sessions, oldest first; sets of other exercises are passed over."""
    points: list[TrendPoint] = []
    for line in lines:
        sets = [one for one in line.sets if one.exercise == exercise and (one.said or one.measured)]
        for side in ("left", "right", None):
            own = [one for one in sets if one.side == side]
            if own:
                points.append(_point(line, side, own))
    return Trend(exercise, tuple(points))


def _point(line: SessionLine, side: str | None, sets: Sequence[SetLine]) -> TrendPoint:
    numbers = {one.number for one in sets}
    targets = [one.target_reps for one in sets]
    of_sets = max([len(sets)] + [one.of_sets for one in sets if one.of_sets is not None])
    targets += [targets[-1]] * (of_sets - len(sets))
    return TrendPoint(
        session=line.id,
        day=line.day,
        side=side,
        sets=len(sets),
        reps=sum(one.said for one in sets),
        target_reps=None if None in targets else sum(one or 0 for one in targets),
        of_sets=of_sets,
        load=sets[-1].load,
        measured=sum(one.measured for one in sets),
        excursion_deg=mean_over(sets, lambda one: one.excursion_deg),
        out_s=mean_over(sets, lambda one: one.out_s),
        hold_s=mean_over(sets, lambda one: one.hold_s),
        back_s=mean_over(sets, lambda one: one.back_s),
        tempo_s=sets[-1].tempo_s,
        effort=max((one.effort for one in sets if one.effort is not None), default=None),
        pain=max((one.pain for one in sets if one.pain is not None), default=None),
        corrected=any(one.corrected for one in sets),
        refit=any(refit.why in _BLURRING and refit.set_number in numbers for refit in line.refits),
    )


def mean_over(sets: Sequence[SetLine], value: Callable[[SetLine], float | None]) -> float | None:
    """Mean over all measured reps of some sets; None without any."""
    reps = [(mean, one.measured) for one in sets if (mean := value(one)) is not None]
    measured = sum(weight for _, weight in reps)
    return sum(mean * weight for mean, weight in reps) / measured if measured else None


@dataclass(frozen=True, slots=True)
class Change:
    """A quantity at the beginning and at the end: means over the first and the last sessions, up to three of each.

    `sessions` is over how many it was measured; with one, first and last are the same.
    """

    first: float
    last: float
    sessions: int


def change_of(points: Sequence[TrendPoint], quantity: str) -> Change | None:
    """First and last of a quantity; None where nothing was measured."""
    values = [value for point in points if (value := point.value(quantity)) is not None]
    if not values:
        return None
    some = max(1, min(3, len(values) // 2))
    return Change(fmean(values[:some]), fmean(values[-some:]), len(values))

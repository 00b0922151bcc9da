"""Scores one counted recording against its truth. RULES.md says the same in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from repband.reps import Rep

LEAST_OVERLAP = 1 / 3
"""A counted rep is a true rep when their intersection is at least this share of their union."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of time, in s; one of no length is a moment inside a rep whose bounds nobody marked."""

    start_s: float
    end_s: float

    @property
    def is_moment(self) -> bool:
        """It has no length."""
        return self.start_s == self.end_s


class Bounds(StrEnum):
    """What the spans of the truth mean."""

    HALF = "half"  # half-height crossings: compared with half_up_s and half_down_s
    ONSET = "onset"  # onset and return of the movement: compared with start_s and end_s


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known of one recording.

    Attributes:
        count: true reps, or None where nobody counted them.
        reps: the spans of the true reps, or None where only their number is known.
        edges: spans that are cut by the recording or doubtful: free, found or not.
        bounds: what the spans mean.
        either: work and rest can't be told apart from this sensor alone.
    """

    count: int | None
    reps: tuple[Span, ...] | None = None
    edges: tuple[Span, ...] = ()
    bounds: Bounds = Bounds.ONSET
    either: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """One counted rep, of any counter. Times in s.

    `announced_s` is None for a counter that is not live; `hold`, from the end of the way out to the start of the way
    back, is None for one that knows no phases.
    """

    start_s: float
    half_up_s: float
    half_down_s: float
    end_s: float
    announced_s: float | None = None
    hold: Span | None = None

    @classmethod
    def of(cls, rep: Rep) -> Found:
        """The part of a measured rep that scoring needs."""
        hold = Span(rep.start_s + rep.tempo_s.out, rep.end_s - rep.tempo_s.back)
        return cls(rep.start_s, rep.half_up_s, rep.half_down_s, rep.end_s, rep.announced_s, hold)

    @property
    def arrived_s(self) -> float:
        """The end of the way out; its onset where no phases are known."""
        return self.hold.start_s if self.hold else self.start_s

    @property
    def left_s(self) -> float:
        """The start of the way back; its return where no phases are known."""
        return self.hold.end_s if self.hold else self.end_s

    def span(self, bounds: Bounds) -> Span:
        """Its span in the meaning of `bounds`."""
        if bounds is Bounds.HALF:
            return Span(self.half_up_s, self.half_down_s)
        return Span(self.start_s, self.end_s)


@dataclass(frozen=True, slots=True)
class SetScore:
    """How well one recording was counted.

    Attributes:
        true, found: number of true reps and of counted reps (edges and free ones left out).
        matched, missed, false: reps by overlap; None where only the number of true reps is known.
        free: counted reps that met an edge.
        exact, within_one: by overlap where spans are known, else by count.
        count_error: counted minus true, whichever reading was kept; 0 for any count that the free edges allow.
        swapped: the complementary reading was the better one and was kept.
        start_errors_s, end_errors_s: counted minus true bounds of the matched reps that have bounds.
        latencies_s: announced minus true end of the same reps; empty for a swapped reading.
    """

    true: int
    found: int
    matched: int | None
    missed: int | None
    false: int | None
    free: int
    exact: bool
    within_one: bool
    count_error: int
    swapped: bool = False
    start_errors_s: tuple[float, ...] = ()
    end_errors_s: tuple[float, ...] = ()
    latencies_s: tuple[float, ...] = ()

    @property
    def exact_by_count(self) -> bool:
        """The number is right, wherever the reps were seen."""
        return self.count_error == 0


def score_set(found: Sequence[Found], truth: Truth, recorded: Span | None = None) -> SetScore | None:
    """Scores one recording; None where the truth is not known at all.

    `found` may come in any order; `recorded` is from where to where the recording goes. The complementary reading
    is tried only where the truth allows either and holds at least one rep: nothing turns a false rep of a recording
    without reps into a right one.
    """
    if truth.reps is None:
        return None if truth.count is None else _by_count(found, truth.count)
    direct = _by_overlap(sorted(found, key=_order), truth)
    if not (truth.either and truth.reps):
        return direct
    inner, outer = complement(found, recorded)
    swapped = replace(_by_overlap(inner, truth, outer), swapped=True, count_error=direct.count_error)
    return swapped if _unmatched(swapped) < _unmatched(direct) else direct


def complement(found: Sequence[Found], recorded: Span | None = None) -> tuple[list[Found], list[Found]]:
    """The same reading with work and rest swapped: the spans between consecutive counted reps.

    By half-height, one goes from a rep's way back to the next one's way out; by onset, from where a rep's way back
    begins to where the next one's way out ends. A counter without phases has neither: there it goes from a rep's return
    to the next one's onset, and reps that touch leave an empty span, which matches nothing.

    Returns:
        The spans between reps; and the two that the recording cuts, from its start to the first rep and from the last
        rep to its end, which are free as all cut ones are: right where they match a true rep, never false.
    """
    reps = sorted(found, key=_order)
    inner = [Found(a.left_s, a.half_down_s, b.half_up_s, b.arrived_s) for a, b in pairwise(reps)]
    if not reps or recorded is None:
        return inner, []
    (begin_s, end_s), first, last = (recorded.start_s, recorded.end_s), reps[0], reps[-1]
    return inner, [
        Found(begin_s, begin_s, first.half_up_s, first.arrived_s),
        Found(last.left_s, last.half_down_s, end_s, end_s),
    ]


def match(true: Sequence[Span], found: Sequence[Span]) -> list[tuple[int, int]]:
    """Pairs of (true, found), one to one, that overlap by LEAST_OVERLAP or more.

    Among all such pairings that keep both in order of time, the one with the greatest sum of overlaps (intersection
    over union). Reps of one counter don't overlap each other, and then no pairing out of order can exist;
    so it is the best assignment there is. Both must be sorted.
    """
    best = [[0.0] * (len(found) + 1) for _ in range(len(true) + 1)]
    gain = [[_gain(t, f) for f in found] for t in true]
    for i in range(1, len(true) + 1):
        for j in range(1, len(found) + 1):
            best[i][j] = max(best[i - 1][j], best[i][j - 1], best[i - 1][j - 1] + gain[i - 1][j - 1])
    return _trace(best)


def overlap(a: Span, b: Span) -> float:
    """Intersection over union of two spans, 0 to 1."""
    inter = min(a.end_s, b.end_s) - max(a.start_s, b.start_s)
    union = max(a.end_s, b.end_s) - min(a.start_s, b.start_s)
    return inter / union if inter > 0 else 0.0


def _gain(a: Span, b: Span) -> float:
    """What a true `a` and a counted `b` gain by being matched; 0 where they may not be."""
    if a.is_moment:
        return float(b.start_s <= a.start_s <= b.end_s and not b.is_moment)
    # A pair exactly at the limit must not hang on the last bit of its times.
    share = overlap(a, b)
    return share if share >= LEAST_OVERLAP - 1e-9 else 0.0


def _trace(best: list[list[float]]) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    i, j = len(best) - 1, len(best[0]) - 1
    while i > 0 and j > 0:
        if best[i][j] == best[i - 1][j]:
            i -= 1
        elif best[i][j] == best[i][j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            pairs.append((i, j))
    return pairs[::-1]


def _by_count(found: Sequence[Found], true: int) -> SetScore:
    error = len(found) - true
    return SetScore(true, len(found), None, None, None, 0, error == 0, abs(error) <= 1, error)


def _by_overlap(found: Sequence[Found], truth: Truth, cut: Sequence[Found] = ()) -> SetScore:
    """Scores `found`, in order of time; those in `cut` may match too, but are never false."""
    reps, edges = sorted(truth.reps or ()), sorted(truth.edges)
    every = sorted([*found, *cut], key=_order)
    spans = [f.span(truth.bounds) for f in every]
    pairs = match(reps, spans)
    taken = {j for _, j in pairs}
    left = [s for j, s in enumerate(spans) if j not in taken and every[j] not in cut]
    bounded = [(i, j) for i, j in pairs if not reps[i].is_moment]
    # Edges choose last: a doubtful rep must not take what belongs to a certain one.
    free = len(match(edges, left))
    missed, false = len(reps) - len(pairs), len(left) - free
    return SetScore(
        true=len(reps),
        found=len(pairs) + false,
        matched=len(pairs),
        missed=missed,
        false=false,
        free=free,
        exact=missed == 0 and false == 0,
        within_one=abs(false - missed) <= 1 and missed + false <= 2,
        count_error=_count_error(len(found), len(reps), len(edges)),
        start_errors_s=tuple(spans[j].start_s - reps[i].start_s for i, j in bounded),
        end_errors_s=tuple(spans[j].end_s - reps[i].end_s for i, j in bounded),
        latencies_s=tuple(a - reps[i].end_s for i, j in bounded if (a := every[j].announced_s) is not None),
    )


def _count_error(found: int, true: int, edges: int) -> int:
    """Counted minus the nearest count that is right when each edge may or may not be counted."""
    return min(found - true, 0) or max(found - true - edges, 0)


def _unmatched(score: SetScore) -> int:
    return (score.missed or 0) + (score.false or 0)


def _order(found: Found) -> tuple[float, float, float]:
    return found.half_up_s, found.half_down_s, found.start_s

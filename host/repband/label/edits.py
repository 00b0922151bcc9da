"""Changes to a recording's labels: whatever is done, they stay in order, apart and inside the recording; undo is exact.

Labels are tuples in order of time that are never changed in place, so a step back is the very tuple that was there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise
from statistics import median

from repband.errors import UsageError
from repband.label.base import Label, Source, place
from repband.label.files import DIGITS

Labels = tuple[Label, ...]

LEAST_S = 0.3
"""Nothing shorter can be drawn: no exercise file allows a rep under 0.5 s, and a span at half height is part of one."""


class Bound(Enum):
    """An end of a rep that can be moved."""

    START = "start"
    END = "end"


class EditError(UsageError):
    """An edit that would break the order of the labels; nothing has changed."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """From where to where a recording goes, in s, rounded inwards to what a label can hold."""

    start_s: float
    end_s: float

    @classmethod
    def of(cls, first_s: float, last_s: float) -> Recorded:
        """The whole milliseconds inside."""
        scale = 10**DIGITS
        return cls(math.ceil(first_s * scale - 1e-6) / scale, math.floor(last_s * scale + 1e-6) / scale)


def in_order(labels: Sequence[Label]) -> Labels:
    """Sorted by time, times in whole milliseconds."""
    rounded = [replace(x, start_s=_ms(x.start_s), end_s=_ms(x.end_s), top_s=_ms_or_none(x.top_s)) for x in labels]
    return tuple(sorted(rounded, key=lambda x: (x.start_s, x.end_s)))


def clash(labels: Labels, recorded: Recorded) -> str | None:
    """What is wrong with the order of the labels, or None."""
    for label in labels:
        if label.start_s < recorded.start_s or label.end_s > recorded.end_s:
            return f"{place(label)} lies outside the recording"
    for a, b in pairwise(labels):
        if b.start_s < a.end_s or (a.is_moment and b.is_moment and a.start_s == b.start_s):
            return f"{place(a)} and {place(b)} overlap"
    return None


def added(labels: Labels, recorded: Recorded, from_s: float, to_s: float, detector: str = "") -> tuple[Labels, int]:
    """With a rep from where a drag began to where it ended, cut to the room there; and its place.

    A drag across a moment gives that rep its bounds.
    """
    low_s, high_s = _room(labels, recorded, _clip(from_s, recorded))
    start_s, end_s = _ms(max(min(from_s, to_s), low_s)), _ms(min(max(from_s, to_s), high_s))
    if end_s - start_s < LEAST_S - 1e-9:
        raise EditError("no room for a rep here")
    inside = [x for x in labels if x.is_moment and start_s <= x.start_s <= end_s]
    if len(inside) > 1:
        raise EditError("two marked reps lie in there; drag across one")
    made = Label(start_s, end_s, source=Source.HAND, detector=detector)
    if inside:
        was = inside[0]
        made = replace(was, start_s=start_s, end_s=end_s, top_s=was.start_s, source=Source.PRESSED_BOUNDED)
    after = in_order([x for x in labels if x not in inside] + [made])
    return after, after.index(made)


def added_at(
    labels: Labels, recorded: Recorded, at_s: float, length_s: float, detector: str = ""
) -> tuple[Labels, int]:
    """With a rep of that length about a time, or shorter where there is no room for it."""
    at_s = _clip(at_s, recorded)
    low_s, high_s = _room(labels, recorded, at_s)
    half_s = length_s / 2
    near = [x.start_s for x in labels if x.is_moment and abs(x.start_s - at_s) > 1e-9]
    low_s = max([low_s, *(t for t in near if t < at_s - half_s / 2)], default=low_s)
    high_s = min([high_s, *(t for t in near if t > at_s + half_s / 2)], default=high_s)
    start_s = max(at_s - half_s, low_s)
    end_s = min(at_s + half_s, high_s)
    return added(labels, recorded, start_s, end_s, detector)


def without(labels: Labels, index: int) -> Labels:
    """Without one of them."""
    return labels[:index] + labels[index + 1 :]


def bound_moved(labels: Labels, recorded: Recorded, index: int, bound: Bound, to_s: float) -> Labels:
    """With one bound elsewhere, as far as its neighbours and its other bound let it."""
    label = labels[index]
    if label.is_moment:
        raise EditError("only a moment of this rep is known; drag across it to give it bounds")
    low_s, high_s = _between(labels, recorded, index)
    if bound is Bound.START:
        start_s = _ms(min(max(to_s, low_s), max(label.end_s - LEAST_S, label.start_s)))
        moved = replace(label, start_s=start_s)
    else:
        end_s = _ms(max(min(to_s, high_s), min(label.start_s + LEAST_S, label.end_s)))
        moved = replace(label, end_s=end_s)
    return _with(labels, index, _corrected(label, moved))


def shifted(labels: Labels, recorded: Recorded, index: int, by_s: float) -> Labels:
    """With the whole rep earlier or later, as far as its neighbours let it."""
    label = labels[index]
    low_s, high_s = _between(labels, recorded, index)
    by_s = min(max(by_s, low_s - label.start_s), high_s - label.end_s)
    top_s = None if label.top_s is None else _ms(label.top_s + by_s)
    moved = replace(label, start_s=_ms(label.start_s + by_s), end_s=_ms(label.end_s + by_s), top_s=top_s)
    return _with(labels, index, _corrected(label, moved))


def top_set(labels: Labels, index: int, at_s: float) -> Labels:
    """With the farthest point of a rep at that time."""
    label = labels[index]
    if label.is_moment or not label.start_s <= _ms(at_s) <= label.end_s:
        raise EditError("the farthest point lies inside its rep")
    return _with(labels, index, _corrected(label, replace(label, top_s=_ms(at_s))))


def doubt_switched(labels: Labels, index: int) -> Labels:
    """With a certain rep doubtful, or a doubtful one certain."""
    label = labels[index]
    return _with(labels, index, _corrected(label, replace(label, doubtful=not label.doubtful)))


class Editor:
    """The labels of one recording while someone works on them.

    Args:
        labels: what there is; must be in order, apart and inside the recording.
        recorded: from where to where the recording goes.
        usual_s: length of a new rep as long as there is none to go by, in s.
        detector: version of the detector whose reps were shown as a proposal; empty where none were.
        proposed: the labels are a proposal that nobody has said yes to, and so not saved.

    Raises:
        EditError: the labels overlap or leave the recording.
    """

    def __init__(
        self,
        labels: Sequence[Label],
        recorded: Recorded,
        *,
        usual_s: float = 4.0,
        detector: str = "",
        proposed: bool = False,
    ) -> None:
        self.recorded = recorded
        self.detector = detector
        self._usual_s = usual_s
        self._states = [in_order(labels)]
        self._at = 0
        if problem := clash(self.labels, recorded):
            raise EditError(problem)
        self._saved: Labels | None = None if proposed else self.labels

    @property
    def labels(self) -> Labels:
        """As they are now, in order of time."""
        return self._states[self._at]

    @property
    def unsaved(self) -> bool:
        """They differ from what was saved last."""
        return self._saved is None or self.labels != self._saved

    @property
    def usual_s(self) -> float:
        """Length of a new rep: the median of those there are."""
        lengths = [x.length_s for x in self.labels if not x.is_moment]
        return median(lengths) if lengths else self._usual_s

    def add(self, from_s: float, to_s: float) -> int:
        """See `added`; gives the place of the new rep."""
        return self._become(*added(self.labels, self.recorded, from_s, to_s, self.detector))

    def add_at(self, at_s: float) -> int:
        """See `added_at`; gives the place of the new rep."""
        return self._become(*added_at(self.labels, self.recorded, at_s, self.usual_s, self.detector))

    def delete(self, index: int) -> None:
        """Removes a rep."""
        self.become(without(self.labels, index))

    def move_bound(self, index: int, bound: Bound, to_s: float) -> None:
        """See `bound_moved`."""
        self.become(bound_moved(self.labels, self.recorded, index, bound, to_s))

    def shift(self, index: int, by_s: float) -> None:
        """See `shifted`."""
        self.become(shifted(self.labels, self.recorded, index, by_s))

    def set_top(self, index: int, at_s: float) -> None:
        """See `top_set`."""
        self.become(top_set(self.labels, index, at_s))

    def switch_doubt(self, index: int) -> None:
        """See `doubt_switched`."""
        self.become(doubt_switched(self.labels, index))

    def become(self, labels: Labels) -> None:
        """Takes what one of the functions above gave as a step of its own; nothing where nothing has changed."""
        if labels != self.labels:
            self._states = [*self._states[: self._at + 1], labels]
            self._at += 1

    def undo(self) -> bool:
        """One step back; False where there is none."""
        self._at -= (can := self._at > 0)
        return can

    def redo(self) -> bool:
        """One step forward again; False where there is none."""
        self._at += (can := self._at < len(self._states) - 1)
        return can

    def saved(self) -> None:
        """They have been saved as they are."""
        self._saved = self.labels

    def _become(self, labels: Labels, index: int) -> int:
        self.become(labels)
        return index


def _with(labels: Labels, index: int, label: Label) -> Labels:
    return (*labels[:index], label, *labels[index + 1 :])


def _corrected(before: Label, after: Label) -> Label:
    """Says that a person had a hand in it, and forgets a farthest point that is no longer inside."""
    if after == before:
        return before
    if after.top_s is not None and not after.start_s <= after.top_s <= after.end_s:
        after = replace(after, top_s=None)
    return replace(after, source=Source.ENGINE_MOVED) if before.source == Source.ENGINE else after


def _room(labels: Labels, recorded: Recorded, at_s: float) -> tuple[float, float]:
    """The free room about a time, between reps that have bounds."""
    low_s, high_s = recorded.start_s, recorded.end_s
    for label in labels:
        if label.is_moment:
            continue
        if label.start_s < at_s < label.end_s:
            raise EditError("there is a rep already")
        if label.middle_s < at_s:
            low_s = max(low_s, label.end_s)
        else:
            high_s = min(high_s, label.start_s)
    return low_s, high_s


def _between(labels: Labels, recorded: Recorded, index: int) -> tuple[float, float]:
    """As far as a rep can go to either side."""
    low_s = labels[index - 1].end_s if index else recorded.start_s
    high_s = labels[index + 1].start_s if index + 1 < len(labels) else recorded.end_s
    return low_s, high_s


def _clip(at_s: float, recorded: Recorded) -> float:
    return min(max(at_s, recorded.start_s), recorded.end_s)


def _ms(time_s: float) -> float:
    return round(time_s, DIGITS) + 0.0


def _ms_or_none(time_s: float | None) -> float | None:
    return None if time_s is None else _ms(time_s)

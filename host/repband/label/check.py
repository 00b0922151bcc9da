"""Checks labels against their recording."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from repband.exercise.base import DurationSpan
from repband.label.base import Label, place
from repband.label.edits import Recorded
from repband.stream import SampleBlock, StreamItem


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about the labels of a recording.

    Attributes:
        text: what, and about which rep.
        wrong: it can't be so; else it is only unlikely.
    """

    text: str
    wrong: bool


def problems(
    labels: Sequence[Label], items: Sequence[StreamItem], recorded: Recorded, rep_s: DurationSpan
) -> list[Problem]:
    """Everything about the labels that is wrong or unlikely, in order of the file.

    Args:
        labels: in the order of the file.
        items, recorded: the recording's samples, and from where to where they go.
        rep_s: how long a rep of the exercise takes people, as its file says.
    """
    found = [problem for label in labels for problem in _of_one(label, items, recorded, rep_s)]
    return found + [problem for a, b in pairwise(labels) for problem in _of_two(a, b)]


def _of_one(label: Label, items: Sequence[StreamItem], recorded: Recorded, rep_s: DurationSpan) -> Iterator[Problem]:
    name = place(label)
    if label.start_s < recorded.start_s or label.end_s > recorded.end_s:
        span = f"{recorded.start_s:g} to {recorded.end_s:g} s"
        yield Problem(f"{name} (to {label.end_s:.1f} s) lies outside the recording, which goes from {span}", True)
    elif not label.is_moment and not _has_samples(label, items):
        yield Problem(f"{name} has no samples inside", True)
    if label.top_s is not None and not label.start_s <= label.top_s <= label.end_s:
        yield Problem(f"{name} has its top at {label.top_s:g} s, outside of it", True)
    if not label.is_moment and not label.doubtful and not rep_s.least <= label.length_s <= rep_s.most:
        usual = f"{rep_s.least:g} to {rep_s.most:g} s are plausible"
        yield Problem(f"{name} takes {label.length_s:.2f} s; {usual}", False)


def _of_two(a: Label, b: Label) -> Iterator[Problem]:
    if b.start_s < a.start_s:
        yield Problem(f"{place(b)} stands after {place(a)}: not in order of time", True)
    elif b.start_s < a.end_s or (a.is_moment and b.is_moment and a.start_s == b.start_s):
        yield Problem(f"{place(b)} begins before {place(a)} is over", True)


def _has_samples(label: Label, items: Sequence[StreamItem]) -> bool:
    blocks = (item.t_s for item in items if isinstance(item, SampleBlock))
    return any(bool(np.any((t_s >= label.start_s) & (t_s <= label.end_s))) for t_s in blocks)

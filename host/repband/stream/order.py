"""Puts a session's packets in order and knows what is missing."""

from __future__ import annotations

import bisect
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from repband.stream.base import GapCause

Counts = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Consecutive samples of one packet.

    Attributes:
        index: number of the first of them in its session.
        counts: shape (n, 3 or 6).
        stamp_index, time_us: which sample the packet's stamp belongs to, and the stamp.
        arrival_s: host time at which the packet came, in s.
    """

    index: int
    counts: Counts
    stamp_index: int
    time_us: int
    arrival_s: float

    @property
    def end(self) -> int:
        """Number after the last of them."""
        return self.index + len(self.counts)

    def part(self, begin: int, end: int) -> Piece:
        """Those from `begin` to before `end`."""
        return Piece(
            begin, self.counts[begin - self.index : end - self.index], self.stamp_index, self.time_us, self.arrival_s
        )


@dataclass(frozen=True, slots=True)
class Missing:
    """Samples from `index` on that were given up."""

    index: int
    count: int
    cause: GapCause


@dataclass(slots=True)
class Seen:
    """What became of the samples of one packet."""

    new: int = 0
    duplicates: int = 0
    late: int = 0


class Order:
    """Holds what came too early; gives it as soon as nothing is missing before it.

    Args:
        next_index: number of the first sample to expect.
    """

    def __init__(self, next_index: int) -> None:
        self.next_index = next_index
        self._waiting: list[Piece] = []  # disjoint, by index, all beyond next_index
        self._gone: list[tuple[int, int, GapCause]] = []  # the device says so: from, to before, why
        self._given_up: list[tuple[int, int]] = []

    @property
    def newest(self) -> Piece | None:
        """The last of the waiting pieces."""
        return self._waiting[-1] if self._waiting else None

    @property
    def oldest(self) -> Piece | None:
        """The first of the waiting pieces."""
        return self._waiting[0] if self._waiting else None

    def add(self, piece: Piece) -> Seen:
        """Takes a packet's samples, whichever of them are new."""
        seen = Seen()
        if piece.index < self.next_index:
            old_end = min(piece.end, self.next_index)
            seen.late = self._count_given_up(piece.index, old_end)
            seen.duplicates = old_end - piece.index - seen.late
            if old_end == piece.end:
                return seen
            piece = piece.part(old_end, piece.end)
        self._insert(piece, seen)
        return seen

    def say_gone(self, begin: int, end: int, cause: GapCause) -> None:
        """The device says that samples from `begin` to before `end` will never come."""
        if end > self.next_index:
            self._gone.append((begin, end, cause))

    def holes(self) -> tuple[tuple[int, int], ...]:
        """What is missing before waiting samples and may still come: first index and count of each."""
        found: list[tuple[int, int]] = []
        at = self.next_index
        for piece in self._waiting:
            found += self._uncovered(at, piece.index)
            at = piece.end
        return tuple((begin, end - begin) for begin, end in found)

    def take(self) -> Piece | Missing | None:
        """The next samples; or the hole before them, once the device has said that all of it is gone."""
        if not self._waiting:
            return None
        if self._waiting[0].index > self.next_index:
            hole = self.next_index, self._waiting[0].index
            return None if self._uncovered(*hole) else self.give_up()
        return self._release(self._waiting.pop(0))

    def give_up(self) -> Missing:
        """Stops waiting for the first hole; there must be one."""
        begin, end = self.next_index, self._waiting[0].index
        causes = [cause for first, last, cause in self._gone if first < end and last > begin]
        lost = bool(self._uncovered(begin, end)) or GapCause.OVERFLOW not in causes
        self._given_up.append((begin, end))
        self.next_index = end
        self._gone = [gone for gone in self._gone if gone[1] > end]
        return Missing(begin, end - begin, GapCause.LOST if lost else GapCause.OVERFLOW)

    def _release(self, piece: Piece) -> Piece:
        self.next_index = piece.end
        return piece

    def _insert(self, piece: Piece, seen: Seen) -> None:
        """Files the parts of it that are not yet waiting."""
        at = piece.index
        where = bisect.bisect_right(self._waiting, at, key=lambda waiting: waiting.index)
        if where and self._waiting[where - 1].end > at:
            where -= 1
        while at < piece.end:
            other = self._waiting[where] if where < len(self._waiting) else None
            if other is not None and other.index <= at:
                seen.duplicates += min(other.end, piece.end) - at
                at = min(other.end, piece.end)
            else:
                end = piece.end if other is None else min(piece.end, other.index)
                self._waiting.insert(where, piece.part(at, end))
                seen.new += end - at
                at = end
            where += 1

    def _uncovered(self, begin: int, end: int) -> list[tuple[int, int]]:
        """The parts of a hole of which the device has not said that they are gone."""
        parts: list[tuple[int, int]] = []
        for first, last, _ in sorted(self._gone, key=lambda gone: gone[0]):
            if last <= begin or first >= end:
                continue
            if first > begin:
                parts.append((begin, first))
            begin = max(begin, last)
        if begin < end:
            parts.append((begin, end))
        return parts

    def _count_given_up(self, begin: int, end: int) -> int:
        return sum(max(0, min(end, last) - max(begin, first)) for first, last in self._given_up)

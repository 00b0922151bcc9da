"""Reps marked by someone who watches, on the disk as soon as they are marked."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from enum import Enum
from pathlib import Path

from repband.errors import JournalError
from repband.label.base import Label, in_words
from repband.label.files import DIGITS, write_labels

LEAST_APART_S = 0.7
"""A second press sooner is the same one: a key held down repeats after 0.25 to 0.66 s on most systems, and the
shortest plausible rep of any exercise file takes 0.8 s."""
CLOCK_WINDOW_S = 10.0  # a radio that sends ten times a second has shown its shortest delay by then; clocks hardly drift


class Key(Enum):
    """What the watcher can say."""

    MARK = "mark"  # a rep is at its farthest point now
    DOUBTFUL = "doubtful"  # the last mark may have been no rep, or is taken back to certain
    UNDO = "undo"  # takes back what was said last
    QUIT = "quit"  # ends the recording


class StreamClock:
    """Which moment of the recording it is, on the host.

    Samples come in packets, and late ones later still: the least delayed of the last seconds says how far the
    recording's time is from the host's. What is left is the shortest delay of the link.

    Args:
        speed: how many seconds of the recording pass in one of the host.
        clock: a steady clock in s.
    """

    def __init__(self, speed: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._speed = speed
        self._clock = clock
        self._heard: deque[tuple[float, float]] = deque()

    def heard(self, newest_s: float) -> None:
        """A sample of that time has just come."""
        now_s = self._clock()
        self._heard.append((now_s, newest_s - now_s * self._speed))
        while now_s - self._heard[0][0] > CLOCK_WINDOW_S:
            self._heard.popleft()

    def now_s(self) -> float | None:
        """The recording's time now; None before the first sample."""
        known = tuple(self._heard)  # it is asked from the keyboard's thread
        return max(ahead_s for _, ahead_s in known) + self._clock() * self._speed if known else None


class Marks:
    """The marks of one recording; safe to use from several threads.

    The file is written anew, whole, after every press: a crash costs the last one at most.

    Args:
        path: the .reps.csv to make.

    Raises:
        JournalError: the file exists.
    """

    def __init__(self, path: Path) -> None:
        if path.exists():
            raise JournalError(
                "there are labels already and they are never overwritten", where=str(path), cure="choose another name"
            )
        self.path = path
        self._lock = threading.Lock()
        self._states: list[tuple[Label, ...]] = [()]

    @property
    def labels(self) -> tuple[Label, ...]:
        """What is marked now, in the order in which it was."""
        return self._states[-1]

    def press(self, key: Key, at_s: float | None) -> str:
        """Takes a key.

        Args:
            key: which one.
            at_s: the recording's time; None where no sample has come yet.

        Returns:
            What to tell the watcher.

        Raises:
            JournalError: the marks can't be written; they are kept in memory and written with the next.
        """
        with self._lock:
            match key:
                case Key.MARK:
                    return self._mark(at_s)
                case Key.DOUBTFUL:
                    return self._doubt()
                case Key.UNDO:
                    return self._undo()
                case Key.QUIT:
                    return "ending"

    def finish(self, end_s: float | None) -> str:
        """The recording is over: drops what was marked after its last sample, writes, and says what there is."""
        with self._lock:
            kept = tuple(label for label in self.labels if end_s is not None and label.start_s <= end_s)
            late = len(self.labels) - len(kept)
            self._become(kept)
            dropped = f"; {late} marked after the last sample left out" if late else ""
            return f"{in_words(kept)} marked{dropped}; kept: {self.path}"

    def _mark(self, at_s: float | None) -> str:
        if at_s is None:
            return "not marked: no samples have come yet"
        at_s = round(at_s, DIGITS)
        last = self.labels[-1] if self.labels else None
        if last and at_s - last.start_s < LEAST_APART_S:
            return f"not marked: within {LEAST_APART_S} s of the last mark"
        self._become((*self.labels, Label.moment(at_s)))
        return f"rep {len(self.labels)} at {at_s:.1f} s"

    def _doubt(self) -> str:
        if not self.labels:
            return "nothing is marked yet"
        last = self.labels[-1]
        self._become((*self.labels[:-1], Label.moment(last.start_s, doubtful=not last.doubtful)))
        return f"the rep at {last.start_s:.1f} s is {'certain again' if last.doubtful else 'doubtful'}"

    def _undo(self) -> str:
        if len(self._states) == 1:
            return "nothing to undo"
        self._states.pop()
        write_labels(self.path, self.labels)
        return f"undone; {in_words(self.labels)}"

    def _become(self, labels: tuple[Label, ...]) -> None:
        self._states.append(labels)
        write_labels(self.path, labels)

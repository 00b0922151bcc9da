"""Marks reps while a recording is made: from the keyboard, a pipe, or a script with times."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from repband.errors import JournalError, UsageError
from repband.label.keys import LEGEND, TimedKey, keyboard, line_keys, read_script
from repband.label.marks import Key, Marks, StreamClock
from repband.paths import labels_path
from repband.source import Arrival, TimedSamples
from repband.stream import SampleBlock, StreamItem

HOW = (
    "Press space for every rep when it is farthest from the start: bridge up, knee open, squat at its lowest. You can"
    " see that moment coming. In a hold, any time of the hold will do. Don't hurry after a late press, and leave out"
    " what you are not sure of, or press e after it."
)


class Watcher:
    """Takes the keys of someone who watches, as long as its `with` block lasts.

    A press is placed at the recording's time as the host knows it then. It is not corrected: where the moment comes
    as a surprise, people press 0.2 to 0.25 s after it (median of 1469 people 0.23 s: Woods et al. 2015,
    doi:10.3389/fnhum.2015.00131), less where they see it coming; the link's delay goes the other way.

    Args:
        recording: the file that is being made; the marks go beside it.
        keys: a file with timed keys, a pipe with one key a line, "-" for standard input, or None for the keyboard.
        stop: called when the watcher ends the recording.
        say: shows a line.
        speed: how many seconds of the recording pass in one of the host.
        clock: a steady clock in s.

    Raises:
        JournalError: there are labels already.
        UsageError: there is no keyboard, or the script has a mistake.
    """

    def __init__(
        self,
        recording: Path,
        keys: str | None,
        *,
        stop: Callable[[], None],
        say: Callable[[str], None],
        speed: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keys = keys
        self._stop = stop
        self._say = say
        self._clock = StreamClock(speed, clock)
        self._script: list[TimedKey] = read_script(Path(keys)) if keys and Path(keys).is_file() else []
        self._marks = Marks(labels_path(recording))
        self._newest_s: float | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        if self._keys is None:
            self._say(HOW)
            self._say(LEGEND)
            self._stack.enter_context(keyboard(self._on_key))
        elif self._keys == "-":
            self._stack.enter_context(line_keys(sys.stdin, self._on_key, self._say))
        elif not Path(self._keys).is_file():
            self._stack.enter_context(line_keys(_pipe(self._keys), self._on_key, self._say))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
        self._act_on_script()
        if error is not None and not self._marks.labels:
            return  # the recording could not even be made: nothing to lie beside it
        if left := len(self._script):
            self._say(
                f"{left} key{' of the script is' if left == 1 else 's of the script are'} for after the last sample"
            )
        self._say(self._marks.finish(self._newest_s))

    def heard(self, arrival: Arrival, items: Sequence[StreamItem]) -> None:
        """Samples have come."""
        newest_s = _newest_s(arrival, items)
        if newest_s is not None:
            self._newest_s = max(newest_s, self._newest_s or newest_s)
            self._clock.heard(newest_s)
        self._act_on_script()

    def _act_on_script(self) -> None:
        while self._script and self._newest_s is not None and self._script[0].at_s <= self._newest_s:
            timed = self._script.pop(0)
            self._press(timed.key, timed.at_s)

    def _on_key(self, key: Key) -> None:
        self._press(key, self._clock.now_s())

    def _press(self, key: Key, at_s: float | None) -> None:
        try:
            self._say(self._marks.press(key, at_s))
        except JournalError as error:  # a full disk must not end the recording
            self._say(f"{error} (it is tried again with the next mark)")
        if key is Key.QUIT:
            self._stop()


def _pipe(name: str) -> IO[str]:
    try:
        return Path(name).open(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"can't be read ({error.strerror})", where=name, cure="give a file or pipe") from error


def _newest_s(arrival: Arrival, items: Sequence[StreamItem]) -> float | None:
    """The time of the newest sample: as written where samples carry it, else of what the stream has given."""
    if isinstance(arrival, TimedSamples):
        return float(arrival.t_s.max())
    blocks = [item for item in items if isinstance(item, SampleBlock)]
    return float(blocks[-1].t_s[-1]) if blocks else None

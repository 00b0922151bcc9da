"""Where the engine's thread puts the state and the pages' thread takes it: nobody waits for anybody."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from repband.driver.base import Record
from repband.driver.session import Event
from repband.web.state import PageState

# Pages draw at most this often; what cannot wait (a rep, a sound, a new state) goes out at once.
EVERY_S = 0.05


class Board:
    """Holds the state for any number of readers.

    The engine only ever takes a lock for microseconds and sets a flag: a page that is slow, stuck or gone costs it
    nothing, because each reader takes the newest state when it is ready for it, and no queue grows anywhere.

    Args:
        state: what is shown.
        every_s: how often pages hear of what can wait.

    Attributes:
        closed: nothing will change any more.
    """

    def __init__(self, state: PageState, every_s: float = EVERY_S) -> None:
        self._state = state
        self._every_s = every_s
        self._lock = threading.Lock()
        self._version = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed: asyncio.Event | None = None
        self.closed = False

    def __call__(self, record: Record | None, events: Sequence[Event]) -> None:
        """Takes what one record led to; a driver's listener."""
        with self._lock:
            urgent = self._state.apply(record, events)
            self._version += 1
        if urgent:
            self.wake()

    def bind(self, loop: asyncio.AbstractEventLoop) -> None:
        """The pages live in this loop from now on."""
        self._loop, self._changed = loop, asyncio.Event()

    def close(self) -> None:
        """The session is over: every page gets the last state, and its stream ends."""
        self.closed = True
        self.wake()

    def wake(self) -> None:
        """Lets every page look at once; from any thread."""
        loop, changed = self._loop, self._changed
        if loop is None or changed is None or loop.is_closed():
            return
        try:
            loop.call_soon_threadsafe(changed.set)
        except RuntimeError:  # the loop has closed since: no page is left
            return

    async def changed(self) -> None:
        """Returns at once when something urgent has happened, else after `every_s`."""
        changed = self._changed
        if changed is None:
            await asyncio.sleep(self._every_s)
            return
        try:
            await asyncio.wait_for(changed.wait(), self._every_s)
        except TimeoutError:
            return
        await asyncio.sleep(0)  # every waiting page sees the flag before it is taken down
        changed.clear()

    def snapshot(self, seen: int, points_from: int, extra: Mapping[str, Any]) -> tuple[int, int, str] | None:
        """The whole state for one reader.

        Args:
            seen: version that this reader has.
            points_from: number of the first chart point it has not.
            extra: what is true for this reader only; put beside the state.

        Returns:
            version, number of the next chart point, and the state as JSON; None when the reader has it already.
        """
        with self._lock:
            if self._version == seen:
                return None
            points = [point for point in self._state.trace if point[0] >= points_from]
            first = points[0][0] if points else points_from
            trace = {"first": first, "t_s": [p[1] for p in points], "deg": [p[2] for p in points]}
            text = json.dumps({**self._state.plain, **extra, "trace": trace}, ensure_ascii=False)
            return self._version, first + len(points), text

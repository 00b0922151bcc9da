"""The states of a link, and the one place that moves between them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

_log = logging.getLogger("repband.link")


class LinkState(StrEnum):
    """Where a link is."""

    CLOSED = "closed"  # not begun, or ended for good
    SCANNING = "scanning"  # looking for the sensor: on the air, or among the ports
    CONNECTING = "connecting"  # it is found and being opened for the first time
    PROVING = "proving"  # it is open: who is it, which version, is this its host, start
    STREAMING = "streaming"  # samples come
    RECOVERING = "recovering"  # the link is gone, the session is not: opening it again, with growing pauses


TRANSITIONS = {
    LinkState.CLOSED: {LinkState.SCANNING, LinkState.CONNECTING},
    LinkState.SCANNING: {LinkState.CONNECTING, LinkState.CLOSED},
    LinkState.CONNECTING: {LinkState.PROVING, LinkState.CLOSED},
    LinkState.PROVING: {LinkState.STREAMING, LinkState.RECOVERING, LinkState.CLOSED},
    LinkState.STREAMING: {LinkState.RECOVERING, LinkState.CLOSED},
    LinkState.RECOVERING: {LinkState.PROVING, LinkState.CLOSED},
}


@dataclass(frozen=True, slots=True)
class Change:
    """One transition.

    Attributes:
        before, after: the states.
        at_s: when, on the link's clock, in s.
        lasted_s: how long the state before had lasted, in s.
        why: in words, may be empty.
    """

    before: LinkState
    after: LinkState
    at_s: float
    lasted_s: float
    why: str


class StateKeeper:
    """Holds the state; `move` is the only way to another one.

    Args:
        on_change: told of every transition.
    """

    def __init__(self, on_change: Callable[[Change], None] | None = None) -> None:
        self._state = LinkState.CLOSED
        self._since_s: float | None = None
        self._on_change = on_change

    @property
    def state(self) -> LinkState:
        """Where the link is."""
        return self._state

    def lasted_s(self, now_s: float) -> float:
        """How long it has been there, in s; 0 before the first transition."""
        return 0.0 if self._since_s is None else now_s - self._since_s

    def move(self, after: LinkState, now_s: float, why: str = "") -> None:
        """Goes to another state, logs it and tells who asked to be told; staying where it is changes nothing.

        Raises:
            RuntimeError: there is no such transition; a fault in the program.
        """
        if after is self._state:
            return
        if after not in TRANSITIONS[self._state]:
            raise RuntimeError(f"a link can't go from {self._state} to {after}")
        change = Change(self._state, after, now_s, self.lasted_s(now_s), why)
        self._state, self._since_s = after, now_s
        _log.info("%s -> %s after %.3f s%s", change.before, after, change.lasted_s, f": {why}" if why else "")
        if self._on_change is not None:
            self._on_change(change)

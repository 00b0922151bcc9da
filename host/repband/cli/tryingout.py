"""The first minutes with a sensor: whether a session begins with its check, the wearer's keys, what is remembered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

import repband_wire as wire

from repband.driver.driver import Driver
from repband.driver.session import Event
from repband.errors import UsageError
from repband.link.known import is_known, remember, sensor_line
from repband.link.source import LinkSource
from repband.screen.firstcheck import choice_of
from repband.screen.keyboard import typed
from repband.source import Source
from repband.workout import CheckAt, Step


class TryingOut:
    """Begins a session: with the check where the sensor is new or the wearer wants it, else with the set.

    Args:
        source: what the samples come from; only a sensor can be new.
        wanted: whether the wearer wants the check; None where they have not said.
        asks: whether somebody is there to answer.
        note: shows a line.
        starts: whether the first set begins by itself; without, the wearer starts it.
    """

    def __init__(
        self,
        source: Source,
        wanted: bool | None,
        *,
        asks: bool,
        note: Callable[[str], None],
        starts: bool = True,
    ) -> None:
        self._link = source if isinstance(source, LinkSource) else None
        self._wanted = wanted
        self._asks = asks
        self._note = note
        self._starts = starts
        self._step: Step | None = None
        self._sensor: str | None = None

    def begin(self, driver: Driver) -> None:
        """Asks for the session's first command: now, or once the sensor is there."""
        if self._link is None:
            self._ask(driver, check=bool(self._wanted))
        else:
            self._link.on_met = lambda info: self._met(info, driver)

    def keyboard(self, driver: Driver) -> AbstractContextManager[None]:
        """Hears the keys of the check, where one may come and somebody is there to press them."""
        if not self._asks or self._wanted is False or (self._link is None and not self._wanted):
            return nullcontext()

        def pressed(char: str) -> None:
            choice = choice_of(char, self._step) if self._step else None
            if choice is not None:
                driver.ask(choice.command, **choice.args)

        return typed(pressed, UsageError("there is no keyboard to answer with", cure="run it in a terminal"))

    def __call__(self, record: object, events: Sequence[Event]) -> None:
        """A driver's listener: remembers a sensor that was tried out, or whose check the wearer did not want."""
        for event in events:
            if isinstance(event, CheckAt):
                self._step = event.step
                if event.step is Step.OVER and self._sensor and (event.asks or event.right):
                    remember(self._sensor)

    def _met(self, info: wire.Info, driver: Driver) -> None:
        assert self._link is not None
        self._sensor = sensor_line(info, self._link.name)
        is_new = not is_known(self._sensor)
        self._ask(driver, check=is_new and self._asks if self._wanted is None else self._wanted)
        if is_new and self._wanted is None and not self._asks:
            self._note("this sensor is new here: add --check, in a terminal, to try it out before the set")

    def _ask(self, driver: Driver, *, check: bool) -> None:
        if check:
            driver.ask("check", asks=self._asks)
        elif self._starts:
            driver.ask("start")

"""What the wearer says with the button: by how long it is held."""

from . import clock
from .signals import Signals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

SHORT = 1  # pause, or go on
LONG = 2  # the set is over
VERY_LONG = 3  # open the pairing window
_POLL_MS = 20
_BOUNCE_MS = 40
_LONG_MS = 1000
_VERY_LONG_MS = 5000


class Button:
    """Tells presses apart."""

    def __init__(self, signals: Signals) -> None:
        self._signals = signals
        self._held_ms = 0

    def turn(self, passed_ms: int) -> int:
        """SHORT or LONG when it is let go, VERY_LONG as soon as it has been held so long, else 0."""
        before_ms = self._held_ms
        if self._signals.button_held():
            self._held_ms = before_ms + passed_ms
            return VERY_LONG if before_ms < _VERY_LONG_MS <= self._held_ms else 0
        self._held_ms = 0
        if before_ms < _BOUNCE_MS or before_ms >= _VERY_LONG_MS:
            return 0
        return LONG if before_ms >= _LONG_MS else SHORT

    async def watch(self, pressed: "Callable[[int], None]") -> None:
        """Calls `pressed` with each press, for ever."""
        last_us = clock.now_us()
        while True:
            await clock.sleep_ms(_POLL_MS)
            passed_ms = clock.since_us(last_us) // 1000
            last_us = clock.now_us()
            press = self.turn(passed_ms)
            if press:
                pressed(press)

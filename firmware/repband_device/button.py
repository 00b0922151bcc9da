"""What the wearer says with the button: by how long it is held."""

from micropython import const
from repband_wire.base import MAX_U16
from repband_wire.press import Press

from . import clock
from .sensor import Sensor
from .signals import Signals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .peer import Peer

SHORT = 1  # pause, or go on; this and the next as the wire format numbers them
LONG = 2  # the set is over; with a host, its session
VERY_LONG = 3  # open the pairing window
_POLL_MS = const(20)
_BOUNCE_MS = const(40)
_LONG_MS = const(1000)
_VERY_LONG_MS = const(5000)
_REPEATS = const(5)  # a second apart: a link that drops is found again in less
_MOST_KEPT = const(4)


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


class Presses:
    """Tells hosts of presses, and repeats itself for a while: a link may drop at that very moment."""

    def __init__(self, sensor: Sensor) -> None:
        self._sensor = sensor
        self._number = 0
        self._kept = []  # type: list[tuple[bytes, int]]  # (message, repeats left)

    def tell(self, press: int, hosts: "list[Peer]") -> None:
        """A press, SHORT or LONG, now."""
        sensor = self._sensor
        message = Press(sensor.session, sensor.ring.head, self._number, press).encode()
        self._number = (self._number + 1) & MAX_U16
        self._kept = self._kept[1 - _MOST_KEPT :] + [(message, _REPEATS)]  # noqa: RUF005 - MicroPython
        _send(message, hosts)

    def repeat(self, hosts: "list[Peer]") -> None:
        """All that are kept, in their order; call once a second."""
        for message, _ in self._kept:
            _send(message, hosts)
        self._kept = [(message, left - 1) for message, left in self._kept if left > 1]


def _send(message: bytes, hosts: "list[Peer]") -> None:
    for host in hosts:
        host.link.send(message)

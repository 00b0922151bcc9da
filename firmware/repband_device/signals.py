"""The board's button, light and buzzer, as far as it has them."""

from machine import Pin

from . import clock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

BLINK_MS = 150
_FAULT_PAUSE_MS = 2000


class Signals:
    """Button, light and buzzer.

    Attributes:
        visible: whether there is anything to show or to sound.
    """

    def __init__(self, config: dict) -> None:
        self._outputs = [Pin(config[name], Pin.OUT, value=0) for name in ("led", "buzzer") if config[name] is not None]
        button = config["button"]
        self._button = None if button is None else _input(button)
        self.visible = len(self._outputs) > 0

    def button_held(self) -> bool:
        """Whether the button is down; it connects its pin to ground."""
        return self._button is not None and self._button.value() == 0

    async def blink(self, times: int) -> None:
        """Shows `times` short signals."""
        for _ in range(times):
            self._set(1)
            await clock.sleep_ms(BLINK_MS)
            self._set(0)
            await clock.sleep_ms(BLINK_MS)

    async def show_faults(self, fault: "Callable[[], int]") -> None:
        """As long as something is wrong, blinks the fault code, again and again."""
        while True:
            await self.blink(fault())
            await clock.sleep_ms(_FAULT_PAUSE_MS)

    def _set(self, value: int) -> None:
        for output in self._outputs:
            output.value(value)


def _input(number: int) -> Pin:
    if 34 <= number <= 39:  # input-only on the ESP32, without a pull-up inside: the board has one
        return Pin(number, Pin.IN)
    return Pin(number, Pin.IN, Pin.PULL_UP)

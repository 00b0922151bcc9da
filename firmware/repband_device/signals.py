"""The board's button, light and buzzer, as far as it has them."""

import asyncio

from machine import PWM, Pin
from micropython import const

from . import clock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

BLINK_MS = 150
_FAULT_PAUSE_MS = const(2000)
_BEEP_MS = const(60)
_BEEP_PAUSE_MS = const(90)
_HALF_DUTY = const(32768)


class Signals:
    """Button, light and buzzer.

    Attributes:
        visible: whether there is anything to show or to sound.
    """

    def __init__(self, config: dict) -> None:
        self._light = None if config["led"] is None else Pin(config["led"], Pin.OUT, value=0)
        self._sound = None
        if config["buzzer"] is not None:
            self._sound = _Tone(config["buzzer"], config["buzzer_hz"])
        button = config["button"]
        self._button = None if button is None else input_pin(button)
        self.has_button = self._button is not None
        self.visible = self._light is not None or self._sound is not None
        self._task = None

    def button_held(self) -> bool:
        """Whether the button is down; it connects its pin to ground."""
        return self._button is not None and self._button.value() == 0

    async def blink(self, times: int) -> None:
        """Shows `times` signals."""
        await self._show(times, BLINK_MS, BLINK_MS)

    def beep(self, times: int) -> None:
        """Sounds `times` short signals, beginning now; what sounds still is cut off."""
        if self._task is not None:
            self._task.cancel()
            self._set(0)
        self._task = asyncio.create_task(self._show(times, _BEEP_MS, _BEEP_PAUSE_MS))

    async def show_faults(self, fault: "Callable[[], int]") -> None:
        """As long as something is wrong, blinks the fault code, again and again."""
        while True:
            await self.blink(fault())
            await clock.sleep_ms(_FAULT_PAUSE_MS)

    async def _show(self, times: int, on_ms: int, off_ms: int) -> None:
        for _ in range(times):
            self._set(1)
            await clock.sleep_ms(on_ms)
            self._set(0)
            await clock.sleep_ms(off_ms)

    def _set(self, value: int) -> None:
        if self._light is not None:
            self._light.value(value)
        if self._sound is not None:
            self._sound.value(value)


class _Tone:
    """A buzzer: with `frequency_hz` 0 one that sounds by itself, or a motor; else it is given the tone."""

    def __init__(self, number: int, frequency_hz: int) -> None:
        self._pin = Pin(number, Pin.OUT, value=0)
        self._pwm = None
        if frequency_hz:
            self._pwm = PWM(self._pin, freq=frequency_hz, duty_u16=0)

    def value(self, value: int) -> None:
        """1 sounds, 0 is silent."""
        if self._pwm is None:
            self._pin.value(value)
        else:
            self._pwm.duty_u16(_HALF_DUTY * value)


def input_pin(number: int) -> Pin:
    """A pin that something may pull to ground."""
    if 34 <= number <= 39:  # input-only on the ESP32, without a pull-up inside: the board has one
        return Pin(number, Pin.IN)
    return Pin(number, Pin.IN, Pin.PULL_UP)

"""How the board sleeps, and what wakes it: its button, and motion where the motion sensor's interrupt line is wired.

Both pull their line low. Deep sleep, which ends in a restart, is for boards that can be woken from it by all of them:
the ESP32 and its S3 by ext0 and ext1 (MicroPython's esp32 module), the C3 by `wake_on_gpio`, which MicroPython has
since its pull request 17518, and on GPIO0 to 5 only. All others, the Pico among them, look at the lines once a second.
"""

import sys

import machine
from micropython import const

from .signals import input_pin
from .watchdog import restart

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .imu import Imu

_LOOK_MS = const(1000)
_LAST_RTC_PIN_C3 = const(5)
_CHIP = getattr(sys.implementation, "_machine", "")  # such as "ESP32C3 module with ESP32C3"


def lines(config: dict, imu: "Imu | None") -> "list[tuple[str, int]]":
    """What can wake the board, and its pin; the motion sensor is set to watch for that. `imu` None: not by motion."""
    found = []
    if config["button"] is not None:
        found.append(("the button", config["button"]))
    if imu is not None and config["motion"] is not None:
        try:
            imu.watch_motion()
            found.append(("motion", config["motion"]))
        except OSError:
            pass  # its bus fails: the button must do
    return found


def sleep(config: dict, numbers: "list[int]", feed: "Callable[[], None]") -> None:
    """Switches off, or sleeps until one of these pins is low; comes back as a restart. `feed` keeps the watchdog quiet
    meanwhile. Without pins it sleeps until its power is switched.
    """
    if config["power_hold"] is not None:
        machine.Pin(config["power_hold"], machine.Pin.OUT, value=0)  # off: its power button switches it on again
    pins = [input_pin(number) for number in numbers]
    if not pins or _wakes(pins, numbers):
        machine.deepsleep()
    while all(pin.value() for pin in pins):
        feed()
        machine.lightsleep(_LOOK_MS)  # the radio is off
    restart()


def _wakes(pins: "list[machine.Pin]", numbers: "list[int]") -> bool:
    """Lets the pins end a deep sleep, where the chip can; False where it can't for all of them."""
    try:
        esp32 = __import__("esp32")
    except ImportError:
        return False
    try:
        if "ESP32C" in _CHIP:  # older versions offer it ext0, which never wakes it
            if max(numbers) > _LAST_RTC_PIN_C3:
                return False
            esp32.wake_on_gpio(pins, False)
        else:
            esp32.wake_on_ext0(pins[0], False)
            if pins[1:]:
                esp32.wake_on_ext1(pins[1:], False)
    except (AttributeError, ValueError):
        return False
    return True

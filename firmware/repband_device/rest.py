"""What the board does when nobody needs it: it advertises slowly, then sleeps until the button wakes it."""

import machine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .app import Device

QUIET_MS = 600000  # ten minutes
SLEEP_MS = 1800000


class Rest:
    """Counts the time since anybody stirred.

    Attributes:
        idle_ms: that time.
    """

    def __init__(self, device: "Device") -> None:
        self._device = device
        self.idle_ms = 0

    def stir(self) -> None:
        """Somebody is there: a host that speaks and may, a rep, the button."""
        self.idle_ms = 0

    def turn(self, passed_ms: int) -> None:
        """What is due, `passed_ms` after the turn before."""
        self.idle_ms += passed_ms
        device = self._device
        if device.radio is not None:
            device.radio.quiet = self.idle_ms >= QUIET_MS
        if device.battery.empty:
            self._sleep("the battery is empty")
        elif self.idle_ms >= SLEEP_MS and device.signals.has_button and not device.in_maintenance:
            self._sleep("nobody is here")

    def _sleep(self, why: str) -> None:
        device = self._device
        device.counting.end()
        device.sets.end()
        device.link.say(f"sleeping: {why}; the button wakes")
        if device.radio is not None:
            device.radio.switch_off()
        sleep(device.config, device.watchdog.feed)


def sleep(config: dict, feed: "Callable[[], None]") -> None:
    """Switches off, or sleeps as deeply as the button can still wake it; comes back as a restart. `feed` keeps the
    watchdog quiet meanwhile.
    """
    if config["power_hold"] is not None:
        machine.Pin(config["power_hold"], machine.Pin.OUT, value=0)  # off: its power button switches it on again
    number = config["button"]
    if number is None or _wakes(number):
        machine.deepsleep()  # without a button until its power is switched
    pin = machine.Pin(number, machine.Pin.IN, machine.Pin.PULL_UP)
    while pin.value():
        feed()
        machine.lightsleep(1000)  # the radio is off; looks at the button once a second
    machine.reset()


def _wakes(number: int) -> bool:
    """Lets the pin end a deep sleep, where the chip can."""
    try:
        import esp32
    except ImportError:
        return False
    pin = machine.Pin(number, machine.Pin.IN)
    for name, arguments in (("wake_on_ext0", (pin, 0)), ("wake_on_gpio", ((pin,), 0))):
        try:
            getattr(esp32, name)(*arguments)
        except (AttributeError, ValueError):
            continue
        return True
    return False

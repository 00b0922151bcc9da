"""A stand-in for MicroPython's machine module: pins, a battery, and an I2C bus with one simulated motion sensor on it.

It lies before the built-in module on MICROPYPATH; board.py puts the chip on the bus. From the environment:
    REPBAND_SIM_PRESSED   the pin of a button that is held down for ever
    REPBAND_SIM_PINS      the highest number of a pin, 48 by default
    REPBAND_SIM_BUTTON    a file: while it exists, the pin whose number it holds is held down
    REPBAND_SIM_BATTERY   millivolts at the battery's pin (behind the divider)
    REPBAND_SIM_CAUSE     "watchdog" or "sleep": that is why it booted
Sleeping and restarting end the process, and say so on standard error.
"""

import os
import sys

chips = {}
pins = {}
_LAST_PIN = int(os.getenv("REPBAND_SIM_PINS") or 48)
lines = {}  # by pin: the chip whose interrupt line is wired to it


PWRON_RESET, WDT_RESET, DEEPSLEEP_RESET = 1, 3, 4
watchdogs = []


def reset_cause() -> int:
    """Why it booted."""
    return {"watchdog": WDT_RESET, "sleep": DEEPSLEEP_RESET}.get(os.getenv("REPBAND_SIM_CAUSE"), PWRON_RESET)


def _end(what: str) -> None:
    sys.stderr.write(f"simulated board: {what}\n")
    raise SystemExit


def reset() -> None:
    """Restarts the board."""
    _end("reset")


def deepsleep() -> None:
    """Sleeps until something wakes it, which is a restart."""
    _end("deepsleep")


def lightsleep(ms: int) -> None:
    """Sleeps so long."""
    _end("lightsleep")


class WDT:
    """A watchdog that says that it is on, and only counts how often it was fed."""

    def __init__(self, timeout: int) -> None:
        self.timeout = timeout
        self.fed = 0
        watchdogs.append(self)
        sys.stderr.write("simulated board: watchdog armed\n")

    def feed(self) -> None:
        """All is well."""
        self.fed += 1


class Pin:
    """A pin; nothing but buttons is wired to it."""

    IN = 0
    OUT = 1
    PULL_UP = 1

    def __init__(self, number: "int | str", mode: int = IN, pull: int = -1, value: "int | None" = None) -> None:
        if isinstance(number, int) and number > _LAST_PIN:
            raise ValueError("invalid pin")
        self.number = number
        self.changes = 0
        self.held = False
        self._value = (1 if mode == Pin.IN else 0) if value is None else value
        if mode == Pin.IN and str(number) == os.getenv("REPBAND_SIM_PRESSED"):
            self._value = 0
        pins[number] = self

    def value(self, value: "int | None" = None) -> "int | None":
        """Reads, or with an argument sets, the pin."""
        if value is None:
            if self.number in lines:
                return lines[self.number].line()
            return 0 if self.held or str(self.number) == _pressed() else self._value
        self.changes += value != self._value
        self._value = value
        return None


def _pressed() -> str:
    path = os.getenv("REPBAND_SIM_BUTTON")
    if not path:
        return ""
    try:
        with open(path) as file:  # noqa: PTH123 - MicroPython has no pathlib
            return file.read().strip()
    except OSError:
        return ""


class ADC:
    """The voltage at a pin, as the ESP32 tells it; the Pico has read_u16 alone."""

    millivolts = int(os.getenv("REPBAND_SIM_BATTERY") or 2000)

    def __init__(self, pin: Pin) -> None:
        self.pin = pin

    def read_uv(self) -> int:
        """Microvolts."""
        return ADC.millivolts * 1000


class PWM:
    """A tone on a pin; `changes` counts as a pin's do."""

    def __init__(self, pin: Pin, *, freq: int, duty_u16: int = 0) -> None:
        self.pin = pin
        self.freq = freq

    def duty_u16(self, duty: int) -> None:
        """0 is silent."""
        self.pin.value(1 if duty else 0)


class I2C:
    """An I2C bus on which `chips` answer, by address; nobody else does (OSError 19, ENODEV)."""

    def __init__(self, number: int, *, scl: object, sda: object, freq: int = 400000) -> None:
        self.freq = freq

    def scan(self) -> list:
        """The addresses that answer."""
        return sorted(chips)

    def readfrom_mem(self, address: int, register: int, size: int) -> bytes:
        """Reads `size` bytes from a register on."""
        data = bytearray(size)
        self.readfrom_mem_into(address, register, data)
        return bytes(data)

    def readfrom_mem_into(self, address: int, register: int, buffer: object) -> None:
        """Reads from a register on until `buffer` is full."""
        self._chip(address).read(register, buffer)

    def writeto_mem(self, address: int, register: int, data: bytes) -> None:
        """Writes bytes from a register on."""
        self._chip(address).write(register, data)

    def _chip(self, address: int) -> object:
        if address not in chips:
            raise OSError(19)
        return chips[address]

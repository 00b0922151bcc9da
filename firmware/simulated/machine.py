"""A stand-in for MicroPython's machine module: pins, and an I2C bus with one simulated motion sensor on it.

It lies before the built-in module on MICROPYPATH; board.py puts the chip on the bus.
"""

import os

chips = {}
pins = {}


class Pin:
    """A pin; nothing is wired to it, but REPBAND_SIM_PRESSED names the pin of a button that is held down."""

    IN = 0
    OUT = 1
    PULL_UP = 1

    def __init__(self, number: "int | str", mode: int = IN, pull: int = -1, value: "int | None" = None) -> None:
        self.number = number
        self.changes = 0
        self._value = (1 if mode == Pin.IN else 0) if value is None else value
        if mode == Pin.IN and str(number) == os.getenv("REPBAND_SIM_PRESSED"):
            self._value = 0
        pins[number] = self

    def value(self, value: "int | None" = None) -> "int | None":
        """Reads, or with an argument sets, the pin."""
        if value is None:
            return self._value
        self.changes += value != self._value
        self._value = value
        return None


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

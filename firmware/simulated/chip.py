"""What all simulated motion sensors share: registers, a clock of their own, a FIFO, and the samples they are fed."""

import os
import struct

_ROUND = 50  # samples that go round while the wearer waits


class Rows:
    """Samples from a file of int16 little endian, 3 or 6 values each.

    Args:
        path: the file.
        axes: values a sample.
        moving: a file; until it exists, the first samples are given over and over. Then it is told how many were.
        fed: a file that takes every sample given; "" for none.
    """

    def __init__(self, path: str, axes: int, moving: str = "", fed: str = "") -> None:
        self._file = open(path, "rb")  # noqa: PTH123, SIM115 - MicroPython has no pathlib; open as long as the chip
        self._fed = open(fed, "wb") if fed else None  # noqa: PTH123, SIM115
        self._layout = f"<{axes}h"
        self._size = 2 * axes
        self._moving = moving
        self._given = 0

    def next(self) -> "tuple | None":
        """The next sample, (x, y, z) or (x, y, z, gx, gy, gz), or None after the last."""
        if self._moving and (self._given % _ROUND == 0):
            self._wait_or_move()
        data = self._file.read(self._size)
        if len(data) < self._size:
            return None
        if self._fed:
            self._fed.write(data)
        self._given += 1
        return struct.unpack(self._layout, data)

    def _wait_or_move(self) -> None:
        self._file.seek(0)
        try:
            os.stat(self._moving)  # noqa: PTH116
        except OSError:
            return
        with open(self._moving, "w") as file:  # noqa: PTH123
            file.write(str(self._given))
        self._moving = ""


class Chip:
    """A register-level motion sensor on an I2C bus. Subclasses know the part.

    Args:
        rows: has next(), which gives samples until None.
        now_us: the true time, in us, never wrapping.
        rate_factor: true rate over nominal rate: the error of the chip's oscillator.
    """

    def __init__(self, rows: object, now_us: object, rate_factor: float = 1.0) -> None:
        self.rows = rows
        self.now_us = now_us
        self.rate_factor = rate_factor
        self.ended = False
        self.given = 0  # samples taken from the rows
        self.lost = 0  # of them, those that found the FIFO full, or were overwritten
        self.transfers = 0
        self.failing_at = -1  # the transfer of this number fails
        self._next_us = 0.0
        self._before = (0, 0, 0)

    def held(self) -> int:
        """Bytes in the FIFO."""
        raise NotImplementedError

    def period_us(self) -> float:
        """Time between samples as set in the registers, without the oscillator's error; 0 while it takes none."""
        raise NotImplementedError

    def recording(self) -> bool:
        """Whether samples go into the FIFO; only then are they taken from the rows."""
        raise NotImplementedError

    def sample(self, row: tuple) -> None:
        """Takes one sample into registers and FIFO."""
        raise NotImplementedError

    def watching(self) -> bool:
        """Whether samples are compared with each other, to find motion."""
        raise NotImplementedError

    def compare(self, before: tuple, row: tuple) -> None:
        """Looks for motion between two samples that follow each other; the first after a reset follows (0, 0, 0)."""
        raise NotImplementedError

    def asserted(self) -> bool:
        """Whether an enabled interrupt holds the line at its active level."""
        raise NotImplementedError

    def active_low(self) -> bool:
        """Which level that is."""
        raise NotImplementedError

    def line(self) -> int:
        """The level of the interrupt line, now."""
        self._catch_up()
        return int(self.asserted() != self.active_low())

    def read(self, register: int, buffer: object) -> None:
        """A transfer from `register` on fills `buffer`."""
        self._transfer()
        self.fill(register, buffer)

    def write(self, register: int, data: bytes) -> None:
        """A transfer into `register` and those after it."""
        self._transfer()
        for byte in data:
            before = self.period_us()
            self.set(register, byte)
            if self.period_us() != before:
                self._next_us = self.now_us() + self._true_period_us()
            register += 1

    def fill(self, register: int, buffer: object) -> None:
        """What a read gives."""
        raise NotImplementedError

    def set(self, register: int, value: int) -> None:
        """What a write does."""
        raise NotImplementedError

    def _transfer(self) -> None:
        self.transfers += 1
        if self.transfers - 1 == self.failing_at:
            raise OSError(5)
        self._catch_up()

    def _true_period_us(self) -> float:
        return self.period_us() / self.rate_factor

    def _catch_up(self) -> None:
        period_us = self._true_period_us()
        if not period_us:
            return
        now_us = self.now_us()
        while self._next_us <= now_us and not self.ended:
            self._next_us += period_us
            recording, watching = self.recording(), self.watching()
            if not recording and not watching:
                continue
            row = self.rows.next()
            if row is None:
                self.ended = True
                return
            self.given += 1
            if recording:
                self.sample(row)
            if watching:
                self.compare(self._before, row)
            self._before = row[:3]


class NoRows:
    """A board that lies still, for ever."""

    def next(self) -> tuple:
        """1 g at 4 g range along z."""
        return (0, 0, 8192)


def rows_from_environment() -> object:
    """Rows as the environment names them, or a board that lies still."""
    path = os.getenv("REPBAND_SIM_ROWS")
    if not path:
        return NoRows()
    axes = int(os.getenv("REPBAND_SIM_AXES") or 3)
    return Rows(path, axes, os.getenv("REPBAND_SIM_MOVING") or "", os.getenv("REPBAND_SIM_FED") or "")

"""What ST's LSM6DS3, LSM6DS3TR-C and LSM6DSOX share, as their data sheets describe it.

Pages are those of the LSM6DS3's (DocID026899 r7); the others (DocID030071, DS12814) have the same registers under the
same headings where nothing else is said.
"""

from chip import Chip

_CONTINUOUS, _FIFO_MODE, _BYPASS = 6, 1, 0


class Lsm6ds(Chip):
    """Rates, reset, a FIFO of words that overwrites its oldest in continuous mode, and the wake-up interrupt.

    Subclasses give: `identity`, `word_bytes`, `capacity` (words), `outputs` (first and last register that a FIFO word
    is read from; a read goes round there), `rates_hz`, and the methods that raise here.
    """

    def __init__(self, rows: object, now_us: object, rate_factor: float = 1.0) -> None:
        super().__init__(rows, now_us, rate_factor)
        self._fifo = bytearray(self.word_bytes * self.capacity)
        self._reset()

    def _reset(self) -> None:
        self._registers = bytearray(128)
        self._registers[0x0F] = self.identity  # WHO_AM_I, page 51
        self._registers[0x12] = 0x04  # CTRL3_C, page 54: IF_INC
        self._before = (0, 0, 0)
        self._empty()

    def _empty(self) -> None:
        self._first = 0
        self._held = 0
        self._overrun = False

    def status(self, register: int) -> "int | None":
        """What a FIFO_STATUS register says; None when it is none."""
        raise NotImplementedError

    def interrupts(self) -> "tuple[bool, bool]":
        """Whether embedded interrupts are enabled, and latched until WAKE_UP_SRC is read."""
        raise NotImplementedError

    def held(self) -> int:
        """Words in the FIFO."""
        return self._held

    def mode(self) -> int:
        """Of the FIFO: bits 2-0 of register 0Ah on all three (page 48)."""
        return self._registers[0x0A] & 7

    def period_us(self) -> float:
        """Set by ODR_XL in CTRL1_XL (page 51)."""
        code = self._registers[0x10] >> 4
        return 1e6 / self.rates_hz[code] if 0 < code < len(self.rates_hz) else 0

    def gyro(self, row: tuple) -> tuple:
        """What the gyroscope gives: nothing while CTRL2_G (page 53) has it off."""
        return row[3:] if len(row) > 3 and self._registers[0x11] >> 4 else (0, 0, 0)

    def push(self, word: bytes) -> bool:
        """One word into the FIFO; False when it is full and FIFO mode takes no more."""
        if self._held == self.capacity:
            self._overrun = True
            if self.mode() == _FIFO_MODE:
                return False
            self.drop()
        at = (self._first + self._held) % self.capacity * self.word_bytes
        self._fifo[at : at + self.word_bytes] = word
        self._held += 1
        return True

    def drop(self) -> None:
        """The oldest word goes: read, or overwritten."""
        self._first = (self._first + 1) % self.capacity
        self._held -= 1

    def watching(self) -> bool:
        """Whether wake-up is on INT1 (MD1_CFG, page 78); elsewhere nobody here would see it."""
        return self._registers[0x5E] & 0x20 != 0

    def compare(self, before: tuple, row: tuple) -> None:
        """The slope, half the difference of two samples, against WAKE_UP_THS (pages 76, 77): 1/64 of the range a step.

        WAKE_UP_SRC (page 60): bit 3 says that there was one, bits 2-0 on which axis.
        """
        for last, now, bit in zip(before, row, (0x04, 0x02, 0x01)):  # noqa: B905 - MicroPython's zip
            if abs(now - last) / 2 > (self._registers[0x5B] & 0x3F) * 32768 / 64:
                self._registers[0x1B] |= 0x08 | bit

    def asserted(self) -> bool:
        """Not latched it lasts a sample only, which nobody here sees."""
        enabled, latched = self.interrupts()
        return enabled and latched and self.watching() and self._registers[0x1B] & 0x08 != 0

    def active_low(self) -> bool:
        """CTRL3_C (page 54), bit 5 H_LACTIVE."""
        return self._registers[0x12] & 0x20 != 0

    def fill(self, register: int, buffer: object) -> None:
        """Registers count up, but in the FIFO's output a read goes round; its last byte takes a word from the FIFO."""
        first, last = self.outputs
        for at in range(len(buffer)):
            buffer[at] = self._value(register)
            if register == last:
                if self._held:
                    self.drop()
                register = first
            else:
                register = (register + 1) % 128

    def _value(self, register: int) -> int:
        first, last = self.outputs
        if first <= register <= last:
            return self._fifo[self._first * self.word_bytes + register - first] if self._held else 0
        status = self.status(register)
        if status is not None:
            return status
        value = self._registers[register]
        if register == 0x1B:
            self._registers[register] = 0
        return value

    def set(self, register: int, value: int) -> None:
        """Writes a register; a reset (CTRL3_C, bit 0) and the bypass mode act at once."""
        if register == 0x12 and value & 0x01:
            self._reset()
            return
        self._registers[register] = value
        if register == 0x0A and self.mode() == _BYPASS:
            self._empty()

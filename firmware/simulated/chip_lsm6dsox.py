"""An LSM6DSOX as its data sheet (DS12814) describes it: a FIFO of 512 tagged words."""

from chip import Chip

RATES_HZ = (0, 12.5, 26, 52, 104, 208, 417, 833, 1667)
_WORDS = 512
_GYRO, _ACCEL = 1, 2


class Lsm6dsox(Chip):
    """Accelerometer, gyroscope, and a FIFO that overwrites its oldest words in continuous mode."""

    def __init__(self, rows: object, now_us: object, rate_factor: float = 1.0) -> None:
        super().__init__(rows, now_us, rate_factor)
        self._fifo = bytearray(7 * _WORDS)
        self._reset()

    def _reset(self) -> None:
        self._registers = bytearray(128)
        self._registers[0x0F] = 0x6C
        self._registers[0x12] = 0x04  # CTRL3_C: IF_INC
        self._slot = 0
        self._empty()

    def _empty(self) -> None:
        self._first = 0
        self._held = 0
        self._overrun = False

    def held(self) -> int:
        """Words in the FIFO."""
        return self._held

    def period_us(self) -> float:
        """Set by ODR_XL in CTRL1_XL."""
        code = self._registers[0x10] >> 4
        return 1e6 / RATES_HZ[code] if 0 < code < len(RATES_HZ) else 0

    def recording(self) -> bool:
        """FIFO_CTRL4 names a mode, FIFO_CTRL3 something to batch."""
        return self._registers[0x0A] & 7 in (1, 6) and self._registers[0x09] != 0

    def sample(self, row: tuple) -> None:
        """One time slot: a gyroscope word, then an accelerometer word, as far as they are batched."""
        batched = self._registers[0x09]
        self._slot = (self._slot + 1) & 3
        before = self._overrun
        if batched & 0xF0:
            self._push(_GYRO, row[3:] if len(row) > 3 and self._registers[0x11] >> 4 else (0, 0, 0))
        if batched & 0x0F:
            self._push(_ACCEL, row[:3])
        if self._overrun or before:
            self.lost += 1

    def _push(self, tag: int, values: tuple) -> None:
        if self._held == _WORDS:
            self._overrun = True
            if self._registers[0x0A] & 7 == 1:
                return
            self._first = (self._first + 1) % _WORDS
            self._held -= 1
        at = (self._first + self._held) % _WORDS * 7
        self._fifo[at] = self._tagged(tag)
        for number, value in enumerate(values):
            self._fifo[at + 1 + 2 * number] = value & 0xFF
            self._fifo[at + 2 + 2 * number] = value >> 8 & 0xFF
        self._held += 1

    def _tagged(self, tag: int) -> int:
        """Tag, two bits of time-slot count, and a parity bit that makes the number of ones even."""
        byte = tag << 3 | self._slot << 1
        ones = sum([byte >> bit & 1 for bit in range(1, 8)])
        return byte | ones & 1

    def fill(self, register: int, buffer: object) -> None:
        """Registers count up, but from 7Eh a read goes back to 78h, and each 7Eh takes a word from the FIFO."""
        for at in range(len(buffer)):
            buffer[at] = self._value(register)
            if register == 0x7E:
                if self._held:
                    self._first = (self._first + 1) % _WORDS
                    self._held -= 1
                register = 0x78
            else:
                register = (register + 1) % 128

    def _value(self, register: int) -> int:
        if register == 0x3A:
            return self._held & 0xFF
        if register == 0x3B:
            full = 0x20 if self._held == _WORDS else 0
            return (0x48 if self._overrun else 0) | full | self._held >> 8
        if 0x78 <= register <= 0x7E:
            return self._fifo[self._first * 7 + register - 0x78] if self._held else 0
        return self._registers[register]

    def set(self, register: int, value: int) -> None:
        """Writes a register; a reset and the bypass mode act at once."""
        if register == 0x12 and value & 0x01:
            self._reset()
            return
        self._registers[register] = value
        if register == 0x0A and value & 7 == 0:
            self._empty()

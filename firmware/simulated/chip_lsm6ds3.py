"""An LSM6DS3 or LSM6DS3TR-C as its data sheet (DocID026899, DocID030071) describes it: a FIFO of bare words."""

from chip import Chip

RATES_HZ = (0, 12.5, 26, 52, 104, 208, 416, 833, 1666)


class Lsm6ds3(Chip):
    """WHO_AM_I 0x69: 4096 words of FIFO; 0x6A (TR-C): 2048. When full the oldest words are overwritten."""

    def __init__(self, rows: object, now_us: object, rate_factor: float = 1.0, identity: int = 0x69) -> None:
        super().__init__(rows, now_us, rate_factor)
        self._identity = identity
        self._capacity = 4095 if identity == 0x69 else 2047  # what the word count of FIFO_STATUS can say
        self._fifo = bytearray(2 * self._capacity)
        self._reset()

    def _reset(self) -> None:
        self._registers = bytearray(128)
        self._registers[0x12] = 0x04  # CTRL3_C: IF_INC
        self._empty()

    def _empty(self) -> None:
        self._first = 0
        self._held = 0
        self._pattern = 0  # of the word that comes out next
        self._overrun = False

    def held(self) -> int:
        """Words in the FIFO."""
        return self._held

    def period_us(self) -> float:
        """Set by ODR_XL in CTRL1_XL."""
        code = self._registers[0x10] >> 4
        return 1e6 / RATES_HZ[code] if 0 < code < len(RATES_HZ) else 0

    def recording(self) -> bool:
        """FIFO_CTRL5 names a mode and a rate, FIFO_CTRL3 something to store."""
        fifo = self._registers[0x0A]
        return fifo & 7 in (1, 6) and fifo >> 3 & 15 != 0 and self._registers[0x08] & 0x3F != 0

    def _set_words(self) -> int:
        stored = self._registers[0x08]
        return (3 if stored & 0x38 else 0) + (3 if stored & 0x07 else 0)

    def sample(self, row: tuple) -> None:
        """Gyroscope, then accelerometer: the first and the second data set of the FIFO."""
        stored = self._registers[0x08]
        values = []
        if stored & 0x38:
            values += row[3:] if len(row) > 3 and self._registers[0x11] >> 4 else (0, 0, 0)
        if stored & 0x07:
            values += row[:3]
        if self._held + len(values) > self._capacity:
            self.lost += 1
            self._overrun = True
            if self._registers[0x0A] & 7 == 1:
                return
        for value in values:
            self._push(value)

    def _push(self, value: int) -> None:
        if self._held == self._capacity:
            self._drop()
        at = (self._first + self._held) % self._capacity * 2
        self._fifo[at] = value & 0xFF
        self._fifo[at + 1] = value >> 8 & 0xFF
        self._held += 1

    def _drop(self) -> None:
        self._first = (self._first + 1) % self._capacity
        self._held -= 1
        self._pattern = (self._pattern + 1) % max(1, self._set_words())

    def fill(self, register: int, buffer: object) -> None:
        """Registers count up, but from 3Fh a read goes back to 3Eh, and each 3Fh takes a word from the FIFO."""
        for at in range(len(buffer)):
            buffer[at] = self._value(register)
            if register == 0x3F:
                if self._held:
                    self._drop()
                register = 0x3E
            else:
                register += 1

    def _value(self, register: int) -> int:
        if register == 0x0F:
            return self._identity
        if register == 0x3A:
            return self._held & 0xFF
        if register == 0x3B:
            return (0x40 if self._overrun else 0) | (0x10 if not self._held else 0) | self._held >> 8
        if register == 0x3C:
            return self._pattern & 0xFF
        if register in (0x3E, 0x3F):
            return self._fifo[self._first * 2 + register - 0x3E] if self._held else 0
        return self._registers[register]

    def set(self, register: int, value: int) -> None:
        """Writes a register; a reset and the bypass mode act at once."""
        if register == 0x12 and value & 0x01:
            self._reset()
            return
        self._registers[register] = value
        if register == 0x0A and value & 7 == 0:
            self._empty()

"""An LSM6DS3 (DocID026899 r7, whose pages are named) or LSM6DS3TR-C (DocID030071): a FIFO of bare words."""

from chip_lsm6ds import Lsm6ds


def word(value: int) -> bytes:
    """16 bits, low byte first."""
    return bytes((value & 0xFF, value >> 8 & 0xFF))


class Lsm6ds3(Lsm6ds):
    """The first of the family, with a FIFO of 8 kB: 4095 words is what FIFO_STATUS can say (page 69)."""

    identity = 0x69
    word_bytes = 2
    capacity = 4095
    outputs = (0x3E, 0x3F)  # FIFO_DATA_OUT, pages 70 and 71
    rates_hz = (0, 13, 26, 52, 104, 208, 416, 833, 1666)  # page 52

    def recording(self) -> bool:
        """FIFO_CTRL5 (page 48) names a mode and a rate, FIFO_CTRL3 (page 46) something to store."""
        return self.mode() in (1, 6) and self._registers[0x0A] >> 3 & 15 != 0 and self._registers[0x08] & 0x3F != 0

    def _empty(self) -> None:
        super()._empty()
        self._pattern = 0  # of the word that comes out next

    def drop(self) -> None:
        """Each word has its place in the set of all that is stored."""
        super().drop()
        stored = self._registers[0x08]
        words = (3 if stored & 0x38 else 0) + (3 if stored & 0x07 else 0)
        self._pattern = (self._pattern + 1) % max(1, words)

    def sample(self, row: tuple) -> None:
        """Gyroscope, then accelerometer: the first and the second data set of the FIFO (page 46)."""
        stored = self._registers[0x08]
        values = []
        if stored & 0x38:
            values += self.gyro(row)
        if stored & 0x07:
            values += row[:3]
        if self._held + len(values) > self.capacity:
            self.lost += 1
            self._overrun = True
            if self.mode() == 1:
                return
        for value in values:
            self.push(word(value))

    def status(self, register: int) -> "int | None":
        """FIFO_STATUS1 to 3 (pages 69 and 70)."""
        if register == 0x3A:
            return self._held & 0xFF
        if register == 0x3B:
            return (0x40 if self._overrun else 0) | (0x10 if not self._held else 0) | self._held >> 8
        return self._pattern & 0xFF if register == 0x3C else None

    def interrupts(self) -> "tuple[bool, bool]":
        """TAP_CFG (page 75): nothing enables them, bit 0 latches them."""
        return True, self._registers[0x58] & 0x01 != 0


class Lsm6ds3trc(Lsm6ds3):
    """Half the FIFO, and a bit that enables its interrupts."""

    identity = 0x6A
    capacity = 2047
    rates_hz = (0, 12.5, 26, 52, 104, 208, 416, 833, 1666)

    def interrupts(self) -> "tuple[bool, bool]":
        """TAP_CFG (58h): bit 7 INTERRUPTS_ENABLE, bit 0 LIR."""
        return self._registers[0x58] & 0x80 != 0, self._registers[0x58] & 0x01 != 0

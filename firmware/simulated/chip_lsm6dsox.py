"""An LSM6DSOX (DS12814, by the headings of its registers): a FIFO of 512 tagged words."""

from chip_lsm6ds import Lsm6ds
from chip_lsm6ds3 import word

_GYRO, _ACCEL = 1, 2  # FIFO_DATA_OUT_TAG (78h)


class Lsm6dsox(Lsm6ds):
    """Accelerometer and gyroscope, each sample a word of tag and three values."""

    identity = 0x6C
    word_bytes = 7
    capacity = 512
    outputs = (0x78, 0x7E)  # FIFO_DATA_OUT_TAG (78h) to FIFO_DATA_OUT_Z_H (7Eh)
    rates_hz = (0, 12.5, 26, 52, 104, 208, 417, 833, 1667)

    def _reset(self) -> None:
        self._slot = 0
        super()._reset()

    def recording(self) -> bool:
        """FIFO_CTRL4 (0Ah) names a mode, FIFO_CTRL3 (09h) something to batch."""
        return self.mode() in (1, 6) and self._registers[0x09] != 0

    def sample(self, row: tuple) -> None:
        """One time slot: a gyroscope word, then an accelerometer word, as far as they are batched."""
        batched = self._registers[0x09]
        self._slot = (self._slot + 1) & 3
        before = self._overrun
        if batched & 0xF0:
            self.push(self._tagged(_GYRO, self.gyro(row)))
        if batched & 0x0F:
            self.push(self._tagged(_ACCEL, row[:3]))
        if self._overrun or before:
            self.lost += 1

    def _tagged(self, tag: int, values: tuple) -> bytes:
        """Tag, two bits of time-slot count, and a parity bit that makes the number of ones even; then the values."""
        byte = tag << 3 | self._slot << 1
        ones = sum([byte >> bit & 1 for bit in range(1, 8)])
        return bytes((byte | ones & 1,)) + b"".join([word(value) for value in values])

    def status(self, register: int) -> "int | None":
        """FIFO_STATUS1 (3Ah), FIFO_STATUS2 (3Bh)."""
        if register == 0x3A:
            return self._held & 0xFF
        if register != 0x3B:
            return None
        full = 0x20 if self._held == self.capacity else 0
        return (0x48 if self._overrun else 0) | full | self._held >> 8

    def interrupts(self) -> "tuple[bool, bool]":
        """TAP_CFG2 (58h), bit 7 INTERRUPTS_ENABLE; TAP_CFG0 (56h), bit 0 LIR."""
        return self._registers[0x58] & 0x80 != 0, self._registers[0x56] & 0x01 != 0

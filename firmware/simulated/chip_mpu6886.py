"""An MPU-6886 as its data sheet (DS-000193 r1.1, with the shared register map of RM-MPU-6500A-00 r2.1) describes it."""

from chip import Chip

_TEMPERATURE = (0x0D, 0xC0)


class Mpu6886(Chip):
    """Accelerometer, gyroscope and a FIFO of 1024 bytes, with the temperature in every frame."""

    identity = 0x19  # WHO_AM_I
    fifo_bytes = 1024

    def __init__(self, rows: object, now_us: object, rate_factor: float = 1.0) -> None:
        super().__init__(rows, now_us, rate_factor)
        self._fifo = bytearray(self.fifo_bytes)
        self._reset()

    def _reset(self) -> None:
        self._registers = bytearray(128)
        self._registers[0x6B] = 0x41  # 107 PWR_MGMT_1: asleep
        self._registers[0x75] = self.identity
        self._empty()

    def _empty(self) -> None:
        self._first = 0
        self._held = 0

    def held(self) -> int:
        """Bytes in the FIFO."""
        return self._held

    def period_us(self) -> float:
        """1 kHz / (1 + SMPLRT_DIV) while the low-pass filter is on (CONFIG 1 to 6), 0 while asleep."""
        if self._registers[0x6B] & 0x40:
            return 0
        if not 0 < self._registers[0x1A] & 7 < 7:
            return 125  # 8 kHz: the divider has no effect
        return 1000 * (1 + self._registers[0x19])

    def recording(self) -> bool:
        """USER_CTRL and FIFO_EN both say so."""
        return self._registers[0x6A] & 0x40 != 0 and self._registers[0x23] & 0x18 != 0

    def sample(self, row: tuple) -> None:
        """Into registers 59 to 72, and from there into the FIFO."""
        at = 0x3B
        for number, value in enumerate(row):
            if number == 3:
                self._registers[at], self._registers[at + 1] = _TEMPERATURE
                at += 2
            self._registers[at] = value >> 8 & 0xFF
            self._registers[at + 1] = value & 0xFF
            at += 2
        if len(row) == 3:
            self._registers[at], self._registers[at + 1] = _TEMPERATURE
        self._registers[0x3A] |= 0x01
        self._queue()

    def stops_when_full(self) -> bool:
        """FIFO_MODE (register 26, bit 6)."""
        return self._registers[0x1A] & 0x40 != 0

    def queued(self) -> list:
        """First and last register of each span that FIFO_EN stores: the temperature is always among them."""
        enabled = self._registers[0x23]
        return [(0x3B if enabled & 0x08 else 0x41, 0x48 if enabled & 0x10 else 0x42)]

    def _queue(self) -> None:
        full = False
        for first, last in self.queued():
            for register in range(first, last + 1):
                full = self._push(self._registers[register]) or full
        if full:
            self.lost += 1
            self._registers[0x3A] |= 0x10

    def _push(self, byte: int) -> bool:
        """One byte into the FIFO; True when it was full: the byte is dropped, or the oldest overwritten."""
        full = self._held == self.fifo_bytes
        if full and self.stops_when_full():
            return True
        self._fifo[(self._first + self._held) % self.fifo_bytes] = byte
        if full:
            self._first = (self._first + 1) % self.fifo_bytes
        else:
            self._held += 1
        return full

    def fill(self, register: int, buffer: object) -> None:
        """Registers count up, but 116 gives FIFO bytes as long as the transfer lasts."""
        for at in range(len(buffer)):
            if register == 0x74:
                buffer[at] = self._pop()
            else:
                buffer[at] = self._value(register)
                register = (register + 1) % 128

    def _pop(self) -> int:
        if not self._held:
            return 0xFF
        byte = self._fifo[self._first]
        self._first = (self._first + 1) % self.fifo_bytes
        self._held -= 1
        return byte

    def _value(self, register: int) -> int:
        if register == 0x72:
            return self._held >> 8
        if register == 0x73:
            return self._held & 0xFF
        value = self._registers[register]
        if register == 0x3A:
            self._registers[register] = 0
        return value

    def set(self, register: int, value: int) -> None:
        """Writes a register; the bits that act at once do."""
        if register == 0x6B and value & 0x80:
            self._reset()
        elif register == 0x6A:
            if value & 0x04:
                self._empty()
            self._registers[register] = value & ~0x07
        elif register not in (0x3A, 0x72, 0x73, 0x74, 0x75):
            self._registers[register] = value

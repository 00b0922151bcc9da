"""An MPU-6886 as its data sheet (DS-000193 r1.1, with the shared register map of RM-MPU-6500A-00 r2.1) describes it.

Both list their registers by decimal number; what is known here of each stands beside its use.
"""

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
        self._registers[0x75] = self.identity  # 117
        self._before = (0, 0, 0)
        self._empty()

    def _empty(self) -> None:
        self._first = 0
        self._held = 0

    def held(self) -> int:
        """Bytes in the FIFO."""
        return self._held

    def period_us(self) -> float:
        """1 kHz / (1 + SMPLRT_DIV) while the low-pass filter is on (CONFIG 1 to 6), 0 while asleep; in cycle mode (107,
        bit 5) as cycle_us() has it.
        """
        if self._registers[0x6B] & 0x40:
            return 0
        if self._registers[0x6B] & 0x20:
            return self.cycle_us()
        if not 0 < self._registers[0x1A] & 7 < 7:
            return 125  # 8 kHz: the divider has no effect
        return 1000 * (1 + self._registers[0x19])

    def cycle_us(self) -> float:
        """25 SMPLRT_DIV sets the low-power rate too."""
        return 1000 * (1 + self._registers[0x19])

    def recording(self) -> bool:
        """USER_CTRL (106) and FIFO_EN (35) both say so."""
        return self._registers[0x6A] & 0x40 != 0 and self._registers[0x23] & 0x18 != 0

    def watching(self) -> bool:
        """105 ACCEL_INTEL_CTRL: enabled (bit 7), comparing with the sample before (bit 6)."""
        return self._registers[0x69] & 0xC0 == 0xC0

    def thresholds_mg(self) -> tuple:
        """32 to 34 ACCEL_WOM_X_THR, Y, Z: 4 mg a step."""
        return tuple([4 * self._registers[register] for register in (0x20, 0x21, 0x22)])

    def motion_bits(self) -> tuple:
        """Of INT_STATUS (58) and INT_ENABLE (56), one for each axis."""
        return (0x80, 0x40, 0x20)

    def compare(self, before: tuple, row: tuple) -> None:
        """Each axis on its own; 28 ACCEL_CONFIG, bits 4-3, has the range."""
        counts_a_mg = (16.384, 8.192, 4.096, 2.048)[self._registers[0x1C] >> 3 & 3]
        for last, now, limit_mg, bit in zip(before, row, self.thresholds_mg(), self.motion_bits()):  # noqa: B905
            if abs(now - last) > limit_mg * counts_a_mg:
                self._registers[0x3A] |= bit

    def asserted(self) -> bool:
        """55 INT_PIN_CFG: without bit 5 the line gives a pulse of 50 us only, which nobody here sees."""
        held = self._registers[0x37] & 0x20
        motion = 0
        for bit in self.motion_bits():
            motion |= bit
        return held != 0 and self._registers[0x3A] & self._registers[0x38] & motion != 0

    def active_low(self) -> bool:
        """55 INT_PIN_CFG, bit 7."""
        return self._registers[0x37] & 0x80 != 0

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
        """26 CONFIG, bit 6 FIFO_MODE."""
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
        """114 and 115 count the FIFO's bytes; 58 is cleared by reading."""
        if register == 0x72:
            return self._held >> 8
        if register == 0x73:
            return self._held & 0xFF
        value = self._registers[register]
        if register == 0x3A:
            self._registers[register] = 0
        return value

    def set(self, register: int, value: int) -> None:
        """Writes a register; the bits that act at once do: 107 bit 7 resets, 106 bit 2 empties the FIFO."""
        if register == 0x6B and value & 0x80:
            self._reset()
        elif register == 0x6A:
            if value & 0x04:
                self._empty()
            self._registers[register] = value & ~0x07
        elif register not in (0x3A, 0x72, 0x73, 0x74, 0x75):
            self._registers[register] = value

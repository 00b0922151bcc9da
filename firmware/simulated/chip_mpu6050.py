"""An MPU-6050 (RM-MPU-6000A-00 r4.2) and an MPU-6500 (RM-MPU-6500A-00 r2.1), where they differ from the MPU-6886."""

from chip_mpu6886 import Mpu6886

_ACCEL = (0x3B, 0x40)
_TEMPERATURE = (0x41, 0x42)
_GYRO = (0x43, 0x44), (0x45, 0x46), (0x47, 0x48)


class Mpu6050(Mpu6886):
    """FIFO of 1024 bytes; each sensor enabled by its own bit (register 35); when full the oldest bytes are lost."""

    identity = 0x68
    fifo_bytes = 1024

    def stops_when_full(self) -> bool:
        """It has no FIFO_MODE bit."""
        return False

    def recording(self) -> bool:
        """USER_CTRL and FIFO_EN both say so."""
        return self._registers[0x6A] & 0x40 != 0 and self._registers[0x23] & 0xF8 != 0

    def queued(self) -> list:
        """First and last register of each span that FIFO_EN stores, in order of register number."""
        enabled = self._registers[0x23]
        spans = [_ACCEL] if enabled & 0x08 else []
        if enabled & 0x80:
            spans.append(_TEMPERATURE)
        return spans + [span for bit, span in zip((0x40, 0x20, 0x10), _GYRO) if enabled & bit]  # noqa: B905


class Mpu6500(Mpu6050):
    """FIFO of 512 bytes, which FIFO_MODE (register 26, bit 6) stops when full."""

    identity = 0x70
    fifo_bytes = 512

    def stops_when_full(self) -> bool:
        """FIFO_MODE."""
        return self._registers[0x1A] & 0x40 != 0

"""An MPU-6050 (RM-MPU-6000A-00 r4.0, whose pages are named) and an MPU-6500 (RM-MPU-6500A-00 r2.1, register numbers),
where they differ from the MPU-6886.
"""

from chip_mpu6886 import Mpu6886

_ACCEL = (0x3B, 0x40)
_TEMPERATURE = (0x41, 0x42)
_GYRO = (0x43, 0x44), (0x45, 0x46), (0x47, 0x48)
_LP_ODR_HZ = (0.24, 0.49, 0.98, 1.95, 3.91, 7.81, 15.63, 31.25, 62.5, 125, 250, 500)


class Mpu6050(Mpu6886):
    """FIFO of 1024 bytes; each sensor enabled by its own bit (page 16); when full the oldest bytes are lost."""

    identity = 0x68  # page 46
    fifo_bytes = 1024

    def stops_when_full(self) -> bool:
        """It has no FIFO_MODE bit (page 13)."""
        return False

    def cycle_us(self) -> float:
        """PWR_MGMT_2, bits 7-6 LP_WAKE_CTRL (page 43)."""
        return 1e6 / (1.25, 5, 20, 40)[self._registers[0x6C] >> 6]

    def recording(self) -> bool:
        """USER_CTRL (page 39) and FIFO_EN (page 16) both say so."""
        return self._registers[0x6A] & 0x40 != 0 and self._registers[0x23] & 0xF8 != 0

    def watching(self) -> bool:
        """Always, but its high-pass filter (ACCEL_CONFIG, page 15) gives nothing until it is set, and MOT_DUR (r3.2 and
        before) asks for at least a millisecond.
        """
        return self._registers[0x1C] & 0x07 != 0 and self._registers[0x20] != 0

    def thresholds_mg(self) -> tuple:
        """MOT_THR (page 16), of 32 mg a step; here the filter takes the difference from the sample before."""
        return (32 * self._registers[0x1F],) * 3

    def motion_bits(self) -> tuple:
        """One bit for all axes (pages 28 and 29)."""
        return (0x40, 0x40, 0x40)

    def queued(self) -> list:
        """First and last register of each span that FIFO_EN stores, in order of register number (page 17)."""
        enabled = self._registers[0x23]
        spans = [_ACCEL] if enabled & 0x08 else []
        if enabled & 0x80:
            spans.append(_TEMPERATURE)
        return spans + [span for bit, span in zip((0x40, 0x20, 0x10), _GYRO) if enabled & bit]  # noqa: B905


class Mpu6500(Mpu6050):
    """FIFO of 512 bytes, which FIFO_MODE (register 26, bit 6) stops when full."""

    identity = 0x70  # register 117
    fifo_bytes = 512

    def stops_when_full(self) -> bool:
        """Register 26, bit 6 FIFO_MODE."""
        return self._registers[0x1A] & 0x40 != 0

    def cycle_us(self) -> float:
        """Register 30, LP_ACCEL_ODR."""
        return 1e6 / _LP_ODR_HZ[min(11, self._registers[0x1E] & 0x0F)]

    def watching(self) -> bool:
        """Register 105, ACCEL_INTEL_CTRL: enabled, comparing with the sample before."""
        return self._registers[0x69] & 0xC0 == 0xC0

    def thresholds_mg(self) -> tuple:
        """Register 31, WOM_THR: 4 mg a step."""
        return (4 * self._registers[0x1F],) * 3

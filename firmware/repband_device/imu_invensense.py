"""InvenSense MPU-6050, MPU-6500 and MPU-6886: one register map, three FIFOs.

Sources: MPU-6000/6050 register map RM-MPU-6000A-00 r4.0, whose pages are named here; MPU-6500 register map
RM-MPU-6500A-00 r2.1 and MPU-6886 data sheet DS-000193 r1.1, which list the same registers under the same decimal
numbers, given here behind the hexadecimal ones.
"""

import time

from machine import I2C
from micropython import const
from repband_wire.info import FAULT_IMU_IDENTITY
from repband_wire.stream import SCALE_FULL, accel_range_g, gyro_range_dps, pack_ranges

from .imu import Imu, ImuError
from .ring import Ring

WHO_AM_I = 0x75  # register 117, page 46

_SMPLRT_DIV = const(0x19)  # 25, page 11: rate = 1 kHz / (1 + this), with the low-pass filter on
_CONFIG = const(0x1A)  # 26, page 13: bits 2-0 DLPF_CFG; bit 6 FIFO_MODE (not MPU-6050): 1 = a full FIFO takes no more
_GYRO_CONFIG = const(0x1B)  # 27, page 14: bits 4-3 range
_ACCEL_CONFIG = const(0x1C)  # 28, page 15: bits 4-3 range
_ACCEL_CONFIG2 = const(0x1D)  # 29 (not MPU-6050): bits 2-0 A_DLPF_CFG, bit 3 ACCEL_FCHOICE_B = 0 keeps the filter on
_FIFO_EN = const(0x23)  # 35, page 16: see _Variant
_INT_STATUS = const(0x3A)  # 58, page 29: bit 4 FIFO_OFLOW_INT; reading clears it
_USER_CTRL = const(0x6A)  # 106, page 39: bit 6 FIFO_EN, bit 2 FIFO_RESET
_PWR_MGMT_1 = const(0x6B)  # 107, page 41: bit 7 reset, bits 2-0 clock: 0 internal, 1 PLL (later parts: best available)
_PWR_MGMT_2 = const(0x6C)  # 108, page 43: bits 2-0 gyroscope in standby
_FIFO_COUNT = const(0x72)  # 114-115, page 44: high byte first
_FIFO_R_W = const(0x74)  # 116, page 45

_OVERFLOW = const(0x10)
_STOP_WHEN_FULL = const(0x40)
_FIFO_ON = const(0x40)
_FIFO_RESET = const(0x04)
_MOST_FRAMES = const(16)  # a read of at most 224 bytes: buffers of some ports are no longer


class _Variant:
    """What differs between the parts.

    Attributes:
        fifo_size: bytes.
        accel_bits, gyro_bits: what FIFO_EN takes for either.
        temperature: bytes of temperature between accelerometer and gyroscope in each FIFO frame. The MPU-6886 writes
            them whatever is enabled, in accelerometer frames too.
        stops: the FIFO can be told to take no more when full; else it overwrites the oldest bytes, mid-frame.
    """

    def __init__(self, name: str, fifo_size: int, gyro_bits: int, temperature: int, stops: bool) -> None:
        self.name = name
        self.fifo_size = fifo_size
        self.accel_bits = 0x08
        self.gyro_bits = gyro_bits
        self.temperature = temperature
        self.stops = stops


_VARIANTS = {
    0x68: _Variant("mpu6050", 1024, 0x70, 0, False),
    0x70: _Variant("mpu6500", 512, 0x70, 0, True),
    0x19: _Variant("mpu6886", 1024, 0x10, 2, True),
}


class InvenSense(Imu):
    """The driver; Imu says what it offers."""

    has_gyro = True
    rates_chz = (1000, 2500, 5000, 5263, 10000, 12500, 20000, 33333)

    def __init__(self, i2c: I2C, address: int, identity: int) -> None:
        self._variant = _VARIANTS[identity]
        super().__init__(i2c, address, self._variant.name, identity)
        self._two = bytearray(2)
        self._burst = bytearray(_MOST_FRAMES * 14)

    def configure(self, rate_chz: int, ranges: int) -> "tuple[int, int]":
        """Sets rate and ranges to the nearest there are and starts the FIFO empty; returns both as taken."""
        divider = max(0, min(255, (100000 + rate_chz // 2) // rate_chz - 1))
        accel_g, gyro_dps = accel_range_g(ranges), gyro_range_dps(ranges)
        if gyro_dps == 125:  # the smallest these parts have is 250
            gyro_dps = 250
        self._power(gyro_dps > 0)
        self._write(_SMPLRT_DIV, divider)
        self._filter(100000 // (1 + divider))
        self._write(_ACCEL_CONFIG, (2, 4, 8, 16).index(accel_g) << 3)
        self._write(_GYRO_CONFIG, (250, 500, 1000, 2000).index(gyro_dps or 250) << 3)
        self._frame_views(gyro_dps > 0)
        self._restart_fifo()
        return 100000 // (1 + divider), pack_ranges(accel_g, gyro_dps, SCALE_FULL)

    def drain(self, ring: Ring) -> None:
        """Moves the whole samples that the FIFO holds into the ring."""
        if self._torn:
            self._restart_fifo()
            self.overflowed = True
            return
        self.overflowed = self._read(_INT_STATUS) & _OVERFLOW != 0
        self._i2c.readfrom_mem_into(self._address, _FIFO_COUNT, self._two)
        held = self._two[0] << 8 | self._two[1]
        if not self._variant.stops and held > self._variant.fifo_size - 3 * self._frame:
            self.overflowed = True  # it may overflow, mid-frame, before it is read
        count = held // self._frame
        if self.overflowed and not self._variant.stops:
            count = 0
        self._move(ring, count)
        # It may have become full since: what was moved came before the hole, what is held now lies on both its sides.
        if not self.overflowed and self._variant.stops:
            self.overflowed = self._read(_INT_STATUS) & _OVERFLOW != 0
        if self.overflowed:
            self._restart_fifo()

    def _move(self, ring: Ring, count: int) -> None:
        while count > 0:
            step = min(count, _MOST_FRAMES)
            self._burst_into(_FIFO_R_W, self._views[step])
            for number in range(step):
                self._put(ring, number * self._frame)
            count -= step

    def _put(self, ring: Ring, at: int) -> None:
        """One frame, high bytes first, to one sample of the ring, low bytes first; the temperature is left out."""
        burst, data, slot = self._burst, ring.data, ring.slot()
        for offset in range(0, ring.stride, 2):
            if offset == 6:
                at += self._variant.temperature
            data[slot + offset] = burst[at + offset + 1]
            data[slot + offset + 1] = burst[at + offset]
        ring.commit()

    def _frame_views(self, gyro: bool) -> None:
        self._gyro = gyro
        self._frame = (12 if gyro else 6) + self._variant.temperature
        whole = memoryview(self._burst)
        self._views = [whole[: number * self._frame] for number in range(_MOST_FRAMES + 1)]

    def _power(self, gyro: bool) -> None:
        self._write(_PWR_MGMT_1, 0x80)
        time.sleep_ms(100)  # what the MPU-6500's register map asks for after a reset (register 107)
        self._write(_PWR_MGMT_1, 1 if gyro or self._variant.name != "mpu6050" else 0)
        self._write(_PWR_MGMT_2, 0 if gyro else 0x07)
        time.sleep_ms(35)  # the gyroscope's start-up time in DS-000193 r1.1; the accelerometer needs less

    def _filter(self, rate_chz: int) -> None:
        """Low-pass below half the rate: DLPF_CFG 4 = 21 Hz, 3 = 44 Hz, 2 = 94 Hz (page 13)."""
        low_pass = 4 if rate_chz < 9000 else 3 if rate_chz < 19000 else 2
        self._write(_CONFIG, low_pass | (_STOP_WHEN_FULL if self._variant.stops else 0))
        if self._variant.name != "mpu6050":
            self._write(_ACCEL_CONFIG2, low_pass)

    def _restart_fifo(self) -> None:
        self._write(_USER_CTRL, 0)
        self._write(_FIFO_EN, 0)
        self._write(_USER_CTRL, _FIFO_RESET)
        self._read(_INT_STATUS)
        self._write(_USER_CTRL, _FIFO_ON)
        self._write(_FIFO_EN, self._variant.accel_bits | (self._variant.gyro_bits if self._gyro else 0))
        self._torn = False


def driver(i2c: I2C, address: int, identity: int) -> InvenSense:
    """The driver for the part that says `identity`. Raises ImuError when it is none of ours."""
    if identity not in _VARIANTS:
        raise ImuError(FAULT_IMU_IDENTITY, f"a sensor at {address:#x} says WHO_AM_I {identity:#x}: not one of ours")
    return InvenSense(i2c, address, identity)

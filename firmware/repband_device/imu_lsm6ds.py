"""ST LSM6DS3, LSM6DS3TR-C and LSM6DSOX: the same control registers, two kinds of FIFO.

Sources: data sheet of the LSM6DS3 (DocID026899 r7), whose pages are named here; those of the LSM6DS3TR-C (DocID030071)
and LSM6DSOX (DS12814) have the same registers under the same headings, such as "CTRL1_XL (10h)", where nothing else is
said; and ST's register headers of the same names. All numbers come low byte first.
"""

import time

from machine import I2C
from micropython import const
from repband_wire.info import FAULT_IMU_IDENTITY
from repband_wire.stream import SCALE_ST, accel_range_g, gyro_range_dps, pack_ranges

from .imu import Imu, ImuError
from .ring import Ring

WHO_AM_I = 0x0F  # page 51

_CTRL1_XL = const(0x10)  # page 51: bits 7-4 rate, 3-2 range; bits 1-0 filter, which the rate sets (page 55)
_CTRL2_G = const(0x11)  # page 53: bits 7-4 rate, 3-2 range, bit 1 the 125 deg/s range
_CTRL3_C = const(0x12)  # page 54: bit 6 BDU, bit 2 IF_INC, bit 0 SW_RESET
_FIFO_STATUS = const(0x3A)  # pages 69 and 70: two bytes of count and flags; on the older parts two more of FIFO_PATTERN

_RESET = const(0x01)
_BDU_AND_INCREMENT = const(0x44)
_OVERRUN = const(0x40)  # FIFO_STATUS2 (page 69), bit 6 on all three
_CONTINUOUS = const(6)
_RATES_CHZ = (1250, 2600, 5200, 10400, 20800, 41600)  # rate codes 1 to 6; the LSM6DS3's first is 13 Hz (page 52)
_ACCEL_CODES = {2: 0, 16: 1, 4: 2, 8: 3}
_GYRO_CODES = {0: 0, 125: 2, 250: 0, 500: 4, 1000: 8, 2000: 12}  # bits 3-1 of CTRL2_G
_MOST_FRAMES = const(16)


class Lsm6ds(Imu):
    """What the parts share; Imu says what a driver offers."""

    has_gyro = True
    rates_chz = _RATES_CHZ

    def __init__(self, i2c: I2C, address: int, identity: int) -> None:
        super().__init__(i2c, address, _PARTS[identity][1], identity)
        if identity == 0x69:
            self.rates_chz = (1300,) + _RATES_CHZ[1:]  # noqa: RUF005 - MicroPython
        self._status = bytearray(4)
        self._code = 0
        self._gyro = False

    def configure(self, rate_chz: int, ranges: int) -> "tuple[int, int]":
        """Sets rate and ranges to the nearest there are and starts the FIFO empty; returns both as taken."""
        rates, code = self.rates_chz, 1
        while code < len(rates) and rates[code - 1] + rates[code] < 2 * rate_chz:
            code += 1
        accel_g, gyro_dps = accel_range_g(ranges), gyro_range_dps(ranges)
        self._write(_CTRL3_C, _RESET)
        time.sleep_ms(20)
        self._write(_CTRL3_C, _BDU_AND_INCREMENT)
        self._write(_CTRL1_XL, code << 4 | _ACCEL_CODES[accel_g] << 2)
        self._write(_CTRL2_G, (code << 4 if gyro_dps else 0) | _GYRO_CODES[gyro_dps])
        self._code = code
        self._gyro = gyro_dps > 0
        self._prepare()
        self._restart_fifo()
        return rates[code - 1], pack_ranges(accel_g, gyro_dps, SCALE_ST)

    def drain(self, ring: Ring) -> None:
        """Moves the whole samples that the FIFO holds into the ring."""
        self.overflowed = self._torn
        if not self._torn:
            self._i2c.readfrom_mem_into(self._address, _FIFO_STATUS, self._status)
            self.overflowed = self._status[1] & _OVERRUN != 0
        if self.overflowed:  # the oldest bytes were overwritten, maybe in the middle of a sample
            self._restart_fifo()
        else:
            self._move(ring)

    def _prepare(self) -> None:
        raise NotImplementedError

    def _move(self, ring: Ring) -> None:
        raise NotImplementedError


class WordFifo(Lsm6ds):
    """LSM6DS3 and LSM6DS3TR-C: a FIFO of bare 16-bit words, gyroscope before accelerometer in each set."""

    _FIFO_CTRL3 = 0x08  # page 46: bits 5-3 gyroscope, 2-0 accelerometer: 1 = every sample, 0 = not in the FIFO
    _FIFO_CTRL5 = 0x0A  # page 48: bits 6-3 rate, 2-0 mode: 0 bypass empties it, 6 continuous
    _DATA_OUT = 0x3E  # pages 70 and 71: a long read goes to and fro between this byte and the next

    def __init__(self, i2c: I2C, address: int, identity: int) -> None:
        super().__init__(i2c, address, identity)
        self._high_mask = 0x0F if identity == 0x69 else 0x07  # bits of the word count in FIFO_STATUS2
        self._burst = bytearray(_MOST_FRAMES * 12)

    def _prepare(self) -> None:
        self._frame = 12 if self._gyro else 6
        whole = memoryview(self._burst)
        self._views = [whole[: number * self._frame] for number in range(_MOST_FRAMES + 1)]

    def _restart_fifo(self) -> None:
        self._write(self._FIFO_CTRL5, 0)
        self._write(self._FIFO_CTRL3, 0x09 if self._gyro else 0x01)
        self._write(self._FIFO_CTRL5, self._code << 3 | _CONTINUOUS)
        self._torn = False

    def _move(self, ring: Ring) -> None:
        status = self._status
        count = (status[0] | (status[1] & self._high_mask) << 8) * 2 // self._frame
        if status[2] | (status[3] & 0x03) << 8:  # FIFO_PATTERN: the next word is not the first of its set
            self.overflowed = True
            self._restart_fifo()
            return
        while count > 0:
            step = min(count, _MOST_FRAMES)
            self._burst_into(self._DATA_OUT, self._views[step])
            for number in range(step):
                self._put(ring, number * self._frame)
            count -= step

    def _put(self, ring: Ring, at: int) -> None:
        burst, data, slot = self._burst, ring.data, ring.slot()
        accel_at = at + self._frame - 6
        for offset in range(6):
            data[slot + offset] = burst[accel_at + offset]
        if self._gyro:
            for offset in range(6):
                data[slot + 6 + offset] = burst[at + offset]
        ring.commit()


class TaggedFifo(Lsm6ds):
    """LSM6DSOX: a FIFO of 7-byte words, each with a tag that says what it is."""

    _FIFO_CTRL3 = 0x09  # FIFO_CTRL3 (09h): bits 7-4 gyroscope's rate, 3-0 accelerometer's
    _FIFO_CTRL4 = 0x0A  # FIFO_CTRL4 (0Ah): bits 2-0 mode: 0 bypass empties it, 6 continuous
    _DATA_OUT_TAG = 0x78  # (78h): bits 7-3 tag: 1 gyroscope, 2 accelerometer; a long read goes round over 78h to 7Eh

    def __init__(self, i2c: I2C, address: int, identity: int) -> None:
        super().__init__(i2c, address, identity)
        self._burst = bytearray(_MOST_FRAMES * 14)
        whole = memoryview(self._burst)
        self._views = [whole[: number * 7] for number in range(2 * _MOST_FRAMES + 1)]

    def _prepare(self) -> None:
        self._whole = 0x06 if self._gyro else 0x04  # one bit for each tag that makes a sample
        self._have = 0

    def _restart_fifo(self) -> None:
        self._write(self._FIFO_CTRL4, 0)
        self._write(self._FIFO_CTRL3, self._code << 4 | self._code if self._gyro else self._code)
        self._write(self._FIFO_CTRL4, _CONTINUOUS)
        self._have = 0
        self._torn = False

    def _move(self, ring: Ring) -> None:
        count = self._status[0] | (self._status[1] & 0x03) << 8
        while count > 0:
            step = min(count, 2 * _MOST_FRAMES)
            self._burst_into(self._DATA_OUT_TAG, self._views[step])
            for number in range(step):
                self._put(ring, number * 7)
            count -= step

    def _put(self, ring: Ring, at: int) -> None:
        """One word; the halves of a sample may lie in two drains."""
        tag = self._burst[at] >> 3
        if tag != 1 and tag != 2:
            return
        to = ring.slot() + (6 if tag == 1 else 0)
        for offset in range(6):
            ring.data[to + offset] = self._burst[at + 1 + offset]
        self._have |= 1 << tag
        if self._have == self._whole:
            self._have = 0
            ring.commit()


_PARTS = {
    0x69: (WordFifo, "lsm6ds3"),
    0x6A: (WordFifo, "lsm6ds3tr-c"),
    0x6C: (TaggedFifo, "lsm6dsox"),
}


def driver(i2c: I2C, address: int, identity: int) -> Lsm6ds:
    """The driver for the part that says `identity`. Raises ImuError when it is none of ours."""
    if identity not in _PARTS:
        raise ImuError(FAULT_IMU_IDENTITY, f"a sensor at {address:#x} says WHO_AM_I {identity:#x}: not one of ours")
    return _PARTS[identity][0](i2c, address, identity)

"""A motion sensor as a watchman while the board sleeps: its interrupt line goes low, and stays low, once it is moved.

Every part compares each sample of its low-power mode with the one before, or with its slow part; all are set to about
32 mg, 16 to 26 times a second. Nobody has tried that on a leg: it is a choice between a bag that is carried (wakes)
and a table in a house where people walk (should not).

Sources, by part: see imu_invensense.py and imu_lsm6ds.py; pages are those of the documents named there.
"""

import time

from micropython import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_SETTLE_MS = const(250)  # some samples: the first is compared with nothing, and may count as motion

# (register, value), written in this order after a reset.
_MPU6050 = (
    (0x6B, 0x00),  # PWR_MGMT_1, pages 41 and 42: awake, internal clock
    (0x1C, 0x01),  # ACCEL_CONFIG, page 15: its high-pass filter on at 5 Hz (the bits are described in r3.2 and before)
    (0x1F, 1),  # MOT_THR, page 16; InvenSense's motion driver has 32 mg a step
    (0x20, 1),  # MOT_DUR (r3.2 and before): 1 ms above the threshold
    (0x69, 0x11),  # MOT_DETECT_CTRL, page 39: 1 ms more to start; counts down by 1 (r3.2 and before)
    (0x37, 0xA0),  # INT_PIN_CFG, page 27: active low, held until INT_STATUS is read
    (0x38, 0x40),  # INT_ENABLE, page 28: MOT_EN
    (0x6C, 0x87),  # PWR_MGMT_2, page 43: wakes 20 times a second, gyroscope in standby
    (0x6B, 0x28),  # PWR_MGMT_1, pages 41 and 42: CYCLE, no temperature
)
_MPU6500 = (
    (0x6B, 0x01),  # register 107: awake
    (0x6C, 0x07),  # register 108: gyroscope off
    (0x1D, 0x01),  # register 29: low-pass on
    (0x37, 0xA0),  # register 55: active low, held until read
    (0x38, 0x40),  # register 56: WOM_EN
    (0x69, 0xC0),  # register 105: compares each sample with the one before
    (0x1F, 8),  # register 31, WOM_THR: 4 mg a step
    (0x1E, 0x06),  # register 30, LP_ACCEL_ODR: 15.63 Hz
    (0x6B, 0x21),  # register 107: CYCLE
)
_MPU6886 = (
    (0x6B, 0x01),  # register 107: awake
    (0x6C, 0x07),  # register 108: gyroscope off
    (0x1D, 0x01),  # register 29: low-pass on
    (0x37, 0xA0),  # register 55: active low, held until read
    (0x38, 0xE0),  # register 56: WOM_INT_EN of all axes
    (0x20, 8),  # registers 32 to 34, ACCEL_WOM_X_THR and so on: 4 mg a step
    (0x21, 8),
    (0x22, 8),
    (0x69, 0xC2),  # register 105: compares each sample with the one before; any axis will do
    (0x19, 63),  # register 25: 15.63 Hz
    (0x6B, 0x21),  # register 107: CYCLE
)
_ST_BEFORE = (
    (0x12, 0x64),  # CTRL3_C, page 54: BDU, interrupt active low, IF_INC
    (0x15, 0x10),  # CTRL6_C, page 57: high-performance mode off
)
_ST_AFTER = (
    (0x5C, 0),  # WAKE_UP_DUR, page 77: one sample is enough
    (0x5B, 1),  # WAKE_UP_THS, pages 76 and 77: 1/64 of the range, as ST's headers have it
    (0x5E, 0x20),  # MD1_CFG, page 78: wake-up on INT1
    (0x10, 0x20),  # CTRL1_XL, page 51: 26 Hz, 2 g
)
_TAP_LSM6DS3 = ((0x58, 0x01),)  # TAP_CFG, page 75: held until WAKE_UP_SRC (page 60) is read
_TAP_LSM6DS3TRC = ((0x58, 0x81),)  # TAP_CFG (58h): interrupts enabled, held
_TAP_LSM6DSOX = ((0x56, 0x41), (0x58, 0x80))  # TAP_CFG0 (56h): held until read; TAP_CFG2 (58h): enabled

# By name: how it is reset and how long that takes, what is set, which register lets the line go when it is read.
_PARTS = {
    "mpu6050": ((0x6B, 0x80), 100, _MPU6050, 0x3A),
    "mpu6500": ((0x6B, 0x80), 100, _MPU6500, 0x3A),
    "mpu6886": ((0x6B, 0x80), 100, _MPU6886, 0x3A),
    "lsm6ds3": ((0x12, 0x01), 20, _ST_BEFORE + _TAP_LSM6DS3 + _ST_AFTER, 0x1B),
    "lsm6ds3tr-c": ((0x12, 0x01), 20, _ST_BEFORE + _TAP_LSM6DS3TRC + _ST_AFTER, 0x1B),
    "lsm6dsox": ((0x12, 0x01), 20, _ST_BEFORE + _TAP_LSM6DSOX + _ST_AFTER, 0x1B),
}


def watch(name: str, write: "Callable[[int, int], None]", read: "Callable[[int], int]") -> None:
    """Sets the part of that name to watch; `write` and `read` reach its registers. Raises OSError from the bus."""
    reset, wait_ms, settings, status = _PARTS[name]
    write(*reset)
    time.sleep_ms(wait_ms)
    for register, value in settings:
        write(register, value)
    time.sleep_ms(_SETTLE_MS)
    read(status)

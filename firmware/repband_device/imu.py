"""Motion sensors: what every driver offers, and finding the one that is there.

A driver has `name`, `who_am_i`, `has_gyro`, `rates_chz` (up to eight of its rates), `overflowed`, and
    configure(rate_chz, ranges) -> (rate_chz, ranges)   what it took; starts the FIFO empty
    drain(ring) -> int                                  moves whole samples from the FIFO into the ring; how many
After a drain `overflowed` says that samples were lost behind the last one it gave, and that the FIFO begins anew.
"""

from repband_wire.info import FAULT_IMU_IDENTITY, FAULT_IMU_MISSING


class ImuError(Exception):
    """The motion sensor can't be used: `fault` as the wire format numbers it."""

    def __init__(self, fault: int, text: str) -> None:
        super().__init__(text)
        self.fault = fault


def find(i2c: object, wanted: str) -> object:
    """The driver of the sensor on the bus. Raises ImuError when there is none, or not the wanted one."""
    present = i2c.scan()
    for address in present:
        if address in (0x68, 0x69):
            from . import imu_invensense as family
        elif address in (0x6A, 0x6B):
            from . import imu_lsm6ds as family
        else:
            continue
        identity = i2c.readfrom_mem(address, family.WHO_AM_I, 1)[0]
        return _checked(family.driver(i2c, address, identity), wanted)
    found = ", ".join([hex(address) for address in present]) or "nothing"
    raise ImuError(FAULT_IMU_MISSING, f"no motion sensor on the I2C bus (found {found}); check wiring, scl and sda")


def _checked(driver: object, wanted: str) -> object:
    if wanted not in ("auto", driver.name):
        raise ImuError(FAULT_IMU_IDENTITY, f'the motion sensor is a {driver.name}, config.json says "{wanted}"')
    return driver

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
    from .imu_invensense import ADDRESSES, WHO_AM_I, InvenSense

    present = i2c.scan()
    for address in ADDRESSES:
        if address in present:
            identity = i2c.readfrom_mem(address, WHO_AM_I, 1)[0]
            return _checked(InvenSense(i2c, address, identity), wanted)
    found = ", ".join([hex(address) for address in present]) or "nothing"
    raise ImuError(FAULT_IMU_MISSING, f"no motion sensor on the I2C bus (found {found}); check wiring, scl and sda")


def _checked(driver: object, wanted: str) -> object:
    if wanted not in ("auto", driver.name):
        raise ImuError(FAULT_IMU_IDENTITY, f'the motion sensor is a {driver.name}, config.json says "{wanted}"')
    return driver

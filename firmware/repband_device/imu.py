"""Motion sensors: what every driver offers, and finding the one that is there."""

from machine import I2C
from repband_wire.info import FAULT_IMU_IDENTITY, FAULT_IMU_MISSING

from .ring import Ring


class ImuError(Exception):
    """The motion sensor can't be used: `fault` as the wire format numbers it."""

    def __init__(self, fault: int, text: str) -> None:
        super().__init__(text)
        self.fault = fault


class Imu:
    """A motion sensor. All its methods raise OSError when the bus fails.

    Attributes:
        name: as the config file calls it.
        who_am_i: what its identity register says.
        has_gyro: whether it has a gyroscope.
        rates_chz: up to eight of its rates, in 0.01 Hz.
        overflowed: after a drain: samples were lost behind the last one it gave, and the FIFO begins anew.
    """

    has_gyro = False
    rates_chz = ()  # type: tuple[int, ...]

    def __init__(self, i2c: I2C, address: int, name: str, who_am_i: int) -> None:
        self._i2c = i2c
        self._address = address
        self.name = name
        self.who_am_i = who_am_i
        self.overflowed = False
        self._torn = False
        self._one = bytearray(1)

    def configure(self, rate_chz: int, ranges: int) -> "tuple[int, int]":
        """Sets rate and ranges to the nearest there are and starts the FIFO empty; returns both as taken."""
        raise NotImplementedError

    def drain(self, ring: Ring) -> None:
        """Moves the whole samples that the FIFO holds into the ring."""
        raise NotImplementedError

    def watch_motion(self) -> None:
        """Takes no more samples; from now on its interrupt line is high, and goes low for good once it is moved.
        configure() ends that.
        """
        from . import imu_motion  # seldom needed: not in memory until then

        imu_motion.watch(self.name, self._write, self._read)

    def _restart_fifo(self) -> None:
        raise NotImplementedError

    def _burst_into(self, register: int, view: "memoryview | bytearray") -> None:
        """Reads FIFO bytes; until a read has succeeded nobody knows how far a failed one got."""
        self._torn = True
        self._i2c.readfrom_mem_into(self._address, register, view)
        self._torn = False

    def _read(self, register: int) -> int:
        self._i2c.readfrom_mem_into(self._address, register, self._one)
        return self._one[0]

    def _write(self, register: int, value: int) -> None:
        self._one[0] = value
        self._i2c.writeto_mem(self._address, register, self._one)


class Absent(Imu):
    """Stands where no motion sensor could be used: gives nothing, can't be set."""

    def __init__(self) -> None:
        self.name = ""
        self.who_am_i = 0
        self.overflowed = False

    def configure(self, rate_chz: int, ranges: int) -> "tuple[int, int]":
        """Raises OSError."""
        raise OSError(19)

    def drain(self, ring: Ring) -> None:
        """Gives nothing."""

    def watch_motion(self) -> None:
        """Raises OSError."""
        raise OSError(19)


def find(i2c: I2C, wanted: str) -> Imu:
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


def _checked(driver: Imu, wanted: str) -> Imu:
    if wanted not in ("auto", driver.name):
        raise ImuError(FAULT_IMU_IDENTITY, f'the motion sensor is a {driver.name}, config.json says "{wanted}"')
    return driver

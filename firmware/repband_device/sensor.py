"""The sampling side: motion sensor, ring and sample clock, and the session they number."""

from micropython import const
from repband_wire.base import MAX_U16, time_diff_us
from repband_wire.events import GAP_FAULT, GAP_OVERFLOW
from repband_wire.info import FAULT_IMU_BUS, FAULT_IMU_SILENT

from . import clock
from .imu import Absent, Imu
from .ring import Ring
from .sampleclock import SampleClock

DRAIN_MS = 50
_MOST_INDEX = (1 << 30) - (1 << 20)  # a new session begins before a board's small int is full
_MOST_ERRORS = const(5)  # drains in a row that may fail before the sensor is set up again
_SILENT_US = const(2000000)


class Sensor:
    """Keeps the ring filled.

    Attributes:
        imu: the driver; Absent when there is no sensor to use.
        present: whether there is one.
        ring, clock: samples and their times.
        session, rate_chz, ranges: as in the wire format.
        fault: 0, or what is wrong with the sensor, as the wire format numbers it.
        bus_errors: reads that failed since boot.
    """

    def __init__(self, imu: "Imu | None", ring: Ring, session: int) -> None:
        self.present = imu is not None
        self.imu = imu or Absent()
        self.ring = ring
        self.clock = SampleClock(self.ring.capacity)
        self.session = session
        self.rate_chz = 5200
        self.ranges = 0
        self.fault = 0
        self.bus_errors = 0
        self._failed_in_a_row = 0
        self._must_set_up = False
        self._must_begin = False
        self._last_us = clock.now_us()

    def begin(self, rate_chz: int, ranges: int) -> None:
        """Sets the sensor, as configure(); a bus that fails is a fault, and tried again at every drain."""
        self.rate_chz, self.ranges = rate_chz, ranges
        try:
            self.configure(rate_chz, ranges)
        except OSError:
            self.bus_errors += 1
            self.fault = FAULT_IMU_BUS
            self._must_begin = True

    def configure(self, rate_chz: int, ranges: int) -> None:
        """Sets the sensor and begins a new session. Raises OSError from the bus."""
        self.rate_chz, self.ranges = self.imu.configure(rate_chz, ranges)
        self._must_begin = False
        self.session = (self.session + 1) & MAX_U16
        self.ring.reset(12 if self.ranges & 0x1C else 6)
        self._last_us = clock.now_us()
        self.clock.start(self.rate_chz, self._last_us)

    def drain(self) -> None:
        """Moves new samples from the sensor into the ring and follows its clock; call every DRAIN_MS."""
        if self._must_begin:
            self.begin(self.rate_chz, self.ranges)
            return
        if self._must_set_up:
            self._set_up_again(clock.now_us())
            return
        before = self.ring.head
        try:
            self.imu.drain(self.ring)
            failed = False
        except OSError:
            failed = True
        count = self.ring.head - before
        now_us = clock.now_us()
        self.clock.advance(count)
        if count:
            self._last_us = now_us
        if failed:
            self._bus_failed(now_us)
        else:
            self._drained(count, now_us)
        if self.ring.head > _MOST_INDEX:
            self.configure(self.rate_chz, self.ranges)

    def _drained(self, count: int, now_us: int) -> None:
        if self.imu.overflowed:
            self._skip(now_us, GAP_FAULT if self._failed_in_a_row else GAP_OVERFLOW)
        elif count:
            self.clock.observe(count, now_us)
        self._failed_in_a_row = 0
        if count:
            self.fault = 0
        elif time_diff_us(now_us, self._last_us) > _SILENT_US:
            self.fault = FAULT_IMU_SILENT
            self._set_up_again(now_us)

    def _bus_failed(self, now_us: int) -> None:
        self.bus_errors += 1
        self._failed_in_a_row += 1
        if self._failed_in_a_row % _MOST_ERRORS == 0:
            self.fault = FAULT_IMU_BUS
            self._set_up_again(now_us)

    def _set_up_again(self, now_us: int) -> None:
        """The sensor may have lost its power: what it should have given until now is a gap."""
        self._must_set_up = True  # until that succeeds: what its FIFO holds is part of the gap
        try:
            self.imu.configure(self.rate_chz, self.ranges)
            now_us = clock.now_us()
            self._must_set_up = False
        except OSError:
            self.bus_errors += 1
        self._last_us = now_us
        self._skip(now_us, GAP_FAULT)

    def _skip(self, now_us: int, cause: int) -> None:
        missing = self.clock.due(now_us)
        if missing:
            self.ring.skip(missing, cause)
            self.clock.advance(missing)

"""One short report on everything that can be measured while the board lies still."""

import asyncio
import gc
import os
import struct

from micropython import const
from repband_wire.base import MAX_U16
from repband_wire.info import (
    FAULT_FLASH,
    FAULT_IMU_GRAVITY,
    FAULT_IMU_NOISE,
    FAULT_IMU_RATE,
    FAULT_IMU_SILENT,
    FAULT_MEMORY,
)
from repband_wire.stream import accel_g_per_lsb

from . import clock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .app import Device
    from .ring import Ring
    from .sensor import Sensor

_LEAST_SAMPLES = const(64)
_MOST_SAMPLES = const(256)
_MOST_WAIT_MS = const(10000)  # the slowest rate, 10 Hz, needs 6.4 s for that many, and the clock 4 s to find the rate
_POLL_MS = const(50)
# A board adds up to 100 mg of offset to each axis (MPU-6886: DS-000193 r1.1, pages 9 and 10); that along gravity, and
# half as much again for sensitivity and the other axes.
_GRAVITY_MG = (850, 1150)
# Ten times the 1 mg (at 100 Hz bandwidth) of DS-000193 r1.1, pages 9 and 10: what shakes more does not lie still.
_MOST_NOISE_UG = const(10000)
# Our parts are within 3 %; at 6 % the sample clock can no longer follow (sampleclock.py).
_MOST_RATE_ERROR_PC = const(5)
_LEAST_HEAP = 8192  # bytes: below that a host that connects may find no memory
_MEANINGS = (
    "",
    "config.json has a mistake",
    "no motion sensor answers",
    "another motion sensor than configured",
    "the motion sensor's bus fails",
    "the motion sensor gives too few samples",
    "the battery is low",
    "it was stuck and restarted itself",
    "the flash can't be written",
    "too little memory is free",
    "gravity is not 1 g",
    "it was moved, or the motion sensor is noisy",
    "the motion sensor's rate is off",
)


class Report:
    """What the self-test found; `numbers` in the order of the wire format, `lines` for a person.

    Attributes:
        faults: bit n for fault n.
    """

    def __init__(self, device: "Device", first: int) -> None:
        sensor = device.sensor
        self._device = device
        self.gravity_mg, self.noise_ug, self.samples = _stillness(sensor, first)
        self.rate_chz = 1600000000 // sensor.clock.period_q4 if sensor.present else 0
        gc.collect()
        self.heap_free = gc.mem_free()
        device.battery.measure()
        self.flash_free_kb = _flash_free_kb()
        self.faults = 0
        for fault in device.faults() + self._found(sensor):
            self.faults |= 1 << fault

    def _found(self, sensor: "Sensor") -> "list[int]":
        found = []
        if not _flash_works():
            found.append(FAULT_FLASH)
        if self.heap_free < _LEAST_HEAP:
            found.append(FAULT_MEMORY)
        if not sensor.present:
            return found
        if self.samples < _LEAST_SAMPLES:
            return found + [FAULT_IMU_SILENT]  # noqa: RUF005 - MicroPython; nothing else was measured
        if not _GRAVITY_MG[0] <= self.gravity_mg <= _GRAVITY_MG[1]:
            found.append(FAULT_IMU_GRAVITY)
        if self.noise_ug > _MOST_NOISE_UG:
            found.append(FAULT_IMU_NOISE)
        if abs(self.rate_chz - sensor.rate_chz) * 100 > _MOST_RATE_ERROR_PC * sensor.rate_chz:
            found.append(FAULT_IMU_RATE)
        return found

    def numbers(self) -> "tuple[int, ...]":
        """As the reply to self-test has them."""
        battery_mv = self._device.battery.millivolts
        before = [min(MAX_U16, number) for number in (self.faults, self.gravity_mg, self.noise_ug, self.rate_chz)]
        after = [self.heap_free, min(MAX_U16, battery_mv), min(MAX_U16, self.flash_free_kb)]
        return tuple(before + after)

    def lines(self) -> "list[str]":
        """For the console."""
        device, sensor = self._device, self._device.sensor
        battery = f"{device.battery.millivolts} mV" if device.battery.present else "not measured on this board"
        wrong = [_MEANINGS[fault] for fault in range(1, len(_MEANINGS)) if self.faults >> fault & 1]
        return [
            device.greeting(),
            "self-test: " + ("; ".join(wrong) or "all is well"),
            f"faults {self.faults:#06x} (bit n: fault n)",
            f"motion sensor: identity {sensor.imu.who_am_i:#04x}, bus errors {sensor.bus_errors}",
            f"gravity {self.gravity_mg} mg, noise {self.noise_ug} ug over {self.samples} samples (lying still)",
            f"rate {self.rate_chz / 100} Hz by the board's clock, set to {sensor.rate_chz / 100} Hz",
            f"heap {self.heap_free} bytes free, flash {self.flash_free_kb} kB free",
            f"battery {battery}",
        ]


def begin(device: "Device", told: "Callable[[Report | None], None]") -> bool:
    """Measures everything and calls `told` with the report in some seconds, with None when there was no memory for it;
    False while it is at an earlier test.
    """
    if device.testing is not None and not device.testing.done():
        return False
    device.testing = asyncio.create_task(_test(device, told))
    return True


async def _test(device: "Device", told: "Callable[[Report | None], None]") -> None:
    told(await measure(device))


async def measure(device: "Device") -> "Report | None":
    """Waits for new samples and until the sample clock knows their rate, at most 10 s; then measures everything.

    None when there is no memory for that.
    """
    sensor = device.sensor
    session, first = sensor.session, sensor.ring.head
    waited_ms = 0
    while sensor.present and waited_ms < _MOST_WAIT_MS:
        if session != sensor.session:  # somebody has set another rate: its numbering began anew
            session, first = sensor.session, 0
        if sensor.ring.head - first >= _LEAST_SAMPLES and sensor.clock.settled:
            break
        await clock.sleep_ms(_POLL_MS)
        waited_ms += _POLL_MS
    try:
        return Report(device, first)
    except MemoryError:
        return None


def _stillness(sensor: "Sensor", first: int) -> "tuple[int, int, int]":
    """Of the samples from `first` on: length of the mean acceleration in mg, the greatest standard deviation of an axis
    in ug, and how many there are.
    """
    ring = sensor.ring
    start = max(ring.first, first, ring.head - _MOST_SAMPLES)
    rows = [_row(ring, index) for index in range(start, ring.head) if not ring.gap_missing(index)]
    if len(rows) < 2:
        return 0, 0, len(rows)
    lsb_g = accel_g_per_lsb(sensor.ranges)
    means = [sum([row[axis] for row in rows]) / len(rows) for axis in range(3)]
    square = max([sum([(row[axis] - means[axis]) ** 2 for row in rows]) / (len(rows) - 1) for axis in range(3)])
    gravity_g = sum([mean * mean for mean in means]) ** 0.5 * lsb_g
    return int(gravity_g * 1000 + 0.5), int(square**0.5 * lsb_g * 1e6 + 0.5), len(rows)


def _row(ring: "Ring", index: int) -> "list[int]":
    at = ring.offset(index)
    return list(struct.unpack_from("<hhh", ring.data, at))


def _flash_free_kb() -> int:
    try:
        found = os.statvfs("/")
    except (OSError, AttributeError):
        return 0
    return found[0] * found[3] // 1024


def _flash_works() -> bool:
    path = "selftest.tmp"
    try:
        with open(path, "wb") as file:  # noqa: PTH123 - MicroPython has no pathlib
            file.write(b"RepBand")
        with open(path, "rb") as file:  # noqa: PTH123
            same = file.read() == b"RepBand"
        os.remove(path)  # noqa: PTH107
    except OSError:
        return False
    return same

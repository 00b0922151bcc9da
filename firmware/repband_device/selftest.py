"""One short report on everything that can be measured while the board lies still."""

import gc
import os
import struct

from repband_wire.base import MAX_U16
from repband_wire.info import FAULT_FLASH
from repband_wire.stream import accel_g_per_lsb

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .app import Device
    from .ring import Ring
    from .sensor import Sensor

_MOST_SAMPLES = 256


class Report:
    """What the self-test found; `numbers` in the order of the wire format, `lines` for a person."""

    def __init__(self, device: "Device") -> None:
        sensor = device.sensor
        self._device = device
        self.gravity_mg, self.noise_ug, self.samples = _stillness(sensor)
        self.rate_chz = 1600000000 // sensor.clock.period_q4 if sensor.present else 0
        gc.collect()
        self.heap_free = gc.mem_free()
        device.battery.measure()
        self.flash_free_kb = _flash_free_kb()
        faults = 1 << device.fault if device.fault else 0
        if not _flash_works():
            faults |= 1 << FAULT_FLASH
        self.faults = faults | (1 << device.watchdog.restarted if device.watchdog.restarted else 0)

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
        return [
            device.greeting(),
            f"faults {self.faults:#06x} (bit n: fault n)",
            f"motion sensor: identity {sensor.imu.who_am_i:#04x}, bus errors {sensor.bus_errors}",
            f"gravity {self.gravity_mg} mg, noise {self.noise_ug} ug over {self.samples} samples (lying still)",
            f"rate {self.rate_chz / 100} Hz by the board's clock, set to {sensor.rate_chz / 100} Hz",
            f"heap {self.heap_free} bytes free, flash {self.flash_free_kb} kB free",
            f"battery {battery}",
        ]


def measure(device: "Device") -> Report:
    """Measures everything, in some tens of milliseconds."""
    return Report(device)


def _stillness(sensor: "Sensor") -> "tuple[int, int, int]":
    """Length of the mean acceleration in mg, and the greatest standard deviation of an axis in ug."""
    ring = sensor.ring
    end = ring.head
    start = max(ring.first, end - _MOST_SAMPLES)
    rows = [_row(ring, index) for index in range(start, end) if not ring.gap_missing(index)]
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

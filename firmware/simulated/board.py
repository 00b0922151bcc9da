"""Runs firmware/main.py on a simulated board: micropython -X heapsize=128k firmware/simulated/board.py

MICROPYPATH must name this folder, firmware/, protocols/wire and .frozen. From the environment:
    REPBAND_SIM_ROWS    file of samples, int16 little endian; without it the board lies still for ever
    REPBAND_SIM_AXES    3 or 6 values a sample
    REPBAND_SIM_MOVING  a file: until it exists, the first 50 samples are felt over and over
    REPBAND_SIM_FED     a file that takes every sample the sensor took: the truth
    REPBAND_SIM_CHIP    which sensor is on the bus: mpu6886 by default; mpu6050, mpu6500, lsm6ds3, lsm6ds3tr-c, lsm6dsox
    REPBAND_SIM_FACTOR  true rate of the sensor over its nominal one, 1.0 by default
    REPBAND_SIM_SPEED   how many times faster than real time everything runs, 1 by default
    REPBAND_SIM_PPM     how much faster than true time the board's clock runs, in parts per million
    REPBAND_SIM_BORN    a file that is told the system's monotonic clock at boot, in us; time then never stands still:
                        true device time is known from outside
    REPBAND_SIM_START   device time at boot, in us: to meet the wrap early
    REPBAND_SIM_STALL   "AT,FOR": after AT seconds the sensor is not read for FOR seconds, as on a busy board
    REPBAND_SIM_PRESS   "PIN,AT,FOR ...": the button at that pin is held after AT seconds for FOR seconds
    REPBAND_SIM_HANG    after so many seconds the board hangs
machine.py and bluetooth.py have settings of their own.
When the last sample has been read it says "simulated sensor: done" on standard error.
"""

import asyncio
import os
import sys
import time

import bluetooth
import machine
from chip import rows_from_environment
from repband_device import clock
from repband_wire.base import MAX_TIME_US

_speed = float(os.getenv("REPBAND_SIM_SPEED") or 1)
_rate = 1 + float(os.getenv("REPBAND_SIM_PPM") or 0) * 1e-6
_start_us = int(os.getenv("REPBAND_SIM_START") or 0)
_MOST_STEP_US = 100000


class _Time:
    """Simulated time: real time times the speed, standing still while this process is kept from running."""

    def __init__(self, born: "str | None") -> None:
        self.us = 0
        self._last = time.ticks_us()
        self._most_step_us = 1 << 60 if born else _MOST_STEP_US
        if born:
            with open(born, "w") as file:  # noqa: PTH123 - MicroPython has no pathlib
                file.write(str(self._last))

    def now_us(self) -> int:
        """Simulated time since boot, never wrapping; at most 0.1 s later than at the call before."""
        ticks = time.ticks_us()
        self.us += min(self._most_step_us, int(time.ticks_diff(ticks, self._last) * _speed))
        self._last = ticks
        return self.us


_time = _Time(os.getenv("REPBAND_SIM_BORN"))
now_us = _time.now_us


async def sleep_ms(ms: int) -> None:
    """Simulated milliseconds."""
    await asyncio.sleep_ms(int(ms / _speed))


async def report(chip: object) -> None:
    """Says when the chip has given all it was fed and its FIFO was read."""
    while not chip.ended or chip.held():
        await asyncio.sleep_ms(5)
    sys.stderr.write(f"simulated sensor: done, {chip.given} given, {chip.lost} lost\n")


def stall(chip: object, at_s: float, for_s: float) -> None:
    """Lets one drain come late: time jumps."""
    read = chip.read

    def late(register: int, buffer: object) -> None:
        if now_us() >= at_s * 1e6:
            _time.us += int(for_s * 1e6)
            chip.read = read
        read(register, buffer)

    chip.read = late


async def hang(at_s: float) -> None:
    """Stops everything, for ever."""
    while now_us() < at_s * 1e6:
        await asyncio.sleep_ms(5)
    while True:
        time.sleep(1)


async def press(pin: int, at_s: float, for_s: float) -> None:
    """Holds a button down for a while."""
    while now_us() < at_s * 1e6:
        await asyncio.sleep_ms(1)
    machine.pins[pin].held = True
    until_us = now_us() + for_s * 1e6
    while now_us() < until_us:
        await asyncio.sleep_ms(1)
    machine.pins[pin].held = False


def on_the_bus(name: str) -> object:
    """Puts the named sensor on the bus, at its usual address."""
    feed, factor = rows_from_environment(), float(os.getenv("REPBAND_SIM_FACTOR") or 1)
    if name.startswith("mpu"):
        chip = _invensense(name)(feed, now_us, factor)
    elif name == "lsm6dsox":
        from chip_lsm6dsox import Lsm6dsox

        chip = Lsm6dsox(feed, now_us, factor)
    else:
        from chip_lsm6ds3 import Lsm6ds3, Lsm6ds3trc

        chip = {"lsm6ds3": Lsm6ds3, "lsm6ds3tr-c": Lsm6ds3trc}[name](feed, now_us, factor)
    machine.chips[0x68 if name.startswith("mpu") else 0x6A] = chip
    return chip


def _invensense(name: str) -> type:
    if name == "mpu6886":
        from chip_mpu6886 import Mpu6886

        return Mpu6886
    import chip_mpu6050

    return {"mpu6050": chip_mpu6050.Mpu6050, "mpu6500": chip_mpu6050.Mpu6500}[name]


chip = on_the_bus(os.getenv("REPBAND_SIM_CHIP") or "mpu6886")
clock.now_us = lambda: (int(now_us() * _rate) + _start_us) & MAX_TIME_US
clock.sleep_ms = sleep_ms
bluetooth.now_ms = lambda: now_us() // 1000
if os.getenv("REPBAND_SIM_STALL"):
    stall(chip, *[float(part) for part in os.getenv("REPBAND_SIM_STALL").split(",")])
if os.getenv("REPBAND_SIM_HANG"):
    hanging = asyncio.create_task(hang(float(os.getenv("REPBAND_SIM_HANG"))))  # noqa: RUF006 - it is kept
pressing = [
    asyncio.create_task(press(int(one.split(",")[0]), *[float(part) for part in one.split(",")[1:]]))
    for one in (os.getenv("REPBAND_SIM_PRESS") or "").split()
]
reporting = asyncio.create_task(report(chip))  # noqa: RUF006 - it is kept

import main  # noqa: E402, F401 - importing it runs it

"""Runs firmware/main.py on a simulated board: micropython -X heapsize=128k firmware/simulated/board.py

MICROPYPATH must name this folder, firmware/, protocols/wire and .frozen. From the environment:
    REPBAND_SIM_ROWS    file of samples, int16 little endian; without it the board lies still for ever
    REPBAND_SIM_AXES    3 or 6 values a sample
    REPBAND_SIM_FACTOR  true rate of the sensor over its nominal one, 1.0 by default
    REPBAND_SIM_SPEED   how many times faster than real time everything runs, 1 by default
    REPBAND_SIM_START   device time at boot, in us: to meet the wrap early
    REPBAND_SIM_STALL   "AT,FOR": after AT seconds the sensor is not read for FOR seconds, as on a busy board
When the last sample has been read it says "simulated sensor: done" on standard error.
"""

import asyncio
import os
import sys
import time

import machine
from chip import rows_from_environment
from chip_mpu6886 import Mpu6886
from repband_device import clock
from repband_wire.base import MAX_TIME_US

_speed = float(os.getenv("REPBAND_SIM_SPEED") or 1)
_origin = time.ticks_us()
_start_us = int(os.getenv("REPBAND_SIM_START") or 0)


def now_us() -> int:
    """Simulated time since boot, never wrapping."""
    return int(time.ticks_diff(time.ticks_us(), _origin) * _speed)


async def sleep_ms(ms: int) -> None:
    """Simulated milliseconds."""
    await asyncio.sleep_ms(int(ms / _speed))


async def report(chip: object) -> None:
    """Says when the chip has given all it was fed and its FIFO was read."""
    while not chip.ended or chip.held():
        await asyncio.sleep_ms(5)
    sys.stderr.write(f"simulated sensor: done, {chip.given} given, {chip.lost} lost\n")


def stall(chip: object, at_s: float, for_s: float) -> None:
    """Makes one drain come late."""
    drain_us = [int(at_s * 1e6), int((at_s + for_s) * 1e6)]
    read = chip.read

    def late(register: int, buffer: object) -> None:
        if drain_us[0] <= now_us() < drain_us[1]:
            time.sleep_us(int((drain_us[1] - now_us()) / _speed))
        read(register, buffer)

    chip.read = late


chip = Mpu6886(rows_from_environment(), now_us, float(os.getenv("REPBAND_SIM_FACTOR") or 1))
machine.chips[0x68] = chip
clock.now_us = lambda: (now_us() + _start_us) & MAX_TIME_US
clock.sleep_ms = sleep_ms
if os.getenv("REPBAND_SIM_STALL"):
    stall(chip, *[float(part) for part in os.getenv("REPBAND_SIM_STALL").split(",")])
reporting = asyncio.create_task(report(chip))  # noqa: RUF006 - it is kept

import main  # noqa: E402, F401 - importing it runs it

"""How much memory the whole program takes: code from source, ring, everything."""

import gc
import time

import machine
from chip import NoRows
from chip_mpu6886 import Mpu6886


def test_everything_fits_in_128_kb_even_with_64_bit_words():
    machine.chips[0x68] = Mpu6886(NoRows(), lambda: time.ticks_us())
    gc.collect()
    before = gc.mem_alloc()
    from repband_device.app import Device

    device = Device("no such file.json")
    gc.collect()
    taken = gc.mem_alloc() - before
    print(taken, "bytes, of which", len(device.sensor.ring.data), "for", device.sensor.ring.capacity, "samples")
    assert device.sensor.ring.capacity >= 120 * 52.64
    assert taken < 128 * 1024, taken

"""How much memory the program takes, compiled from source. Words have 64 bits here, twice a board's."""

import gc
import sys
import time


def test_the_whole_program_takes_less_than_192_kb_of_64_bit_words():
    import bluetooth  # noqa: F401 - the stand-in is none of it
    import machine
    from chip import NoRows
    from chip_mpu6886 import Mpu6886

    machine.chips[0x68] = Mpu6886(NoRows(), lambda: time.ticks_us())
    gc.collect()
    before = gc.mem_alloc()
    from repband_device import start

    config, mistake = start.read_config("no such file.json")
    ring = start.Ring(config["ring_kb"] * 1024)
    start.load_parts(False)
    from repband_device.app import Device

    device = Device("no such file.json", config, mistake, ring)
    device.begin()
    gc.collect()
    taken = gc.mem_alloc() - before
    print(taken, "bytes, of which", len(device.sensor.ring.data), "for", device.sensor.ring.capacity, "samples")
    assert device.sensor.ring.capacity >= 120 * 52.64
    assert taken < 192 * 1024, taken


def test_sampling_with_a_ring_of_120_s_runs_in_a_heap_of_128_kb():
    from repband_device.ring import Ring

    ring = Ring(38 * 1024)  # first, as start.py does
    for part in ("wire.control", "wire.stream", "wire.info", "device.imu", "device.imu_invensense", "device.sensor"):
        gc.collect()  # one by one, as start.py does
        __import__("repband_" + part)
    gc.collect()
    from heap_tests_bus import SilentBus
    from repband_device.imu_invensense import driver
    from repband_device.packer import Packer
    from repband_device.sensor import Sensor

    assert gc.mem_alloc() + gc.mem_free() <= 128 * 1024
    sensor = Sensor(driver(SilentBus(0x72, 5 * 8), 0x68, 0x19), ring, 1)
    sensor.configure(10400, 1)
    packer = Packer(sensor)
    for _ in range(2000):
        sensor.drain()
        while packer.next < sensor.ring.head:
            assert packer.pack(packer.next, sensor.ring.head, 244)
    assert sensor.ring.head - sensor.ring.first >= 120 * 52.64
    print(gc.mem_free(), "bytes left;", sys.version)

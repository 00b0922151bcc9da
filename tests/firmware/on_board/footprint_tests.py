"""Sampling in a small heap, compiled from source. Words have 64 bits here, twice a board's."""

import gc
import sys


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

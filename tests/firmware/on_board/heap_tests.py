"""No sample costs memory: drain, ring, clock and packet run with the heap locked."""

import micropython
from feeds import Time
from heap_tests_bus import SilentBus
from repband_device import clock, imu_invensense, imu_lsm6ds
from repband_device.packer import Packer
from repband_device.ring import Ring
from repband_device.sensor import Sensor
from repband_wire.base import MAX_TIME_US, time_add_us
from repband_wire.stream import pack_ranges

FRAMES = 5  # a drain every 50 ms at 104 Hz


PARTS = (
    (imu_invensense, 0x19, SilentBus(0x72, FRAMES * 8), SilentBus(0x72, FRAMES * 14)),
    (imu_invensense, 0x68, SilentBus(0x72, FRAMES * 6), SilentBus(0x72, FRAMES * 12)),
    (imu_lsm6ds, 0x69, SilentBus(0x3A, FRAMES * 3), SilentBus(0x3A, FRAMES * 6)),
    (imu_lsm6ds, 0x6C, SilentBus(0x3A, FRAMES, 2 << 3), None),
)


def locked_turns(sensor, packer, turns):
    """Everything a sample goes through, `turns` times."""
    index = sensor.ring.head
    drain = sensor.drain
    pack = packer.pack
    ring = sensor.ring
    micropython.heap_lock()
    try:
        for _ in range(turns):
            drain()
            while index < ring.head:
                pack(index, ring.head, 244)
                index = packer.next
    finally:
        micropython.heap_unlock()
    return index


def test_no_sample_costs_memory():
    for family, identity, accel_bus, gyro_bus in PARTS:
        for bus, ranges in ((accel_bus, pack_ranges(4)), (gyro_bus, pack_ranges(4, 500))):
            if bus is None:
                continue
            sensor = Sensor(family.driver(bus, 0x68, identity), Ring(3000), 1)
            sensor.configure(10400, ranges)
            packer = Packer(sensor)
            sensor.drain()
            packer.pack(0, sensor.ring.head, 244)
            assert locked_turns(sensor, packer, 200) == sensor.ring.head == 201 * FRAMES, (identity, ranges)


def test_short_packets_cost_no_memory():
    sensor = Sensor(imu_invensense.driver(SilentBus(0x72, 40), 0x68, 0x19), Ring(3000), 1)
    sensor.configure(5200, pack_ranges(4))
    packer = Packer(sensor)
    sensor.drain()
    head = sensor.ring.head
    micropython.heap_lock()
    try:
        sizes = packer.pack(0, head, 20)
    finally:
        micropython.heap_unlock()
    assert sizes == 20
    assert packer.next == 2


class SilentRadio:
    """Takes every notification and keeps none; allocates nothing."""

    def __init__(self):
        self.bytes = 0

    def gatts_notify(self, conn, handle, data):
        self.bytes += len(data)


def streamed(device_path, turns):
    """Drain, ring, clock, counter, streamer, packets and Bluetooth, a turn of 50 ms at a time, the heap locked."""
    sensor, counter, streamer, now = device_path
    drain, follow, tick, acknowledge = sensor.drain, counter.follow, streamer.tick, streamer.acknowledge
    ring = sensor.ring
    micropython.heap_lock()
    try:
        for _ in range(turns):
            now.us = time_add_us(now.us, 48000)
            drain()
            follow(ring)
            tick()
            acknowledge(streamer.next_index)
    finally:
        micropython.heap_unlock()


def test_the_whole_path_with_radio_and_counter_costs_no_memory():
    from counter_tests import TABLE
    from repband_device.counter import Counter
    from repband_device.link_ble import BleLink
    from repband_device.streamer import Streamer

    for mtu, size, ranges in ((23, 8, 1), (23, 14, pack_ranges(4, 500)), (185, 8, 1), (247, 14, pack_ranges(4, 500))):
        now = Time(MAX_TIME_US - 2000000)  # device time wraps after two of the four and a half seconds
        clock.now_us = lambda: now.us  # noqa: B023 - one at a time
        sensor = Sensor(imu_invensense.driver(SilentBus(0x72, FRAMES * size), 0x68, 0x19), Ring(3000), 1)
        sensor.configure(10400, ranges)
        link = BleLink("0")
        link._happened(1, (0, 0, b""))
        link._happened(21, (0, mtu))
        radio = link._ble = SilentRadio()
        streamer = Streamer(sensor, link)
        streamer.start(sensor.session, 0)
        path = (sensor, Counter(TABLE, 10400, 4), streamer, now)
        for _ in range(3):  # the first turns make the views of their messages' sizes
            now.us += 48000
            sensor.drain()
            streamer.tick()
            streamer.acknowledge(streamer.next_index)
        sent = radio.bytes
        streamed(path, 90)  # 4.5 s: the format message of short packets, every 5 s, does take memory
        assert streamer.next_index >= sensor.ring.head - 2 * FRAMES > 450, (mtu, streamer.next_index)
        assert radio.bytes - sent > 85 * FRAMES * (size - 2), (mtu, radio.bytes)


def test_a_gap_costs_no_memory():
    sensor = Sensor(imu_invensense.driver(SilentBus(0x72, 40), 0x68, 0x19), Ring(3000), 1)
    sensor.configure(5200, pack_ranges(4))
    sensor.drain()
    late_us = clock.now_us() + 3000000
    sensor.imu.overflowed = True
    skip = sensor._skip
    micropython.heap_lock()
    try:
        skip(late_us, 1)
    finally:
        micropython.heap_unlock()
    assert sensor.ring.gap_missing(5) > 100


def test_the_lock_does_find_an_allocation():
    sensor = Sensor(imu_invensense.driver(SilentBus(0x72, 40), 0x68, 0x19), Ring(3000), 1)
    sensor.configure(5200, pack_ranges(4))
    packer = Packer(sensor)
    micropython.heap_lock()
    try:
        packer.format(0)
    except MemoryError:
        return
    finally:
        micropython.heap_unlock()
    raise AssertionError("heap_lock finds nothing")

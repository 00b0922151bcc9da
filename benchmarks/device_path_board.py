"""The half of device_path.py that runs in MicroPython, on the simulated parts; a request in JSON, an answer in JSON."""

import gc
import json
import struct
import sys
import time

import bluetooth
import machine
from chip_mpu6886 import Mpu6886
from feeds import Counting, Time
from heap_tests_bus import SilentBus
from repband_device import clock
from repband_device.counter import Counter
from repband_device.imu_invensense import driver
from repband_device.link_ble import BleLink
from repband_device.packer import Packer
from repband_device.ring import Ring
from repband_device.sensor import Sensor
from repband_device.streamer import Streamer
from repband_wire.base import TIME_WRAP_US
from repband_wire.stream import pack_ranges

DRAINS = 10  # short, so that most rounds pass without another program in between
FRAMES = 5  # samples a drain: 50 ms at 104 Hz
ROUNDS = 201


def time_us(work, samples):
    """Time a sample of `work()`, which handles `samples` of them."""
    gc.collect()
    began = time.ticks_us()
    work()
    return time.ticks_diff(time.ticks_us(), began) / samples


def nothing(samples):
    """The loop alone."""
    for _ in range(samples):
        pass


def unpack(data, stride, samples):
    """Reads the samples, and does nothing with them: what the path is compared with."""
    at = 0
    for _ in range(samples):
        struct.unpack_from("<hhh", data, at)
        at += stride


def place(ring, samples):
    """What the ring itself takes of a drain."""
    for _ in range(samples):
        ring.slot()
        ring.commit()


def times(gyro_dps, table):
    """Microseconds a sample of each part, once a round: other programs run beside it."""
    samples = DRAINS * FRAMES
    sensor = Sensor(driver(SilentBus(0x72, FRAMES * (14 if gyro_dps else 8)), 0x68, 0x19), Ring(38 * 1024), 1)
    sensor.configure(10400, pack_ranges(4, gyro_dps))
    ring, packer, counter = sensor.ring, Packer(sensor), Counter(table, 10400, 4)

    def drain():
        for _ in range(DRAINS):
            sensor.drain()

    def packets(payload):
        index = ring.head - samples
        while index < ring.head:
            packer.pack(index, ring.head, payload)
            index = packer.next

    drain()
    counter.reset(ring.head)
    parts = (
        ("an empty loop", lambda: nothing(samples)),
        ("plain unpack", lambda: unpack(ring.data, ring.stride, samples)),
        ("drain, ring, clock", drain),
        ("count", lambda: counter.follow(ring)),  # what was drained just before
        ("of that the ring", lambda: place(ring, samples)),
        ("packet of 244", lambda: packets(244)),
        ("packet of 182", lambda: packets(182)),
        ("packet of 20", lambda: packets(20)),
    )
    rounds = []
    for _ in range(ROUNDS):
        rounds.append([time_us(work, samples) for _, work in parts])
        counter.reset(ring.head)  # what the ring alone was given is not counted
    return {name: [each[at] for each in rounds] for at, (name, _) in enumerate(parts)}


def air(payload, rate_chz, gyro_dps, seconds=60):
    """What a minute of streaming puts on the air, by the real streamer and the radio's link."""
    sent = []
    bluetooth.BLE.gatts_notify = lambda ble, conn, handle, data: sent.append(len(data))
    now = Time(0)
    clock.now_us = lambda: now.us % TIME_WRAP_US
    machine.chips[0x68] = Mpu6886(Counting(1 << 15, 6 if gyro_dps else 3), now)
    sensor = Sensor(driver(machine.I2C(0, scl=None, sda=None), 0x68, 0x19), Ring(12000), 1)
    sensor.configure(rate_chz, pack_ranges(4, gyro_dps))
    link = BleLink("benchmark")
    link._happened(1, (0, 0, b""))
    link._happened(21, (0, payload + 3))
    streamer = Streamer(sensor, link)
    streamer.start(sensor.session, 0)
    for _ in range(seconds * 1000 // link.turn_ms):
        now.us += link.turn_ms * 1000
        sensor.drain()
        streamer.tick()
        streamer.acknowledge(streamer.next_index)
    assert sensor.ring.head - streamer.next_index < 30, (sensor.ring.head, streamer.next_index)
    return {
        "rate_hz": sensor.rate_chz / 100,
        "samples": streamer.next_index,
        "messages": len(sent),
        "bytes": sum(sent),
        "longest": max(sent),
        "seconds": seconds,
    }


request = json.loads(sys.argv[1])
if "table" in request:
    answer = times(request["gyro_dps"], bytes(request["table"]))
else:
    answer = air(request["payload"], request["rate_chz"], request["gyro_dps"])
print(json.dumps(answer))

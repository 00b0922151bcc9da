"""Eight hours in simulated time: nothing lost, no memory lost, times that follow the true clock."""

import gc

import machine
from chip_mpu6886 import Mpu6886
from feeds import Time, small_int
from repband_device import clock, imu
from repband_device.link import Link
from repband_device.ring import Ring
from repband_device.sensor import Sensor
from repband_device.streamer import Streamer
from repband_wire.base import TIME_WRAP_US, time_diff_us

HOURS = 8
TICK_S = 0.8  # at 10 Hz the FIFO holds 12.8 s


class Numbered:
    """Samples whose number is in their three values; allocates little."""

    def __init__(self):
        self.number = 0

    def next(self):
        self.number += 1
        return (self.number & 0x7FFF, self.number >> 15, 0)


class Checking(Link):
    """A host that checks that each sample follows the last."""

    def __init__(self):
        super().__init__(244)
        self.next_index = 0
        self.last_us = 0
        self.last_index = 0

    def send(self, message):
        if message[0] & 15 != 1:
            assert message[0] & 15 == 3, message
            return True
        index = message[3] | message[4] << 8 | message[5] << 16 | message[6] << 24
        assert index == self.next_index, (index, self.next_index)
        for at in range(message[14]):
            byte = 15 + 6 * at
            number = (message[byte] | message[byte + 1] << 8) + ((message[byte + 2] | message[byte + 3] << 8) << 15)
            assert number == index + at + 1
        self.next_index = index + message[14]
        self.last_index = index
        self.last_us = message[7] | message[8] << 8 | message[9] << 16 | message[10] << 24
        return True


def test_eight_hours():
    now = Time(0)
    clock.now_us = lambda: now.us % TIME_WRAP_US
    feed = Numbered()
    machine.chips[0x68] = Mpu6886(feed, now, 0.985)
    sensor = Sensor(imu.find(machine.I2C(0, scl=None, sda=None), "auto"), Ring(6000), 1)
    sensor.configure(1000, 1)  # 10 Hz, so that eight hours take seconds
    link = Checking()
    streamer = Streamer(sensor, link)
    streamer.start(sensor.session, 0)
    used = 0
    for turn in range(int(HOURS * 3600 / TICK_S)):
        now.us += int(TICK_S * 1000000)
        sensor.drain()
        streamer.tick()
        if turn == 1000:
            gc.collect()
            used = gc.mem_alloc()
    gc.collect()
    grown = gc.mem_alloc() - used
    true_us = int((link.last_index + 1) * 100000 / 0.985) % TIME_WRAP_US
    drift_us = time_diff_us(small_int(link.last_us), true_us)
    print(link.next_index, "samples,", grown, "bytes more,", drift_us, "us off at the end")
    assert link.next_index == sensor.ring.head == feed.number
    assert abs(grown) < 1024, grown
    assert abs(drift_us) < 100000, drift_us  # one sample

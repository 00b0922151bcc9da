"""Drivers against simulated chips, under MicroPython."""

import machine
from chip_mpu6886 import Mpu6886
from feeds import Counting, Time
from machine import I2C, Pin
from repband_device import clock, imu
from repband_device.ring import Ring
from repband_device.sensor import Sensor
from repband_wire.events import GAP_FAULT, GAP_OVERFLOW
from repband_wire.stream import gyro_range_dps, pack_ranges


def bench(total=1000, axes=3, factor=1.0):
    """A chip on a bus, and the time that drives it and the firmware."""
    now = Time()
    clock.now_us = lambda: now() % (1 << 30)
    chip = Mpu6886(Counting(total, axes), now, factor)
    machine.chips.clear()
    machine.chips[0x68] = chip
    return now, chip, I2C(0, scl=Pin(22), sda=Pin(21))


def samples(ring, first, count):
    values = []
    for index in range(first, first + count):
        at = ring.offset(index)
        row = []
        for offset in range(0, ring.stride, 2):
            value = ring.data[at + offset] | ring.data[at + offset + 1] << 8
            row.append(value - 65536 if value > 32767 else value)
        values.append(tuple(row))
    return values


def wanted(axes, first, count):
    feed = Counting(first + count, axes)
    feed.number = first
    return [feed.next() for _ in range(count)]


def refused(word, i2c, name="auto"):
    try:
        imu.find(i2c, name)
    except imu.ImuError as error:
        assert word in str(error), str(error)
        return error.fault
    raise AssertionError("found")


def test_finds_the_part_and_checks_that_it_is_the_configured_one():
    _, _, i2c = bench()
    driver = imu.find(i2c, "auto")
    assert (driver.name, driver.who_am_i) == ("mpu6886", 0x19)
    assert imu.find(i2c, "mpu6886").name == "mpu6886"
    assert refused("config.json says", i2c, "lsm6dsox") == 3


def test_names_an_empty_bus_and_a_stranger():
    _, chip, i2c = bench()
    chip._registers[0x75] = 0x33
    assert refused("WHO_AM_I 0x33", i2c) == 3
    machine.chips.clear()
    assert refused("found nothing", i2c) == 2
    machine.chips[0x3C] = chip
    assert refused("0x3c", i2c) == 2


def test_takes_the_nearest_rate_and_range():
    _, _, i2c = bench()
    driver = imu.find(i2c, "auto")
    for asked, taken in ((5200, 5263), (10400, 10000), (1000, 1000), (40000, 33333), (20000, 20000)):
        assert driver.configure(asked, pack_ranges(4))[0] == taken
    for accel_g in (2, 4, 8, 16):
        assert driver.configure(5200, pack_ranges(accel_g))[1] == pack_ranges(accel_g)
    assert gyro_range_dps(driver.configure(5200, pack_ranges(4, 125))[1]) == 250
    assert gyro_range_dps(driver.configure(5200, pack_ranges(4, 2000))[1]) == 2000


def test_every_sample_comes_once_in_order_however_late_it_is_drained():
    for axes, ranges in ((3, pack_ranges(4)), (6, pack_ranges(4, 500))):
        now, chip, i2c = bench(1000, axes)
        driver = imu.find(i2c, "auto")
        driver.configure(5200, ranges)
        ring = Ring(1000 * 12)
        ring.reset(2 * axes)
        waits = (1, 7, 400, 900, 50, 33, 1200, 3)  # ms; 73 samples of 14 bytes fit, 1387 ms
        turn = 0
        while not chip.ended:
            now.us += waits[turn % len(waits)] * 1000
            turn += 1
            driver.drain(ring)
            assert not driver.overflowed
        assert ring.head == 1000
        for index in range(1000):
            assert samples(ring, index, 1) == wanted(axes, index, 1)


def sensor_after(seconds_late, axes=3, factor=1.0):
    now, chip, i2c = bench(5000, axes, factor)
    sensor = Sensor(imu.find(i2c, "auto"), 6 * 6240, 1)
    sensor.configure(5200, pack_ranges(4, 500 if axes == 6 else 0))
    for _ in range(600):  # half a minute to learn the period
        now.us += 50000
        sensor.drain()
    before = sensor.ring.head
    now.us += int(seconds_late * 1000000)
    for _ in range(100):
        sensor.drain()
        now.us += 50000
    return sensor, chip, before


def test_an_overflow_is_a_gap_of_the_right_length():
    for axes, fits in ((3, 128), (6, 73)):
        for factor in (0.97, 1.0, 1.03):
            sensor, chip, before = sensor_after(7.0, axes, factor)
            ring = sensor.ring
            at = before + fits  # the FIFO keeps the oldest
            missing = ring.gap_missing(at)
            assert ring.gap_cause(at) == GAP_OVERFLOW
            assert missing, (axes, factor)
            assert samples(ring, before, fits) == wanted(axes, before, fits)
            first = samples(ring, at + missing, 1)[0][0]  # the number of the sample that came next
            assert abs(first - (at + missing)) <= 1, (axes, factor, first, at + missing)
            assert chip.lost >= missing - 1
            assert samples(ring, at + missing, 20) == wanted(axes, first, 20)


def test_a_failed_transfer_loses_nothing_or_says_what():
    for number in range(8):
        now, chip, i2c = bench(2000)
        sensor = Sensor(imu.find(i2c, "auto"), 6 * 6240, 1)
        sensor.configure(5200, pack_ranges(4))
        for turn in range(60):
            now.us += 50000
            if turn == 30:
                chip.failing_at = chip.transfers + number % 4
            sensor.drain()
        ring = sensor.ring
        assert sensor.bus_errors <= 1
        index = 0
        shift = 0
        while index < ring.head:
            missing = ring.gap_missing(index)
            if missing:
                assert ring.gap_cause(index) == GAP_FAULT
                index += missing
                shift = samples(ring, index, 1)[0][0] - index
                assert abs(shift) <= 1
            else:
                assert samples(ring, index, 1)[0][0] == index + shift
                index += 1
        assert ring.head > 140


def test_a_sensor_that_lost_its_power_is_set_up_again_and_the_hole_named():
    now, chip, i2c = bench(5000)
    sensor = Sensor(imu.find(i2c, "auto"), 6 * 6240, 1)
    sensor.configure(5200, pack_ranges(4))
    for turn in range(200):
        now.us += 50000
        if turn == 60:
            chip._reset()
        sensor.drain()
    ring = sensor.ring
    start = next(index for index in range(ring.head) if ring.gap_missing(index))
    assert ring.gap_cause(start) == GAP_FAULT
    assert 100 <= ring.gap_missing(start) <= 115
    assert sensor.fault == 0
    assert abs(ring.head - 200 * 0.05 * 52.63) < 5


def test_a_dead_bus_is_a_fault_and_comes_back():
    now, chip, i2c = bench(5000)
    sensor = Sensor(imu.find(i2c, "auto"), 6 * 6240, 1)
    sensor.configure(5200, pack_ranges(4))
    for turn in range(200):
        now.us += 50000
        if turn == 60:
            machine.chips.clear()
        if turn == 120:
            assert sensor.fault == 4
            machine.chips[0x68] = chip
        sensor.drain()
    assert sensor.fault == 0
    assert abs(sensor.ring.head - 200 * 0.05 * 52.63) < 5

"""Drivers against simulated chips, under MicroPython."""

import machine
from chip_lsm6ds3 import Lsm6ds3, Lsm6ds3trc
from chip_lsm6dsox import Lsm6dsox
from chip_mpu6050 import Mpu6050, Mpu6500
from chip_mpu6886 import Mpu6886
from feeds import Counting, Time
from machine import I2C, Pin
from repband_device import clock, imu
from repband_device.ring import Ring
from repband_device.sensor import Sensor
from repband_wire.events import GAP_FAULT, GAP_OVERFLOW
from repband_wire.stream import SCALE_ST, gyro_range_dps, pack_ranges


class Part:
    """A simulated part: what it is, and how many samples fit its FIFO and are still there after an overflow."""

    def __init__(self, name, make, who_am_i, rate_chz, fits, kept):
        self.name = name
        self.make = make
        self.who_am_i = who_am_i
        self.address = 0x6A if rate_chz == 5200 else 0x68
        self.rate_chz = rate_chz
        self.fits = fits
        self.kept = kept


PARTS = (
    Part("mpu6886", Mpu6886, 0x19, 5263, {3: 128, 6: 73}, {3: 128, 6: 73}),
    Part("mpu6500", Mpu6500, 0x70, 5263, {3: 85, 6: 42}, {3: 85, 6: 42}),
    Part("mpu6050", Mpu6050, 0x68, 5263, {3: 167, 6: 82}, {3: 0, 6: 0}),
    Part("lsm6ds3", Lsm6ds3, 0x69, 5200, {3: 1365, 6: 682}, {3: 0, 6: 0}),
    Part("lsm6ds3tr-c", Lsm6ds3trc, 0x6A, 5200, {3: 682, 6: 341}, {3: 0, 6: 0}),
    Part("lsm6dsox", Lsm6dsox, 0x6C, 5200, {3: 512, 6: 256}, {3: 0, 6: 0}),
)


def bench(total=1000, axes=3, factor=1.0, part=PARTS[0]):
    """A chip on a bus, and the time that drives it and the firmware."""
    now = Time()
    clock.now_us = lambda: now() % (1 << 30)
    chip = part.make(Counting(total, axes), now, factor)
    machine.chips.clear()
    machine.chips[part.address] = chip
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


def test_finds_each_part_and_checks_that_it_is_the_configured_one():
    for part in PARTS:
        _, _, i2c = bench(part=part)
        for wanted_name in ("auto", part.name):
            driver = imu.find(i2c, wanted_name)
            assert (driver.name, driver.who_am_i) == (part.name, part.who_am_i)
        other = "mpu6050" if part.name != "mpu6050" else "lsm6dsox"
        assert refused("config.json says", i2c, other) == 3


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


def test_st_parts_take_the_nearest_rate_and_range():
    for part in PARTS[3:]:
        _, chip, i2c = bench(part=part)
        driver = imu.find(i2c, "auto")
        slowest = 1300 if part.name == "lsm6ds3" else 1250
        for asked, taken in (
            (1000, slowest),
            (2500, 2600),
            (5200, 5200),
            (8000, 10400),
            (10000, 10400),
            (50000, 41600),
        ):
            assert driver.configure(asked, pack_ranges(4))[0] == taken
            assert abs(chip.period_us() - 1e8 / taken) < 30
        for accel_g, bits in ((2, 0), (16, 1), (4, 2), (8, 3)):
            assert driver.configure(5200, pack_ranges(accel_g))[1] == pack_ranges(accel_g, 0, SCALE_ST)
            assert chip._registers[0x10] >> 2 & 3 == bits
        for gyro_dps, bits in ((125, 1), (250, 0), (500, 2), (1000, 4), (2000, 6)):
            assert driver.configure(5200, pack_ranges(4, gyro_dps))[1] == pack_ranges(4, gyro_dps, SCALE_ST)
            assert chip._registers[0x11] == 0x30 | bits << 1


def every_sample(part):
    for axes, ranges in ((3, pack_ranges(4)), (6, pack_ranges(4, 500))):
        now, chip, i2c = bench(1000, axes, part=part)
        driver = imu.find(i2c, "auto")
        driver.configure(5200, ranges)
        ring = Ring(1000 * 12)
        ring.reset(2 * axes)
        most_ms = (part.fits[axes] - 4) * 1000 // 53
        waits = (1, 7, most_ms // 2, most_ms - 20, 50, 33, most_ms, 3, 1300, 19, 20)
        turn = 0
        while not chip.ended:
            now.us += min(waits[turn % len(waits)], most_ms) * 1000
            turn += 1
            driver.drain(ring)
            assert not driver.overflowed, (part.name, axes, turn)
        assert ring.head == 1000
        for index in range(1000):
            assert samples(ring, index, 1) == wanted(axes, index, 1), (part.name, axes, index)


def test_every_sample_comes_once_in_order_mpu6886():
    every_sample(PARTS[0])


def test_every_sample_comes_once_in_order_mpu6500():
    every_sample(PARTS[1])


def test_every_sample_comes_once_in_order_mpu6050():
    every_sample(PARTS[2])


def test_every_sample_comes_once_in_order_lsm6ds3():
    every_sample(PARTS[3])


def test_every_sample_comes_once_in_order_lsm6ds3trc():
    every_sample(PARTS[4])


def test_every_sample_comes_once_in_order_lsm6dsox():
    every_sample(PARTS[5])


def sensor_after(seconds_late, axes, factor, part):
    now, chip, i2c = bench(9000, axes, factor, part)
    sensor = Sensor(imu.find(i2c, "auto"), Ring(2 * axes * 6240), 1)
    sensor.configure(5200, pack_ranges(4, 500 if axes == 6 else 0))
    for _ in range(600):  # half a minute to learn the period
        now.us += 50000
        sensor.drain()
    before = sensor.ring.head
    now.us += int(seconds_late * 1000000)
    for _ in range(40):
        sensor.drain()
        now.us += 50000
    return sensor, chip, before


def overflow(part):
    for axes in (3, 6):
        for factor in (0.97, 1.03):
            sensor, chip, before = sensor_after(part.fits[axes] / 52 + 5.0, axes, factor, part)
            ring = sensor.ring
            kept = part.kept[axes]
            at = before + kept
            missing = ring.gap_missing(at)
            assert missing, (part.name, axes, factor)
            assert ring.gap_cause(at) == GAP_OVERFLOW
            assert samples(ring, before, kept) == wanted(axes, before, kept)
            first = samples(ring, at + missing, 1)[0][0]  # the number of the sample that came next
            assert abs(first - (at + missing)) <= 1 + missing // 300, (part.name, axes, factor, first, at + missing)
            assert chip.lost
            assert samples(ring, at + missing, 20) == wanted(axes, first, 20)


def test_an_overflow_is_a_gap_of_the_right_length_mpu6886():
    overflow(PARTS[0])


def test_an_overflow_is_a_gap_of_the_right_length_mpu6500():
    overflow(PARTS[1])


def test_an_overflow_is_a_gap_of_the_right_length_mpu6050():
    overflow(PARTS[2])


def test_an_overflow_is_a_gap_of_the_right_length_lsm6ds3():
    overflow(PARTS[3])


def test_an_overflow_is_a_gap_of_the_right_length_lsm6ds3trc():
    overflow(PARTS[4])


def test_an_overflow_is_a_gap_of_the_right_length_lsm6dsox():
    overflow(PARTS[5])


def test_a_stall_between_the_transfers_of_a_drain_leaves_the_gap_in_its_place():
    for part in PARTS[:2]:
        for number in range(4):
            now, chip, i2c = bench(9000, 3, 1.0, part)
            sensor = Sensor(imu.find(i2c, "auto"), Ring(6 * 6240), 1)
            sensor.configure(5200, pack_ranges(4))
            for _ in range(600):
                now.us += 50000
                sensor.drain()
            ring, before, read, left = sensor.ring, sensor.ring.head, chip.read, [number]

            def late(register, buffer, now=now, read=read, left=left):
                if left[0] == 0:
                    now.us += 6000000
                left[0] -= 1
                read(register, buffer)

            chip.read = late
            for _ in range(40):
                now.us += 50000
                sensor.drain()
            assert left[0] < 0, (part.name, number)
            at = before
            while not ring.gap_missing(at):
                at += 1
            missing = ring.gap_missing(at)
            assert samples(ring, before, at - before) == wanted(3, before, at - before), (part.name, number)
            first = samples(ring, at + missing, 1)[0][0]
            assert abs(first - (at + missing)) <= 1 + missing // 300, (part.name, number, first, at + missing)
            assert samples(ring, at + missing, 20) == wanted(3, first, 20), (part.name, number)


def test_a_failed_transfer_loses_nothing_or_says_what():
    for number in range(24):
        part = PARTS[number % 6]
        now, chip, i2c = bench(2000, part=part)
        sensor = Sensor(imu.find(i2c, "auto"), Ring(6 * 6240), 1)
        sensor.configure(5200, pack_ranges(4))
        for turn in range(60):
            now.us += 50000
            if turn == 30:
                chip.failing_at = chip.transfers + number // 6
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
    for part in PARTS:
        lost_power(part)


def lost_power(part):
    now, chip, i2c = bench(5000, part=part)
    sensor = Sensor(imu.find(i2c, "auto"), Ring(6 * 6240), 1)
    sensor.configure(5200, pack_ranges(4))
    for turn in range(200):
        now.us += 50000
        if turn == 60:
            chip._reset()
        sensor.drain()
    ring = sensor.ring
    start = next(index for index in range(ring.head) if ring.gap_missing(index))
    assert ring.gap_cause(start) == GAP_FAULT
    assert 98 <= ring.gap_missing(start) <= 115
    assert sensor.fault == 0
    assert abs(ring.head - 200 * 0.05 * part.rate_chz / 100) < 5


def test_a_bus_that_fails_while_the_board_starts_is_a_fault_and_comes_back():
    for part in PARTS:
        for failing in range(4):
            now, chip, i2c = bench(500, part=part)
            sensor = Sensor(imu.find(i2c, "auto"), Ring(6 * 624), 1)
            chip.failing_at = chip.transfers + failing
            sensor.begin(5200, pack_ranges(4))
            assert (sensor.fault, sensor.bus_errors) == (4, 1), part.name
            for _ in range(40):
                sensor.drain()
                now.us += 50000
            assert sensor.fault == 0 and sensor.rate_chz == part.rate_chz
            assert abs(sensor.ring.head - 39 * 0.05 * part.rate_chz / 100) < 5, (part.name, sensor.ring.head)


def test_a_bus_that_fails_while_the_sensor_is_looked_for_is_a_fault():
    from repband_device import config
    from repband_device.app import Device

    _, chip, _ = bench()
    chip.failing_at = chip.transfers
    device = Device("driver_tests.json", config.validate({}), "", Ring(600))
    assert device.fault == 4 and not device.sensor.present


def test_a_dead_bus_is_a_fault_and_comes_back():
    for part in PARTS:
        dead_bus(part)


def dead_bus(part):
    now, chip, i2c = bench(5000, part=part)
    sensor = Sensor(imu.find(i2c, "auto"), Ring(6 * 6240), 1)
    sensor.configure(5200, pack_ranges(4))
    for turn in range(200):
        now.us += 50000
        if turn == 60:
            machine.chips.clear()
        if turn == 120:
            assert sensor.fault == 4
            machine.chips[part.address] = chip
        sensor.drain()
    assert sensor.fault == 0
    assert abs(sensor.ring.head - 200 * 0.05 * part.rate_chz / 100) < 5

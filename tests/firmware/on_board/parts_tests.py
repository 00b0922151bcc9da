"""Ring, sample clock and config, under MicroPython."""

from feeds import small_int
from repband_device import config
from repband_device.ring import Ring
from repband_device.sampleclock import SampleClock
from repband_wire.base import TIME_WRAP_US, time_diff_us


def fill(ring, first, count):
    for number in range(first, first + count):
        at = ring.slot()
        ring.data[at] = number & 0xFF
        ring.data[at + 1] = number >> 8 & 0xFF
        ring.commit()


def value(ring, index):
    at = ring.offset(index)
    return ring.data[at] | ring.data[at + 1] << 8


def test_ring_keeps_the_newest():
    for stride in (6, 12):
        ring = Ring(600)
        ring.reset(stride)
        fill(ring, 0, 1000)
        assert ring.head == 1000
        assert ring.head - ring.first == ring.capacity == 600 // stride
        for index in range(ring.first, ring.head):
            assert value(ring, index) == index


def test_ring_gaps_are_known_and_runs_stop_at_them():
    ring = Ring(600)
    fill(ring, 0, 10)
    ring.skip(7, 1)
    fill(ring, 17, 10)
    assert (ring.head, ring.first) == (27, 0)
    assert ring.run(0, 100) == 10
    assert ring.run(4, 3) == 3
    assert ring.gap_missing(9) == 0
    assert ring.gap_cause(9) == 0
    assert [ring.gap_missing(index) for index in (10, 11, 16, 17)] == [7, 6, 1, 0]
    assert ring.gap_cause(12) == 1
    assert ring.run(17, 100) == 10
    assert value(ring, 17) == 17


def test_ring_joins_neighbouring_gaps_of_one_cause():
    ring = Ring(600)
    fill(ring, 0, 1)
    ring.skip(3, 3)
    ring.skip(4, 3)
    ring.skip(5, 1)
    assert ring.gap_missing(1) == 7
    assert ring.gap_missing(8) == 5
    assert ring.gap_cause(8) == 1


def test_ring_survives_a_gap_longer_than_itself():
    ring = Ring(600)
    fill(ring, 0, 50)
    ring.skip(5000, 1)
    fill(ring, 5050, 20)
    assert ring.head == 5070
    assert ring.first == ring.head - ring.capacity
    assert ring.gap_missing(ring.first) == 5050 - ring.first
    assert value(ring, 5060) == 5060


def test_ring_never_gives_what_a_forgotten_gap_left_out():
    ring = Ring(6000)
    for number in range(40):
        fill(ring, number * 3, 2)
        ring.skip(1, 1)
    for index in range(ring.first, ring.head):
        if index % 3 == 2:
            assert ring.gap_missing(index) == 1, index
        else:
            assert value(ring, index) == index


def follow(rate_chz, factor, seconds, start_us=0, drain_us=50000):
    """Runs a sample clock against a part whose oscillator is off; returns it and the true time of each sample."""
    clock = SampleClock(10000)
    clock.start(rate_chz, start_us)
    period_us = 1e8 / rate_chz / factor
    now = 0
    taken = 0
    errors = []
    while now < seconds * 1000000:
        now += drain_us + (now * 7919) % 9000  # drains come late, by up to 9 ms
        count = int(now / period_us) - taken
        clock.advance(count)
        taken += count
        if count:
            clock.observe(count, (start_us + now) % TIME_WRAP_US)
            true_us = int(start_us + taken * period_us) % TIME_WRAP_US
            errors.append(time_diff_us(small_int(clock.time_us(taken - 1)), true_us))
            small_int(clock.period_q4)
    return clock, errors


def test_clock_finds_the_period_of_a_part_3_percent_off():
    for factor in (0.97, 1.0, 1.03):
        for rate_chz in (1000, 5263, 20000):
            clock, errors = follow(rate_chz, factor, 60)
            wanted_q4 = 1.6e9 / rate_chz / factor
            assert abs(clock.period_q4 / wanted_q4 - 1) < 0.001, (factor, rate_chz, clock.period_q4, wanted_q4)
            late = errors[len(errors) // 4 :]
            assert max(late) - min(late) < 0.6 * wanted_q4 / 16 + 9000, (factor, rate_chz, min(late), max(late))


def test_clock_is_safe_over_the_wrap():
    _, errors = follow(5263, 0.98, 20, start_us=TIME_WRAP_US - 10000000)
    late = errors[200:]
    assert max(late) - min(late) < 12000, (min(late), max(late))


def test_clock_gives_a_sample_the_same_time_twice():
    clock = SampleClock(400)
    clock.start(5200, 0)
    first = {}
    now = 0
    for _ in range(300):
        now += 50000
        clock.advance(3)
        clock.observe(3, now)
        for index in range(max(0, clock._next - 300), clock._next):
            time_us = clock.time_us(index)
            assert first.setdefault(index, time_us) == time_us
    assert len(first) == 900


def test_clock_counts_what_is_due():
    clock = SampleClock(400)
    clock.start(10000, 0)  # 10 ms
    assert clock.due(9000) == 0
    assert clock.due(10500) == 1
    clock.advance(1)
    assert clock.due(10500) == 0
    assert clock.due(520000) == 51


def test_config_defaults():
    checked = config.validate({})
    assert checked["rate_hz"] == 52
    assert checked["i2c"] == {"id": 0, "scl": 22, "sda": 21, "freq": 400000}
    assert config.load("no such file.json")["name"] == ""


def test_config_takes_part_of_i2c():
    checked = config.validate({"i2c": {"scl": 5}, "side": "left"})
    assert checked["i2c"] == {"id": 0, "scl": 5, "sda": 21, "freq": 400000}
    assert checked["side"] == "left"
    assert config.DEFAULTS["i2c"]["scl"] == 22


def test_config_mistakes_are_named():
    for given, word in (
        ({"rate": 52}, '"rate"'),
        ({"rate_hz": "fast"}, '"rate_hz"'),
        ({"rate_hz": 9}, "10 to 400"),
        ({"rate_hz": True}, '"rate_hz"'),
        ({"accel_range_g": 3}, "2, 4, 8, 16"),
        ({"gyro_range_dps": False}, '"gyro_range_dps"'),
        ({"name": "seventeen letters"}, '"name"'),
        ({"name": "a\nb"}, '"name"'),
        ({"name": 5}, '"name"'),
        ({"side": "both"}, "unknown, left, right"),
        ({"imu": "bmi270"}, '"imu"'),
        ({"i2c": 5}, '"i2c"'),
        ({"i2c": {"sck": 5}}, '"i2c.sck"'),
        ({"i2c": {"scl": 99}}, '"i2c.scl"'),
        ({"ring_kb": 2.5}, '"ring_kb"'),
        ({"serial_payload": 19}, '"serial_payload"'),
    ):
        try:
            config.validate(given)
        except config.ConfigError as error:
            assert word in str(error), (given, str(error))
        else:
            raise AssertionError(given)

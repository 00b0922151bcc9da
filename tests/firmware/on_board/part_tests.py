# ruff: noqa: PTH107, SIM105
"""Battery, button, sounds, counting's place, rest, watchdog and self-test, under MicroPython."""

import asyncio
import os

import machine
from heap_tests_bus import SilentBus
from repband_device import clock, config
from repband_device.battery import Battery, percent_of
from repband_device.button import LONG, SHORT, VERY_LONG, Button
from repband_device.counting import Counting
from repband_device.imu import Absent
from repband_device.imu_invensense import driver
from repband_device.rest import Rest
from repband_device.ring import Ring
from repband_device.sensor import Sensor
from repband_device.signals import Signals
from repband_device.watchdog import TIMEOUT_MS, Watchdog


def at_once(ms):
    return asyncio.sleep_ms(0)


def battery(millivolts, **fields):
    machine.ADC.millivolts = millivolts // 2
    given = {"adc": 38, "ratio": 2}
    given.update(fields)
    return Battery(config.validate({"battery": given})["battery"])


def test_battery_in_percent():
    assert [percent_of(mv) for mv in (4300, 4200, 3950, 3800, 3700, 3500, 3300, 3000)] == [
        100,
        100,
        75,
        50,
        25,
        5,
        0,
        0,
    ]
    last = 100
    for millivolts in range(4300, 3200, -5):
        percent = percent_of(millivolts)
        assert last - 3 < percent <= last
        last = percent
    cell = battery(3800)
    assert (cell.millivolts, cell.percent, cell.low, cell.empty, cell.charging) == (3800, 50, False, False, False)


class PicoAdc:
    """MicroPython's ADC on the Pico: no read_uv."""

    def __init__(self, pin):
        pass

    def read_u16(self):
        return 65535 * 1900 // 3300


def test_battery_where_the_converter_tells_no_volts():
    from repband_device import battery as module

    module.ADC = PicoAdc
    assert abs(Battery(config.validate({"battery": {"adc": 26, "ratio": 2}})["battery"]).millivolts - 3800) <= 2


def test_low_battery_warns_with_some_slack_and_an_empty_one_stops():
    cell = battery(3530)
    assert cell.low and not cell.empty
    machine.ADC.millivolts = 3580 // 2
    cell.measure()
    assert cell.percent > 10 and cell.low
    machine.ADC.millivolts = 3700 // 2
    cell.measure()
    assert not cell.low
    assert battery(3290).empty
    charging = battery(3290, charging=5)
    machine.pins[5].value(0)
    charging.measure()
    assert charging.charging and not charging.empty and not charging.low


def test_a_board_that_can_not_measure_says_so():
    cell = Battery(None)
    cell.measure()
    assert (cell.present, cell.percent, cell.low, cell.empty) == (False, 255, False, False)


def test_battery_config_mistakes_are_named():
    for wrong in (5, {}, {"adc": 99}, {"adc": 1, "ratio": 0}, {"adc": 1, "volts": 3}, {"adc": 1, "charging": "x"}):
        try:
            config.validate({"battery": wrong})
            raise AssertionError(wrong)
        except config.ConfigError:
            pass


def presses(pattern):
    """What a button says to (down, ms) after each other, in steps of 20 ms."""
    signals = Signals(config.validate({"button": 37}))
    button = Button(signals)
    said = []
    for down, ms in pattern:
        machine.pins[37].value(0 if down else 1)
        for _ in range(ms // 20):
            press = button.turn(20)
            if press:
                said.append(press)
    return said


def test_presses_by_their_length():
    assert presses([(True, 200), (False, 100)]) == [SHORT]
    assert presses([(True, 1500), (False, 100)]) == [LONG]
    assert presses([(True, 5200)]) == [VERY_LONG]  # while it is still held
    assert presses([(True, 8000), (False, 100)]) == [VERY_LONG]
    assert presses([(True, 20), (False, 100)]) == []  # bounce
    assert presses([(True, 200), (False, 100), (True, 300), (False, 40)]) == [SHORT, SHORT]


def test_beeps_sound_as_often_as_told_and_a_new_one_cuts_the_last():
    clock.sleep_ms = at_once
    for fields in ({"buzzer": 2}, {"buzzer": 2, "buzzer_hz": 2700}):
        signals = Signals(config.validate(fields))
        pin = machine.pins[2]

        async def sound(signals=signals):
            signals.beep(2)
            for _ in range(20):
                await asyncio.sleep_ms(0)

        asyncio.run(sound())
        assert pin.changes == 4 and pin.value() == 0, fields

        async def cut(signals=signals):
            signals.beep(50)
            for _ in range(5):
                await asyncio.sleep_ms(0)
            signals.beep(1)
            for _ in range(20):
                await asyncio.sleep_ms(0)

        asyncio.run(cut())
        assert pin.changes < 14 and pin.value() == 0


class FoundRep:
    """As repband_device.counter.Rep."""

    out, hold, back, excursion, flags = 130, 210, 90, 112, 0

    def __init__(self, number, index):
        self.number, self.index, self.start = number, index, index - 8


class EveryTenth:
    """As repband_device.counter.Counter: finds a rep every ten samples, measures it five later."""

    made = []  # noqa: RUF012 - MicroPython knows no ClassVar

    def __init__(self, exercise, rate_chz, ranges):
        EveryTenth.made.append(self)
        self.reset()

    def reset(self, first=0):
        self.first = self.next_index = first
        self.count = self.measured = 0
        self.fed = []
        self.skipped = []

    def follow(self, ring):
        while self.next_index < ring.head:
            missing = ring.gap_missing(self.next_index)
            if missing:
                self.skip(missing)
                continue
            self.fed.append(ring.data[ring.offset(self.next_index)])
            self.next_index += 1
            seen = self.next_index - self.first
            self.count = seen // 10
            self.measured = max(0, seen - 5) // 10

    def skip(self, missing):
        self.skipped.append(missing)
        self.next_index += missing

    def finish(self):
        self.measured = self.count

    def rep(self, number):
        return FoundRep(number, self.first + number * 10)


def make(exercise, rate_chz, ranges):
    return EveryTenth(exercise, rate_chz, ranges) if exercise == "bridge" else None


class Rows(SilentBus):
    """Samples whose first byte is their number."""

    number = 0

    def readfrom_mem_into(self, address, register, buffer):
        SilentBus.readfrom_mem_into(self, address, register, buffer)
        if register == 0x74:
            for at in range(1, len(buffer), 8):  # big endian: the low byte of x
                buffer[at] = self.number & 255
                self.number += 1


def counted(ring_bytes=600):
    EveryTenth.made = []
    sensor = Sensor(driver(Rows(0x72, 3 * 8), 0x68, 0x19), Ring(ring_bytes), 1)
    sensor.configure(5263, 1)
    counts, reps = [], []
    return sensor, Counting(sensor, lambda *told: counts.append(told), reps.append, make), counts, reps


def test_each_rep_is_told_when_it_is_counted_and_when_it_is_measured():
    sensor, counting, counts, reps = counted()
    assert not counting.choose("juggling") and not counting.zero()
    sensor.drain()
    assert counting.choose("bridge")
    first = sensor.ring.head
    counting.target = 3
    for _ in range(200):
        sensor.drain()
        counting.feed()
    counter = EveryTenth.made[-1]
    assert len(counter.fed) == 600 and not counter.skipped
    assert all((b - a) & 255 == 1 for a, b in zip(counter.fed, counter.fed[1:]))  # noqa: B905
    assert counts == [(number, number == 3) for number in range(1, 61)]
    assert [rep.number for rep in reps] == list(range(1, 60))
    assert [rep.end_index for rep in reps] == [first + 10 * number for number in range(1, 60)]
    assert (reps[0].session, reps[0].length, reps[0].hold_cs) == (sensor.session, 8, 210)
    counting.end()
    assert [rep.number for rep in reps] == list(range(1, 61))


def test_stalls_and_pauses_are_skipped():
    sensor, counting, _, _ = counted(12 * 1500)
    counting.choose("bridge")
    counter = EveryTenth.made[-1]
    for _ in range(400):
        sensor.drain()
    counting.feed()
    assert counter.skipped == [1200 - 1024] and len(counter.fed) == 1024
    counting.paused = True
    sensor.drain()
    counting.feed()
    assert counter.skipped[1:] == [3] and len(counter.fed) == 1024
    counting.paused = False
    sensor.drain()
    counting.feed()
    assert len(counter.fed) == 1027 and counter.next_index == sensor.ring.head


def test_another_rate_begins_another_count():
    sensor, counting, counts, reps = counted()
    counting.choose("bridge")
    for _ in range(5):
        sensor.drain()
        counting.feed()
    sensor.configure(10400, 1)
    for _ in range(5):
        sensor.drain()
        counting.feed()
    assert counts == [(1, False), (1, False)]
    assert [rep.end_index for rep in reps] == [10, 10]
    assert reps[0].session != reps[1].session
    assert len(EveryTenth.made) == 2


def test_zero_begins_again_at_the_next_sample():
    sensor, counting, counts, _ = counted()
    counting.choose("bridge")
    for _ in range(5):
        sensor.drain()
        counting.feed()
    assert counting.zero()
    assert counting.count == 0 and EveryTenth.made[-1].first == sensor.ring.head
    assert counts == [(1, False)]


def test_an_exercise_without_a_table_is_not_known():
    sensor, _, _, _ = counted()
    counting = Counting(sensor, print, print)
    for name in ("no-such-exercise", "", "../owner", "Bridge!"):
        assert not counting.choose(name)
    counting.feed()


class Sleepy:
    """What resting needs of a device."""

    def __init__(self, **fields):
        self.config = config.validate(fields)
        self.signals = Signals(self.config)
        self.battery = Battery(None)
        self.in_maintenance = False
        self.said = []
        self.link = self.sets = self.counting = self.radio = self.watchdog = self.sensor = self
        self.imu = Absent()
        self.quiet = False
        self.off = False

    def say(self, text):
        self.said.append(text)

    def end(self):
        self.said.append("set ended")

    def switch_off(self):
        self.off = True

    def feed(self):
        pass


def minutes(rest, count):
    """Whether the board slept within so many minutes."""
    for _ in range(count):
        try:
            rest.turn(60000)
        except SystemExit:
            return True
    return False


def test_quiet_after_ten_minutes_asleep_after_thirty():
    device = Sleepy(button=37)
    rest = Rest(device)
    assert not minutes(rest, 9) and not device.quiet
    assert not minutes(rest, 1) and device.quiet
    rest.stir()
    assert not minutes(rest, 1) and not device.quiet
    assert not minutes(rest, 28)
    assert minutes(rest, 1)
    assert device.off and device.said[0] == "set ended" and "nobody is here" in device.said[-1]


def test_power_hold_is_let_go():
    device = Sleepy(button=37, power_hold=4)
    assert minutes(Rest(device), 30)
    assert machine.pins[4].value() == 0


def test_never_asleep_without_a_button_or_in_maintenance():
    assert not minutes(Rest(Sleepy()), 100)
    device = Sleepy(button=37)
    device.in_maintenance = True
    assert not minutes(Rest(device), 100)


def test_an_empty_battery_stops_at_once():
    device = Sleepy(button=37)
    device.battery = battery(3200)
    assert minutes(Rest(device), 1)
    assert "battery" in device.said[-1]


def test_the_watchdog_is_within_the_pico_s_limit_and_says_its_cause():
    machine.watchdogs.clear()
    machine.reset_cause = lambda: machine.WDT_RESET
    dog = Watchdog()
    dog.start()
    dog.feed()
    assert dog.restarted == 7
    assert machine.watchdogs[0].timeout == TIMEOUT_MS <= 8388 and machine.watchdogs[0].fed == 1
    machine.reset_cause = lambda: machine.PWRON_RESET
    quiet = Watchdog()
    quiet.feed()
    assert quiet.restarted == 0 and len(machine.watchdogs) == 1


def device(**fields):
    import time

    from chip import NoRows
    from chip_mpu6886 import Mpu6886
    from repband_device.app import Device

    for name in ("owner.key",):
        try:
            os.remove(name)
        except OSError:
            pass
    machine.chips[0x68] = Mpu6886(NoRows(), time.ticks_us)
    return Device("part_tests.json", config.validate(fields), "", Ring(3000))


def test_a_task_that_died_lets_the_watchdog_bite():
    board = device()
    board.begin()
    dog = machine.watchdogs[-1]

    async def well():
        await asyncio.sleep_ms(100)

    async def run():
        board._tasks = [asyncio.create_task(well())]
        await asyncio.sleep_ms(10)
        board._feed_watchdog()
        fed = dog.fed
        await asyncio.sleep_ms(150)
        board._feed_watchdog()
        return fed, dog.fed

    assert asyncio.run(run()) == (1, 1)


def test_the_pairing_window_closes_after_a_minute():
    board = device(button=37)

    async def run():
        board.pressed(VERY_LONG)
        assert board.pairing
        for _ in range(59):
            board.slow_turn(1000)
        assert board.pairing
        board.slow_turn(1000)
        assert not board.pairing
        board.owner.claim(bytes(16))
        board.pressed(VERY_LONG)
        assert not board.pairing

    asyncio.run(run())
    board.owner.reset()


def test_the_button_pauses_and_ends_a_set():
    board = device(button=37)
    board.counting = counting = Counting(board.sensor, board._counted, board._measured, make)
    counting.choose("bridge")
    counting.count = 4

    async def run():
        board.pressed(SHORT)
        assert counting.paused
        board.pressed(SHORT)
        assert not counting.paused
        board.pressed(LONG)
        assert counting.count == 0

    asyncio.run(run())


def test_maintenance_has_no_watchdog():
    before = len(machine.watchdogs)
    board = device(maintenance=True)
    board.begin()
    assert board.in_maintenance and len(machine.watchdogs) == before
    assert device(maintenance=False).in_maintenance is False


def test_the_faults_come_in_order_of_weight():
    board = device()
    assert board.fault == 0
    board.watchdog.restarted = 7
    assert board.fault == 7
    board.battery.low = True
    assert board.fault == 6
    board.sets.fault = 8
    assert board.fault == 8
    board.sensor.fault = 4
    assert board.fault == 4

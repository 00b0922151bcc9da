# ruff: noqa: PTH116, SIM105
"""Sleeping and waking, with every motion sensor watching at register level, under MicroPython."""

import asyncio
import os
import sys

import machine
from driver_tests import PARTS
from feeds import Time
from machine import I2C, Pin
from repband_device import clock, config, imu, imu_motion, start, wake, watchdog
from repband_device.app import Device
from repband_device.rest import SLEEP_MS
from repband_device.ring import Ring
from repband_wire.stream import pack_ranges

MOTION, BUTTON = 5, 3
ONE_G = 16384  # at 2 g, the range in which all of them watch


class Posture:
    """Samples of a board that lies on its side, with as much along z as `moved` says."""

    def __init__(self):
        self.moved = 0

    def next(self):
        return (0, ONE_G, self.moved)


class Sleeps:
    """Time that passes while a driver waits."""

    def __init__(self, now):
        self.now = now

    def sleep_ms(self, ms):
        self.now.us += ms * 1000


def bench(part):
    """A part on the bus with its interrupt line wired, and the posture it feels."""
    now, posture = Time(), Posture()
    clock.now_us = lambda: now() % (1 << 30)
    imu_motion.time = Sleeps(now)
    chip = part.make(posture, now, 1.0)
    machine.chips.clear()
    machine.lines.clear()
    machine.chips[part.address] = chip
    machine.lines[MOTION] = chip
    return now, posture, chip


def found(part):
    return imu.find(I2C(0, scl=Pin(22), sda=Pin(21)), part.name)


def test_the_line_stays_high_while_it_lies_and_goes_low_for_good_once_it_is_moved():
    for part in PARTS:
        now, posture, _ = bench(part)
        driver = found(part)
        driver.configure(5200, pack_ranges(4, 500))
        now.us += 1000000
        driver.watch_motion()
        for _ in range(100):
            now.us += 50000
            assert Pin(MOTION).value() == 1, part.name
        posture.moved = 3000
        now.us += 200000
        assert Pin(MOTION).value() == 0, part.name
        now.us += 60000000  # it lies still again, on its other side
        assert Pin(MOTION).value() == 0, part.name


def test_it_takes_about_32_mg():
    for part in PARTS:
        for milli_g, moves in ((24, False), (70, True)):
            now, posture, _ = bench(part)
            found(part).watch_motion()
            now.us += 1000000
            posture.moved = ONE_G * milli_g // 1000
            now.us += 1000000
            assert Pin(MOTION).value() == (0 if moves else 1), (part.name, milli_g)


def test_it_samples_again_after_a_restart():
    for part in PARTS:
        now, posture, _ = bench(part)
        found(part).watch_motion()
        posture.moved = 5000
        now.us += 1000000
        driver = found(part)  # as the program does when it starts
        driver.configure(5200, pack_ranges(4))
        ring = Ring(6000)
        now.us += 1000000
        driver.drain(ring)
        assert 50 <= ring.head <= 54, (part.name, ring.head)


def test_no_line_for_a_chip_that_does_not_answer_and_none_is_wired_by_default():
    bench(PARTS[0])
    driver = found(PARTS[0])
    assert wake.lines(config.validate({"button": BUTTON}), driver) == [("the button", BUTTON)]
    wired = config.validate({"button": BUTTON, "motion": MOTION})
    assert wake.lines(wired, None) == [("the button", BUTTON)]
    assert wake.lines(wired, driver) == [("the button", BUTTON), ("motion", MOTION)]
    machine.chips.clear()
    assert wake.lines(wired, driver) == [("the button", BUTTON)]
    assert wake.lines(wired, imu.Absent()) == [("the button", BUTTON)]


def asleep(now, posture=None, press_after_s=0, most_s=3600):
    """Lets time pass in light sleep: what the button and the wearer do meanwhile. Returns how long it was, in s."""
    started = now.us

    def lightsleep(ms):
        now.us += ms * 1000
        passed_s = (now.us - started) // 1000000
        if press_after_s and passed_s >= press_after_s:
            machine.pins[BUTTON].held = True
        if posture is not None and passed_s >= 600:
            posture.moved = 4000
        assert passed_s < most_s, "it never wakes"

    machine.lightsleep = lightsleep
    return lambda: (now.us - started) // 1000000


def device(part, **fields):
    now, posture, _ = bench(part)
    board = Device("wake_tests.json", config.validate(fields), "", Ring(6000))
    board.said = []
    board.link.say = board.said.append
    return board, now, posture


def rests(board):
    """Whether it sleeps, and has restarted."""
    try:
        board.rest.turn(SLEEP_MS)
    except SystemExit:
        return True
    return False


def marked():
    try:
        os.stat(watchdog.MARK_PATH)
    except OSError:
        return False
    return True


def test_a_pico_sleeps_lightly_until_it_is_moved():
    for part in PARTS:
        board, now, posture = device(part, button=BUTTON, motion=MOTION)
        slept_s = asleep(now, posture)
        assert rests(board)
        assert 600 <= slept_s() <= 603, (part.name, slept_s())
        assert board.said[-1] == "sleeping: nobody is here; the button or motion wakes it"
        assert marked()
        assert board.rest.idle_ms >= SLEEP_MS


def test_the_button_wakes_it_too():
    board, now, _ = device(PARTS[5], button=BUTTON, motion=MOTION)
    slept_s = asleep(now, press_after_s=20)
    assert rests(board)
    assert 20 <= slept_s() <= 22


def test_motion_alone_will_do():
    board, now, posture = device(PARTS[3], motion=MOTION)
    asleep(now, posture)
    assert rests(board)
    assert board.said[-1].endswith("motion wakes it")


def test_it_stays_awake_when_nothing_could_wake_it():
    board, _, _ = device(PARTS[0])
    assert not rests(board)
    board, _, _ = device(PARTS[0], motion=MOTION)
    machine.chips.clear()  # the bus has died
    assert not rests(board)
    assert board.rest.idle_ms < SLEEP_MS and not board.said


def test_an_empty_battery_is_not_woken_by_motion():
    machine.ADC.millivolts = 3200 // 2
    board, now, posture = device(PARTS[0], button=BUTTON, motion=MOTION, battery={"adc": 38})
    slept_s = asleep(now, posture, press_after_s=1200)
    try:
        board.rest.turn(1000)
        raise AssertionError("awake")
    except SystemExit:
        pass
    assert slept_s() >= 1200
    assert board.said[-1] == "sleeping: the battery is empty; the button wakes it"


class Esp32:
    """MicroPython's module of that name, as far as one of the chips has it."""

    def __init__(self, *names):
        self.asked = []
        for name in names:
            setattr(self, name, lambda pins, level, name=name: self.asked.append((name, pins, level)))


def deep(module, **fields):
    """What was asked of the module, when the board went to deep sleep; None when it slept lightly."""
    sys.modules["esp32"] = module
    gone = []
    machine.deepsleep = lambda: gone.append(True) or machine._end("deepsleep")
    board, now, posture = device(PARTS[2], button=BUTTON, motion=MOTION, **fields)
    asleep(now, posture)
    try:
        assert rests(board)
    finally:
        del sys.modules["esp32"]
    numbers = [
        (name, [pin.number for pin in (pins if isinstance(pins, list) else [pins])], level)
        for name, pins, level in module.asked
    ]
    return numbers if gone else None


def test_an_esp32_and_its_s3_sleep_deeply():
    asked = deep(Esp32("wake_on_ext0", "wake_on_ext1", "wake_on_gpio"))
    assert asked == [("wake_on_ext0", [BUTTON], False), ("wake_on_ext1", [MOTION], False)]


def test_a_c3_sleeps_deeply_where_its_micropython_can_wake_it():
    wake._CHIP = "ESP32C3 module with ESP32C3"
    assert deep(Esp32("wake_on_gpio")) == [("wake_on_gpio", [BUTTON, MOTION], False)]
    assert deep(Esp32("wake_on_ext0", "wake_on_ext1")) is None  # before pull request 17518


def test_a_c3_sleeps_lightly_on_pins_that_can_not_end_deep_sleep():
    wake._CHIP = "ESP32C3 module with ESP32C3"
    sys.modules["esp32"] = esp32 = Esp32("wake_on_gpio")
    board, now, posture = device(PARTS[2], button=9, motion=MOTION)
    asleep(now, posture)
    try:
        assert rests(board)
    finally:
        del sys.modules["esp32"]
    assert esp32.asked == []


def test_a_restart_that_was_meant_is_not_taken_for_the_watchdog():
    machine.reset_cause = lambda: machine.WDT_RESET  # what a Pico says after machine.reset()
    try:
        watchdog.restart()
    except SystemExit:
        pass
    dog = watchdog.Watchdog()
    assert dog.restarted == 0 and dog.expected and not marked()
    dog = watchdog.Watchdog()
    assert dog.restarted == 7 and not dog.expected
    machine.reset_cause = lambda: machine.DEEPSLEEP_RESET
    dog = watchdog.Watchdog()
    assert dog.restarted == 0 and dog.expected


def test_the_press_that_woke_it_does_not_keep_the_program_from_starting():
    said, ran = [], []

    class Fake:
        link = signals = None

        def __init__(self, path, given, mistake, ring):
            self.watchdog = watchdog.Watchdog()
            self.link = self.signals = self

        def say(self, text):
            said.append(text)

        def button_held(self):
            return True

        def begin(self):
            ran.append(True)

        async def run(self):
            await asyncio.sleep_ms(0)

    from repband_device import app

    app.Device = Fake
    machine.reset_cause = lambda: machine.PWRON_RESET
    start.run()
    assert said == ["button held: no program started"] and not ran
    machine.reset_cause = lambda: machine.DEEPSLEEP_RESET
    start.run()
    assert ran

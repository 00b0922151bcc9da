"""The self-test: what it measures, what it finds wrong, and that it waits until it can, under MicroPython."""

import asyncio
import gc

import machine
from chip_mpu6886 import Mpu6886
from feeds import Time
from repband_device import clock, commands, config, selftest
from repband_device.app import Device
from repband_device.ring import Ring
from repband_wire import words
from repband_wire.control import BUSY, CONTROLS, OK, SELF_TEST, Control, reply_values


class Lying:
    """Samples of a board that lies: (0, 0, z) at 4 g range, shaken along x by `shake`; `total` of them."""

    def __init__(self, z=8192, shake=0, total=-1):
        self.z, self.shake, self.total = z, shake, total

    def next(self):
        if self.total == 0:
            return None
        self.total -= 1
        self.shake = -self.shake
        return (self.shake, 0, self.z)


def board(rows, factor=1.0, **fields):
    """A device that has just booted, in simulated time: whoever waits lets it sample meanwhile."""
    now = Time()
    clock.now_us = now
    machine.chips.clear()
    machine.chips[0x68] = Mpu6886(rows, now, factor)
    device = Device("selftest_tests.json", config.validate(fields), "", Ring(6000))

    async def sleep_ms(ms):
        now.us += ms * 1000
        device.sensor.drain()
        await asyncio.sleep_ms(0)

    clock.sleep_ms = sleep_ms
    return device, now


def tested(device):
    report = asyncio.run(selftest.measure(device))
    return report, [fault for fault in range(16) if report.faults >> fault & 1]


def test_right_after_boot_it_waits_until_it_can_measure():
    device, now = board(Lying())
    report, faults = tested(device)
    assert faults == []
    assert report.samples >= 64 and report.gravity_mg == 1000 and report.noise_ug == 0
    assert abs(report.rate_chz - 5263) < 53
    assert now.us < 4000000
    assert "self-test: all is well" in report.lines()


def test_only_samples_taken_since_it_was_asked_count():
    device, _ = board(Lying(shake=2000))

    async def shaken_before():
        for _ in range(100):
            await clock.sleep_ms(50)

    asyncio.run(shaken_before())
    device.sensor.imu._i2c._chip(0x68).rows.shake = 0
    report, faults = tested(device)
    assert faults == [] and report.noise_ug == 0


def test_without_samples_it_says_so_and_nothing_of_gravity():
    for total in (0, 10):
        device, now = board(Lying(total=total))
        report, faults = tested(device)
        assert faults == [5], faults
        assert report.samples <= total
        assert 10000000 <= now.us < 11000000
        assert "too few samples" in report.lines()[1]


def test_gravity_out_of_bounds():
    for z, wrong in ((8192 * 84 // 100, True), (8192 * 86 // 100, False), (8192 * 116 // 100, True), (0, True)):
        device, _ = board(Lying(z=z))
        _, faults = tested(device)
        assert faults == ([10] if wrong else []), (z, faults)


def test_a_board_that_is_moved():
    for shake, wrong in ((100, True), (60, False)):
        _, faults = tested(board(Lying(shake=shake))[0])
        assert faults == ([11] if wrong else []), (shake, faults)


def test_a_rate_out_of_bounds():
    for factor, wrong in ((0.97, False), (1.03, False), (1.09, True), (0.9, True)):
        report, faults = tested(board(Lying(), factor)[0])
        assert faults == ([12] if wrong else []), (factor, faults, report.rate_chz)


def test_the_slowest_rate_is_tested_within_ten_seconds():
    report, faults = tested(board(Lying(), rate_hz=10)[0])
    assert faults == [] and report.samples >= 64


def test_battery_flash_memory_and_what_it_knew_before():
    machine.ADC.millivolts = 3400 // 2
    device, _ = board(Lying(), battery={"adc": 38})
    device.watchdog.restarted = 7
    works, least = selftest._flash_works, selftest._LEAST_HEAP
    selftest._flash_works = lambda: False
    selftest._LEAST_HEAP = 1 << 29
    try:
        report, faults = tested(device)
    finally:
        selftest._flash_works, selftest._LEAST_HEAP = works, least
    assert faults == [6, 7, 8, 9], faults
    assert any("3400 mV" in line for line in report.lines())
    assert 0 < report.heap_free <= gc.mem_free() + 100000


def test_without_a_motion_sensor_it_tells_at_once():
    now = Time()
    clock.now_us = now
    machine.chips.clear()
    device = Device("selftest_tests.json", config.validate({}), "", Ring(600))
    report, faults = tested(device)
    assert faults == [2] and now.us == 0
    assert report.numbers()[1:4] == (0, 0, 0)


class Asker:
    """A link that keeps the replies."""

    near = True
    payload = 244
    interval_units = 0

    def __init__(self):
        self.replies = []

    def send_reply(self, reply, info):
        self.replies.append(reply)


def test_the_control_code_replies_when_it_is_done_and_refuses_a_second_meanwhile():
    device, _ = board(Lying())
    device.peer.link = link = Asker()

    async def ask_twice():
        device.peer.on_message(Control(1, SELF_TEST, b"").encode(), 0)
        assert link.replies == []
        device.peer.on_message(Control(2, SELF_TEST, b"").encode(), 0)
        assert [(reply.seq, reply.reason) for reply in link.replies] == [(2, BUSY)]
        await device.testing

    asyncio.run(ask_twice())
    assert (link.replies[1].seq, link.replies[1].reason) == (1, OK)
    assert reply_values(link.replies[1])["gravity_mg"] == 1000


def test_a_host_that_has_gone_gets_no_report_and_neither_does_the_next():
    device, _ = board(Lying())
    device.peer.link = link = Asker()

    async def ask_and_leave():
        device.peer.on_message(Control(1, SELF_TEST, b"").encode(), 0)
        device.peer.leave()
        await device.testing

    asyncio.run(ask_and_leave())
    assert link.replies == []


def test_every_control_code_of_the_wire_format_is_answered():
    assert set(commands._ACTIONS) == set(CONTROLS)


def test_every_fault_of_the_wire_format_has_words():
    assert len(selftest._MEANINGS) == max(words.FAULTS) + 1

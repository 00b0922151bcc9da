# ruff: noqa: PTH102, PTH123, PTH208
"""The whole program for hours of simulated time: sampling, radio, counter and flash log together.

The host streams, goes away for 90 s every five minutes, comes back, asks for what it missed and fetches the log.
REPBAND_HOURS says for how long, by default a sixth of one, in which device time wraps once; eight take some minutes.
"""

import gc
import json
import os
import struct

import bluetooth
import machine
from chip_mpu6886 import Mpu6886
from counter_tests import REP as REP_SAMPLES
from counter_tests import TABLE, samples
from repband_device import clock, start
from repband_device.app import Device
from repband_wire.base import TIME_WRAP_US, time_diff_us
from repband_wire.codec import decode
from repband_wire.control import (
    FROM_NOW,
    LOG_CLEAR,
    LOG_ENTRIES,
    LOG_READ,
    OK,
    START,
    Reply,
    make_control,
    reply_values,
)
from repband_wire.events import ENTRY_REP, Ack, Entry, Rep
from repband_wire.packets import Stream
from virtual_loop import Loop

CYCLE_S = 300
AWAY_S = 90  # the ring holds 123
START_US = TIME_WRAP_US - 400000000
FACTOR = 0.985  # the sensor's oscillator is slow
INTERVAL_MS = 30


class Reps:
    """The same rep for ever; sample n is number n % REP_SAMPLES of it."""

    def __init__(self):
        self.data = samples(2 * REP_SAMPLES, REP_SAMPLES)[6 * REP_SAMPLES :]
        self.number = 0

    def next(self):
        at = self.number % REP_SAMPLES * 6
        self.number += 1
        return struct.unpack_from("<hhh", self.data, at)


class Host:
    """Streams, acknowledges, fetches the log; checks that every sample follows the last and is what the sensor gave."""

    def __init__(self, ble, link, rows):
        self.next_index = 0
        self.last = (0, 0)  # index and device time of the last packet
        self.seen = bytearray(8192)  # by number: 1 told live, 2 fetched from the log
        self._ble, self._link, self._rows = ble, link, rows
        self._session = 0
        self._seq = 0
        self._log_next = self._log_end = self._batch_end = 0
        ble._air = self  # it takes what the radio sends
        ble._tell = self._hear

    def come(self):
        self._ble._connected(struct.pack(">B6sH", 0, b"\x02host.", 24))
        self._ble._take(b"M", struct.pack(">H", 247))
        self._ask(START, 1, self._session, self.next_index if self._session else FROM_NOW)
        self._read_log()

    def go(self):
        self._ble._disconnected()

    async def run(self):
        while True:
            await clock.sleep_ms(INTERVAL_MS)
            if self._ble._conn >= 0:
                before = self.next_index
                self._ble._connection_event()
                if self.next_index > before:
                    self._write(Ack(self._session, self.next_index).encode())

    def _ask(self, code, *values):
        self._seq = (self._seq + 1) % 256
        self._write(make_control(self._seq, code, *values).encode())

    def _write(self, data):
        self._ble._incoming.append((b"W", struct.pack(">HB", self._link._control, 0) + data))

    def _hear(self, kind, body):
        if kind != b"N":
            return
        message = decode(body[2:])
        if isinstance(message, Stream):
            self._take(message)
        elif isinstance(message, Rep):
            self.seen[message.number] |= 1
        elif isinstance(message, Entry):
            self._entry(message)
        elif isinstance(message, Reply):
            assert message.reason == OK, message
            self._answered(message)

    def _answered(self, reply):
        if reply.code == START and not self._session:
            values = reply_values(reply)
            self._session, self.next_index = values["session"], values["index"]
        elif reply.code == LOG_READ:
            self._log_end = reply_values(reply)["next"]

    def _entry(self, entry):
        self._log_next = entry.number + 1
        if entry.kind == ENTRY_REP:
            self.seen[struct.unpack("<H", entry.body)[0]] |= 2
        if self._log_next == self._log_end:
            self._ask(LOG_CLEAR, self._log_end)
        elif self._log_next == self._batch_end:
            self._read_log()

    def _read_log(self):
        self._batch_end = self._log_next + LOG_ENTRIES
        self._ask(LOG_READ, self._log_next)

    def _take(self, packet):
        assert packet.index == self.next_index, (packet.index, self.next_index)
        at = packet.index % REP_SAMPLES * 6
        assert packet.data[:6] == self._rows.data[at : at + 6], packet.index
        self.next_index += packet.count
        self.last = (packet.index, packet.time_us)


async def no_console(on_message, on_line):
    while True:
        await clock.sleep_ms(1000000)


def board(loop, rows):
    """The device on its simulated chip, counting."""
    machine.chips[0x68] = Mpu6886(rows, lambda: loop.us, FACTOR)
    bluetooth.BLE._only = None
    if "exercises" not in os.listdir():
        os.mkdir("exercises")
    with open("exercises/bridge.table", "wb") as file:
        file.write(TABLE)
    with open("hours.json", "w") as file:
        json.dump({"exercise": "bridge", "led": 2}, file)
    config, mistake = start.read_config("hours.json")
    device = Device("hours.json", config, mistake, start.Ring(config["ring_kb"] * 1024))
    device.link.serve = no_console
    device.begin()
    return device


def test_hours_with_radio_counter_and_flash_log():
    hours = float(os.getenv("REPBAND_HOURS") or 0.17)
    loop, rows = Loop(START_US), Reps()
    device = board(loop, rows)
    device.sets.log.clear(device.sets.log.next)
    host = Host(device.radio._link._ble, device.radio._link, rows)
    host._log_next = device.sets.log.next
    loop.create_task(device.run())
    loop.create_task(host.run())
    loop.run_until(1000000)  # it advertises
    cycles = int(hours * 3600 / CYCLE_S)
    used = 0
    for cycle in range(cycles):
        host.come()
        loop.run_until(((cycle + 1) * CYCLE_S - AWAY_S) * 1000000)
        gc.collect()
        if cycle == 0:
            used = gc.mem_alloc()
        grown = gc.mem_alloc() - used
        host.go()
        loop.run_until((cycle + 1) * CYCLE_S * 1000000)
    host.come()
    loop.run_until(loop.us + 60000000)
    count = device.counting.count
    missing = [number for number in range(1, count - 1) if not host.seen[number]]
    index, time_us = host.last
    drift_us = time_diff_us(time_us, (START_US + int((index + 1) * 19000 / FACTOR)) % TIME_WRAP_US)
    kept = sum([1 for told in host.seen if told & 2])
    print(
        f"{host.next_index} samples, {count} reps, {kept} from flash, {grown} bytes more, {drift_us} us off at the end"
    )
    assert not missing, missing
    assert kept >= cycles * (AWAY_S // 6 - 2)
    assert device.sets.lost == 0
    assert abs(drift_us) < 19000  # one sample
    assert device.sensor.ring.head - host.next_index < 16
    assert rows.number - device.sensor.ring.head < 16
    assert abs(count - rows.number // REP_SAMPLES) <= 1
    assert abs(grown) < 1024

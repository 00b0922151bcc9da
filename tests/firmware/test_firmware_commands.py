"""Every control code over the pipe of a real MicroPython process; and the console that a person sees."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import repband_wire as wire
from conftest import PATHS, ROOT, Run
from repband.source.firmware import HEAP, find_interpreter
from repband_wire import control


class Bench:
    """A board that lies still, with a pipe to it."""

    def __init__(self, folder: Path, config: dict[str, object], **environment: str) -> None:
        self.config = folder / "config.json"
        self.config.write_text(json.dumps(config))
        interpreter = find_interpreter()
        assert interpreter is not None
        path = ":".join([*(str(ROOT / part) for part in PATHS), ".frozen"])
        self._process = subprocess.Popen(
            [interpreter, "-X", f"heapsize={HEAP}", ROOT / "firmware/simulated/board.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=folder,
            env={**os.environ, "MICROPYPATH": path, "REPBAND_SIM_SPEED": "10", **environment},
            bufsize=0,
        )
        self._deframer = wire.Deframer()
        self._decoder = wire.Decoder()
        self.seen: list[wire.Message] = []
        self.lines: list[str] = []
        self._seq = 0

    def write(self, data: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(data)

    def send(self, message: wire.Message) -> None:
        self.write(wire.encode_frame(message.encode()))

    def ask(self, code: int, *values: int | bytes) -> wire.Reply:
        self._seq += 1
        self.send(wire.make_control(self._seq, code, *values))
        return self.reply()

    def reply(self) -> wire.Reply:
        reply = self.until(lambda: next((m for m in self.seen if isinstance(m, wire.Reply)), None))
        self.seen.remove(reply)
        return reply

    def info(self) -> wire.Info:
        assert self.ask(control.GET_INFO).reason == control.OK
        info = self.until(lambda: next((m for m in self.seen if isinstance(m, wire.Info)), None))
        self.seen.remove(info)
        return info

    def until(self, found, seconds: float = 5.0):
        end = time.monotonic() + seconds
        while (result := found()) is None:
            assert time.monotonic() < end, f"nothing came; seen {self.seen[-3:]}, {self.lines}"
            self._take()
        return result

    def line(self, word: str) -> str:
        return self.until(lambda: next((line for line in self.lines if word in line), None))

    def samples(self, count: int) -> list[wire.Stream]:
        def enough() -> list[wire.Stream] | None:
            streams = [message for message in self.seen if isinstance(message, wire.Stream)]
            return streams if sum(stream.count for stream in streams) >= count else None

        return self.until(enough)

    def _take(self) -> None:
        assert self._process.stdout is not None
        data = self._process.stdout.read(4096)
        assert data, "the process ended"
        self.seen += [self._decoder.decode(message) for message in self._deframer.feed(data)]
        self.lines += [line.decode() for line in self._deframer.take_lines()]

    def end(self) -> int | None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            code = self._process.wait(3)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = None
            self._process.wait()
        self._process.stdout.close()
        return code


@pytest.fixture
def bench(micropython: Run, tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path, {"name": "Anna", "side": "left"})
    yield bench
    bench.end()


def values(reply: wire.Reply) -> dict[str, int | bytes]:
    assert reply.reason == control.OK, reply
    return wire.reply_values(reply)


def test_says_what_it_is(bench: Bench):
    info = bench.info()
    assert (info.protocol_min, info.protocol_max) == (1, 1)
    assert (info.name, info.side, info.imu, info.who_am_i) == ("Anna", 1, "mpu6886", 0x19)
    assert info.rate_chz == 5263
    assert info.ring_capacity >= 120 * 52.63
    assert 5263 in info.rates_chz
    assert info.fault == 0


def test_start_stop_and_nothing_after(bench: Bench):
    started = values(bench.ask(control.START, 1, 0, control.FROM_NOW))
    streams = bench.samples(50)
    assert streams[0].index == started["index"]
    assert streams[0].session == started["session"] == bench.info().session
    assert values(bench.ask(control.STOP)) == {}
    sent = [stream for stream in bench.seen if isinstance(stream, wire.Stream)]
    bench.seen.clear()
    time.sleep(0.2)
    assert not bench.info().flags & 4
    assert not [message for message in bench.seen if isinstance(message, wire.Stream)]
    indexes = [stream.index + k for stream in sent for k in range(stream.count)]
    assert indexes == list(range(indexes[0], indexes[0] + len(indexes)))


def test_start_refuses_a_version_it_does_not_speak(bench: Bench):
    reply = bench.ask(control.START, 9, 0, control.FROM_NOW)
    assert (reply.reason, reply.result) == (control.BAD_VERSION, b"1-1")


def test_start_goes_on_where_the_host_left_off(bench: Bench):
    session = int(values(bench.ask(control.START, 1, 0, control.FROM_NOW))["session"])
    first = bench.samples(30)
    bench.ask(control.STOP)
    bench.seen.clear()
    time.sleep(0.2)
    assert values(bench.ask(control.START, 1, session, first[0].index))["index"] == first[0].index
    again = bench.samples(100)
    indexes = [stream.index + k for stream in again for k in range(stream.count)]
    assert indexes == list(range(first[0].index, first[0].index + len(indexes)))
    assert values(bench.ask(control.START, 1, session ^ 1, 0))["index"] > indexes[-1] - 1000


def test_clock_exchange(bench: Bench):
    first = values(bench.ask(control.CLOCK))
    time.sleep(0.1)
    second = values(bench.ask(control.CLOCK))
    passed_us = wire.time_diff_us(int(second["received_us"]), int(first["received_us"]))
    assert 800_000 < passed_us < 5_000_000  # 0.1 s at ten times the speed, and a slow machine
    assert int(first["turnaround_us"]) < 1_000_000


def test_resend_gives_the_same_samples_with_the_same_times(bench: Bench):
    session = int(values(bench.ask(control.START, 1, 0, control.FROM_NOW))["session"])
    streams = bench.samples(300)
    first, last = streams[0].index, streams[-1].index
    bench.seen.clear()
    asked = values(bench.ask(control.RESEND, session, first, last - first))
    assert asked == {"index": first, "count": last - first}

    def again() -> dict[int, wire.Stream] | None:
        got = {m.index: m for m in bench.seen if isinstance(m, wire.Stream) and m.index < last}
        return got if sum(message.count for message in got.values()) >= last - first else None

    repeated = bench.until(again)
    times = {stream.index: stream.time_us for stream in streams}
    common = set(repeated) & set(times)
    assert common
    assert all(repeated[index].time_us == times[index] for index in common)


def test_resend_of_what_is_gone(bench: Bench):
    session = int(values(bench.ask(control.START, 1, 0, control.FROM_NOW))["session"])
    assert bench.ask(control.RESEND, session ^ 1, 0, 10).reason == control.GONE
    assert values(bench.ask(control.RESEND, session, 1_000_000, 10))["count"] == 0


def test_what_the_ring_no_longer_keeps_is_a_gap(micropython: Run, tmp_path: Path):
    bench = Bench(tmp_path, {"ring_kb": 1, "rate_hz": 200})
    try:
        session = int(values(bench.ask(control.START, 1, 0, control.FROM_NOW))["session"])
        bench.samples(600)
        reply = values(bench.ask(control.RESEND, session, 0, 600))
        gap = bench.until(lambda: next((m for m in bench.seen if isinstance(m, wire.Gap)), None))
        assert gap.cause == wire.GAP_GONE
        assert gap.index == 0
        assert 0 < int(reply["count"]) < 600
    finally:
        bench.end()


def test_another_rate_begins_a_new_session(bench: Bench):
    before = int(values(bench.ask(control.START, 1, 0, control.FROM_NOW))["session"])
    bench.samples(20)
    assert values(bench.ask(control.SET_RATE, 10400)) == {"rate_chz": 10000}
    bench.seen.clear()
    streams = bench.samples(20)
    assert streams[0].index == 0
    assert (streams[0].session - before) & 0xFFFF == 1
    assert streams[0].rate_chz == 10000


def test_another_range_brings_the_gyroscope(bench: Bench):
    assert values(bench.ask(control.SET_RANGE, wire.pack_ranges(8, 125))) == {"ranges": wire.pack_ranges(8, 250)}
    bench.ask(control.START, 1, 0, control.FROM_NOW)
    assert bench.samples(5)[0].axes == 6
    reply = bench.ask(control.SET_RANGE, 0x18)
    assert reply.reason == control.BAD_PARAMETER


def test_name_and_side_are_kept(bench: Bench):
    assert values(bench.ask(control.SET_NAME, "Füße".encode())) == {}
    assert values(bench.ask(control.SET_SIDE, 2)) == {}
    info = bench.info()
    assert (info.name, info.side) == ("Füße", 2)
    assert json.loads(bench.config.read_text(encoding="utf-8"))["name"] == "Füße"
    assert bench.ask(control.SET_NAME, b"\xff\xfe").reason == control.BAD_PARAMETER
    assert bench.info().name == "Füße"


def test_what_this_board_has_not_is_refused_with_a_reason(bench: Bench):
    for code, values in ((control.SET_EXERCISE, (b"juggling",)), (control.ZERO_COUNTER, ()), (control.BATTERY, ())):
        reply = bench.ask(code, *values)
        assert (reply.code, reply.reason) == (code, control.NOT_SUPPORTED)


def test_identify_needs_something_to_show(bench: Bench, tmp_path: Path):
    assert bench.ask(control.IDENTIFY).reason == control.NOT_SUPPORTED
    with_led = Bench(tmp_path, {"led": 19})
    try:
        assert with_led.ask(control.IDENTIFY).reason == control.OK
    finally:
        with_led.end()


def test_a_button_held_at_boot_keeps_the_program_from_starting(micropython: Run, tmp_path: Path):
    held = Bench(tmp_path, {"button": 37}, REPBAND_SIM_PRESSED="37")
    assert held.line("button held")
    assert held.end() == 0
    bench = Bench(tmp_path, {"button": 37})
    assert bench.info().imu == "mpu6886"
    bench.end()


KEY = bytes(range(16))


def proof(nonce: int | bytes, key: bytes = KEY) -> bytes:
    assert isinstance(nonce, bytes)
    return hmac.new(key, nonce, hashlib.sha256).digest()[:16]


def test_a_claimed_device_obeys_only_who_proves_the_key(bench: Bench, tmp_path: Path, micropython: Run):
    assert bench.ask(control.PROVE, bytes(16)).reason == control.NOT_NOW
    assert bench.ask(control.CLAIM, KEY).reason == control.OK
    assert bench.ask(control.CLAIM, bytes(16)).reason == control.NOT_ALLOWED
    assert bench.info().flags & 3 == 3
    assert bench.ask(control.START, 1, 0, control.FROM_NOW).reason == control.OK
    bench.end()
    later = Bench(tmp_path, {"name": "Anna", "side": "left"})
    try:
        nonce = values(later.ask(control.CHALLENGE))["nonce"]
        assert later.ask(control.PROVE, proof(nonce, bytes(16))).reason == control.NOT_ALLOWED
        assert later.ask(control.PROVE, proof(nonce)).reason == control.NOT_NOW  # one try a nonce
        again = values(later.ask(control.CHALLENGE))["nonce"]
        assert again != nonce
        assert later.ask(control.PROVE, proof(nonce)).reason == control.NOT_ALLOWED  # an old proof, replayed
        assert later.ask(control.START, 1, 0, control.FROM_NOW).reason == control.NOT_ALLOWED
        assert later.ask(control.PROVE, proof(values(later.ask(control.CHALLENGE))["nonce"])).reason == control.OK
        assert later.ask(control.START, 1, 0, control.FROM_NOW).reason == control.OK
        assert later.samples(5)
    finally:
        later.end()


def test_a_stranger_gets_nothing_but_who_it_is(micropython: Run, tmp_path: Path):
    (tmp_path / "owner.key").write_bytes(KEY)
    bench = Bench(tmp_path, {"name": "Anna", "side": "left"})
    try:
        info = bench.info()
        assert info == wire.Info(1, 1, 0, 1, 0, flags=1, name="Anna")
        for code, spec in wire.CONTROLS.items():
            if spec.name not in ("info", "challenge", "prove", "reset"):
                bench.send(wire.Control(7, code, bytes(16)))
                assert bench.reply().reason == control.NOT_ALLOWED, spec.name
        assert bench.ask(control.RESET).reason == control.NEEDS_BUTTON
        bench.info()
        assert not [message for message in bench.seen if isinstance(message, wire.Stream)]
    finally:
        bench.end()


@pytest.mark.parametrize("key", [b"", b"short", bytes(100)])
def test_a_spoilt_key_lets_nobody_in(micropython: Run, tmp_path: Path, key: bytes):
    (tmp_path / "owner.key").write_bytes(key)
    bench = Bench(tmp_path, {})
    try:
        for guess in (b"", b"?", key[:64], bytes(16)):
            nonce = values(bench.ask(control.CHALLENGE))["nonce"]
            assert bench.ask(control.PROVE, proof(nonce, guess)).reason == control.NOT_ALLOWED
        assert bench.ask(control.CLAIM, KEY).reason == control.NOT_ALLOWED
    finally:
        bench.end()


def test_bad_requests_are_answered(bench: Bench):
    bench.send(wire.Control(1, 200))
    assert bench.reply().reason == control.UNKNOWN_CODE
    bench.send(wire.Control(2, control.SET_RATE, b"\x00"))
    assert bench.reply().reason == control.BAD_PARAMETER
    bench.send(wire.Control(3, control.STOP, b"\x00"))
    assert bench.reply().reason == control.BAD_PARAMETER


def test_noise_and_damaged_frames_do_no_harm(bench: Bench):
    frame = wire.encode_frame(wire.make_control(1, control.GET_INFO).encode())
    bench.write(b"\xff\x00\xaa" * 200 + frame[:4] + b"\x03\x03" + frame[4:] + b"\x00" + b"\x91" * 3000)
    bench.write(b"\x00" + wire.encode_frame(b"\xf1\x00") + wire.encode_frame(b"\x91"))
    assert bench.info().name == "Anna"


def test_a_person_at_a_terminal_gets_answers(bench: Bench):
    assert "RepBand 0.1.0, mpu6886, 52.63 Hz, fault 0" in bench.line("RepBand")
    bench.write(b"what?\r\n")
    assert "info" in bench.line("commands:")
    bench.lines.clear()
    bench.write(b"info\n")
    assert bench.line("mpu6886")


def test_leaves_when_asked_to_or_when_the_input_ends(micropython: Run, tmp_path: Path):
    bench = Bench(tmp_path, {})
    bench.line("RepBand")
    assert bench.end() == 0
    bench = Bench(tmp_path, {})
    bench.line("RepBand")
    bench.write(b"repl\n")
    time.sleep(0.2)
    assert bench._process.poll() == 0
    bench.end()


def test_a_mistake_in_the_config_is_on_the_console_and_in_info(micropython: Run, tmp_path: Path):
    bench = Bench(tmp_path, {"rate_hz": "fast"})
    try:
        assert "rate_hz" in bench.line("config.json")
        info = bench.info()
        assert (info.fault, info.imu) == (1, "")
        reply = bench.ask(control.START, 1, 0, control.FROM_NOW)
        assert (reply.reason, reply.result) == (control.HARDWARE, b"fault 1")
        assert bench.ask(control.SET_RATE, 5200).reason == control.HARDWARE
        assert bench.ask(control.SET_SIDE, 1).reason == control.HARDWARE
        assert json.loads(bench.config.read_text()) == {"rate_hz": "fast"}  # not overwritten
    finally:
        bench.end()


def test_an_exercise_without_a_table_is_named(micropython: Run, tmp_path: Path):
    bench = Bench(tmp_path, {"exercise": "juggling"})
    try:
        assert "does not count" in bench.line('no table for "juggling"')
    finally:
        bench.end()


def test_a_pin_that_the_chip_has_not_is_named(micropython: Run, tmp_path: Path):
    bench = Bench(tmp_path, {"button": 40}, REPBAND_SIM_PINS="29")
    try:
        assert '"button": this board has no pin 40' in bench.line("config.json")
        assert bench.info().fault == 1
    finally:
        bench.end()


def test_self_test_measures_a_board_that_lies_still(bench: Bench):
    report = values(bench.ask(control.SELF_TEST))  # right after boot
    assert report["faults"] == 0
    assert report["gravity_mg"] == 1000
    assert report["noise_ug"] == 0
    assert report["rate_chz"] == pytest.approx(5263, rel=0.02)
    assert int(report["heap_free"]) > 10_000
    assert report["battery_mv"] == 0  # this board can't measure it


def test_self_test_on_the_console_is_a_short_report(bench: Bench):
    bench.write(b"self-test\n")
    for word in (
        "RepBand 0.1.0",
        "all is well",
        "faults 0x0000",
        "identity 0x19",
        "gravity",
        "Hz by the board",
        "flash",
        "battery",
    ):
        assert bench.line(word)
    assert len(bench.lines) < 12


def test_noise_and_gravity_are_those_of_the_samples(micropython: Run, tmp_path: Path):
    rng = np.random.default_rng(5)
    rows = rng.normal((0, 0, 8192), (10, 20, 5), (20000, 3)).round().astype("<i2")
    rows.tofile(tmp_path / "rows.bin")
    bench = Bench(tmp_path, {}, REPBAND_SIM_ROWS=str(tmp_path / "rows.bin"))
    try:
        bench.ask(control.START, 1, 0, control.FROM_NOW)
        bench.samples(300)
        report = values(bench.ask(control.SELF_TEST))
        assert report["gravity_mg"] == pytest.approx(1000, abs=2)
        assert report["noise_ug"] == pytest.approx(20 / 8192 * 1e6, rel=0.15)
    finally:
        bench.end()


def test_battery_where_there_is_one(micropython: Run, tmp_path: Path):
    bench = Bench(tmp_path, {"battery": {"adc": 38, "ratio": 2}}, REPBAND_SIM_BATTERY="1900")
    try:
        assert values(bench.ask(control.BATTERY)) == {"percent": 50, "millivolts": 3800, "charging": 0}
        assert bench.info().battery_percent == 50
        bench.write(b"battery\n")
        assert "50 %, 3800 mV" in bench.line("mV")
    finally:
        bench.end()


def test_a_low_battery_is_a_fault_that_does_not_stop_it(micropython: Run, tmp_path: Path):
    bench = Bench(tmp_path, {"battery": {"adc": 38}}, REPBAND_SIM_BATTERY="1760")
    try:
        assert bench.info().fault == 6
        assert bench.ask(control.START, 1, 0, control.FROM_NOW).reason == control.OK
    finally:
        bench.end()


def test_an_empty_battery_ends_it_cleanly(micropython: Run, tmp_path: Path):
    bench = Bench(tmp_path, {"battery": {"adc": 38}, "button": 37}, REPBAND_SIM_BATTERY="1600")
    assert "battery is empty" in bench.line("sleeping")
    assert bench.end() == 0


def test_says_that_it_was_stuck(micropython: Run, tmp_path: Path):
    bench = Bench(tmp_path, {}, REPBAND_SIM_CAUSE="watchdog")
    try:
        assert bench.line("its watchdog restarted it")
        assert bench.info().fault == 7
    finally:
        bench.end()


def test_maintenance_is_asked_for_and_begins_with_a_restart(micropython: Run, tmp_path: Path):
    bench = Bench(tmp_path, {"name": "Anna"})
    bench.line("RepBand")
    bench.write(b"maintenance\n")
    assert bench.line("maintenance on, restarting")
    bench.end()
    config = json.loads((tmp_path / "config.json").read_text())
    assert (config["maintenance"], config["name"]) == (True, "Anna")
    again = Bench(tmp_path, config)
    try:
        assert again.line("maintenance: no watchdog")
    finally:
        again.end()


def test_the_console_needs_maintenance_to_stay_at_the_prompt(micropython: Run, tmp_path: Path):
    bench = Bench(tmp_path, {})
    bench.line("RepBand")
    bench.write(b"repl\n")
    assert bench.line("watchdog restarts the board in 8 s")
    assert bench.end() == 0


COUNTER = """
class Rep:
    out_cs, hold_cs, back_cs, excursion_ddeg, flags = 130, 210, 90, 112, 0


class EveryFifty:
    seen = 0

    def feed(self, data, at, count, stride):
        found = []
        for _ in range(count):
            self.seen += 1
            if self.seen % 50 == 0:
                rep = Rep()
                rep.end, rep.length = self.seen - 1, 40
                found.append(rep)
        return found

    def gap(self, missing):
        self.seen += missing


def make(exercise, rate_chz, ranges):
    return EveryFifty() if exercise == "bridge" else None
"""

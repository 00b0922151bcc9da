"""The board over Bluetooth: main.py in a MicroPython process, the stand-in radio, a host on its other end."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import repband_wire as wire
from air import SPEED, Air
from ble_peer import PeerError
from conftest import Run
from repband.exercise import load_exercise
from repband.exercise.table import device_table
from repband_wire import control, gatt
from repband_wire.events import ENTRY_BOOT, ENTRY_NAME, ENTRY_REP, ENTRY_SET

STACKS = ("nimble", "btstack")
KEY = bytes(range(16))
Open = Callable[..., Air]


@pytest.fixture
def open_air(micropython: Run, tmp_path: Path) -> Iterator[Open]:
    opened: list[Air] = []

    def open_(stack: str = "nimble", config: dict[str, object] | None = None, **environment: str) -> Air:
        opened.append(Air(tmp_path, stack, config, **environment))
        return opened[-1]

    yield open_
    for air in opened:
        air.end()


def numbered(folder: Path, count: int) -> str:
    """A file of samples that carry their number."""
    number = np.arange(count)
    np.stack([number & 0x7FFF, number >> 15, np.full(count, 8192)], axis=1).astype("<i2").tofile(folder / "rows.bin")
    return str(folder / "rows.bin")


def test_advertises_its_name_and_service(open_air: Open):
    air = open_air(REPBAND_SIM_MAC="c0ffee00a1b2")
    advertisement = air.peer.wait_for_advertisement()
    assert advertisement.name == "RepBand-A1B2"
    assert advertisement.fields()[7][::-1].hex() == gatt.SERVICE.replace("-", "")
    assert advertisement.fields()[1] == b"\x06"
    assert advertisement.interval_ms == 250


def test_has_the_table_of_the_wire_format(open_air: Open):
    air = open_air()
    air.connect()
    table = {uuid: (row.service, row.flags) for uuid, row in air.peer.characteristics.items()}
    notify, read, write = 0x10, 0x02, 0x08 | 0x04
    assert table == {
        gatt.STREAM: (gatt.SERVICE, notify),
        gatt.CONTROL: (gatt.SERVICE, write | notify),
        gatt.INFO: (gatt.SERVICE, read),
        gatt.REPS: (gatt.SERVICE, notify),
        "2a19": ("180f", read | notify),
        "2a29": ("180a", read),
        "2a24": ("180a", read),
        "2a26": ("180a", read),
    }
    assert air.peer.read("2a29") == b"RepBand"
    assert air.peer.read("2a26") == b"0.1.0"


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize(("mtu", "interval_ms"), [(23, 100.0), (185, 30.0), (247, 7.5)])
def test_streams_every_sample_in_order(open_air: Open, tmp_path: Path, stack: str, mtu: int, interval_ms: float):
    air = open_air(stack, REPBAND_SIM_ROWS=numbered(tmp_path, 5000))
    air.connect(mtu, interval_ms)
    started = air.start()
    air.until(lambda: len(air.indexes()) >= 400)
    assert air.ask(control.STOP).reason == control.OK
    assert air.indexes() == list(range(started["index"], air.next_index))
    for stream in air.streams():
        assert [x | y << 15 for x, y, _ in stream.samples()] == list(range(stream.index, stream.index + stream.count))
    assert max(air.sizes) <= mtu - 3
    assert air.info().payload == mtu - 3


def test_the_interval_is_reported_when_the_radio_tells(open_air: Open):
    air = open_air()
    air.connect(247, 30)
    assert air.info().interval_units == 0
    air.peer.update_interval(11.25)
    time.sleep(0.1)
    assert air.info().interval_units == 9


@pytest.mark.parametrize("stack", STACKS)
def test_little_is_in_flight_without_acknowledgement_and_then_the_host_is_dropped(open_air: Open, stack: str):
    air = open_air(stack)
    air.connect()
    air.acknowledging = False
    started = air.start()
    air.until(lambda: not air.peer.connected, seconds=20)
    air.take(0.05)
    sent = air.indexes()
    assert sent == list(range(started["index"], started["index"] + len(sent)))
    assert len(sent) <= 8 * 38
    air.acknowledging = True
    air.messages.clear()
    air.connect()
    air.start(int(started["session"]), sent[-1] + 1)
    air.until(lambda: len(air.indexes()) > 400)
    assert air.indexes() == list(range(sent[-1] + 1, air.next_index))


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("mtu", [23, 247])
def test_a_session_goes_on_where_it_was_after_a_drop(open_air: Open, stack: str, mtu: int):
    air = open_air(stack)
    air.connect(mtu)
    started = air.start()
    air.until(lambda: len(air.indexes()) > 60)
    air.peer.disconnect()
    time.sleep(10 / SPEED)
    air.messages = [message for message in air.messages if isinstance(message, wire.Stream)]
    have = air.next_index
    air.connect(mtu)
    air.start(int(started["session"]), have)
    air.until(lambda: air.next_index > have + 15 * 52)
    assert sorted(set(air.indexes())) == list(range(started["index"], air.next_index))


def test_a_range_is_sent_again(open_air: Open):
    air = open_air()
    air.connect()
    started = air.start()
    air.until(lambda: len(air.indexes()) > 200)
    first = int(started["index"])
    before = {stream.index: stream for stream in air.streams()}
    air.messages.clear()
    reply = air.ask(control.RESEND, int(started["session"]), first + 10, 100)
    assert wire.reply_values(reply) == {"index": first + 10, "count": 100}
    again = air.until(lambda: [i for i in air.indexes() if i < first + 110][99:] and air.indexes())
    assert [index for index in again if index < first + 110] == list(range(first + 10, first + 110))
    assert all(before[s.index].time_us == s.time_us for s in air.streams() if s.index in before)


@pytest.mark.parametrize("stack", STACKS)
def test_many_writes_at_once_lose_no_request(open_air: Open, stack: str):
    air = open_air(stack)
    air.connect(247, 100)
    session = air.info().session
    for turn in range(5):
        air.send(wire.Ack(session, 0), response=False)
        air.send(wire.make_control(100 + turn, control.CLOCK), response=False)
        air.send(wire.Ack(session, 0), response=False)
    air.until(lambda: len([m for m in air.messages if isinstance(m, wire.Reply) and m.code == control.CLOCK]) == 5)


def claim(air: Air) -> None:
    """Claims the sensor in its pairing window; on a busy machine the board may feel a press for less than it was."""
    for held_s in (5.5, 8.0, 15.0, 30.0):
        air.press(held_s)
        if air.ask(control.CLAIM, KEY).reason == control.OK:
            return
    pytest.fail("the pairing window did not open")


def claimed(air: Air) -> None:
    air.connect()
    claim(air)
    air.peer.disconnect()


def refusal(air: Air, code: int) -> int:
    """The reason that a stranger is given. On a busy machine its 5 s may be over in between: then it comes again."""
    for _ in range(5):
        with contextlib.suppress(PeerError):
            if not air.peer.connected:
                time.sleep(2 / SPEED)  # until it advertises again
                air.connect()
            air.messages.clear()
            air.send(wire.Control(9, code, bytes(4)))
            air.until(lambda: air.messages or not air.peer.connected)
            for reply in air.messages:
                if isinstance(reply, wire.Reply) and reply.code == code:
                    return reply.reason
    raise AssertionError(f"control code {code} was not answered")


@pytest.mark.parametrize("stack", STACKS)
class TestOwnership:
    def test_a_claim_over_the_air_needs_the_button(self, open_air: Open, stack: str):
        air = open_air(stack)
        air.connect()
        assert air.ask(control.CLAIM, KEY).reason == control.NEEDS_BUTTON
        claim(air)
        assert air.info().flags & 3 == 3

    def test_a_stranger_sees_little_may_do_nothing_and_is_dropped(self, open_air: Open, stack: str):
        air = open_air(stack, {"name": "Anna", "side": "left"})
        claimed(air)
        began = time.monotonic()
        air.connect()
        info = air.info()
        blank = wire.Info(1, 1, info.major, info.minor, info.patch, flags=1, name="Anna")
        assert info == blank
        assert air.ask(control.RESET).reason == control.NEEDS_BUTTON
        air.until(lambda: not air.peer.connected)
        assert (time.monotonic() - began) * SPEED >= 4.5  # radio_tests.py measures it without a machine's load
        for code in set(wire.CONTROLS) - {control.GET_INFO, control.CHALLENGE, control.PROVE, control.RESET}:
            assert refusal(air, code) == control.NOT_ALLOWED
        assert not air.streams()

    def test_the_owner_proves_itself_and_stays_a_replayed_proof_does_not(self, open_air: Open, stack: str):
        air = open_air(stack)
        claimed(air)
        air.connect()
        assert air.prove(bytes(16)) == control.NOT_ALLOWED
        assert air.prove(KEY) == control.OK
        assert air.info().imu == "mpu6886"
        air.start()
        air.until(lambda: len(air.indexes()) > 6 * 53)
        assert air.peer.connected
        air.peer.disconnect()
        air.connect()
        assert wire.decode(air.peer.read(gatt.INFO)).board == ""  # nothing of the owner's is left to read
        first = wire.reply_values(air.ask(control.CHALLENGE))["nonce"]
        assert wire.reply_values(air.ask(control.CHALLENGE))["nonce"] != first
        stale = hmac.new(KEY, bytes(first), hashlib.sha256).digest()[:16]
        assert air.ask(control.PROVE, stale).reason == control.NOT_ALLOWED

    def test_a_flood_neither_stops_the_board_nor_keeps_the_stranger_in(self, open_air: Open, stack: str):
        air = open_air(stack)
        claimed(air)
        air.connect(247, 7.5)
        with pytest.raises(PeerError):
            for turn in range(100000):
                air.send(wire.Control(turn & 255, control.CHALLENGE), response=bool(turn % 7 == 0))
                air.send(wire.Ack(0, 0), response=False)
        air.peer.wait(lambda: not air.peer.connected)
        air.connect()
        assert air.prove(KEY) == control.OK

    def test_a_reset_needs_the_button_held(self, open_air: Open, stack: str):
        air = open_air(stack)
        claimed(air)
        air.connect()
        air.button.write_text("37")
        assert air.ask(control.RESET).reason == control.OK
        air.button.unlink()
        assert air.info().flags & 1 == 0


BRIDGE_HZ = 52.63


def bridges(folder: Path, reps: int) -> str:
    """A file of samples of that many bridges, one every 4 s, after 4 s of rest and before 20 s of it."""
    seconds = np.arange(0, 4 * reps + 24, 1 / BRIDGE_HZ)
    phase = np.where((seconds > 4) & (seconds < 4 + 4 * reps), (seconds - 4) % 4, 0)
    up = np.clip(np.minimum(phase / 1.2, (3.2 - phase) / 1.2), 0, 1)
    angle = np.deg2rad(10 + 18 * (3 * up**2 - 2 * up**3))
    noise = np.random.default_rng(3).normal(0, 0.004, (len(seconds), 3))
    accel_g = np.stack([np.sin(angle), np.zeros_like(angle), np.cos(angle)], axis=1) + noise
    (accel_g * 8192).round().astype("<i2").tofile(folder / "rows.bin")
    return str(folder / "rows.bin")


def with_table(folder: Path) -> dict[str, object]:
    (folder / "exercises").mkdir()
    (folder / "exercises" / "bridge.table").write_bytes(device_table(load_exercise("bridge")))
    return {"exercise": "bridge", "target": 3, "rate_hz": 52}


def entries(air: Air) -> tuple[list[wire.Entry], dict[str, int | bytes]]:
    """The whole log, eight at a time."""
    got: list[wire.Entry] = []
    while True:
        number = got[-1].number + 1 if got else 0
        values = wire.reply_values(air.ask(control.LOG_READ, number))
        number = max(number, int(values["first"]))
        if number >= int(values["next"]):
            return got, values
        last = min(int(values["next"]), number + control.LOG_ENTRIES) - 1
        air.until(lambda last=last: [m for m in air.messages if isinstance(m, wire.Entry) and m.number == last])
        got += [message for message in air.messages if isinstance(message, wire.Entry)]
        air.messages.clear()


@pytest.mark.parametrize("stack", STACKS)
def test_reps_go_to_the_host_that_streams(open_air: Open, tmp_path: Path, stack: str):
    air = open_air(stack, with_table(tmp_path), REPBAND_SIM_ROWS=bridges(tmp_path, 5))
    air.connect()
    air.start()
    air.until(lambda: len([m for m in air.messages if isinstance(m, wire.Rep)]) >= 5, seconds=25)
    reps = [message for message in air.messages if isinstance(message, wire.Rep)]
    assert [rep.number for rep in reps] == [1, 2, 3, 4, 5]
    assert all(100 < rep.excursion_ddeg < 260 for rep in reps)
    assert air.info().exercise == "bridge"
    log, _ = entries(air)
    assert not log


def test_reps_wait_in_flash_for_a_host_over_a_restart_and_come_once(open_air: Open, tmp_path: Path):
    air = open_air("nimble", with_table(tmp_path), REPBAND_SIM_ROWS=bridges(tmp_path, 5))
    assert air.process.stderr is not None
    said = iter(air.process.stderr.readline, b"")  # ends when the process does
    assert any(b"done" in line for line in said)
    air.kill_board()
    air.environment = {}
    air.peer.wait(lambda: air.peer.advertisement is None)
    air.start_board()
    air.connect()
    log, values = entries(air)
    reps = [entry for entry in log if entry.kind == ENTRY_REP]
    assert [int.from_bytes(entry.body[:2], "little") for entry in reps] == [1, 2, 3, 4, 5]
    assert [entry.kind for entry in log[:3]] == [ENTRY_BOOT, ENTRY_SET, ENTRY_NAME]
    assert log[2].body.rstrip(b"\0") == b"bridge"
    assert [entry.number for entry in log] == list(range(len(log)))
    assert air.ask(control.LOG_CLEAR, int(values["next"])).reason == control.OK
    again, after = entries(air)
    assert not again
    assert (after["first"], after["log"]) == (values["next"], values["log"])

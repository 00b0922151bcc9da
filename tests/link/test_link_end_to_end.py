"""All of it together: the firmware's main.py, virtual Bluetooth controllers, the commands as a person gives them."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import repband_wire as wire
from pty_board import RATE_HZ
from repband.link.bletransport import BleTransport
from repband.link.key import make_key
from repband.link.source import LinkSource
from repband.source.firmware import find_interpreter
from repband.stream import SampleBlock
from repband_wire import control
from sensor_double import SensorDouble

pytest.importorskip("bumble", reason="virtual Bluetooth needs bumble (pip install 'repband[dev]')")

from bumble_air import Air
from bumble_double import Board
from bumble_firmware import FirmwareBoard
from room import REPS, WAIT_S, Heard, Room, Set, Stranger, bridge, check, wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.name == "nt" or find_interpreter() is None,
        reason="needs a MicroPython interpreter (pip install 'repband[firmware]')",
    ),
]
ANSWERS_TO_STRANGERS = {
    **dict.fromkeys(wire.CONTROLS, control.NOT_ALLOWED),
    control.GET_INFO: control.OK,
    control.CHALLENGE: control.OK,
    control.PROVE: control.BAD_PARAMETER,
    control.RESET: control.NEEDS_BUTTON,
}
Enter = Callable[..., Room]
SET = bridge(tail_s=70.0)


@pytest.fixture
def enter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Enter]:
    """Fills a room."""
    monkeypatch.setenv("REPBAND_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("repband.link.radio.OTHERS_S", 0.3)
    rooms: list[Room] = []

    def fill(*boards: object, **settings: object) -> Room:
        room = Room(tmp_path, Air(list(boards), **settings))
        rooms.append(room)
        monkeypatch.setattr("repband.link.radio.make_radio", lambda: room.radio)
        return room

    yield fill
    for room in rooms:
        room.close()


@pytest.fixture
def board(request: pytest.FixtureRequest, tmp_path: Path) -> FirmwareBoard:
    """The wearer's board; the parameter is whose manners its Bluetooth has."""
    return make_board(tmp_path, stack=getattr(request, "param", "nimble"))


def make_board(folder: Path, felt: Set = SET, **settings: Any) -> FirmwareBoard:
    config = {"rate_hz": RATE_HZ, **settings.pop("config", {})}
    return FirmwareBoard(folder / "board", felt.counts, config=config, **settings)


def begin(board: FirmwareBoard) -> None:
    """Returns when the board streams and its wearer has begun."""
    wait_for(lambda: board.streamed > 0)
    board.move()


def check_count(said: str, *, link: str = "link: never lost", missing: str = "none missing") -> None:
    assert f"set 1 over: {REPS} of {REPS} reps, target reached" in said, said
    assert missing in said, said
    assert link in said, said


def check_samples(room: Room, board: FirmwareBoard) -> None:
    (found,) = room.recorded().values()
    check(found, board.fed())


@pytest.mark.parametrize(
    ("board", "mtu", "interval_ms"), [("nimble", 23, 30.0), ("btstack", 247, 7.5)], indirect=["board"]
)
def test_counts_right_and_keeps_every_sample(enter, board, mtu, interval_ms):
    room = enter(board, central_mtu=mtu, interval_ms=interval_ms)
    said = room.live(meanwhile=lambda: begin(board))
    check_count(said)
    check_samples(room, board)
    assert f"connection interval {interval_ms:g} ms" in said
    assert "what was missed" not in said


@pytest.mark.parametrize(("board", "mtu", "away_s"), [("nimble", 23, 5.0), ("btstack", 247, 60.0)], indirect=["board"])
def test_a_cut_in_mid_rep_costs_nothing(enter, board, mtu, away_s):
    room = enter(board, central_mtu=mtu)

    def cut() -> None:
        begin(board)
        wait_for(lambda: board.moved >= SET.mid_rep)
        room.radio.run(board.cut(), WAIT_S)
        wait_for(lambda: board.moved >= SET.mid_rep + away_s * RATE_HZ)
        board.come_back()

    said = room.live(meanwhile=cut)
    check_count(said, link="link: lost once")
    assert "open again: what was missed is being fetched" in said
    check_samples(room, board)


def test_the_firmware_killed_and_restarted_is_a_named_restart_and_the_set_goes_on(enter, board):
    room = enter(board)

    def restart() -> None:
        begin(board)
        wait_for(lambda: board.moved >= SET.at_rest)
        board.kill()
        board.boot(from_row=SET.at_rest + int(0.5 * RATE_HZ))

    said = room.live(meanwhile=restart)
    check_count(said, link="the sensor restarted once", missing="an unknown number missing in 1 gap, 1 restart")
    assert "the sensor restarted: " in said
    before, after = room.recorded().values()
    check(before, board.fed(1))
    check(after, board.fed(2))
    assert min(after) == 0


@pytest.mark.parametrize("board", ["nimble"], indirect=True)
def test_delayed_and_bunched_notifications_at_a_slow_interval(enter, board):
    dice = random.Random(1)
    board.delay = lambda: 1.0 / board.speed if dice.random() < 0.05 else 0.0
    room = enter(board, interval_ms=100.0)
    check_count(room.live(meanwhile=lambda: begin(board)))
    check_samples(room, board)


@pytest.mark.parametrize("board", ["btstack"], indirect=True)
def test_a_host_that_stops_acknowledging_is_dropped_and_misses_nothing(enter, board):
    room = enter(board)

    def fall_silent() -> None:
        begin(board)
        wait_for(lambda: board.moved >= SET.mid_rep)
        room.air.host.acknowledges = False
        wait_for(lambda: not board.connected)
        room.air.host.acknowledges = True

    check_count(room.live(meanwhile=fall_silent), link="link: lost once")
    check_samples(room, board)


def test_the_clock_is_known_within_what_is_stated(enter, tmp_path):
    """The board's clock is 200 ppm fast; some of what it sends comes a second late, with all that follows it."""
    born, dice = tmp_path / "born", random.Random(1)
    board = make_board(tmp_path, environment={"REPBAND_SIM_PPM": "200", "REPBAND_SIM_BORN": str(born)})
    board.delay = lambda: 1.0 / board.speed if dice.random() < 0.05 else 0.0
    room = enter(board, interval_ms=7.5)

    def true_s() -> float:
        return time.monotonic() * board.speed

    heard = Heard(LinkSource(BleTransport("", room.radio), clock=true_s))
    began_s, born_s = heard.source._began_s, int(born.read_text()) * 1e-6
    misses: list[float] = []

    def measured() -> bool:
        clock = heard.source.stats.clock
        if clock is None:
            return False
        now_s = true_s()
        device_s = (now_s - born_s * board.speed) * (1 + 200e-6)
        misses.append(abs(clock.host_s(device_s) - (now_s - began_s)) / clock.within_s(device_s))
        return clock.drift_uncertainty_ppm is not None and clock.drift_uncertainty_ppm < 150

    heard.until(measured)
    heard.end()
    clock = heard.source.stats.clock
    assert max(misses) < 1.0
    assert abs(clock.drift_ppm + 200) < clock.drift_uncertainty_ppm
    assert clock.uncertainty_s < 0.02
    period_s = np.diff(np.concatenate([item.t_s for item in heard.items if isinstance(item, SampleBlock)]))
    assert np.quantile(np.abs(period_s[500:] - 1 / RATE_HZ), 0.99) < 1e-3  # the board's own clock finds its phase first


def test_the_gyroscope_at_200_hz(enter, tmp_path):
    fast = bridge(rate_hz=200.0, gyro=True)
    board = make_board(tmp_path, fast, speed=3.0, config={"rate_hz": 200.0, "gyro_range_dps": 500})
    room = enter(board)
    check_count(room.live(meanwhile=lambda: begin(board)))
    check_samples(room, board)


def test_another_repband_in_the_air_is_asked_for_or_left_alone(enter, board, monkeypatch):
    monkeypatch.setattr("repband.link.radio.OTHERS_S", 1.5)
    other = Board(SensorDouble(name="RepBand-0001", window=200))
    room = enter(board, other)
    refused = room.command("live", "bridge", "--ble", "--no-keep")
    assert "several sensors are near" in str(refused.exception)
    assert board.connections == 0
    check_count(room.live("RepBand-BEEF", meanwhile=lambda: begin(board)))
    check_samples(room, board)
    assert other.sensor.asked == []


@pytest.mark.parametrize("board", ["btstack", "nimble"], indirect=True)
def test_a_stranger_gets_nothing_and_the_owner_misses_nothing(enter, board):
    key = make_key()
    (board.folder / "owner.key").write_bytes(key)
    room = enter(board)
    stranger = Stranger(room, board)

    # The owner proves itself; somebody listens.
    assert room.command("device", "info", "--ble").exit_code == 0
    proofs = [data for data in room.air.host.wrote if data[2] == control.PROVE]
    assert len(proofs) == 1

    for code in range(256):
        assert stranger.ask(code).reason == ANSWERS_TO_STRANGERS.get(code, control.UNKNOWN_CODE), code
    assert stranger.undisturbed(stranger.read_info).board == ""
    replayed = ((control.CHALLENGE, b""), (control.PROVE, proofs[0][3:]), (control.PROVE, proofs[0][3:]))
    reasons = stranger.undisturbed(lambda: [stranger.ask(*one).reason for one in replayed])
    assert reasons == [control.OK, control.NOT_ALLOWED, control.NOT_NOW]
    assert all(isinstance(message, wire.Reply) for _, message in stranger.heard)

    wait_for(lambda: not stranger.connected)
    began = len(board.fed())
    stranger.connect()
    wait_for(lambda: not stranger.connected)  # it has said nothing; radio_tests.py measures when
    assert (len(board.fed()) - began) / RATE_HZ > 4.8

    def flooded() -> None:
        begin(board)
        wait_for(lambda: board.moved >= SET.mid_rep)
        room.radio.run(board.cut(), WAIT_S)
        stranger.connect()
        board.come_back()
        assert stranger.flood() > 100

    check_count(room.live(meanwhile=flooded), link="link: lost once")
    check_samples(room, board)
    assert board.boots == 1
    assert board.runs

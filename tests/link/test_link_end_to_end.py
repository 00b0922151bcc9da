"""All of it together: the firmware's main.py, virtual Bluetooth controllers, the commands as a person gives them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pty_board import RATE_HZ
from repband.source.firmware import find_interpreter

pytest.importorskip("bumble", reason="virtual Bluetooth needs bumble (pip install 'repband[dev]')")

from bumble_air import Air
from bumble_firmware import FirmwareBoard
from room import REPS, Room, bridge, check, wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.name == "nt" or find_interpreter() is None,
        reason="needs a MicroPython interpreter (pip install 'repband[firmware]')",
    ),
]
Enter = Callable[..., Room]


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
    stack = getattr(request, "param", "nimble")
    return FirmwareBoard(tmp_path / "board", bridge(), stack=stack, config={"rate_hz": RATE_HZ})


def streams(board: FirmwareBoard) -> None:
    """Returns when the board has a host; then the wearer begins."""
    wait_for(lambda: board.notified > 0)
    board.move()


@pytest.mark.parametrize(
    ("board", "mtu", "interval_ms"), [("nimble", 23, 30.0), ("btstack", 247, 7.5)], indirect=["board"]
)
def test_counts_right_and_keeps_every_sample(enter, board, mtu, interval_ms):
    room = enter(board, central_mtu=mtu, interval_ms=interval_ms)
    said = room.live(meanwhile=lambda: streams(board))
    assert f"set 1 over: {REPS} of {REPS} reps, target reached" in said
    assert "none missing" in said
    assert "link: never lost" in said
    (found,) = room.recorded().values()
    check(found, board.fed())

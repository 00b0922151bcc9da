"""The two together over Bluetooth: the host's commands against the firmware's own main.py and its own radio code."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import repband_wire as wire
from ble_peer import BlePeer
from click.testing import CliRunner
from peer_air import PeerAir
from pty_board import RATE_HZ, ROOT, counts_of
from repband import cli
from repband.journal import read_recording
from repband.link.bletransport import BleTransport
from repband.link.radio import Radio
from repband.link.source import LinkSource
from repband.simulate import SetPlan, Tempo, simulate_set
from repband.source.firmware import HEAP, find_interpreter
from repband.stream import Gap, Stream

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.name == "nt" or find_interpreter() is None,
        reason="needs a MicroPython interpreter (pip install 'repband[firmware]')",
    ),
]
SPEED = 5.0
REPS = 4
_PATHS = ("firmware/simulated", "firmware", "protocols/wire")


def bridge() -> np.ndarray:
    plan = SetPlan(
        "bridge", REPS, tempo_s=Tempo(1.5, 2.0, 1.5, 1.5), lead_s=24.0, tail_s=20.0, rate_hz=RATE_HZ, gyro=False
    )
    return counts_of(simulate_set(plan, 3).accel_g)


class AirBoard:
    """The firmware in its process, with a host in reach."""

    def __init__(self, folder: Path, counts: np.ndarray, stack: str) -> None:
        self.folder, self.stack = folder, stack
        self.peer = BlePeer()
        (folder / "config.json").write_text(json.dumps({"rate_hz": RATE_HZ}))
        counts.tofile(folder / "rows.bin")
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        interpreter = find_interpreter()
        assert interpreter is not None
        environment = {
            "MICROPYPATH": ":".join([*(str(ROOT / part) for part in _PATHS), ".frozen"]),
            "REPBAND_SIM_ROWS": str(self.folder / "rows.bin"),
            "REPBAND_SIM_AXES": "3",
            "REPBAND_SIM_SPEED": str(SPEED),
            "REPBAND_SIM_STACK": self.stack,
            **self.peer.environment,
        }
        return subprocess.Popen(
            [interpreter, "-X", f"heapsize={HEAP}", ROOT / "firmware/simulated/board.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            env={**os.environ, **environment},
        )

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.peer.close()


@pytest.fixture
def board(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AirBoard]:
    monkeypatch.setenv("REPBAND_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("repband.link.radio.OTHERS_S", 0.3)
    board = AirBoard(tmp_path, bridge(), getattr(request, "param", "nimble"))
    yield board
    board.close()


@pytest.mark.parametrize(
    ("board", "mtu", "cut"),
    [("nimble", 23, True), ("nimble", 247, False), ("btstack", 23, False), ("btstack", 247, True)],
    indirect=["board"],
)
def test_counts_right_and_keeps_every_sample(board, monkeypatch, mtu, cut):
    air = PeerAir(board.peer, mtu=mtu)
    radio = Radio(air.client, air.scanner)
    monkeypatch.setattr("repband.link.radio.make_radio", lambda: radio)

    def cut_in_mid_rep() -> None:
        time.sleep(33 / SPEED)
        air.cut()
        time.sleep(5 / SPEED)
        air.come_back()

    if cut:
        threading.Thread(target=cut_in_mid_rep, daemon=True).start()
    done = CliRunner().invoke(cli.cli, ["live", "bridge", "--ble", "--reps", str(REPS), "--plain"])
    radio.close()
    assert done.exit_code == 0, done.exception or done.output
    assert f"set 1 over: {REPS} of {REPS} reps, target reached" in done.output
    assert "none missing" in done.output
    assert ("link: lost once" if cut else "link: never lost") in done.output
    (recording,) = (board.folder / "home" / "recordings").glob("*.mcap")
    found = samples_in(recording)
    counts = np.fromfile(board.folder / "rows.bin", dtype="<i2").reshape(-1, 3)
    assert sorted(found) == list(range(min(found), max(found) + 1))
    assert all(found[index] == tuple(counts[index]) for index in found)


class Heard:
    """What a source on the air gives, through the stream, in a thread of its own."""

    def __init__(self, air: PeerAir) -> None:
        self.radio = Radio(air.client, air.scanner)
        self.source = LinkSource(BleTransport("", self.radio))
        self.stream, self.items = Stream(), []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        for frame in self.source:
            self.items += self.stream.feed(frame)

    def until(self, done: Callable[[], bool], seconds: float = 20.0) -> None:
        end_s = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < end_s, (self.source.stats, self.stream.stats)
            time.sleep(0.02)

    def end(self) -> list[Gap]:
        self.source.close()
        self._thread.join(8)
        self.radio.close()
        return [item for item in self.items if isinstance(item, Gap)]


def test_a_minute_out_of_reach_costs_nothing(board):
    air = PeerAir(board.peer)
    heard = Heard(air)
    heard.until(lambda: heard.stream.stats.samples > 100)
    air.cut()
    before = heard.stream.stats.samples
    time.sleep(60 / SPEED)
    air.come_back()
    # The simulated wearer has done with moving by then; what the board felt until its feed ended is all there.
    heard.until(lambda: heard.stream.stats.samples > before + 0.8 * (len(bridge()) - before))
    gaps = heard.end()
    assert [gap for gap in gaps if gap.cause == "lost"] == []
    assert heard.source.stats.drops == 1
    assert heard.source.stats.away_s >= 60 / SPEED


def test_the_firmware_killed_and_restarted_is_a_named_restart(board):
    heard = Heard(PeerAir(board.peer))
    heard.until(lambda: heard.stream.stats.samples > 100)
    old, board.process = board.process, None
    old.kill()
    old.wait()
    old.stdin.close()
    board.process = board.start()
    heard.until(lambda: heard.stream.stats.restarts == 1 and heard.source.stats.restarts == 1)
    gaps = heard.end()
    assert [gap.cause for gap in gaps] == ["restart"]


def samples_in(recording: Path) -> dict[int, tuple[int, ...]]:
    decoder, found = wire.Decoder(), {}
    for arrival in read_recording(recording).arrivals():
        message = decoder.decode(arrival.data)
        if isinstance(message, wire.Stream):
            found.update({message.index + k: sample for k, sample in enumerate(message.samples())})
    return found

"""A room with boards and computers, for tests: the commands as a person gives them, and what happens meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import repband_wire as wire
from bumble_air import Air
from bumble_firmware import FirmwareBoard
from click.testing import CliRunner, Result
from pty_board import RATE_HZ, counts_of
from repband import cli
from repband.journal import read_recording
from repband.link.radio import Radio
from repband.link.source import LinkSource
from repband.simulate import SetPlan, Tempo, simulate_set
from repband.stream import Stream, StreamItem

REPS = 3
WAIT_S = 60.0
Script = Callable[[], None]
PLAN = SetPlan("bridge", REPS, tempo_s=Tempo(1.5, 2.0, 1.5, 1.5), lead_s=4.0, tail_s=20.0, rate_hz=RATE_HZ, gyro=False)


@dataclass(frozen=True)
class Set:
    """A set as the simulated sensor feels it.

    Attributes:
        counts: its samples, shape (n, 3) or (n, 6), int16.
        mid_rep: the sample in the middle of the second rep.
        at_rest: the sample in the middle of the rest after it.
    """

    counts: np.ndarray
    mid_rep: int
    at_rest: int


def bridge(**changes: Any) -> Set:
    """Bridges at 4 g; what changes in PLAN."""
    plan = replace(PLAN, **changes)
    made = simulate_set(plan, 3)
    counts = counts_of(made.accel_g)
    if made.gyro_counts is not None:
        counts = np.hstack([counts, made.gyro_counts])
    _, second, third = made.truth
    at_rest_s = (second.end_s + third.start_s) / 2
    return Set(counts, int(second.turn_s * plan.rate_hz), int(at_rest_s * plan.rate_hz))


def wait_for(done: Callable[[], object], seconds: float = WAIT_S) -> None:
    """Returns when it has happened."""
    end_s = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end_s, "it did not happen"
        time.sleep(0.01)


class Room:
    """Boards on the air, in reach of every command.

    Args:
        folder: for the history of the commands; REPBAND_HOME is its "home".
        air: who is there.
    """

    def __init__(self, folder: Path, air: Air) -> None:
        self.folder, self.air = folder, air
        self.radio = Radio(air.client, air.scanner)
        self.radio.run(air.start(), WAIT_S)

    def command(self, *args: str) -> Result:
        """repband ARGS."""
        return CliRunner().invoke(cli.cli, list(args))

    def live(self, *args: str, meanwhile: Script) -> str:
        """repband live bridge --ble ... for a whole set while something happens; gives what it says."""
        with together(meanwhile):
            done = self.command("live", "bridge", "--ble", *args, "--reps", str(REPS), "--plain")
        assert done.exit_code == 0, done.exception or done.output
        return done.output

    def recorded(self) -> dict[int, dict[int, tuple[int, ...]]]:
        """The samples of the only recording, by index, by session."""
        (recording,) = (self.folder / "home" / "recordings").glob("*.mcap")
        decoder, found = wire.Decoder(), {}
        for arrival in read_recording(recording).arrivals():
            message = decoder.decode(arrival.data)
            if isinstance(message, wire.Stream):
                samples = {message.index + k: sample for k, sample in enumerate(message.samples())}
                found.setdefault(message.session, {}).update(samples)
        return found

    def close(self) -> None:
        for board in self.air.boards:
            if isinstance(board, FirmwareBoard):
                self.radio.run(board.close(), WAIT_S)
        self.radio.close()


def check(found: dict[int, tuple[int, ...]], fed: np.ndarray) -> None:
    """All samples from the first to the last, each what the simulated sensor was fed."""
    first, last = min(found), max(found)
    assert sorted(found) == list(range(first, last + 1))
    assert np.array_equal(np.array([found[index] for index in range(first, last + 1)]), fed[first : last + 1])


@contextmanager
def together(script: Script) -> Iterator[None]:
    """Runs the script in a thread beside; what fails there fails here."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            script()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield
    thread.join(WAIT_S)
    assert not thread.is_alive()
    if failed:
        raise failed[0]


class Heard:
    """What a source on the air gives, through the stream, in a thread of its own."""

    def __init__(self, source: LinkSource) -> None:
        self.source, self.stream = source, Stream()
        self.items: list[StreamItem] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        for frame in self.source:
            self.items += self.stream.feed(frame)

    def until(self, done: Callable[[], object]) -> None:
        wait_for(lambda: done() or not self._thread.is_alive())
        assert self._thread.is_alive(), "the source has ended"

    def end(self) -> None:
        self.source.close()
        self._thread.join(WAIT_S)

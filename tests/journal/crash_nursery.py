"""Run as a process of its own: lets whole sessions begin and kills each at a random step. POSIX only (it forks).

crash_nursery.py FOLDER COUNT SEED     says one line of JSON for each session: {"folder", "frames", "reps", "corrected"}

Each child runs the real driver with the real recorder and history on a simulated sensor, as fast as it can, and says
through a pipe what it is about to do (a frame) or has done (a rep, a correction). The parent kills it with SIGKILL at
a step of that talk chosen at random over a whole session, and up to 3 ms later.
"""

from __future__ import annotations

import dataclasses
import json
import os
import random
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
from repband.cli.running import session_meta
from repband.driver.driver import Driver
from repband.driver.session import Session
from repband.exercise import load_exercise
from repband.journal import HistoryKeeper, Recorder
from repband.journal.recount import recount as _also_imported_before_the_first_fork  # noqa: F401
from repband.reps import RepMeasured
from repband.simulate import SetPlan, SimulatedRecording, VirtualSensor, simulate_set
from repband.source import Frame
from repband.workout import Corrected, Target, routine_of

REPS = 4


def two_sets() -> SimulatedRecording:
    """A simulated set twice over, so that a second one is armed and counted."""
    once = simulate_set(SetPlan("bridge", REPS, rate_hz=25.0), 5)

    def twice(table: np.ndarray) -> np.ndarray:
        return np.concatenate([table, table])

    return dataclasses.replace(
        once,
        t_s=np.arange(2 * len(once.t_s)) * (once.t_s[1] - once.t_s[0]),
        accel_counts=twice(once.accel_counts),
        gyro_counts=None if once.gyro_counts is None else twice(once.gyro_counts),
        accel_g=twice(once.accel_g),
        gyro_dps=None if once.gyro_dps is None else twice(once.gyro_dps),
    )


class SayingRecorder(Recorder):
    """Says each frame before it is written."""

    say: BinaryIO

    def write(self, record: object) -> None:
        if isinstance(record, Frame):
            self.say.write(b"f")
        super().write(record)  # pyright: ignore[reportArgumentType]


def session(folder: Path, recording: SimulatedRecording, out: int) -> None:
    """One session, as `repband live` runs it, without a screen."""
    say = os.fdopen(out, "wb", buffering=0)
    exercise, target = load_exercise("bridge"), Target(sets=2, reps=REPS, rest_s=1.0)
    source = VirtualSensor(recording)
    meta = session_meta(exercise, target, source, None, "bodyweight")
    raw = folder / "raw.mcap"
    running = Session(routine_of(exercise, target))
    with (
        SayingRecorder(raw, meta) as recorder,
        HistoryKeeper(meta, raw, lambda: running.stats, history=folder / "history.sqlite") as keeper,
    ):
        recorder.say = say
        driver: Driver

        def told(_record: object, events: Sequence[object]) -> None:
            for event in events:
                if isinstance(event, RepMeasured):
                    say.write(b"r")
                    if event.rep.number == 2:
                        driver.ask("add")
                elif isinstance(event, Corrected):
                    say.write(b"c")

        driver = Driver(running, recorder, [keeper, told])
        driver.ask("start")
        driver.run(source)
    say.write(b"e")


def begin(folder: Path, recording: SimulatedRecording) -> tuple[int, int]:
    """A child that runs a session; its process id and the end of the pipe on which it talks."""
    folder.mkdir(parents=True)
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    os.close(reading)
    session(folder, recording, writing)
    os._exit(0)


def listen(reading: int, steps: int | None) -> bytes:
    """What a child says, until so many steps, or to its end."""
    said = b""
    while steps is None or len(said) < steps:
        more = os.read(reading, 1 if steps is not None else 4096)
        if not more:
            break
        said += more
    return said


def killed_at(folder: Path, recording: SimulatedRecording, steps: int, pause_s: float) -> bytes:
    """Lets a session run for so many steps, and a moment; kills it; gives all it said."""
    child, reading = begin(folder, recording)
    said = listen(reading, steps)
    time.sleep(pause_s)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    said += listen(reading, None)
    os.close(reading)
    return said


def main() -> None:
    folder, count, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    recording = two_sets()
    child, reading = begin(folder / "whole", recording)
    whole = listen(reading, None)
    os.waitpid(child, 0)
    assert whole.endswith(b"e"), "an undisturbed session runs to its end"
    dice = random.Random(seed)
    for number in range(count):
        home = folder / str(number)
        said = killed_at(home, recording, dice.randrange(len(whole)), dice.uniform(0, 0.003))
        counts = {"frames": said.count(b"f"), "reps": said.count(b"r"), "corrected": said.count(b"c")}
        print(json.dumps({"folder": str(home), **counts, "ended": said.endswith(b"e")}), flush=True)


if __name__ == "__main__":
    main()

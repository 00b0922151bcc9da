"""Run as a process of its own, to be killed: records a stream, or keeps reps, and says what it is about to do or did.

crash_child.py record PATH RATE_HZ SAMPLES_A_PACKET   says the stream time of each packet before it is written
crash_child.py history PATH                           says the number of each rep after it is kept
crash_child.py full PATH BYTES                        records until the file may not grow further; says the error
"""

from __future__ import annotations

import sys
import time

import numpy as np
from repband.errors import JournalError
from repband.journal import History, Recorder, RecordingMeta
from repband.reps import PhaseTimes, Rep
from repband.source import Frame
from repband.stream import SampleBlock


def say(text: object) -> None:
    print(text, flush=True)


def packet(recorder: Recorder, first: int, n: int, rate_hz: float) -> None:
    t_s = (first + np.arange(n)) / rate_hz
    say(t_s[-1])
    recorder.write(Frame(bytes(20 + 12 * n), float(t_s[-1])))
    recorder.write_items([SampleBlock(first, t_s, np.ones((n, 3)), np.zeros((n, 3)))])


def record(path: str, rate_hz: float, n: int) -> None:
    """Real pace: each packet is written when its last sample would have been taken."""
    with Recorder(path, RecordingMeta()) as recorder:
        begun = time.monotonic()
        first = 0
        while True:
            due = begun + (first + n) / rate_hz
            time.sleep(max(0.0, due - time.monotonic()))
            packet(recorder, first, n, rate_hz)
            first += n


def keep(path: str) -> None:
    history = History(path)
    one = history.start_set(history.start_session(RecordingMeta()), 1)
    tempo = PhaseTimes(1.0, 1.0, 1.0, 1.0)
    number = 0
    while True:
        number += 1
        history.add_rep(one, Rep(number, 4.0, 4.0, 0.0, 0.5, 2.0, 3.5, 4.0, 15.0, tempo, tempo))
        say(number)
        time.sleep(0.002)


def fill(path: str, size: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    recorder = Recorder(path, RecordingMeta())
    try:
        for i in range(100_000):
            packet(recorder, i * 5, 5, 50.0)
    except JournalError as error:
        say(f"error: {error}")
    recorder.close()  # after a failure this must do no harm


def main() -> None:
    match sys.argv[1:]:
        case ["record", path, rate_hz, n]:
            record(path, float(rate_hz), int(n))
        case ["history", path]:
            keep(path)
        case ["full", path, size]:
            fill(path, int(size))
        case _:
            sys.exit(2)


if __name__ == "__main__":
    main()

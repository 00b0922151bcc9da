"""How quick counting is: an hour of MCAP against reading it, a live block against its own duration, and memory.

    python benchmarks/count_speed.py [--minutes 60] [--repeats 5] [--hours 10]

Everything runs in one process on one core. The hour is a simulated bridge set played over and over at 100 Hz with
six axes, as wire packets of a virtual sensor in a recording of ours. The ten hours take some minutes.
"""

from __future__ import annotations

import argparse
import dataclasses
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from repband.bench.peaks import find_peaks_count
from repband.bench.recorded import read_items, stream_items
from repband.exercise import load_exercise
from repband.journal import Recorder, RecordingMeta, read_recording
from repband.motion import Motion
from repband.recognise import Recogniser
from repband.reps import RepCounter, count_items
from repband.simulate import SetPlan, SimulatedRecording, VirtualSensor, simulate_set
from repband.stream import SampleBlock, Stream
from scipy import signal

RATE_HZ = 100.0
BLOCK = 10


def long_recording(minutes: float) -> SimulatedRecording:
    """One set, played over and over for so long."""
    once = simulate_set(SetPlan("bridge", 8, rate_hz=RATE_HZ), 1)
    samples = round(minutes * 60 * RATE_HZ)

    def over(table: np.ndarray) -> np.ndarray:
        return np.tile(table, (samples // len(table) + 1, 1))[:samples]

    return dataclasses.replace(
        once,
        t_s=np.arange(samples) / RATE_HZ,
        accel_counts=over(once.accel_counts),
        gyro_counts=None if once.gyro_counts is None else over(once.gyro_counts),
        accel_g=over(once.accel_g),
        gyro_dps=over(once.gyro_dps),
    )


def write_mcap(path: Path, recording: SimulatedRecording) -> None:
    """Records it as a live session does: frames and decoded samples side by side."""
    stream, sensor = Stream(), VirtualSensor(recording)
    with Recorder(path, RecordingMeta(exercise="bridge", sensor=sensor.name)) as recorder:
        for frame in sensor:
            recorder.write(frame)
            recorder.write_items(stream.feed(frame))
        recorder.write_items(stream.finish())


def read_and_filter(path: Path) -> None:
    """Reading the samples, and one bare pass of a filter over the six axes."""
    blocks = [item for item in read_recording(path).items() if isinstance(item, SampleBlock)]
    axes = [np.hstack([b.accel_g, b.gyro_dps]) if b.gyro_dps is not None else b.accel_g for b in blocks]
    signal.sosfilt(signal.butter(2, 1.0, fs=RATE_HZ, output="sos"), np.concatenate(axes), axis=0)


def seconds(work: Callable[[], object], repeats: int) -> float:
    """Median time of the work, in s of this process."""
    times: list[float] = []
    for _ in range(repeats):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return statistics.median(times)


def blocks_of(recording: SimulatedRecording) -> Iterator[SampleBlock]:
    """The same samples in live blocks of ten."""
    for first in range(0, len(recording.t_s) - BLOCK + 1, BLOCK):
        part = slice(first, first + BLOCK)
        yield SampleBlock(first, recording.t_s[part], recording.accel_g[part], recording.gyro_dps[part])


def live_shares(recording: SimulatedRecording) -> dict[str, float]:
    """What a block costs, as shares of its own duration."""
    motion, counter = Motion(), RepCounter(load_exercise("bridge"))
    costs: list[float] = []
    for block in blocks_of(recording):
        began = time.perf_counter()
        counter.feed(motion.feed(block))
        costs.append(time.perf_counter() - began)
    shares = np.array(costs) / (BLOCK / RATE_HZ)
    return {"mean": shares.mean(), "median": np.median(shares), "99.9th percentile": np.percentile(shares, 99.9)}


def memory_over(hours: float) -> list[tuple[float, float]]:
    """(hours, MB held by Python) at four moments of one long stream."""
    hour = long_recording(6)
    motion, counter = Motion(), RepCounter(load_exercise("bridge"))
    marks: list[tuple[float, float]] = []
    rounds = round(hours * 10)
    tracemalloc.start()
    for i in range(rounds):
        for block in blocks_of(hour):
            shifted = SampleBlock(block.index, block.t_s + 360.0 * i, block.accel_g, block.gyro_dps)
            counter.feed(motion.feed(shifted))
        if (i + 1) % max(1, rounds // 5) == 0:
            marks.append(((i + 1) / 10, tracemalloc.get_traced_memory()[0] / 1e6))
    tracemalloc.stop()
    return marks


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--hours", type=float, default=10.0)
    wanted = parser.parse_args()
    recording = long_recording(wanted.minutes)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hour.mcap"
        write_mcap(path, recording)
        print(f"{wanted.minutes:g} min at {RATE_HZ:g} Hz, six axes: {path.stat().st_size / 1e6:.1f} MB")
        report(path, wanted.repeats)
    shares = ", ".join(f"{name} {100 * share:.3f} %" for name, share in live_shares(recording).items())
    print(f"a live block of {BLOCK} samples, of its own duration: {shares}")
    print("memory over a stream:", ", ".join(f"{h:g} h {mb:.2f} MB" for h, mb in memory_over(wanted.hours)))


def report(path: Path, repeats: int) -> None:
    """Times everything that works on the file and prints the ratios."""
    bridge = load_exercise("bridge")
    bare = seconds(lambda: read_and_filter(path), repeats)
    print(f"reading it and one sosfilt pass: {bare:.2f} s (median of {repeats})")
    for name, work in (
        ("counting, our engine", lambda: count_items(stream_items(path), bridge)),
        ("the same with recognition, as `repband count` does", lambda: count_and_recognise(path)),
        ("counting, find_peaks", lambda: find_peaks_count(read_items(path))),
    ):
        took = seconds(work, repeats)
        print(f"{name}: {took:.2f} s, {took / bare:.2f} times that")


def count_and_recognise(path: Path) -> None:
    """What `repband count` does with one recording."""
    recogniser = Recogniser()
    count_items(stream_items(path), load_exercise("bridge"), recogniser.feed)
    recogniser.finish()


if __name__ == "__main__":
    main()

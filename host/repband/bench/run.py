"""Counts jobs with the live engine and with the plain counter, on as many processes as asked for."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import chain

from repband.bench.jobs import Job, Material
from repband.bench.outcome import Counter, Outcome, counter
from repband.bench.peaks import find_peaks_count, need_scipy
from repband.bench.score import Bounds, Found, match
from repband.errors import RepBandError
from repband.exercise import Exercise, load_exercise
from repband.motion import MotionItem
from repband.mount import MountCheck
from repband.recognise import Recogniser
from repband.reps import CountResult, Rep, RepEvent, count_items
from repband.reps.count import Listener

Done = Callable[[Outcome], None]

_BATCH = 4  # jobs handed to a process at a time


def run(jobs: Sequence[Job], processes: int = 1, done: Done = lambda _: None) -> list[Outcome]:
    """Counts every job; a job that fails gives an outcome that says why, and the rest is done.

    Args:
        jobs: what to count.
        processes: how many at a time; the outcomes are the same for any number.
        done: called with each outcome, in the order of `jobs`.

    Raises:
        UsageError: scipy is not installed.
    """
    need_scipy()
    outcomes: list[Outcome] = []
    for outcome in _judged(jobs, processes):
        outcomes.append(outcome)
        done(outcome)
    return outcomes


def _judged(jobs: Sequence[Job], processes: int) -> Iterator[Outcome]:
    if processes <= 1:
        yield from map(judge, jobs)
        return
    # A fresh interpreter each, as on every system; a forked one may inherit a lock in mid-air.
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(judge, jobs, chunksize=_BATCH)


def judge(job: Job) -> Outcome:
    """Counts one job with both counters and scores them; hears what recognition and the mount check say."""
    try:
        material = job.load()
        onlookers = Onlookers(material.exercise)
        result = count(material, onlookers.listen)
    except RepBandError as error:
        return Outcome(job.subject, error=str(error))
    return Outcome(
        subject=job.subject,
        duration_s=material.recorded.end_s - material.recorded.start_s,
        true=material.truth.count,
        engine=_engine(result, material),
        peaks=counter(find_peaks_count(material.items), material.truth, material.recorded),
        looks_like=onlookers.looks_like(),
        mount=tuple(onlookers.doubts),
    )


class Onlookers:
    """Recognition and the self-check of the mount, listening while a recording is counted."""

    def __init__(self, exercise: str) -> None:
        self.doubts: list[str] = []
        self._recogniser = Recogniser()
        self._mount = MountCheck(exercise)

    def listen(self, items: Sequence[MotionItem], events: Sequence[RepEvent]) -> None:
        """Takes what motion gave and what the counter said of it."""
        self._recogniser.feed(items, events)
        kinds = (str(warning.kind) for warning in self._mount.feed(items, events))
        self.doubts += [kind for kind in dict.fromkeys(kinds) if kind not in self.doubts]

    def looks_like(self) -> str:
        """What recognition calls it, now that it is over."""
        self._recogniser.finish()
        return str(self._recogniser.result().as_plain()["exercise"])


def count(material: Material, listen: Listener | None = None) -> CountResult:
    """What the live engine says of it."""
    return count_items(material.items, exercise_of(material.exercise), listen)


def exercise_of(name: str) -> Exercise | None:
    """The exercise as the engine takes it: None for "generic"."""
    return None if name == "generic" else load_exercise(name)


def _engine(result: CountResult, material: Material) -> Counter:
    scored = counter([Found.of(rep) for rep in result.reps], material.truth, material.recorded, len(result.rejected))
    return Counter(scored.counted, scored.score, scored.rejected, _phase_errors(result.reps, material))


def _phase_errors(reps: Sequence[Rep], material: Material) -> tuple[float, ...]:
    """Counted minus true phase instants of the matched reps, four a rep."""
    if not material.instants or material.truth.reps is None:
        return ()
    pairs = match(material.truth.reps, [Found.of(rep).span(Bounds.ONSET) for rep in reps])
    return tuple(chain.from_iterable(_differences(reps[j], material.instants[i]) for i, j in pairs))


def _differences(rep: Rep, true: Sequence[float]) -> Iterator[float]:
    mine = (rep.start_s, rep.start_s + rep.tempo_s.out, rep.end_s - rep.tempo_s.back, rep.end_s)
    return (a - b for a, b in zip(mine, true, strict=True))

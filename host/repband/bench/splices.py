"""Sets nobody recorded in one piece: real reps with real changes of posture before and after, truth and all.

Reps come from mex (bridge, clamshell) and hugadb (sit-to-stand); changes of posture are single sit-downs and
stand-ups of hugadb; between them lies rest from gaps between mex reps. Pieces are brought to one rate, each is
turned so that gravity agrees at the seam, and joined by a short cross-fade; the whole is turned anyhow.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from repband.bench.outcome import Subject
from repband.bench.recorded import read_items
from repband.bench.score import Span, Truth
from repband.bench.seams import join, random_turn, resampled
from repband.bench.truth import Labelled, read_index
from repband.errors import RecordingError
from repband.stream import SampleBlock, StreamItem

Floats = npt.NDArray[np.float64]

RATE_HZ = 50.0
FADE_S = 0.3
LEAST_REPS = 4
_LEAD_S = 1.5  # rest kept before the first and after the last rep of a piece, where there is as much
_STILL_S = 0.4  # window by whose spread stillness is judged
_LEAST_REST_S = 1.5  # a gap between reps shorter than this has no middle to dwell in
_KINDS = (("bridge", "mex_rest"), ("clamshell", "mex_rest"), ("sit_to_stand", "hugadb"))


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one recording: `cut` says from where to where, in its own time."""

    recording: Labelled
    cut: Span


@dataclass(frozen=True, slots=True)
class Set:
    """Consecutive reps of one recording, with the rest around them."""

    piece: Piece
    reps: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Catalog:
    """What splices are made of, found from the labels alone."""

    sets: dict[str, tuple[Labelled, ...]]
    changes: tuple[tuple[Labelled, Span], ...]  # a hugadb rep: its first half is one change of posture, its second one
    rests: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which set a splice holds; what stands around it is drawn afterwards."""

    subject: Subject
    chosen: Set
    draw: random.Random


@dataclass(frozen=True, slots=True)
class Spliced:
    """One finished splice, ready to count."""

    subject: Subject
    items: tuple[StreamItem, ...]
    truth: Truth


def splice(root: Path, number: int) -> Spliced:
    """The splice of this number, the same on every machine.

    Raises:
        RecordingError: `root` has no mex_rest and hugadb to take reps and changes of posture from.
    """
    parts, choice = catalog(root), choose(root, number)
    draw, piece = choice.draw, choice.chosen.piece
    around = [_rest(draw, parts) if i % 2 == 0 else _change(draw, parts) for i in range(6)]
    accel_g, starts = join([*around[:3], samples(piece), *around[3:]], round(FADE_S * RATE_HZ))
    block = SampleBlock(0, np.arange(len(accel_g)) / RATE_HZ, accel_g @ random_turn(draw).T)
    return Spliced(choice.subject, (block,), _moved(choice.chosen, starts[3] / RATE_HZ))


def choose(root: Path, number: int) -> Choice:
    """Which set the splice of this number holds, and whose it is."""
    draw = random.Random(f"splice {number}")
    name, _ = _KINDS[number % len(_KINDS)]
    chosen = _choose_set(draw, catalog(root).sets[name])
    owner = chosen.piece.recording
    subject = Subject(f"splices/{number:03d}_{name}", "splices", name, "thigh", "", owner.person, owner.odd)
    return Choice(subject, chosen, draw)


def _moved(chosen: Set, start_s: float) -> Truth:
    """The set's truth, now that its piece begins at `start_s`."""
    shift_s, truth = start_s - chosen.piece.cut.start_s, chosen.piece.recording.truth
    reps = tuple(Span(r.start_s + shift_s, r.end_s + shift_s) for r in chosen.reps)
    return Truth(len(reps), reps, (), truth.bounds, truth.either)


@lru_cache(maxsize=4)
def catalog(root: Path) -> Catalog:
    """Finds sets, changes of posture and rests in the labels of `root`."""
    for folder in ("mex_rest", "hugadb"):
        if not (root / folder / "index.csv").is_file():
            raise RecordingError(f"no {folder} to take reps from", where=str(root), cure="leave --splices out")
    mex, hugadb = read_index(root / "mex_rest"), read_index(root / "hugadb")
    good = [r for r in mex + hugadb if r.kind in ("", "moving") and len(r.truth.reps or ()) >= LEAST_REPS]
    sets = {name: tuple(r for r in good if r.exercise == name and r.folder == folder) for name, folder in _KINDS}
    return Catalog(
        sets=sets,
        changes=tuple((r, rep) for r in sets["sit_to_stand"] for rep in (r.truth.reps or ()) if _is_slow(rep)),
        rests=tuple(piece for r in sets["bridge"] + sets["clamshell"] for piece in _rests(r)),
    )


def samples(piece: Piece) -> Floats:
    """A piece's specific force at RATE_HZ, shape (n, 3), in g."""
    t_s, accel_g = _recording(piece.recording.path)
    return resampled(t_s, accel_g, piece.cut.start_s, piece.cut.end_s, RATE_HZ)


@lru_cache(maxsize=128)
def _recording(path: Path) -> tuple[Floats, Floats]:
    blocks = [item for item in read_items(path) if isinstance(item, SampleBlock)]
    return np.concatenate([b.t_s for b in blocks]), np.concatenate([b.accel_g for b in blocks])


def _choose_set(draw: random.Random, recordings: Sequence[Labelled]) -> Set:
    """A run of consecutive reps that no doubtful one interrupts, cut in the middle of the rests around it."""
    while True:
        recording = draw.choice(recordings)
        run = draw.choice(_runs(recording.truth))
        if len(run) < LEAST_REPS:
            continue
        n = draw.randint(LEAST_REPS, len(run))
        first = draw.randint(0, len(run) - n)
        reps = run[first : first + n]
        t_s, _ = _recording(recording.path)
        every = sorted([*(recording.truth.reps or ()), *recording.truth.edges])
        return Set(Piece(recording, _around(reps, every, float(t_s[0]), float(t_s[-1]))), reps)


def _runs(truth: Truth) -> list[tuple[Span, ...]]:
    """The reps, parted wherever an edge lies between two of them."""
    runs: list[list[Span]] = [[]]
    for span in sorted([*(truth.reps or ()), *truth.edges]):
        if span in truth.edges:
            runs.append([])
        else:
            runs[-1].append(span)
    return [tuple(run) for run in runs]


def _around(reps: Sequence[Span], every: Sequence[Span], begins_s: float, ends_s: float) -> Span:
    before = max((s.end_s for s in every if s.end_s <= reps[0].start_s), default=None)
    after = min((s.start_s for s in every if s.start_s >= reps[-1].end_s), default=None)
    start = begins_s if before is None else (before + reps[0].start_s) / 2
    end = ends_s if after is None else (after + reps[-1].end_s) / 2
    return Span(max(start, reps[0].start_s - _LEAD_S), min(end, reps[-1].end_s + _LEAD_S))


def _rests(recording: Labelled) -> list[Piece]:
    """The middle half of each long gap between reps, where nothing moves."""
    every = sorted([*(recording.truth.reps or ()), *recording.truth.edges])
    gaps = [Span(a.end_s, b.start_s) for a, b in pairwise(every) if b.start_s - a.end_s >= _LEAST_REST_S]
    return [
        Piece(recording, Span(g.start_s + (g.end_s - g.start_s) / 4, g.end_s - (g.end_s - g.start_s) / 4)) for g in gaps
    ]


def _rest(draw: random.Random, parts: Catalog) -> Floats:
    """One to four seconds of real rest: a gap played forwards and backwards, so that it never jumps."""
    once = samples(draw.choice(parts.rests))
    wanted = round(draw.uniform(1.0, 4.0) * RATE_HZ)
    there_and_back = np.concatenate([once, once[::-1]])
    return np.tile(there_and_back, (math.ceil(wanted / len(there_and_back)), 1))[:wanted]


def _change(draw: random.Random, parts: Catalog) -> Floats:
    """One stand-up or one sit-down, from stillness to stillness."""
    recording, rep = draw.choice(parts.changes)
    standing = _stillest(
        recording, rep.start_s + 0.35 * (rep.end_s - rep.start_s), rep.end_s - 0.35 * (rep.end_s - rep.start_s)
    )
    if draw.random() < 0.5:
        return samples(Piece(recording, Span(_stillest(recording, rep.start_s - 1.5, rep.start_s), standing)))
    return samples(Piece(recording, Span(standing, _stillest(recording, rep.end_s, rep.end_s + 1.5))))


def _is_slow(rep: Span) -> bool:
    """Long enough to stand still in between."""
    return rep.end_s - rep.start_s >= 3.0


def _stillest(recording: Labelled, start_s: float, end_s: float) -> float:
    """The middle of the stillest window within a stretch, clipped to the recording."""
    t_s, accel_g = _recording(recording.path)
    low, high = max(start_s, float(t_s[0])), min(end_s, float(t_s[-1]))
    even = resampled(t_s, accel_g, low, max(high, low + 0.1), RATE_HZ)
    width = min(round(_STILL_S * RATE_HZ), len(even))
    spread = [float(np.ptp(even[i : i + width], axis=0).max()) for i in range(len(even) - width + 1)]
    return low + (int(np.argmin(spread)) + width / 2) / RATE_HZ

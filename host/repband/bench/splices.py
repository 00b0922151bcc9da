"""Sets nobody recorded in one piece: real reps with real changes of posture before and after, truth and all.

Reps come from mex (bridge, clamshell) and hugadb (sit-to-stand); changes of posture are single sit-downs and
stand-ups of hugadb; between them lies rest from gaps between mex reps. Pieces are brought to one rate, each is
turned so that gravity agrees at the seam, and joined by a short cross-fade; the whole is turned anyhow. A change
of posture runs at least 60 degrees beside the reps' own way: one along it would be half a rep.
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
from repband.bench.seams import append, join, random_turn, resampled, turn_to_fit
from repband.bench.truth import Labelled, read_index
from repband.errors import RecordingError
from repband.stream import SampleBlock, StreamItem

Floats = npt.NDArray[np.float64]

RATE_HZ = 50.0
FADE_S = 0.3
LEAST_REPS = 4
_LEAD_S = 1.5  # rest kept before the first and after the last rep of a piece, where there is as much
_STILL_S = 0.4  # window by whose spread stillness is judged
_STILL_G = 0.05  # three degrees
_LEAST_REST_S = 1.5  # a gap between reps shorter than this has no middle to dwell in
_LEAST_APART_DEG = 60.0  # between the way a change of posture runs and the way the reps do
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
    draw, piece, fade = choice.draw, choice.chosen.piece, round(FADE_S * RATE_HZ)
    before, after = (join([_rest(draw, parts), _change(draw, parts), _rest(draw, parts)], fade) for _ in range(2))
    reps = samples(piece)
    out_g = _far(choice.chosen, reps)
    accel_g = append(before @ _fitted(draw, before[-fade:], before[:fade], reps[:fade], out_g).T, reps, fade)
    accel_g = append(accel_g, after @ _fitted(draw, after[:fade], after[-fade:], reps[-fade:], out_g).T, fade)
    block = SampleBlock(0, np.arange(len(accel_g)) / RATE_HZ, accel_g @ random_turn(draw).T)
    return Spliced(choice.subject, (block,), _moved(choice.chosen, (len(before) - fade) / RATE_HZ))


def _far(chosen: Set, reps: Floats) -> Floats:
    """Gravity in the middle of the first rep, shape (3,)."""
    middle = (chosen.reps[0].start_s + chosen.reps[0].end_s) / 2 - chosen.piece.cut.start_s
    near = round(0.2 * RATE_HZ)
    return reps[round(middle * RATE_HZ) - near : round(middle * RATE_HZ) + near].mean(axis=0)


def _fitted(draw: random.Random, seam: Floats, far: Floats, to_seam: Floats, out_g: Floats) -> Floats:
    """Turns a change of posture so that it meets the set at the seam and runs another way than the reps do.

    One that ran the reps' own way would be half a rep, and nobody could say whether to count it.
    """
    apart_rad = math.radians(draw.uniform(_LEAST_APART_DEG, 360 - _LEAST_APART_DEG))
    return turn_to_fit(seam.mean(axis=0), far.mean(axis=0), to_seam.mean(axis=0), out_g, apart_rad)


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
    """One to four seconds of real rest: a still gap played forwards and backwards, so that it never jumps."""
    once = samples(draw.choice(parts.rests))
    while not _is_still(once):
        once = samples(draw.choice(parts.rests))
    wanted = round(draw.uniform(1.0, 4.0) * RATE_HZ)
    there_and_back = np.concatenate([once, once[::-1]])
    return np.tile(there_and_back, (math.ceil(wanted / len(there_and_back)), 1))[:wanted]


def _is_still(accel_g: Floats) -> bool:
    """Its tenths of a second stray by less than _STILL_G: played over and over it won't look like a movement."""
    width = round(RATE_HZ / 10)
    means = [accel_g[i : i + width].mean(axis=0) for i in range(0, len(accel_g) - width + 1, width)]
    return float(np.ptp(means, axis=0).max()) < _STILL_G


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

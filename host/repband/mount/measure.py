"""`python -m repband.mount.measure DIR`: how often the mount check warns, rightly and wrongly, on real recordings."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from repband.bench.intervals import proportion
from repband.bench.recorded import read_items
from repband.bench.truth import Labelled, read_folders
from repband.errors import RepBandError
from repband.exercise import load_exercise
from repband.motion import Motion, MotionFrame, MotionItem
from repband.mount.base import MountKind, MountWarning
from repband.mount.check import MountCheck
from repband.mount.slip import largest_move_deg
from repband.recognise.learn import learn
from repband.recognise.leave_out import learnable
from repband.recognise.model import Model
from repband.recognise.sets import OURS, read_recorded
from repband.recognise.shape import Merge, RepShape, Tape
from repband.reps import Rep, RepCounter
from repband.stream import SampleBlock, StreamItem

TURNS_DEG = (10.0, 15.0, 20.0, 30.0, 45.0, 90.0)
AXES = 3
"""Axes about which each set is turned, drawn evenly over the sphere."""

ARMED_AS = {
    "bridge": "bridge",
    "clamshell": "clamshell",
    "sit_to_stand": "squat",
    "SqDL": "squat",
    "DeclineSq": "squat",
    "SqHalfSL": "squat",
    "Lunge": "lunge",
    "squat": "squat",
    "lunge": "lunge",
    "deadlift": "deadlift",
    "pickingup": "deadlift",
}
"""The exercise that a wearer would have chosen for a recording; the others are left out."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One recording and what the mount check said of it."""

    label: Labelled
    armed_as: str
    duration_s: float
    warnings: tuple[MountWarning, ...]

    def warned(self, kind: MountKind | None = None) -> bool:
        """Whether it was warned of, of one kind or at all."""
        return any(kind is None or w.kind is kind for w in self.warnings)


class PeopleLeftOut:
    """Models that have not seen the person they judge."""

    def __init__(self, root: Path) -> None:
        self._examples = learnable(read_recorded(root))
        self._models: dict[str, Model] = {}

    def without(self, person: str) -> Model:
        """The model of everybody else."""
        if person not in self._models:
            self._models[person] = learn([e for e in self._examples if e.person != person], OURS)
        return self._models[person]


def check(items: Sequence[MotionItem], exercise: str, model: Model | None = None) -> tuple[MountWarning, ...]:
    """What is said of a whole set that begins armed."""
    counter, mount = RepCounter(load_exercise(exercise)), MountCheck(exercise, model)
    warnings = mount.feed(items, counter.feed(items))
    return (*warnings, *mount.feed([], counter.finish()))


def check_folders(root: Path, people: PeopleLeftOut) -> list[Checked]:
    """Every recording of an exercise of ours, wherever on the body."""
    checked: list[Checked] = []
    for label in read_folders(root):
        exercise = ARMED_AS.get(label.exercise)
        if exercise is None:
            continue
        motion = Motion()
        items = [frame for item in read_items(label.path) for frame in motion.feed(item)]
        checked.append(Checked(label, exercise, _length_s(items), check(items, exercise, people.without(label.person))))
    return checked


def _length_s(items: Sequence[MotionItem]) -> float:
    times_s = [item.t_s for item in items if isinstance(item, MotionFrame)]
    return times_s[-1] - times_s[0] if times_s else 0.0


def turned(items: Sequence[StreamItem], from_s: float, rotation: npt.NDArray[np.float64]) -> list[StreamItem]:
    """The stream with the sensor turned from one time on."""
    done: list[StreamItem] = []
    for item in items:
        if isinstance(item, SampleBlock):
            accel = np.where((item.t_s >= from_s)[:, None], item.accel_g @ rotation.T, item.accel_g)
            done.append(SampleBlock(item.index, item.t_s, accel, None))
        else:
            done.append(item)
    return done


def rotation(axis: npt.NDArray[np.float64], angle_deg: float) -> npt.NDArray[np.float64]:
    """The matrix that turns by an angle about an axis (Rodrigues)."""
    x, y, z = axis / np.linalg.norm(axis)
    k = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    angle = np.radians(angle_deg)
    return np.eye(3) + np.sin(angle) * k + (1.0 - np.cos(angle)) * (k @ k)


def slip_rates(
    labels: Sequence[Labelled], angles_deg: Sequence[float] = TURNS_DEG
) -> dict[float, tuple[int, int, list[int]]]:
    """For each angle: slips noticed, slips made, and how many reps after the turn each was noticed.

    Sets of five counted reps or more are turned in the rest behind the third, about axes drawn at random.
    """
    rates: dict[float, tuple[int, int, list[int]]] = {angle: (0, 0, []) for angle in angles_deg}
    draw = np.random.default_rng(1)
    for label in labels:
        items, exercise = read_items(label.path), ARMED_AS[label.exercise]
        reps = _reps(items, exercise)
        if len(reps) < 5:
            continue
        at_s = (reps[2].end_s + reps[3].start_s) / 2.0
        for axis in draw.normal(size=(AXES, 3)):
            for angle in angles_deg:
                motion = Motion()
                frames = [f for i in turned(items, at_s, rotation(axis, angle)) for f in motion.feed(i)]
                slips = [w.t_s for w in check(frames, exercise) if w.kind is MountKind.SLIPPED and w.t_s > at_s]
                seen, made, late = rates[angle]
                if slips:
                    late.append(sum(at_s < rep.start_s and rep.end_s <= slips[0] for rep in reps))
                rates[angle] = (seen + bool(slips), made + 1, late)
    return rates


def _reps(items: Sequence[StreamItem], exercise: str) -> list[Rep]:
    return [item for item in _merged(items, exercise) if isinstance(item, Rep)]


def _merged(items: Sequence[StreamItem], exercise: str) -> list[MotionItem | Rep]:
    motion, counter, merge = Motion(), RepCounter(load_exercise(exercise)), Merge()
    frames = [frame for item in items for frame in motion.feed(item)]
    return [*merge.feed(frames, [*counter.feed(frames), *counter.finish()]), *merge.finish()]


def margins(root: Path) -> str:
    """How near people's own sets come to the limits, for both halves of the people."""
    lines = [
        "| people | recordings | most that a rep lay aside | first two reps, least to most |",
        "|---|---|---|---|",
    ]
    groups: dict[tuple[str, str], list[tuple[float | None, float | None]]] = {}
    for label in read_folders(root):
        exercise = ARMED_AS.get(label.exercise)
        if exercise and label.placement.startswith("thigh"):
            half = "odd" if label.odd else "even"
            shapes = _shapes(read_items(label.path), exercise)
            first_deg = None if len(shapes) < 2 else (shapes[0].excursion_deg + shapes[1].excursion_deg) / 2.0
            title = f"{label.folder} {label.exercise} {label.kind}".strip()
            groups.setdefault((title, half), []).append((largest_move_deg(shapes), first_deg))
    for (title, half), values in sorted(groups.items()):
        moves = [m for m, _ in values if m is not None]
        firsts = [f for _, f in values if f is not None]
        move = f"{max(moves):.1f} degrees ({len(moves)} sets)" if moves else "-"
        first = f"{min(firsts):.0f} to {max(firsts):.0f} degrees" if firsts else "-"
        lines.append(f"| {half} numbers | {title} | {move} | {first} |")
    return "\n".join(lines)


def _shapes(items: Sequence[StreamItem], exercise: str) -> list[RepShape]:
    tape = Tape()
    shapes: list[RepShape] = []
    for item in _merged(items, exercise):
        if isinstance(item, Rep):
            shape = tape.shape(item)
            shapes += [] if shape is None else [shape]
        elif isinstance(item, MotionFrame):
            tape.add(item)
        else:
            tape.clear()
    return shapes


def report(checked: Sequence[Checked], slips: dict[float, tuple[int, int, list[int]]]) -> str:
    """Tables in Markdown."""
    groups: dict[str, list[Checked]] = {}
    for c in checked:
        place = c.label.placement.removesuffix("_l").removesuffix("_r").split(" (")[0]
        name = " ".join(filter(None, (c.label.folder, c.label.exercise, place, c.label.kind, f"as {c.armed_as}")))
        groups.setdefault(name, []).append(c)
    kinds = list(MountKind)
    lines = ["| recordings | n | people | " + " | ".join(kinds) + " | any (95 %) | minutes |"]
    lines.append("|---" * (len(kinds) + 5) + "|")
    for name, group in groups.items():
        people = len({c.label.person for c in group})
        cells = [str(sum(c.warned(kind) for c in group)) for kind in kinds]
        warned = sum(c.warned() for c in group)
        low, high = proportion(warned, len(group)) or (0.0, 1.0)
        minutes = sum(c.duration_s for c in group) / 60.0
        any_of = f"{warned} ({100 * low:.0f}-{100 * high:.0f} %)"
        lines.append(f"| {name} | {len(group)} | {people} | " + " | ".join(cells) + f" | {any_of} | {minutes:.0f} |")
    lines += ["", "| turned mid-set by | noticed | reps begun and ended before it was said, median |", "|---|---|---|"]
    for angle, (seen, made, late) in slips.items():
        reps = f"{np.median(late):.0f}" if late else "-"
        lines.append(f"| {angle:.0f} degrees | {seen} of {made} | {reps} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m repband.mount.measure", description=__doc__)
    parser.add_argument("folder", type=Path, help="holds index.csv, or folders that do")
    root: Path = parser.parse_args(arguments).folder
    try:
        checked = check_folders(root, PeopleLeftOut(root))
        begun_at_rest = [label for label in read_folders(root) if label.folder.endswith("_rest")]
        print(report(checked, slip_rates(begun_at_rest)), margins(root), sep="\n\n")
    except RepBandError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())

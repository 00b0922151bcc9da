"""Judges recognition on people and on movements it has never seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from repband.recognise.learn import Example, learn
from repband.recognise.model import Model
from repband.recognise.recogniser import NAMED_FROM
from repband.recognise.sets import OURS, UNCERTAIN_KINDS, Recorded, simulated


@dataclass(frozen=True, slots=True)
class Judged:
    """One recording, judged by a model that has not seen this person.

    Attributes:
        recorded: the recording.
        truth: what it should be called: one of OURS or "unknown".
        shares: probability of each of OURS and of "unknown" after its last rep; empty with fewer than two reps.
    """

    recorded: Recorded
    truth: str
    shares: dict[str, float]

    @property
    def called(self) -> str:
        """What it is called."""
        ours = max(OURS, key=lambda name: self.shares.get(name, 0.0))
        return ours if round(self.shares.get(ours, 0.0), 2) > NAMED_FROM else "unknown"

    @property
    def right(self) -> bool:
        """Whether it is called what it is."""
        return self.called == self.truth


def learnable(recorded: Sequence[Recorded]) -> list[Example]:
    """The examples of the recordings that are what their label says, and the simulated ones."""
    kept = [r for r in recorded if r.label.kind not in UNCERTAIN_KINDS]
    return [*(r.example for r in kept if r.example is not None), *simulated()]


def leave_out(recorded: Sequence[Recorded], *, reps: int | None = None, movements: bool = True) -> list[Judged]:
    """Judges every recording by a model learnt without its person and, if it is not ours, without its movement.

    Args:
        recorded: the recordings, thigh only.
        reps: judge by the first so many reps; all by default.
        movements: False leaves out the person only, so that other people's recordings of the movement are known.
    """
    examples = learnable(recorded)
    models: dict[tuple[str, str], Model] = {}
    judged: list[Judged] = []
    for r in recorded:
        truth = r.movement if r.movement in OURS and r.label.kind not in UNCERTAIN_KINDS else "unknown"
        if r.example is None:
            judged.append(Judged(r, truth, {}))
            continue
        steps = r.example.steps
        step = steps[-1 if reps is None else min(reps - 2, len(steps) - 1)]
        movement = r.movement if movements and r.movement not in OURS else ""
        key = (r.label.person, movement)
        if key not in models:
            rest = [e for e in examples if e.person != key[0] and e.movement != movement]
            models[key] = learn(rest, OURS)
        judged.append(Judged(r, truth, models[key].shares(tuple(step.tolist()))))
    return judged

"""The shape of an exercise file (protocols/exercises/README.md explains it to people)."""

from __future__ import annotations

from typing import Literal

import msgspec


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A range people really show: least, typical and most, and where the figures come from."""

    least: float
    typical: float
    most: float
    source: str


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to call each phase on a screen: "lift", "squeeze", "lower", "rest"."""

    out: str
    hold: str
    back: str
    rest: str


class Movement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the thigh moves in one rep."""

    out: Literal["concentric", "eccentric"]  # which kind of muscle work leads out of the rest posture
    one_sided: bool  # True: a set trains one side; the sensor is on that thigh
    words: Words
    excursion_deg: Span  # thigh excursion; advice for screens and simulation, never a gate
    rep_s: Span  # duration of one rep from onset to return


class Tempo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Prescribed time of each named phase, in s."""

    out: float
    hold: float
    back: float
    rest: float


class Dose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A usual starting dose and its source."""

    sets: int
    reps: int
    rest_s: float
    source: str


class Placement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the sensor goes."""

    where: str
    side: str
    how: str


class Evidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One published finding, for or against, with its source."""

    finding: str
    source: str


class Variant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An easier or harder form of the exercise."""

    name: str
    how: str


class Exercise(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One exercise, as its file says it."""

    name: str
    title: str
    summary: str
    muscles: tuple[str, ...]
    why: str
    evidence: tuple[Evidence, ...]
    placement: Placement
    rest_posture: str
    movement: Movement
    dose: Dose
    tempo_s: Tempo
    steps: tuple[str, ...]
    cues: tuple[str, ...]
    faults: tuple[str, ...]
    safety: tuple[str, ...]
    variants: tuple[Variant, ...] = ()

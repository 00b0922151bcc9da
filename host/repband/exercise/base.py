"""The shape of an exercise file (protocols/exercises/README.md explains it to people)."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Text = Annotated[str, Meta(min_length=1, max_length=800)]
Label = Annotated[str, Meta(min_length=1, max_length=60)]
Texts = Annotated[tuple[Text, ...], Meta(max_length=20)]
SomeTexts = Annotated[tuple[Text, ...], Meta(min_length=1, max_length=20)]
Seconds = Annotated[float, Meta(ge=0, le=60)]


class ExcursionSpan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The thigh excursion people really show, in degrees, and where the figures come from."""

    least: Annotated[float, Meta(ge=0, le=150)]
    typical: Annotated[float, Meta(ge=0, le=150)]
    most: Annotated[float, Meta(ge=0, le=150)]
    source: Text


class DurationSpan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long one rep takes people, in s, and where the figures come from."""

    least: Annotated[float, Meta(ge=0.5, le=60)]
    typical: Annotated[float, Meta(ge=0.5, le=60)]
    most: Annotated[float, Meta(ge=0.5, le=60)]
    source: Text


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to call each phase on a screen: "lift", "squeeze", "lower", "rest"."""

    out: Label
    hold: Label
    back: Label
    rest: Label


class Movement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the thigh moves in one rep."""

    out: Literal["concentric", "eccentric"]  # which kind of muscle work leads out of the rest posture
    one_sided: bool  # True: a set trains one side; the sensor is on that thigh
    longer_stay: Literal["turn", "rest", "unsure"] = "unsure"  # where most people stay longer; a hint, never a rule
    range_cue: bool = True  # False: a shrinking excursion is never cued, a growing one never a goal
    words: Words
    excursion_deg: ExcursionSpan  # advice for screens and simulation, never a gate
    rep_s: DurationSpan  # from onset to return, hold included


class Tempo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Prescribed time of each named phase, in s, and where it comes from."""

    out: Seconds
    hold: Seconds
    back: Seconds
    rest: Seconds
    source: Text | None = None


class Dose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A usual starting dose (reps per side when one-sided) and its source."""

    sets: Annotated[int, Meta(ge=1, le=20)]
    reps: Annotated[int, Meta(ge=1, le=100)]
    rest_s: Annotated[float, Meta(ge=0, le=600)]
    source: Text


class Placement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the sensor goes."""

    where: Text
    side: Text
    how: Text


class Evidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One published finding, for or against, with its source (a DOI where there is one)."""

    stance: Literal["for", "against", "neutral"]
    finding: Text
    source: Text


class Cue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to say when one thigh sensor has measured something."""

    when: Literal["too-fast", "hold-short", "hold-sagging", "range-shrinking", "no-movement", "strap-slipped"]
    say: Text


class Variant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An easier or harder form of the exercise, and the name it is counted under (its own when None)."""

    name: Label
    how: Text
    count_as: Label | None = None


class Exercise(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One exercise, as its file says it."""

    name: Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
    title: Label
    replaces_shipped: bool = False  # an own file takes the place of the shipped one of this name only when it says so
    summary: Text
    muscles: SomeTexts
    why: Text
    rest_posture: Text
    steps: SomeTexts
    safety: SomeTexts
    reminders: Texts = ()  # form that no thigh sensor can see: the wearer checks it
    faults: Texts = ()
    placement: Placement
    movement: Movement
    dose: Dose
    tempo_s: Tempo
    cues: Annotated[tuple[Cue, ...], Meta(max_length=20)] = ()  # only what one thigh sensor can measure
    evidence: Annotated[tuple[Evidence, ...], Meta(max_length=20)] = ()
    variants: Annotated[tuple[Variant, ...], Meta(max_length=20)] = ()

"""The safety texts that every screen shows alike: protocols/exercises/safety.toml, read and checked."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from repband.exercise.base import Label, SomeTexts, Text
from repband.exercise.schema import Mistake
from repband.exercise.toml import read_toml
from repband.paths import shipped

Score = Annotated[int, Meta(ge=0, le=10)]


class PainBand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a range of pain scores (0 none, 10 the worst imaginable) asks for."""

    least: Score
    most: Score
    action: Literal["go-on", "watch", "stop"]  # watch: go on only if it settles in time
    say: Text


class PainRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The default pain rule; a plan may be stricter."""

    settle_h: Annotated[float, Meta(ge=1, le=72)]  # pain of the watch band should settle within this time
    question: Text  # asked in the rest after a set
    next_day: Text  # asked before the next session; "yes" and silence block an increase
    bands: Annotated[tuple[PainBand, ...], Meta(min_length=1, max_length=11)]

    def band(self, score: int) -> PainBand:
        """The band of a pain score.

        Raises:
            ValueError: the score is not in 0..10.
        """
        for band in self.bands:
            if band.least <= score <= band.most:
                return band
        raise ValueError(f"a pain score goes from 0 to 10, not {score}")


class RedFlags(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Signs that need a doctor at once."""

    title: Label
    signs: SomeTexts
    act: Text


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a part of these texts comes from, and what was found there."""

    about: Literal["pain", "red-flags", "professional", "progress"]
    says: Text
    where: Text


class Safety(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that is said about safety, in the order it is shown."""

    limits: Text  # what one thigh sensor can't see; said wherever cues are explained
    rules: SomeTexts
    professional: SomeTexts  # when to see one
    red_flags: RedFlags
    pain: PainRule
    sources: Annotated[tuple[Source, ...], Meta(min_length=1, max_length=20)]


def load_safety(path: Path | None = None) -> Safety:
    """Reads the safety texts.

    Args:
        path: the file; by default the one that ships.

    Raises:
        ExerciseFileError: the file can't be read or has mistakes.
    """
    return read_toml(path or shipped("exercises") / "safety.toml", Safety, _rules)


def _rules(safety: Safety) -> Iterator[Mistake]:
    """The bands cover every score from 0 to 10 once, in order."""
    bands = safety.pain.bands
    if bands[0].least != 0 or bands[-1].most != 10:
        yield Mistake(("pain", "bands"), "the bands of pain.bands do not reach from 0 to 10", "add what is missing")
    for index, (lower, upper) in enumerate(pairwise(bands), start=1):
        if upper.least != lower.most + 1:
            what = f"pain.bands[{index + 1}] begins at {upper.least}, after a band that ends at {lower.most}"
            yield Mistake(("pain", "bands", index, "least"), what, f"begin it at {lower.most + 1}")
    for index, band in enumerate(bands):
        if band.least > band.most:
            what = f"pain.bands[{index + 1}] goes from {band.least} to {band.most}"
            yield Mistake(("pain", "bands", index, "least"), what, "write the smaller score as least")

"""The shape of a plan file (protocols/plans/README.md explains it to people), and what of it may change with time."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta

from repband.exercise.base import Label, Seconds, Text

if TYPE_CHECKING:
    from repband.journal import Load

Sets = Annotated[int, Meta(ge=1, le=20)]
Reps = Annotated[int, Meta(ge=1, le=100)]
Kilograms = Annotated[float, Meta(ge=0.1, le=300)]
Score = Annotated[int, Meta(ge=1, le=10)]
Side = Literal["left", "right", "both"]
Quantity = Literal["reps", "sets", "hold", "load"]
"""What progression may change. The size of the movement is not among them: for the clamshell a larger one is often
the pelvis rolling back, and the excursion of a thigh says nothing about how hard the work was."""

_REVISION_DIGITS = 10


class PlanLoad(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to work against."""

    kind: Literal["bodyweight", "band", "kg"] = "bodyweight"
    value: Kilograms | None = None  # kilograms; for a band the level its maker prints
    label: Label | None = None  # the wearer's word for it: "red", "kettlebell"

    def __str__(self) -> str:
        match self.kind:
            case "bodyweight":
                return "bodyweight"
            case "kg":
                return " ".join(word for word in (f"{self.value:g} kg", self.label) if word)
            case "band":
                level = None if self.value is None else f"{self.value:g}"
                return " ".join(word for word in (self.label, "band", level) if word)

    def kept(self) -> Load:
        """The load as recordings and the history keep it."""
        from repband.journal import Load

        return Load(self.kind, self.value, self.label or "")


class PlanTempo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Prescribed time of each named phase of a rep, in s."""

    out: Seconds
    hold: Seconds
    back: Seconds
    rest: Seconds

    @property
    def rep_s(self) -> float:
        """From onset to return: out, hold and back."""
        return self.out + self.hold + self.back


class Progress(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How an exercise may become harder, and how far. `repband.plan.progress` holds the rule and its sources."""

    by: Annotated[tuple[Quantity, ...], Meta(max_length=4)] = ()  # the first grows first; none: stays as it is
    after_sessions: Annotated[int, Meta(ge=2, le=10)] = 2  # good ones in a row, on different days
    effort_most: Annotated[int, Meta(ge=1, le=8)] = 4  # an effort above this (0 none, 10 not one more) means: not yet
    most_reps: Reps | None = None
    most_sets: Sets | None = None
    most_hold_s: Seconds | None = None
    most_kg: Kilograms | None = None
    step_kg: Annotated[float, Meta(ge=0.1, le=10)] | None = None


@dataclass(frozen=True, slots=True)
class Targets:
    """The part of a prescription that changes from session to session.

    Attributes:
        sets: sets, for each side where the exercise is one-sided.
        reps: reps a set.
        hold_s: prescribed hold, in s.
        load: what to work against.
    """

    sets: int
    reps: int
    hold_s: float
    load: PlanLoad

    def __str__(self) -> str:
        hold = f", hold {self.hold_s:g} s" if self.hold_s else ""
        return f"{self.sets} x {self.reps}{hold}, {self.load}"


class PlanItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One prescribed exercise."""

    exercise: Annotated[str, Meta(min_length=1, max_length=40)]
    variant: Label | None = None  # one that the exercise file names
    side: Side | None = None  # for one-sided exercises
    sets: Sets
    reps: Reps
    rest_s: Annotated[float, Meta(ge=0, le=600)]  # between two sets
    load: PlanLoad = PlanLoad()
    tempo_s: PlanTempo
    progress: Progress = Progress()
    note: Text | None = None  # for the wearer
    source: Text | None = None  # where the dose comes from

    @property
    def targets(self) -> Targets:
        """What the plan begins with."""
        return Targets(self.sets, self.reps, self.tempo_s.hold, self.load)

    def with_targets(self, targets: Targets) -> PlanItem:
        """The same prescription with other targets, such as those the wearer accepted."""
        tempo_s = msgspec.structs.replace(self.tempo_s, hold=targets.hold_s)
        return msgspec.structs.replace(self, sets=targets.sets, reps=targets.reps, load=targets.load, tempo_s=tempo_s)

    @property
    def work_revision(self) -> str:
        """Changes with the work prescribed; not with its limits, the rest, the note or the source.

        Progress goes on under the same one, and begins anew from the plan's own numbers under another.
        """
        return _digest(msgspec.structs.replace(self, progress=Progress(), rest_s=0.0, note=None, source=None))


class PlanPain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A pain rule stricter than the default of protocols/exercises/safety.toml; what is left out is as there."""

    watch_from: Score | None = None  # from this score on, go on only if it settles in time; never progress
    stop_from: Score | None = None  # from this score on, stop
    settle_h: Annotated[float, Meta(ge=1, le=72)] | None = None


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A prescription, as its file says it."""

    name: Label
    for_whom: Text
    sessions_per_week: Annotated[int, Meta(ge=1, le=7)]
    note: Text | None = None
    pain: PlanPain = PlanPain()
    exercises: Annotated[tuple[PlanItem, ...], Meta(min_length=1, max_length=20)]

    @property
    def revision(self) -> str:
        """Ten hexadecimal digits that change whenever the plan says something else.

        Comments, blanks, the order of keys and defaults that are written out do not matter; the order of the
        exercises does.
        """
        return _digest(self)


def _digest(struct: msgspec.Struct) -> str:
    text = json.dumps(_content(struct), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_REVISION_DIGITS]


def _content(value: Any) -> Any:
    """What a value says, without what goes without saying: so a later RepBand with more keys gives the same digest."""
    match value:
        case msgspec.Struct():
            fields = msgspec.structs.fields(value)
            said = {field.name: getattr(value, field.name) for field in fields}
            return {field.name: _content(said[field.name]) for field in fields if said[field.name] != field.default}
        case tuple():
            return [_content(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
        case int() | float():
            return float(value) + 0.0  # 2 says the same as 2.0, and -0.0 as 0.0
        case _:
            return value

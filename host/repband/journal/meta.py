"""What a recording says about itself in its first bytes."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Literal

import msgspec

import repband

Side = Literal["left", "right"]
LoadKind = Literal["bodyweight", "band", "kg"]


class Load(msgspec.Struct, frozen=True):
    """What the wearer works against.

    Attributes:
        kind: bodyweight, an elastic band, or a weight.
        value: kilograms for "kg"; for a band its pull or level, in whatever the maker prints; None where unknown.
        label: the wearer's own word for it, such as "red".
    """

    kind: LoadKind = "bodyweight"
    value: float | None = None
    label: str = ""

    def __str__(self) -> str:
        if self.kind == "bodyweight":
            return "bodyweight"
        value = "" if self.value is None else f"{self.value:g}"
        if self.kind == "kg":
            return f"{value or '?'} kg"
        return " ".join(word for word in (self.label, "band", value) if word)


def _new_session() -> str:
    return str(uuid.uuid4())


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="milliseconds")


class RecordingMeta(msgspec.Struct, frozen=True, kw_only=True):
    """Describes one session's recording. It is written before the first sample, so that a cut file still has it.

    Attributes:
        session: the session's id, a UUID; the history uses the same.
        started: when the arrivals' clock read 0, ISO 8601 with its zone.
        exercise: the exercise file's name.
        side: the thigh the sensor is on, where that is known.
        load: what the wearer works against.
        target_reps: reps aimed at in each set, or None.
        sensor: what a person would call the source: "virtual sensor", "RepBand-1A2B".
        repband: version of the program that records.
        detector: version of the detector that counted live, empty where nothing counted.
        extra: whatever else should stay with the recording, as text.
    """

    session: str = msgspec.field(default_factory=_new_session)
    started: str = msgspec.field(default_factory=_now)
    exercise: str = "generic"
    side: Side | None = None
    load: Load = Load()
    target_reps: int | None = None
    sensor: str = ""
    repband: str = repband.__version__
    detector: str = ""
    extra: dict[str, str] = msgspec.field(default_factory=dict[str, str])

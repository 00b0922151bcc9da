"""What a recording says about itself in its first bytes."""

from __future__ import annotations

import re
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
            return " ".join(word for word in (value or "?", "kg", self.label) if word)
        return " ".join(word for word in (self.label, "band", value) if word)

    @classmethod
    def read(cls, text: str) -> Load:
        """The load that a plan or a screen writes as this text; a label of its own where it is none of these.

        Args:
            text: "bodyweight", "12 kg", "5 kg in front of the chest", "band", "red band 2".
        """
        words = text.strip()
        if words in ("", "bodyweight"):
            return cls()
        if kilograms := re.fullmatch(r"(?:(\d+(?:\.\d+)?)|\?) kg(?: (.+))?", words):
            return cls("kg", float(kilograms[1]) if kilograms[1] else None, kilograms[2] or "")
        if band := re.fullmatch(r"(?:(.+) )?band(?: (\d+(?:\.\d+)?))?", words):
            return cls("band", float(band[2]) if band[2] else None, band[1] or "")
        return cls("bodyweight", None, words)


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
        demo: a virtual wearer or an old recording did it: no part of what the wearer has done.
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
    demo: bool = False
    extra: dict[str, str] = msgspec.field(default_factory=dict[str, str])

"""A session as a FIT activity ("strength training"), for the apps and sites that read Garmin's format.

Each set is a `set` message. `repetitions` is what the wearer says; what was counted, and all that FIT has no field
for, stands beside it in developer fields, so that a correction is never lost. FIT has no side, no angle, no tempo, no
effort or pain of a set. Message and field numbers: Garmin's FIT profile (developer.garmin.com/fit).
"""

from __future__ import annotations

import importlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from repband.errors import UsageError
from repband.journal.overview import SessionLine, SetLine

# What Garmin's list of exercise categories calls ours. It has no bridge or clamshell of its own.
_CATEGORIES = {
    "bridge": "HIP_RAISE",
    "clamshell": "HIP_STABILITY",
    "squat": "SQUAT",
    "deadlift": "DEADLIFT",
    "lunge": "LUNGE",
}
_APPLICATION = uuid.uuid5(uuid.NAMESPACE_DNS, "repband")
_DEVELOPMENT = 255  # the manufacturer number that FIT keeps for development
_EPOCH_S = 631_065_600  # FIT counts seconds from 1989-12-31 UTC
_TEXT_SIZE = 32


@dataclass(frozen=True, slots=True)
class _Extra:
    """A developer field: its name, unit, base type, and where its value comes from (None: left out)."""

    name: str
    unit: str
    base: str
    value: Callable[[SetLine], float | str | None]


EXTRAS = (
    _Extra("counted", "reps", "UINT16", lambda one: one.counted),
    _Extra("corrected", "", "UINT8", lambda one: one.corrected),
    _Extra("target", "reps", "UINT16", lambda one: one.target_reps),
    _Extra("effort", "0-10", "UINT8", lambda one: one.effort),
    _Extra("pain", "0-10", "UINT8", lambda one: one.pain),
    _Extra("excursion", "deg", "FLOAT32", lambda one: one.excursion_deg),
    _Extra("out", "s", "FLOAT32", lambda one: one.out_s),
    _Extra("hold", "s", "FLOAT32", lambda one: one.hold_s),
    _Extra("back", "s", "FLOAT32", lambda one: one.back_s),
    _Extra("exercise", "", "STRING", lambda one: one.title or one.exercise),
    _Extra("side", "", "STRING", lambda one: one.side),
    _Extra("load", "", "STRING", lambda one: str(one.load)),
    _Extra("detector", "", "STRING", lambda one: one.detector),
)


def fit_bytes(line: SessionLine) -> bytes:
    """One session as the bytes of a FIT file; the same session gives the same bytes.

    Raises:
        UsageError: fit-tool is missing.
    """
    return _Writer(line).write()


class _Writer:
    """Builds the messages of one session. fit-tool is untyped: everything of it is Any."""

    def __init__(self, line: SessionLine) -> None:
        try:
            builder: Any = importlib.import_module("fit_tool.fit_file_builder")
        except ImportError as error:
            raise UsageError("FIT files need fit-tool", cure="pip install 'repband[export]'") from error
        self._types: Any = importlib.import_module("fit_tool.profile.profile_type")
        self._bases: Any = importlib.import_module("fit_tool.base_type").BaseType
        self._field: Any = importlib.import_module("fit_tool.developer_field").DeveloperField
        self._builder: Any = builder.FitFileBuilder(auto_define=True)
        self._line = line
        self._began_ms = round(datetime.fromisoformat(line.started).timestamp() * 1000)
        self._origin_s = line.sets[0].started_s if line.sets else 0.0

    def write(self) -> bytes:
        """All messages in their order."""
        self._describe()
        self._event("START", self._began_ms)
        end_ms = self._began_ms
        index = 0
        for one in self._line.sets:
            begin_ms = self._at_ms(one.started_s)
            if begin_ms > end_ms and index:
                self._set(None, index, end_ms, begin_ms)
                index += 1
            end_ms = max(self._at_ms(one.started_s if one.ended_s is None else one.ended_s), begin_ms)
            self._set(one, index, begin_ms, end_ms)
            index += 1
        self._event("STOP_ALL", end_ms)
        self._totals(end_ms)
        return bytes(self._builder.build().to_bytes())

    def _at_ms(self, stream_s: float) -> int:
        """Wall time of a moment of the stream: sets keep their distances, the first begins with the session."""
        return self._began_ms + round(1000 * max(0.0, stream_s - self._origin_s))

    def _add(self, kind: str, extras: list[Any] | None = None, **fields: Any) -> None:
        words = kind.split("_")
        module: Any = importlib.import_module(f"fit_tool.profile.messages.{kind}_message")
        message: Any = getattr(module, f"{''.join(word.capitalize() for word in words)}Message")(
            developer_fields=extras
        )
        for name, value in fields.items():
            setattr(message, name, value)
        self._builder.add(message)

    def _describe(self) -> None:
        types = self._types
        serial = uuid.uuid5(_APPLICATION, self._line.id).int & 0x7FFFFFFF or 1
        self._add(
            "file_id",
            type=types.FileType.ACTIVITY.value,
            manufacturer=_DEVELOPMENT,
            product=0,
            serial_number=serial,
            time_created=self._began_ms,
        )
        self._add("developer_data_id", developer_data_index=0, application_id=list(_APPLICATION.bytes))
        for number, extra in enumerate(EXTRAS):
            self._add(
                "field_description",
                developer_data_index=0,
                field_definition_number=number,
                fit_base_type_id=self._bases[extra.base].value,
                field_name=extra.name,
                units=extra.unit or " ",
            )

    def _event(self, kind: str, at_ms: int) -> None:
        types = self._types
        self._add("event", timestamp=at_ms, event=types.Event.TIMER.value, event_type=types.EventType[kind].value)

    def _set(self, one: SetLine | None, index: int, begin_ms: int, end_ms: int) -> None:
        """A set, or with None the rest before one."""
        fields: dict[str, Any] = {
            "timestamp": end_ms,
            "start_time": begin_ms,
            "duration": (end_ms - begin_ms) / 1000,
            "message_index": index,
            "set_type": self._types.SetType[("ACTIVE" if one else "REST")].value,
        }
        if one is None:
            self._add("set", **fields)
            return
        category = _CATEGORIES.get(one.exercise, "UNKNOWN")
        fields |= {"repetitions": one.said, "category": [self._types.ExerciseCategory[category].value]}
        if one.load_kind == "kg" and one.load_value is not None:
            fields |= {"weight": one.load_value, "weight_display_unit": self._types.FitBaseUnit.KILOGRAM.value}
        self._add("set", self._extras(one), **fields)

    def _extras(self, one: SetLine) -> list[Any]:
        found: list[Any] = []
        for number, extra in enumerate(EXTRAS):
            value = extra.value(one)
            if value is None:
                continue
            size = _TEXT_SIZE if extra.base == "STRING" else 0
            base = self._bases[extra.base]
            field = self._field(
                field_id=number, developer_data_index=0, name=extra.name, base_type=base, size=size, growable=not size
            )
            field.set_value(0, _short(value) if isinstance(value, str) else value)
            found.append(field)
        return found

    def _totals(self, end_ms: int) -> None:
        types, elapsed_s = self._types, (end_ms - self._began_ms) / 1000
        sport = {"sport": types.Sport.TRAINING.value, "sub_sport": types.SubSport.STRENGTH_TRAINING.value}
        self._add(
            "session",
            timestamp=end_ms,
            start_time=self._began_ms,
            total_elapsed_time=elapsed_s,
            total_timer_time=elapsed_s,
            event=types.Event.SESSION.value,
            event_type=types.EventType.STOP.value,
            message_index=0,
            first_lap_index=0,
            num_laps=0,
            **sport,
        )
        offset = datetime.fromisoformat(self._line.started).utcoffset()
        offset_ms = 1000 * round(offset.total_seconds()) if offset else 0
        self._add(
            "activity",
            timestamp=end_ms,
            local_timestamp=round((end_ms + offset_ms) / 1000)
            - _EPOCH_S,  # fit-tool leaves this one as it is in the file
            total_timer_time=elapsed_s,
            num_sessions=1,
            type=types.Activity.MANUAL.value,
            event=types.Event.ACTIVITY.value,
            event_type=types.EventType.STOP.value,
        )


def _short(text: str) -> str:
    """At most what the field holds in UTF-8 with its closing zero."""
    return text.encode()[: _TEXT_SIZE - 1].decode(errors="ignore")

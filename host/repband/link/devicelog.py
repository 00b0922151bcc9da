"""The sets that a sensor counted and kept while no computer listened: reading its log, and what the records say."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

import repband_wire as wire
from repband_wire import control, events
from repband_wire.base import MAX_INDEX

from repband.link.dialogue import Dialogue
from repband.link.refusals import RefusedError

SETTLED_S = 60.0
"""A set whose last rep is older than this is over, also where its wearer has not said so on the sensor."""


@dataclass(frozen=True, slots=True)
class LoggedRep:
    """One rep as the sensor kept it.

    Attributes:
        number: within its count.
        since_s: when it was measured, in whole s since the set began.
        out_s, hold_s, back_s: its phases, in s.
        excursion_deg: thigh excursion, in degrees.
        flags: REP_PARTIAL and the like of the wire format, added up.
    """

    number: int
    since_s: int
    out_s: float
    hold_s: float
    back_s: float
    excursion_deg: float
    flags: int


@dataclass(frozen=True, slots=True)
class LoggedSet:
    """One set as the sensor kept it.

    Attributes:
        record: number of the record that begins it.
        boot: number of the boot in which it was done.
        began_s: when it began, in s since that boot.
        exercise: name of the exercise.
        reps: those that were kept; earlier ones of the same count may have gone to a computer.
        counted: reps the sensor counted in all.
        lasted_s: from its beginning to its end, or to its last rep where a restart cut it off.
        whole: it was ended, not cut off.
    """

    record: int
    boot: int
    began_s: int
    exercise: str
    reps: tuple[LoggedRep, ...]
    counted: int
    lasted_s: int
    whole: bool


@dataclass(frozen=True, slots=True)
class DeviceLog:
    """What a sensor has kept.

    Attributes:
        identity: tells this log from another one's.
        boot: number of the boot it is in; 0 where it has written nothing since.
        uptime_s: how long it has been on, in s.
        sets: the sets that are over, in order.
        below: records below this number are in `sets`, or of no more use.
        under_way: a set that is not over yet, or None.
    """

    identity: int
    boot: int
    uptime_s: int
    sets: tuple[LoggedSet, ...]
    below: int
    under_way: LoggedSet | None


def read_log(dialogue: Dialogue, begin: Callable[[int], int]) -> DeviceLog:
    """Reads what a sensor has kept; a set at rest for `SETTLED_S` is ended there, so that nothing is added to it.

    Args:
        dialogue: the open conversation.
        begin: gives the number of the first record that is wanted of a log, by its identity.

    Raises:
        RefusedError: the sensor can't read its log.
        SourceError: it stopped answering.
    """
    log = _read(dialogue, begin)
    one = log.under_way
    if one is None or log.uptime_s - one.began_s - one.lasted_s < SETTLED_S:
        return log
    with suppress(RefusedError):  # it counts nothing any more: the set stays there until it does
        dialogue.ask(control.ZERO_COUNTER)
    return _read(dialogue, begin)


def _read(dialogue: Dialogue, begin: Callable[[int], int]) -> DeviceLog:
    values, entries = dialogue.log_page(MAX_INDEX)  # none: only where the log stands
    number = begin(int(values["log"]))
    if number > int(values["next"]):
        number = 0  # by chance another log of the same identity
    while (number := max(number, int(values["first"]))) < int(values["next"]):
        values, more = dialogue.log_page(number)
        entries += more
        number += control.LOG_ENTRIES
    sets = parse(entries)
    boot, under_way = int(values["boot"]), None
    if sets and not sets[-1].whole and boot and sets[-1].boot == boot:
        under_way = sets.pop()
    return DeviceLog(
        identity=int(values["log"]),
        boot=boot,
        uptime_s=int(values["uptime_s"]),
        sets=tuple(sets),
        below=under_way.record if under_way else int(values["next"]),
        under_way=under_way,
    )


def parse(entries: Iterable[wire.Entry]) -> list[LoggedSet]:
    """The sets that records of a log tell of, in order.

    Records of unknown kinds and those whose set is not among them are passed over, as the wire format says.
    """
    sets: list[LoggedSet] = []
    draft: _Draft | None = None
    for entry in entries:
        if entry.kind == events.ENTRY_SET:
            if draft is not None:
                sets.append(draft.done())
            boot, began_s = struct.unpack("<HI", entry.body[:6])
            draft = _Draft(entry.number, boot, began_s)
        elif draft is not None and draft.take(entry):
            sets.append(draft.done())
            draft = None
    if draft is not None:
        sets.append(draft.done())
    return [one for one in sets if one.reps]


class _Draft:
    """A set whose records are being read."""

    def __init__(self, record: int, boot: int, began_s: int) -> None:
        self._record, self._boot, self._began_s = record, boot, began_s
        self._name = b""
        self._reps: list[LoggedRep] = []
        self._ended: tuple[int, int] | None = None

    def take(self, entry: wire.Entry) -> bool:
        """Takes a record; True when it is the set's last."""
        if entry.kind == events.ENTRY_NAME:
            self._name += entry.body.rstrip(b"\0")
        elif entry.kind == events.ENTRY_REP:
            number, since_s, out, hold, back, excursion, flags = struct.unpack("<HHHHHHB", entry.body[:13])
            self._reps.append(LoggedRep(number, since_s, out / 100, hold / 100, back / 100, excursion / 10, flags))
        elif entry.kind == events.ENTRY_SET_END:
            count, lasted_s = struct.unpack("<HH", entry.body[:4])
            self._ended = (count, lasted_s)
        return entry.kind in (events.ENTRY_SET_END, events.ENTRY_BOOT)

    def done(self) -> LoggedSet:
        """The set."""
        last = self._reps[-1] if self._reps else None
        counted, lasted_s = self._ended or ((last.number, last.since_s) if last else (0, 0))
        return LoggedSet(
            record=self._record,
            boot=self._boot,
            began_s=self._began_s,
            exercise=self._name.decode("utf-8", "replace") or "generic",
            reps=tuple(self._reps),
            counted=counted,
            lasted_s=lasted_s,
            whole=self._ended is not None,
        )

"""The four middle stages in a row: records in, events out. No clock, no I/O; the same for live and replay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from repband.driver.base import Command, Record, Tick
from repband.driver.watch import Watch, WatchEvent
from repband.motion import Motion
from repband.stream import Gap, SampleBlock, Stream, StreamItem, StreamStats
from repband.workout import Routine, SetRunner, SetTask, State
from repband.workout.runner import Event as SetEvent

Event = Gap | SetEvent | WatchEvent


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one record led to: decoded samples to keep, and events for every listener."""

    items: tuple[StreamItem, ...]
    events: tuple[Event, ...]


class Session:
    """One workout, moved by records only.

    Feeding the records of a session again, in their order, gives the same outcomes.

    Args:
        routine: what is to be done.
    """

    def __init__(self, routine: Routine) -> None:
        self._stream = Stream()
        self._motion = Motion()
        self._sets = SetRunner(routine)
        self._watch = Watch()
        self._waiting: list[Command] = []
        self._next_index = 0

    @property
    def next_index(self) -> int:
        """The stream index of the next sample: what a command given now counts from."""
        return max(self._next_index, self._stream.received_until)

    @property
    def stats(self) -> StreamStats:
        """The stream's accounting: samples, losses, duplicates, rate."""
        return self._stream.stats

    @property
    def state(self) -> State:
        """Where in the workout the wearer is."""
        return self._sets.state

    @property
    def next_task(self) -> SetTask | None:
        """The set that comes after the one under way, or None."""
        return self._sets.next_task

    @property
    def done(self) -> bool:
        """True when all sets are over."""
        return self._sets.state is State.DONE

    def feed(self, record: Record) -> Outcome:
        """Takes the next record and gives what follows from it."""
        match record:
            case Command():
                return Outcome((), tuple(self._command(record)))
            case Tick():
                return Outcome((), tuple(self._watched(self._sets.tick(record))))
            case _:
                return self._samples(self._stream.feed(record))

    def finish(self) -> Outcome:
        """The source has ended: releases what is held, and ends and keeps the set under way."""
        last = self._samples(self._stream.finish())
        return replace(last, events=last.events + tuple(self._sets.finish()))

    def _command(self, command: Command) -> list[Event]:
        if command.at_index > self._next_index:
            self._waiting.append(command)
            return []
        return self._watched(self._sets.command(command))

    def _watched(self, events: Sequence[SetEvent]) -> list[Event]:
        self._watch.begun(events)
        return list(events)

    def _samples(self, items: list[StreamItem]) -> Outcome:
        events: list[Event] = []
        for item in items:
            if isinstance(item, Gap):
                events.append(item)
                self._move(item, events)
                continue
            for part in self._split_at_commands(item, events):
                self._move(part, events)
                self._next_index = part.index + len(part.t_s)
        return Outcome(tuple(items), tuple(events))

    def _move(self, item: StreamItem, events: list[Event]) -> None:
        for moved in self._motion.feed(item):
            said = self._sets.feed(moved)
            events.extend(said)
            events.extend(self._watch.feed(moved, said))

    def _split_at_commands(self, block: SampleBlock, events: list[Event]) -> Iterator[SampleBlock]:
        """Yields the block in parts, and lets each waiting command act between the samples it stands between."""
        while self._waiting and self._waiting[0].at_index < block.index + len(block.t_s):
            command = self._waiting.pop(0)
            cut = max(command.at_index - block.index, 0)
            if cut:
                yield _part(block, 0, cut)
                block = _part(block, cut, None)
            events.extend(self._watched(self._sets.command(command)))
        yield block


def _part(block: SampleBlock, start: int, stop: int | None) -> SampleBlock:
    gyro = None if block.gyro_dps is None else block.gyro_dps[start:stop]
    return SampleBlock(block.index + start, block.t_s[start:stop], block.accel_g[start:stop], gyro)

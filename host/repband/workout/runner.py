"""The set that runs itself: armed, counting, back in rest, next set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from repband.driver.base import Command, Tick
from repband.exercise import Exercise
from repband.motion import MotionFrame, MotionItem
from repband.reps import Phase, Rep, RepCounted, RepCounter, RepEvent, RepMeasured, RepProgress, RepRejected
from repband.workout.base import (
    Corrected,
    EndReason,
    RestTick,
    SetArmed,
    SetEnded,
    SetSummary,
    Target,
    WorkoutDone,
    WorkoutEvent,
)

# A set that reached its target ends once the thigh has rested this long, and twice as long as it ever did between
# two reps of this set: a wearer who does one more is still counted.
_SETTLED_S = 3.0
# A set short of its target (or without one) ends after this long without a rep. Longer than any pause in a set that
# the exercise files call plausible (rep_s.most is 16 s at most).
_GIVEN_UP_S = 30.0

Event = RepEvent | WorkoutEvent


class State(Enum):
    """Where in the workout the wearer is."""

    IDLE = "nothing is armed yet"
    SET = "a set is armed or under way"
    REST = "between two sets"
    DONE = "all sets are over"


@dataclass
class _Set:
    """The set under way."""

    number: int
    counter: RepCounter
    armed_s: float
    counted: int = 0
    correction: int = 0
    longest_rest_s: float = 0.0
    last_rep_s: float | None = None
    reps: list[Rep] = field(default_factory=list[Rep])
    rejected: list[RepRejected] = field(default_factory=list[RepRejected])


class SetRunner:
    """Runs the sets of one exercise from motion, commands and ticks.

    Args:
        exercise: what is done.
        target: sets, reps and rest.

    Commands it knows: "start" (arm the first set), "stop" (end the set and the workout), "undo" (the last rep was
    none), "add" (one rep was missed). Others are not its business and do nothing.
    """

    def __init__(self, exercise: Exercise, target: Target) -> None:
        self._exercise = exercise
        self._target = target
        self._state = State.IDLE
        self._set: _Set | None = None
        self._done: list[SetSummary] = []
        self._now_s = 0.0
        self._rest_from_s: float | None = None
        self._commands: dict[str, Callable[[], list[Event]]] = {
            "start": self._start,
            "stop": self._stop,
            "undo": lambda: self._correct(-1),
            "add": lambda: self._correct(+1),
        }

    @property
    def state(self) -> State:
        """Where in the workout the wearer is."""
        return self._state

    def feed(self, item: MotionItem) -> list[Event]:
        """Takes one motion frame or gap; gives what the rep counter says of it and what follows for the set."""
        self._now_s = item.known_s if isinstance(item, MotionFrame) else item.end_s
        events: list[Event] = []
        current = self._set
        if current is None:
            return events
        for event in current.counter.feed((item,)):
            events += [event, *self._note(current, event)]
            if self._set is not current:  # the event has ended the set
                break
        return events

    def command(self, command: Command) -> list[Event]:
        """Does what the wearer wants; an unknown command, or one out of place, changes nothing."""
        action = self._commands.get(command.name)
        return action() if action else []

    def tick(self, tick: Tick) -> list[Event]:
        """Lets the rest between two sets run, with or without samples."""
        if self._state is not State.REST:
            return []
        if self._rest_from_s is None:
            self._rest_from_s = tick.now_s
        left_s = self._rest_from_s + self._target.rest_s - tick.now_s
        if left_s > 0:
            return [RestTick(left_s)]
        return [RestTick(0.0), self._arm()]

    def finish(self) -> list[Event]:
        """The samples have ended: ends what is under way and keeps it."""
        return self._stop(EndReason.SOURCE)

    # One method per transition.

    def _start(self) -> list[Event]:
        return [self._arm()] if self._state in (State.IDLE, State.REST) else []

    def _arm(self) -> SetArmed:
        number = len(self._done) + 1
        self._set = _Set(number, RepCounter(self._exercise), self._now_s)
        self._state = State.SET
        return SetArmed(number, self._target.reps, self._now_s)

    def _stop(self, reason: EndReason = EndReason.STOPPED) -> list[Event]:
        if self._state is State.DONE:
            return []
        if self._set is not None:
            return self._end(self._set, reason)
        self._state = State.DONE
        return [WorkoutDone(tuple(self._done))]

    def _end(self, current: _Set, reason: EndReason) -> list[Event]:
        events: list[Event] = []
        for event in current.counter.finish():
            self._keep(current, event)
            events.append(event)
        self._set = None
        self._done.append(self._summary(current, reason))
        events.append(SetEnded(self._done[-1]))
        if len(self._done) < self._target.sets and reason in (EndReason.TARGET, EndReason.RESTED):
            self._state, self._rest_from_s = State.REST, None
        else:
            self._state = State.DONE
            events.append(WorkoutDone(tuple(self._done)))
        return events

    def _correct(self, by: int) -> list[Event]:
        current = self._set
        if current is None or current.counted + current.correction + by < 0:
            return []
        current.correction += by
        return [Corrected(current.number, current.counted, current.counted + current.correction)]

    # What a rep event means for the set.

    def _note(self, current: _Set, event: RepEvent) -> list[Event]:
        self._keep(current, event)
        if isinstance(event, RepProgress) and event.phase is Phase.REST:
            return self._rested(current, event)
        return []

    def _keep(self, current: _Set, event: RepEvent) -> None:
        match event:
            case RepCounted():
                current.counted = event.number
                current.last_rep_s = event.announced_s
            case RepMeasured():
                current.reps.append(event.rep)
                rested_s = event.rep.tempo_s.rest_before
                current.longest_rest_s = max(current.longest_rest_s, rested_s or 0.0)
            case RepRejected():
                current.rejected.append(event)
            case RepProgress():
                pass

    def _rested(self, current: _Set, event: RepProgress) -> list[Event]:
        if current.last_rep_s is None or len(current.reps) < current.counted:
            return []
        enough = self._target.reps is not None and current.counted + current.correction >= self._target.reps
        if enough and event.phase_s >= max(_SETTLED_S, 2 * current.longest_rest_s):
            return self._end(current, EndReason.TARGET)
        if event.t_s - current.last_rep_s >= _GIVEN_UP_S:
            return self._end(current, EndReason.RESTED)
        return []

    def _summary(self, current: _Set, reason: EndReason) -> SetSummary:
        return SetSummary(
            number=current.number,
            exercise=self._exercise.name,
            target_reps=self._target.reps,
            counted=current.counted,
            said=current.counted + current.correction,
            count_min=current.counter.count_min,
            count_max=current.counter.count_max,
            started_s=current.armed_s,
            ended_s=self._now_s,
            ended=reason,
            reps=tuple(current.reps),
            rejected=tuple(current.rejected),
        )

"""The session that runs itself: ready, counting, back in rest, questions, next set, other side, next exercise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from repband.cue import Cue
from repband.driver.base import Command, Plain, Tick
from repband.motion import MotionFrame, MotionItem
from repband.reps import RepEvent
from repband.workout.ahead import Ahead
from repband.workout.args import wanted_reps, whole
from repband.workout.base import (
    Answered,
    Corrected,
    CountIn,
    EndReason,
    PainStop,
    Paused,
    RestTick,
    Resumed,
    SetArmed,
    SetEnded,
    SetSummary,
    SideChange,
    SideConfirmed,
    State,
    TargetChanged,
    WorkoutDone,
    WorkoutEvent,
)
from repband.workout.firstcheck import CheckEvent, FirstCheck, Step
from repband.workout.oneset import CountedSet
from repband.workout.routine import Routine, SetTask
from repband.workout.underway import UnderWay

# The last questions wait this long; a session nobody closes must not stay open.
_CLOSING_S = 120.0

Event = RepEvent | WorkoutEvent | CheckEvent | Cue

_OPEN_SET = (State.COUNT_IN, State.READY, State.SET)
_PAUSABLE = (*_OPEN_SET, State.REST)


class SetRunner:
    """Runs the sets of a routine from motion, commands and ticks.

    Commands it knows, with their arguments; others, or one out of place, change nothing:
        "check" (asks: whether somebody is there to answer): try the sensor out before the first set; what is said to
            it meanwhile, `repband.workout.firstcheck` lists.
        "start": arm the first set; in a rest, end the rest.
        "skip": leave out what is under way (a set, a rest, a side, the last questions).
        "pause", "resume", "toggle": nothing counts in a pause.
        "undo", "add": the last rep was none; one was missed. Both numbers are kept.
        "target" (reps, or by): the reps of this set, or in a rest of the next one.
        "effort", "pain" (score 0-10, optionally set): answers about a finished set.
        "confirm" (side): the sensor is on this thigh now.
        "go-on": after a pain stop, go on with the next exercise.
        "stop": end the set and the workout.

    Args:
        routine: what is to be done.
    """

    def __init__(self, routine: Routine) -> None:
        self._routine = routine
        self._state = State.IDLE
        self._ahead = Ahead(routine.tasks)
        self._set: UnderWay | None = None
        self._check: FirstCheck | None = None
        self._done: list[SetSummary] = []
        self._side: str | None = None
        self._item = 0
        self._now_s = 0.0
        self._tick_s: float | None = None
        self._left_s = 0.0
        self._no_harder = False
        self._commands: dict[str, Callable[[Mapping[str, Plain]], list[Event]]] = {
            "check": self._check_first,
            "start": self._start,
            "skip": self._skip,
            "pause": self._pause,
            "resume": self._resume,
            "toggle": lambda args: self._resume(args) if self._state is State.PAUSED else self._pause(args),
            "undo": lambda _: self._correct(-1),
            "add": lambda _: self._correct(+1),
            "target": self._retarget,
            "effort": lambda args: self._answer("effort", args),
            "pain": lambda args: self._answer("pain", args),
            "confirm": self._confirm,
            "go-on": self._go_on,
            "stop": lambda _: self._stop(EndReason.STOPPED),
        }

    @property
    def state(self) -> State:
        """Where in the workout the wearer is."""
        return self._state

    @property
    def next_task(self) -> SetTask | None:
        """The set that comes after the one under way, with the target that holds for it, or None."""
        return self._ahead.next

    def feed(self, item: MotionItem) -> list[Event]:
        """Takes one motion frame or gap; gives what the rep counter says of it and what follows for the set."""
        self._now_s = item.known_s if isinstance(item, MotionFrame) else item.end_s
        if self._check is not None:
            return self._checked(self._check, self._check.feed(item, self._now_s))
        current = self._set
        if current is None or self._state not in (State.READY, State.SET):
            return []
        events: list[Event] = [*current.feed(item, self._now_s)]
        self._state = State.READY if current.waits else State.SET
        return events if current.over is None else events + self._end(current, current.over)

    def command(self, command: Command) -> list[Event]:
        """Does what the wearer wants."""
        if self._check is not None:
            said = self._check.command(command.name, command.args, self._now_s)
            if said is not None:
                return self._checked(self._check, said)
        action = self._commands.get(command.name)
        return action(command.args) if action else []

    def tick(self, tick: Tick) -> list[Event]:
        """Lets the timers run, with or without samples."""
        passed_s = 0.0 if self._tick_s is None else max(0.0, tick.now_s - self._tick_s)
        self._tick_s = tick.now_s
        if self._state not in (State.COUNT_IN, State.REST, State.CLOSING):
            return []
        self._left_s = max(0.0, self._left_s - passed_s)
        match self._state:
            case State.COUNT_IN:
                return [CountIn(self._left_s), *([] if self._left_s else self._begin())]
            case State.REST:
                return [RestTick(self._left_s), *([] if self._left_s else self._next())]
            case _:
                return [] if self._left_s else self._close()

    def finish(self) -> list[Event]:
        """The samples have ended: ends what is under way and keeps it."""
        return self._stop(EndReason.SOURCE)

    # Before the first set.

    def _check_first(self, args: Mapping[str, Plain]) -> list[Event]:
        task = self._ahead.next
        if self._state is not State.IDLE or task is None:
            return []
        self._state = State.CHECK
        self._check = FirstCheck(task, asks=args.get("asks") is not False)
        return [*self._check.begin(self._now_s)]

    def _checked(self, check: FirstCheck, said: list[CheckEvent]) -> list[Event]:
        if check.step is not Step.OVER:
            return [*said]
        self._check, self._state = None, State.IDLE
        return [*said] if self._routine.guided else [*said, *self._next()]  # a led session waits for its start

    # Between sets.

    def _start(self, _args: Mapping[str, Plain]) -> list[Event]:
        return self._next() if self._state in (State.IDLE, State.REST) else []

    def _next(self) -> list[Event]:
        """The rest is over: the next set, once the strap is where it has to be."""
        task = self._ahead.next
        if task is None:
            return self._close_or_ask()
        if self._routine.guided and task.side is not None and task.side != self._side and self._done:
            self._state = State.SIDE
            return [SideChange(task.side)]
        return self._arm()

    def _confirm(self, args: Mapping[str, Plain]) -> list[Event]:
        task = self._ahead.next
        if self._state is not State.SIDE or task is None or args.get("side") != task.side:
            return []
        return [SideConfirmed(str(args["side"])), *self._arm()]

    def _arm(self) -> list[Event]:
        task, reps = self._ahead.take()
        self._side, self._item = task.side or self._side, task.item
        counted = CountedSet(len(self._done) + 1, task, reps, self._now_s)
        self._set = UnderWay(counted, guided=self._routine.guided)
        armed: list[Event] = [SetArmed(counted.number, reps, self._now_s, task)]
        return armed + self._prepare(self._set)

    def _prepare(self, current: UnderWay) -> list[Event]:
        """Counts in or waits for the wearer to be in position, where the routine says so."""
        if self._routine.count_in_s > 0:
            self._state, self._left_s = State.COUNT_IN, self._routine.count_in_s
            return [CountIn(self._left_s)]
        if self._routine.guided:
            self._state = State.READY
            current.get_ready()
            return []
        return self._begin()

    def _begin(self) -> list[Event]:
        self._state = State.SET
        return [*self._set.begin(self._now_s)] if self._set else []

    # A set under way.

    def _pause(self, _args: Mapping[str, Plain]) -> list[Event]:
        if self._state not in _PAUSABLE:
            return []
        measured = self._set.counted.pause() if self._set and self._state is State.SET else []
        self._state = State.PAUSED
        return [*measured, Paused()]

    def _resume(self, _args: Mapping[str, Plain]) -> list[Event]:
        if self._state is not State.PAUSED:
            return []
        if self._set is None:
            self._state = State.REST
            return [Resumed(), RestTick(self._left_s)]
        return [Resumed(), *self._prepare(self._set)]

    def _correct(self, by: int) -> list[Event]:
        """Corrects the set under way, or in the rest behind it the last one."""
        if self._set is not None:
            counted = self._set.counted
            return [Corrected(counted.number, counted.counted, counted.said)] if counted.correct(by) else []
        if not self._done or self._state is State.DONE or self._done[-1].said + by < 0:
            return []
        last = self._done[-1] = replace(self._done[-1], said=self._done[-1].said + by)
        return [Corrected(last.number, last.counted, last.said)]

    def _retarget(self, args: Mapping[str, Plain]) -> list[Event]:
        if self._set is not None:
            counted = self._set.counted
            before, planned, number = counted.target_reps, counted.task.reps, counted.number
        elif self._ahead.next and self._state in (State.IDLE, State.REST, State.SIDE, State.PAUSED):
            before, planned, number = self._ahead.next.reps, self._ahead.planned_reps, len(self._done) + 1
        else:
            return []
        reps = wanted_reps(args, before)
        if reps is None or (self._no_harder and reps > (planned or 0)):
            return []
        if self._set is not None:
            self._set.counted.target_reps = reps
        else:
            self._ahead.retarget(reps)
        return [TargetChanged(number, planned, reps)]

    # Ends.

    def _skip(self, _args: Mapping[str, Plain]) -> list[Event]:
        if self._set is not None:
            return self._end(self._set, EndReason.SKIPPED)
        match self._state:
            case State.REST | State.PAUSED:
                return self._next()
            case State.SIDE:
                self._ahead.take()
                return self._next()
            case State.STOPPED:
                return self._go_on({})
            case State.CLOSING:
                return self._close()
            case _:
                return []

    def _end(self, current: UnderWay, reason: EndReason) -> list[Event]:
        events: list[Event] = [*current.counted.finish()]
        self._set = None
        self._done.append(current.counted.summary(self._now_s, reason))
        events.append(SetEnded(self._done[-1]))
        if reason in (EndReason.STOPPED, EndReason.SOURCE):
            return events + self._close()
        if reason is EndReason.PAIN:
            return events
        if not self._ahead:
            return events + self._close_or_ask()
        if reason is EndReason.SKIPPED and not self._done[-1].said:
            return events + self._next()
        self._state, self._left_s = State.REST, current.counted.task.rest_after_s
        return [*events, RestTick(self._left_s)]

    def _stop(self, reason: EndReason) -> list[Event]:
        if self._state is State.DONE:
            return []
        self._check = None
        return self._close() if self._set is None else self._end(self._set, reason)

    def _close_or_ask(self) -> list[Event]:
        if not self._routine.guided or not self._done:
            return self._close()
        self._state, self._left_s = State.CLOSING, _CLOSING_S
        return []

    def _close(self) -> list[Event]:
        self._state = State.DONE
        return [WorkoutDone(tuple(self._done))]

    # Questions.

    def _answer(self, question: str, args: Mapping[str, Plain]) -> list[Event]:
        score = args.get("score")
        current = self._set.counted.number if self._set else len(self._done)
        number = args.get("set", current)
        if not whole(score, 0, 10) or not whole(number, 1, current) or self._state is State.DONE:
            return []
        assert isinstance(score, int) and isinstance(number, int)
        band = self._routine.pain.band(score) if question == "pain" else None
        events: list[Event] = [Answered(number, question, score, band)]
        if band is not None and band.action == "stop":
            events = [*self._end_for_pain(), *events, *self._pain_stop(score)]
        self._no_harder = self._no_harder or (band is not None and band.action != "go-on")
        self._keep_answer(number, question, score)
        return events + self._all_answered()

    def _keep_answer(self, number: int, question: str, score: int) -> None:
        if number <= len(self._done):
            changed: dict[str, Any] = {question: score}
            self._done[number - 1] = replace(self._done[number - 1], **changed)
        elif self._set is not None:
            self._set.counted.answers[question] = score

    def _all_answered(self) -> list[Event]:
        last = self._done[-1] if self._done else None
        answered = last is not None and last.effort is not None and last.pain is not None
        return self._close() if self._state is State.CLOSING and answered else []

    def _end_for_pain(self) -> list[Event]:
        return self._end(self._set, EndReason.PAIN) if self._set is not None else []

    def _pain_stop(self, score: int) -> list[Event]:
        """The rest of this exercise's sets is left out; the safety text waits for the wearer."""
        left_out = self._ahead.leave_out(self._item)
        self._state = State.STOPPED
        return [PainStop(score, left_out, bool(self._ahead))]

    def _go_on(self, _args: Mapping[str, Plain]) -> list[Event]:
        if self._state is not State.STOPPED:
            return []
        return self._next() if self._ahead else self._close()

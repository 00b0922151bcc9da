"""A new sensor is tried out before its first set: it moves when the leg does, and three practice reps are three."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import degrees, sqrt

from repband.cue import Cue
from repband.driver.base import Plain
from repband.motion import MotionGap, MotionItem
from repband.reps import Phase, RepEvent, RepProgress
from repband.reps.excursion import Vector, angle_of, dot, minus
from repband.workout.args import whole
from repband.workout.base import SetReady
from repband.workout.oneset import CountedSet
from repband.workout.routine import SetTask
from repband.workout.underway import GIVEN_UP_S, UnderWay

PRACTICE_REPS = 3
# The leg has moved once gravity has turned by 10 degrees (a chord of 0.17 g) in the sensor's frame. Our choice: a third
# of what getting into position turns a thigh by, five times what breathing and sway do (workout/ready.py for both).
MOVED_G = 0.17
# The wearer sees the line come back, or has moved to another posture: then it goes on so long after the first movement.
SHOWN_S = 5.0
MOST_TOLD = 9  # practice reps a wearer can tell with one key


class Step(StrEnum):
    """Where in the check the wearer is."""

    MOVE = "move"  # the leg is bent and stretched: does the line move?
    GET_READY = "get-ready"  # three practice reps are to come; nothing counts until the wearer keeps still
    REPS = "reps"  # practice reps are counted
    ASK = "ask"  # were it three?
    HOW_MANY = "how-many"  # it were not: how many, then?
    HELP = "help"  # the count was wrong, or nothing moved: what may be the reason; again, or on to the set
    OVER = "over"  # the set comes next


@dataclass(frozen=True, slots=True)
class CheckAt:
    """The check has come to a step.

    Attributes:
        step: which.
        at_s: stream time, in s.
        task: the set that comes after it.
        asks: whether somebody is there to answer; without, the count alone decides.
        moved_deg: how far the sensor has been seen to turn, in degrees.
        counted: practice reps counted so far.
        did: practice reps as the wearer says; None before they have said it.
    """

    step: Step
    at_s: float
    task: SetTask
    asks: bool
    moved_deg: float = 0.0
    counted: int = 0
    did: int | None = None

    @property
    def right(self) -> bool:
        """Whether the count is what the wearer did; without anybody to say it, whether it is three."""
        return self.counted == (self.did if self.asks else PRACTICE_REPS)


@dataclass(frozen=True, slots=True)
class Practice:
    """What the counter says of practice: as in a set, but of no set."""

    event: RepEvent


CheckEvent = CheckAt | Practice | RepProgress


class FirstCheck:
    """One check; ends in `Step.OVER`.

    Args:
        task: the set that comes after it.
        asks: whether somebody is there to answer.

    Attributes:
        step: where the wearer is.
    """

    def __init__(self, task: SetTask, *, asks: bool) -> None:
        self._task = task
        self._asks = asks
        self._since_s: float | None = None
        self._place: Vector | None = None
        self._farthest_g = 0.0
        self._moved_s: float | None = None
        self._practice: UnderWay | None = None
        self._did: int | None = None
        self.step = Step.MOVE

    def begin(self, now_s: float) -> list[CheckEvent]:
        """Says the first step."""
        return self._go(Step.MOVE, now_s)

    def feed(self, item: MotionItem, now_s: float) -> list[CheckEvent]:
        """Takes one motion frame or gap."""
        match self.step:
            case Step.MOVE:
                return self._watch(item, now_s)
            case Step.GET_READY | Step.REPS:
                return self._count(item, now_s)
            case _:
                return []

    def command(self, name: str, args: Mapping[str, Plain], now_s: float) -> list[CheckEvent] | None:
        """What the wearer says to it; None for a command that is none of its business.

        Args:
            name: "check-on" (what is to be seen was seen: what comes next), "toggle" (the sensor's button: the same,
                and yes), "check-did" (so many "reps"), "check-no" (not three), "check-again" (practise again) or
                "check-skip" (on to the set).
            args: of the command.
            now_s: stream time, in s.
        """
        match name:
            case "check-on" | "toggle":
                return self._on(now_s, yes=name == "toggle")
            case "check-did":
                return self._told(args.get("reps"), now_s)
            case "check-no":
                return self._go(Step.HOW_MANY, now_s) if self.step is Step.ASK else []
            case "check-again":
                return self._practise(now_s) if self.step in (Step.ASK, Step.HOW_MANY, Step.HELP) else []
            case "check-skip":
                return self._go(Step.OVER, now_s)
            case _:
                return None

    def _go(self, step: Step, now_s: float) -> list[CheckEvent]:
        self.step, self._since_s = step, None
        counted = self._practice.counted.counted if self._practice else 0
        moved_deg = degrees(angle_of(self._farthest_g))
        return [CheckAt(step, now_s, self._task, self._asks, moved_deg, counted, self._did)]

    def _on(self, now_s: float, *, yes: bool) -> list[CheckEvent]:
        match self.step:
            case Step.MOVE:
                return self._practise(now_s)
            case Step.GET_READY | Step.REPS:
                return self._practised(now_s)
            case Step.ASK if yes:
                return self._told(PRACTICE_REPS, now_s)
            case Step.HELP:
                return self._go(Step.OVER, now_s)
            case _:
                return []

    def _told(self, reps: Plain, now_s: float) -> list[CheckEvent]:
        if self.step not in (Step.ASK, Step.HOW_MANY) or not whole(reps, 0, MOST_TOLD):
            return []
        assert isinstance(reps, int)
        assert self._practice is not None
        self._did = reps
        return self._go(Step.OVER if reps == self._practice.counted.counted else Step.HELP, now_s)

    def _waited_in_vain(self, now_s: float) -> bool:
        self._since_s = now_s if self._since_s is None else self._since_s
        return now_s - self._since_s >= GIVEN_UP_S

    def _watch(self, item: MotionItem, now_s: float) -> list[CheckEvent]:
        """Shows how far the sensor has turned from where it was, until it has been seen to move."""
        if isinstance(item, MotionGap):
            self._place = None
            return []
        here = item.x, item.y, item.z
        self._place = self._place or here
        away = minus(here, self._place)
        away_g = sqrt(dot(away, away))
        self._farthest_g = max(self._farthest_g, away_g)
        shown: list[CheckEvent] = [RepProgress(item.t_s, Phase.REST, 0.0, degrees(angle_of(away_g)))]
        if self._farthest_g < MOVED_G:
            gives_up = self._waited_in_vain(now_s) and not self._asks
            return shown + (self._go(Step.OVER, now_s) if gives_up else [])
        self._moved_s = now_s if self._moved_s is None else self._moved_s
        seen = away_g < self._farthest_g / 2 or now_s - self._moved_s >= SHOWN_S
        return shown + (self._practise(now_s) if seen else [])

    def _practise(self, now_s: float) -> list[CheckEvent]:
        self._did = None
        self._practice = UnderWay(CountedSet(0, self._task, PRACTICE_REPS, now_s), guided=False)
        self._practice.get_ready()
        return self._go(Step.GET_READY, now_s)

    def _count(self, item: MotionItem, now_s: float) -> list[CheckEvent]:
        practice = self._practice
        assert practice is not None
        said: list[CheckEvent] = []
        for event in practice.feed(item, now_s):
            assert not isinstance(event, Cue | SetReady)  # those are said in a led set only
            said.append(event if isinstance(event, RepProgress) else Practice(event))
        if self.step is Step.GET_READY and not practice.waits:
            said += self._go(Step.REPS, now_s)
        if practice.counted.counted or self.step is Step.GET_READY:
            self._since_s = None
        if practice.over is None and not self._waited_in_vain(now_s):
            return said
        return said + self._practised(now_s)

    def _practised(self, now_s: float) -> list[CheckEvent]:
        return self._go(Step.ASK if self._asks else Step.OVER, now_s)

"""The set under way: waits until the wearer is in position, counts, cues, and knows when it is over."""

from __future__ import annotations

from repband.cue import Coach, Cue
from repband.motion import MotionItem
from repband.reps import Phase, RepEvent, RepProgress
from repband.workout.base import EndReason, SetReady
from repband.workout.oneset import CountedSet
from repband.workout.ready import Guard

# A set that reached its target ends once the thigh has rested this long, and twice as long as it ever did between
# two reps of this set: a wearer who does one more is still counted.
SETTLED_S = 3.0
# It also ends this long after its last rep wherever the thigh is: the wearer has got up.
LEFT_S = 15.0
# A set short of its target (or without one) ends after this long without a rep. Longer than any pause in a set that
# the exercise files call plausible (rep_s.most is 16 s at most).
GIVEN_UP_S = 30.0

Said = RepEvent | Cue | SetReady


class UnderWay:
    """Guard, counter and coach of one set.

    Args:
        counted: the set.
        guided: True says when reps begin to count, and cues.

    Attributes:
        counted: the set.
        over: why the set is over; None while it is not.
    """

    def __init__(self, counted: CountedSet, *, guided: bool) -> None:
        self.counted = counted
        self.over: EndReason | None = None
        self._guided = guided
        self._guard: Guard | None = None
        self._coach = Coach(counted.task.exercise, counted.task.tempo_s) if guided else None

    @property
    def waits(self) -> bool:
        """Whether the wearer still gets into position."""
        return self._guard is not None

    def get_ready(self) -> None:
        """From here on the wearer gets into position: nothing counts until they keep still."""
        self._guard = Guard()

    def begin(self, now_s: float) -> list[Said]:
        """From here on reps count."""
        self._guard = None
        return [SetReady(self.counted.number, now_s)] if self._guided else []

    def feed(self, item: MotionItem, now_s: float) -> list[Said]:
        """Takes one frame or gap; gives what it led to."""
        if self._guard is None:
            return self._count(item, now_s)
        quiet = self._guard.feed(item)
        if quiet is None:
            return []
        said = self.begin(now_s)
        for one in quiet:
            if self.over is None:  # a quiet frame may end it: the wearer never moved
                said += self._count(one, now_s)
        return said

    def _count(self, item: MotionItem, now_s: float) -> list[Said]:
        said: list[Said] = []
        for event in self.counted.feed(item):
            said.append(event)
            if self._coach:
                said += self._coach.feed(event, enough=self.counted.reached)
            if isinstance(event, RepProgress) and self._settled(event):
                self.over = EndReason.TARGET
                return said
        self.over = self._overdue(now_s)
        return said

    def _settled(self, event: RepProgress) -> bool:
        counted = self.counted
        if not (counted.reached and counted.counted and counted.all_measured):
            return False
        return event.phase is Phase.REST and event.phase_s >= max(SETTLED_S, 2 * counted.longest_rest_s)

    def _overdue(self, now_s: float) -> EndReason | None:
        counted = self.counted
        if counted.last_rep_s is None or not counted.all_measured:
            return None
        since_s = now_s - counted.last_rep_s
        if counted.reached and since_s >= max(LEFT_S, 2 * counted.longest_rest_s):
            return EndReason.TARGET
        return EndReason.RESTED if since_s >= GIVEN_UP_S else None

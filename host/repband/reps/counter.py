"""Frames in, reps out: strictly causal, the same whatever the block size."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from repband.exercise.base import Exercise
from repband.motion import FILTER_DELAY_S, FRAME_S, MotionFrame, MotionGap, MotionItem
from repband.reps.base import Flag, RepCounted, RepEvent, RepMeasured, RepRejected
from repband.reps.excursion import Excursion, dot, minus
from repband.reps.history import History
from repband.reps.judge import Judge, Verdict
from repband.reps.measure import BEFORE, measure
from repband.reps.report import Announced, report
from repband.reps.track import State, Track

STILL_FRAMES = round(0.4 / FRAME_S)
STILL_G = 0.03
SETTLE_FRAMES = round(0.4 / FRAME_S)
WAIT_FRAMES = round(1.5 / FRAME_S)


class RepCounter:
    """Counts the reps of one exercise in the order of the stream.

    Args:
        exercise: what the wearer says they do; None counts anything that goes out and comes back.

    Attributes:
        count: reps announced so far; never falls.
        count_min, count_max: the same, allowing for reps that a gap may have feigned or hidden.
    """

    def __init__(self, exercise: Exercise | None = None) -> None:
        self.count = 0
        self.count_min = 0
        self.count_max = 0
        self._judge = Judge()
        self._history = History()
        self._main: Track | None = None
        self._other: Track | None = None
        self._recent: deque[MotionFrame] = deque(maxlen=STILL_FRAMES + 1)
        self._smooth_jerk_g = 0.0
        self._held: Excursion | None = None
        self._pending: deque[Announced] = deque()
        self._last_end_s: float | None = None
        self._origin_s = 0.0
        self._now_s = 0.0

    def feed(self, items: Iterable[MotionItem]) -> list[RepEvent]:
        """Takes the next frames and gaps, in order; gives what happened, in order."""
        events: list[RepEvent] = []
        for item in items:
            if isinstance(item, MotionGap):
                self._gap(item)
            else:
                events += self._frame(item)
        return events

    def finish(self) -> list[RepEvent]:
        """The stream has ended: measures what was announced already, and counts nothing more."""
        return [self._measured(rep) for rep in self._drain()]

    def _drain(self) -> list[Announced]:
        waiting = list(self._pending)
        self._pending.clear()
        return waiting

    def _gap(self, gap: MotionGap) -> None:
        self._recent.clear()
        hidden = int((gap.end_s - gap.start_s) / (self._judge.period_s() or 3.0))
        self.count_max += max(hidden, 1)

    def _frame(self, frame: MotionFrame) -> list[RepEvent]:
        self._now_s = frame.known_s
        self._origin_s = frame.t_s - (frame.number + 0.5) * FRAME_S
        self._history.append(frame)
        still = self._still(frame)
        self._smooth_jerk_g += (frame.jerk_g - self._smooth_jerk_g) * FRAME_S / 2.0
        self._judge.tick(frame.number)
        if self._main is None:
            self._main = Track((frame.x, frame.y, frame.z), frame.number)
        leave_g = self._judge.leave_g()
        first = self._main.step(frame, still, leave_g, self._history)
        second = self._other.step(frame, still, leave_g, self._history) if self._other else None
        events: list[RepEvent] = []
        if first is not None:
            events += self._weigh(first, self._main)
        elif second is not None and self._other is not None:
            events += self._weigh(second, self._other)
        if still:
            self._dwell(frame, leave_g)
        while self._pending and self._ready(self._pending[0], frame):
            events.append(self._measured(self._pending.popleft()))
        return events

    def _still(self, frame: MotionFrame) -> bool:
        self._recent.append(frame)
        old = self._recent[0]
        change = frame.x - old.x, frame.y - old.y, frame.z - old.z
        return len(self._recent) > STILL_FRAMES and dot(change, change) < STILL_G * STILL_G

    def _dwell(self, frame: MotionFrame, leave_g: float) -> None:
        main, other = self._main, self._other
        if main is None or main.state is not State.OUT:
            return
        here = frame.x, frame.y, frame.z
        if other is None:
            self._other = Track(here, frame.number)
        elif other.state is State.OUT:
            away = minus(here, other.rest_g)
            if dot(away, away) > leave_g * leave_g:
                self._other = Track(here, frame.number)

    def _weigh(self, found: Excursion, track: Track) -> list[RepEvent]:
        verdict, reason = self._judge.weigh(found, self._smooth_jerk_g)
        if verdict is Verdict.REJECT:
            return [self._rejected(found, reason)]
        events: list[RepEvent] = []
        held = self._held
        if verdict is Verdict.WAIT:
            if held is None or found.end - held.end > 375 or not self._judge.alike(found, held):
                self._held = found
                return [] if held is None else [self._rejected(held, reason)]
            events += self._count(held, track, (Flag.LATE,))
        self._held = None
        return events + self._count(found, track, ())

    def _count(self, found: Excursion, track: Track, flags: tuple[Flag, ...]) -> list[RepEvent]:
        self.count += 1
        self.count_max += 1
        self.count_min += found.gap_frames * FRAME_S < 0.5
        self._judge.accept(found)
        ax, ay, az = found.axis_g
        track.working_g = ax / found.chord_g, ay / found.chord_g, az / found.chord_g
        self._main, self._other = track, None
        if found.gap_frames:
            flags = (*flags, Flag.GAP)
        self._pending.append(Announced(self.count, self._now_s, found, self._last_end_s, flags))
        return [RepCounted(self.count, self._now_s)]

    def _rejected(self, found: Excursion, reason: str) -> RepRejected:
        return RepRejected(self._at(found.start), self._at(found.end), reason, self._now_s)

    def _at(self, index: float) -> float:
        return self._origin_s + (index + 0.5) * FRAME_S - FILTER_DELAY_S

    def _ready(self, rep: Announced, frame: MotionFrame) -> bool:
        """The movement has settled, so that its end can be measured."""
        waited = frame.number - rep.found.end
        if waited < SETTLE_FRAMES:
            return False
        if waited >= WAIT_FRAMES:
            return True
        old = self._recent[-6] if len(self._recent) > 6 else frame
        change = frame.x - old.x, frame.y - old.y, frame.z - old.z
        return dot(change, change) < (0.05 * rep.found.chord_g) ** 2

    def _measured(self, rep: Announced) -> RepMeasured:
        frames = self._history.since(rep.found.start - BEFORE)
        done = report(rep, measure(frames, rep.found), self._origin_s, self._now_s)
        self._last_end_s = done.end_s
        return RepMeasured(done)

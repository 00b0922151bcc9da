"""Frames in, reps out: strictly causal, the same whatever the block size."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from repband.exercise.base import Exercise
from repband.motion import FILTER_DELAY_S, FRAME_S, MotionFrame, MotionGap, MotionItem
from repband.reps.base import Flag, RepCounted, RepEvent, RepMeasured, RepRejected
from repband.reps.excursion import Excursion
from repband.reps.history import History
from repband.reps.judge import Judge, Verdict
from repband.reps.losses import Losses
from repband.reps.measure import BEFORE, measure
from repband.reps.pace import Pace
from repband.reps.progress import Progress
from repband.reps.report import Announced, report
from repband.reps.stirring import Stirring
from repband.reps.track import State, Track
from repband.reps.tracks import Tracks
from repband.reps.waiting import Waiter, Waiting

SETTLE_FRAMES = round(0.4 / FRAME_S)
"""A counted rep is measured this long after it was noticed at the earliest: the smoothing needs frames beyond it."""

WAIT_FRAMES = round(1.5 / FRAME_S)
"""And this long after at the latest, settled or not: the next rep may begin."""

ENOUGH = 3
"""Waiting excursions that a fourth one like them turns into reps, even if nobody can say which end is rest."""

FORGET_GAP_S = 20.0
"""A hole as long as the longest rep: the wearer may lie anywhere behind it."""


class RepCounter:
    """Counts the reps of one exercise in the order of the stream.

    Args:
        exercise: what the wearer says they do; None counts anything that goes out and comes back.

    Attributes:
        count: reps announced so far; never falls.
    """

    def __init__(self, exercise: Exercise | None = None) -> None:
        self.count = 0
        self._least_rep_s = exercise.movement.rep_s.least if exercise else 0.0
        self._judge = Judge(exercise)
        self._losses = Losses(exercise)
        self._history = History()
        self._pace = Pace()
        self._tracks = Tracks()
        self._waiting = Waiting()
        self._stirring = Stirring()
        self._progress = Progress()
        self._pending: deque[Announced] = deque()
        self._last_end_s: float | None = None
        self._origin_s = 0.0
        self._now_s = 0.0

    @property
    def count_min(self) -> int:
        """`count` without the reps that a gap may have feigned."""
        return self.count - self._losses.doubtful

    @property
    def count_max(self) -> int:
        """`count` with the reps that gaps may have hidden."""
        return self.count + self._losses.hidden

    def feed(self, items: Iterable[MotionItem]) -> list[RepEvent]:
        """Takes the next frames and gaps, in order; gives what happened, in order."""
        events: list[RepEvent] = []
        for item in items:
            events += self._gap(item) if isinstance(item, MotionGap) else self._frame(item)
        return events

    def finish(self) -> list[RepEvent]:
        """The stream has ended: measures what was announced already, and counts nothing more."""
        waiting = list(self._pending)
        self._pending.clear()
        return [self._measured(rep) for rep in waiting]

    def _gap(self, gap: MotionGap) -> list[RepEvent]:
        self._losses.gap(gap, self._judge.period_s)
        self._pace.break_off()
        if gap.length_known and gap.end_s - gap.start_s < FORGET_GAP_S:
            return []
        measured = self.finish()
        self._history.clear()
        self._tracks.clear()
        self._waiting.clear()
        self._last_end_s = None
        return measured

    def _frame(self, frame: MotionFrame) -> list[RepEvent]:
        self._now_s = frame.known_s
        self._origin_s = frame.t_s - (frame.number + 0.5) * FRAME_S
        self._history.append(frame)
        self._pace.step(frame)
        self._judge.tick(frame.number)
        leave_g = self._judge.leave_g()
        events: list[RepEvent] = []
        for found, track in self._tracks.step(frame, self._pace, leave_g, self._history):
            events += self._weigh(found, track)
        here = frame.x, frame.y, frame.z
        if self._pace.still and self._waiting.waiters:
            events += self._halted(frame)
        if self._pace.slow and not self._judge.at_turn(here):
            self._tracks.halt(here, frame.number, leave_g)
        events += self._given_up(frame, leave_g)
        while self._pending and self._settled(self._pending[0], frame):
            events.append(self._measured(self._pending.popleft()))
        latest = self._tracks.latest
        out = latest.state is State.OUT
        events.append(self._progress.step(frame, latest.rest_g, out, self._pace.speed2, self._pace.peak2))
        return events

    def _weigh(self, found: Excursion, track: Track) -> list[RepEvent]:
        verdict, reason = self._judge.weigh(found, self._pace.lively_g)
        if verdict is Verdict.REJECT:
            return [self._rejected(found.start, found.end, reason)] if reason else []
        if verdict is Verdict.COUNT and not (self._judge.angle is None and self._questioned(found, track)):
            return self._count([found], track, late=False)
        like = self._waiting.like(found, self._judge)
        if not like or (len(like) < ENOUGH and self._waiting.rival(like[0].found, like[0].track, self._judge)):
            self._waiting.add(found, track, reason or "unconfirmed")
            return []
        return self._count([*(w.found for w in like), found], track, late=True)

    def _questioned(self, found: Excursion, track: Track) -> bool:
        """Whether what came before speaks against a first rep."""
        return self._waiting.dwarfs(found) or self._waiting.rival(found, track, self._judge)

    def _halted(self, frame: MotionFrame) -> list[RepEvent]:
        """A first excursion that came back to the very place and halts there needs no second one."""
        here = frame.x, frame.y, frame.z
        for waiter in self._waiting.waiters:
            back = self._judge.precise(waiter.found, here)
            if back and not self._waiting.contested(waiter.found, waiter.track, self._judge):
                return self._count([waiter.found], waiter.track, late=True)
        return []

    def _count(self, reps: list[Excursion], track: Track, *, late: bool) -> list[RepEvent]:
        """Counts reps from one rest posture; all but the newest, or a single late one, are announced late."""
        events: list[RepEvent] = []
        for found in reps:
            self.count += 1
            self._losses.counted(found)
            flags = [Flag.PARTIAL] if self._judge.small(found) else []
            if late and (found is not reps[-1] or len(reps) == 1):
                flags.append(Flag.LATE)
            self._judge.accept(found)
            self._pending.append(Announced(self.count, self._now_s, found, tuple(flags)))
            events.append(RepCounted(self.count, self._now_s))
        track.prove(reps[-1])
        self._tracks.keep(track)
        return events + self._refused([w for w in self._waiting.clear() if not _overlaps(w.found, reps)])

    def _given_up(self, frame: MotionFrame, leave_g: float) -> list[RepEvent]:
        """What has waited too long, did not return, or was too small to be followed."""
        events = self._refused(self._waiting.expire(frame.number))
        for track in self._tracks.drop_lost(frame.number):
            if track.working_g is not None:
                events.append(self._rejected(track.left, frame.number, "not-returned"))
        small = self._stirring.step(frame, self._tracks.latest, leave_g)
        if small is not None:
            events.append(self._rejected(*small, "too-small"))
        return events

    def _refused(self, waiters: list[Waiter]) -> list[RepEvent]:
        return [self._rejected(w.found.start, w.found.end, w.reason) for w in waiters]

    def _rejected(self, start: int, end: int, reason: str) -> RepRejected:
        return RepRejected(self._at(start), self._at(end), reason, self._now_s)

    def _at(self, number: int) -> float:
        return self._origin_s + (number + 0.5) * FRAME_S - FILTER_DELAY_S

    def _settled(self, rep: Announced, frame: MotionFrame) -> bool:
        """The movement has settled, so that its end can be measured."""
        waited = frame.number - rep.found.end
        if waited < SETTLE_FRAMES:
            return False
        return waited >= WAIT_FRAMES or self._pace.speed2 < (0.05 * rep.found.chord_g) ** 2

    def _measured(self, rep: Announced) -> RepMeasured:
        frames = self._history.since(rep.found.start - BEFORE)
        done = report(rep, measure(frames, rep.found), self._origin_s, self._now_s, self._last_end_s, self._least_rep_s)
        self._last_end_s = done.end_s
        return RepMeasured(done)


def _overlaps(e: Excursion, reps: list[Excursion]) -> bool:
    return any(e.half_up < rep.half_down and rep.half_up < e.half_down for rep in reps)

"""Frames in, reps out: strictly causal, the same whatever the block size."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from repband.exercise.base import Exercise
from repband.motion import FILTER_DELAY_S, FRAME_S, MotionFrame, MotionGap, MotionItem
from repband.reps.base import Flag, RepCounted, RepEvent, RepMeasured, RepProgress, RepRejected
from repband.reps.excursion import Excursion, Vector, dot, minus
from repband.reps.history import History
from repband.reps.judge import Judge, Verdict
from repband.reps.measure import BEFORE, measure
from repband.reps.progress import Progress
from repband.reps.report import Announced, report
from repband.reps.track import State, Track

STILL_FRAMES = round(0.4 / FRAME_S)
STILL_G = 0.03
AHEAD = FILTER_DELAY_S / (3 * FRAME_S)
SLOW = 0.15
SPEED_FADES = 0.96  # a frame; 2 s for the speed to fade to a third
MOST_TRACKS = 4
KEEP_HELD = round(30.0 / FRAME_S)
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
        self._judge = Judge(exercise)
        self._history = History()
        self._tracks: list[Track] = []
        self._recent: deque[MotionFrame] = deque(maxlen=STILL_FRAMES + 1)
        self._smooth_jerk_g = 0.0
        self._peak2 = 0.0
        self._progress = Progress()
        self._held: list[tuple[Excursion, Track]] = []
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
        if not self._tracks:
            self._tracks.append(Track((frame.x, frame.y, frame.z), frame.number))
        leave_g = self._judge.leave_g()
        ahead_g, speed2 = self._ahead(frame), self._speed(frame)
        events: list[RepEvent] = []
        for track in list(self._tracks):
            found = track.step(frame, ahead_g, speed2, still, leave_g, self._history)
            if found is not None:
                events += self._weigh(found, track)
        events += self._recheck(frame, still)
        if still or speed2 < SLOW * SLOW * self._peak2:
            self._dwell(frame, leave_g)
        if len(self._tracks) > 1:
            self._tracks = [t for t in self._tracks if not t.lost(frame.number)] or self._tracks[-1:]
        while self._pending and self._ready(self._pending[0], frame):
            events.append(self._measured(self._pending.popleft()))
        events.append(self._show(frame, speed2))
        return events

    def _show(self, frame: MotionFrame, speed2: float) -> RepProgress:
        main = max(self._tracks, key=lambda track: track.seen)
        return self._progress.step(frame, main.rest_g, main.state is State.OUT, speed2, self._peak2)

    def _still(self, frame: MotionFrame) -> bool:
        self._recent.append(frame)
        old = self._recent[0]
        change = frame.x - old.x, frame.y - old.y, frame.z - old.z
        return len(self._recent) > STILL_FRAMES and dot(change, change) < STILL_G * STILL_G

    def _ahead(self, frame: MotionFrame) -> Vector:
        """Where the low-passed force is heading: its delay made up for by its speed."""
        if len(self._recent) < 4:
            return frame.x, frame.y, frame.z
        old = self._recent[-4]
        return (
            frame.x + AHEAD * (frame.x - old.x),
            frame.y + AHEAD * (frame.y - old.y),
            frame.z + AHEAD * (frame.z - old.z),
        )

    def _speed(self, frame: MotionFrame) -> float:
        """Square of the way in the last five frames, in g; remembers the fastest of the last seconds."""
        old = self._recent[-6] if len(self._recent) > 5 else frame
        change = frame.x - old.x, frame.y - old.y, frame.z - old.z
        speed2 = dot(change, change)
        self._peak2 = max(speed2, self._peak2 * SPEED_FADES)
        return speed2

    def _recheck(self, frame: MotionFrame, still: bool) -> list[RepEvent]:
        """A first excursion that came back to the very place and halts there needs no second one."""
        judge = self._judge
        if not still or not self._held or judge.angle is not None:
            return []
        for held, track in self._held:
            off = minus((frame.x, frame.y, frame.z), held.rest_g)
            precise = dot(off, off) < (0.12 * held.chord_g) ** 2
            if precise and track.state is not State.OUT and judge.sizeable(held) and judge.brief(held):
                if self._rivalled(held, track):
                    continue
                self._held.clear()
                return self._count(held, track, (Flag.LATE,))
        return []

    def _dwell(self, frame: MotionFrame, leave_g: float) -> None:
        """Where the thigh stands still, there may be rest."""
        here = frame.x, frame.y, frame.z
        if self._judge.at_turn(here):
            return
        for track in self._tracks:
            away = minus(here, track.rest_g)
            if dot(away, away) <= leave_g * leave_g:
                return
        if len(self._tracks) >= MOST_TRACKS:
            self._tracks.remove(min(self._tracks, key=lambda t: t.seen))
        self._tracks.append(Track(here, frame.number))

    def _weigh(self, found: Excursion, track: Track) -> list[RepEvent]:
        verdict, reason = self._judge.weigh(found, self._smooth_jerk_g)
        if verdict is Verdict.REJECT:
            return [self._rejected(found, reason)] if reason else []
        events: list[RepEvent] = []
        if verdict is Verdict.COUNT and self._judge.angle is None and self._questioned(found, track):
            verdict = Verdict.WAIT
        if verdict is Verdict.WAIT:
            self._held = [h for h in self._held if found.end - h[0].end < KEEP_HELD]
            like = [h for h, _ in self._held if self._judge.alike(found, h)]
            if not like or self._rivalled(like[0], track):
                self._held.append((found, track))
                return []
            for held in one_after_the_other(like):
                events += self._count(held, track, (Flag.LATE,))
        self._held.clear()
        return events + self._count(found, track, ())

    def _questioned(self, found: Excursion, track: Track) -> bool:
        """Whether what came before speaks against a first rep."""
        return any(h.angle > 2.0 * found.angle for h, _ in self._held) or self._rivalled(found, track)

    def _rivalled(self, found: Excursion, track: Track) -> bool:
        """Whether the same movement makes better reps with work and rest swapped."""
        judge = self._judge
        return any(
            judge.complementary(found, other) and not judge.prefers(found, track.missed, other, its.missed)
            for other, its in self._held
            if its is not track
        )

    def _count(self, found: Excursion, track: Track, flags: tuple[Flag, ...]) -> list[RepEvent]:
        self.count += 1
        self.count_max += 1
        self.count_min += found.gap_frames * FRAME_S < 0.5
        self._judge.accept(found)
        ax, ay, az = found.axis_g
        track.working_g = ax / found.chord_g, ay / found.chord_g, az / found.chord_g
        self._tracks = [track]
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


def one_after_the_other(found: list[Excursion]) -> list[Excursion]:
    """Excursions in the order of their return, without those that overlap an earlier one."""
    kept: list[Excursion] = []
    for e in found:
        if not kept or e.half_up >= kept[-1].half_down:
            kept.append(e)
    return kept

"""A made-up history of any length, the same on every machine: for examples, tests and benchmarks.

It holds what a real one does: progress, a week off, pain that stops an exercise, corrections, gaps, a strap that
slipped, a session that broke off and was taken up, a recount. No person did this; the figures are chosen, not measured.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from repband.journal.history import History
from repband.journal.kept import KeptCue, Refit, TargetTempo
from repband.journal.meta import Load, RecordingMeta, Side
from repband.journal.plans import keep_plan
from repband.journal.prescribed import Prescribed, SetPrescription
from repband.journal.resume import take_up
from repband.plan.base import Plan, PlanItem, PlanLoad, PlanTempo
from repband.reps.base import Flag, PhaseTimes, Rep

BEGINS = datetime(2025, 1, 6, 18, 0, tzinfo=timezone(timedelta(hours=1)))  # a Monday
ZONE = timezone(timedelta(hours=1))
_SENSOR = "made-up sensor"
_SPACE = uuid.UUID("6d1c8f57-5a52-4b4e-9d7e-2f3a0d6a1c11")
_DAYS_OF_WEEK = (0, 2, 4, 6, 1, 3, 5)


@dataclass(frozen=True, slots=True)
class _Doing:
    """How the made-up wearer does one exercise: mean excursion and its side difference, and tempo habits."""

    item: PlanItem
    title: str | None
    excursion_deg: float
    left_more: float
    hurry: float


PLAN = Plan(
    name="Example plan",
    for_whom="Nobody: a made-up wearer, to show what a history looks like.",
    sessions_per_week=3,
    exercises=(
        PlanItem(exercise="bridge", sets=2, reps=10, rest_s=60, tempo_s=PlanTempo(2, 2, 2, 1)),
        PlanItem(exercise="clamshell", side="both", sets=1, reps=10, rest_s=45, tempo_s=PlanTempo(2, 1, 2, 1)),
        PlanItem(
            exercise="squat",
            variant="Goblet squat",
            sets=2,
            reps=8,
            rest_s=90,
            load=PlanLoad("kg", 5),
            tempo_s=PlanTempo(2, 0, 2, 1),
        ),
    ),
)
_DOINGS = (
    _Doing(PLAN.exercises[0], None, 17.0, 0.0, 0.95),
    _Doing(PLAN.exercises[1], None, 32.0, 0.14, 0.90),
    _Doing(PLAN.exercises[2], "Goblet squat", 71.0, 0.0, 1.0),
)


class _Clock:
    """Wall time as the made-up wearer has it."""

    def __init__(self) -> None:
        self.time = BEGINS

    def __call__(self) -> str:
        return self.time.isoformat()


def example_history(
    path: Path, *, weeks: int = 12, sessions_per_week: int = 3, seed: int = 1, doings: int = 3
) -> History:
    """Makes a made-up history that begins on 2025-01-06; its clock stands at the last session.

    Args:
        path: a new file.
        weeks: how many.
        sessions_per_week: how many sessions are attempted each week, up to 7.
        seed: another seed gives another wearer.
        doings: how many of the three exercises each session does.
    """
    clock = _Clock()
    history = History(path, now=clock)
    keep_plan(history, PLAN)
    dice = random.Random(seed)
    for week in range(weeks):
        for place in range(sessions_per_week):
            if week % 12 == 5 or dice.random() < 0.06:  # a week off, and now and then a session
                continue
            day = week * 7 + sorted(_DAYS_OF_WEEK[:sessions_per_week])[place]
            _Session(history, clock, dice, week, day, _DOINGS[:doings]).write()
    return history


class _Session:
    """Writes one made-up session."""

    def __init__(
        self, history: History, clock: _Clock, dice: random.Random, week: int, day: int, doings: Sequence[_Doing]
    ) -> None:
        self._history = history
        self._clock = clock
        self._dice = dice
        self._week = week
        self._day = day
        self._doings = doings
        self._started = BEGINS + timedelta(days=day, minutes=dice.randrange(90))
        self._number = 0
        self._t_s = 0.0
        self._strap = 1.0
        self._side: Side | None = None

    def write(self) -> None:
        session = self._start("")
        sore = self._day % 84 == 46  # once in twelve weeks the squat hurts
        broke = self._day % 84 == 25
        for place, doing in enumerate(self._doings):
            if broke and place == 1:
                session = self._take_up(session)
            self._exercise(session, doing, sore and doing.item.exercise == "squat")
        self._end(session)
        if self._dice.random() < 0.9:
            self._clock.time += timedelta(days=1)
            self._history.answer_next_day(session, sore)

    def _start(self, part: str) -> str:
        planned = sum(_times(doing.item) * self._reps(doing) for doing in self._doings)
        meta = RecordingMeta(
            session=str(uuid.uuid5(_SPACE, f"{self._day}{part}")),
            started=self._started.isoformat(),
            exercise=self._doings[0].item.exercise,
            sensor=_SENSOR,
            repband="0.1.0",
            detector="1",
        )
        sets = sum(_times(doing.item) for doing in self._doings)
        prescribed = Prescribed(PLAN.name, PLAN.revision, planned)
        return self._history.start_session(meta, target_sets=sets, prescribed=prescribed)

    def _take_up(self, broken: str) -> str:
        """The session breaks off here, and another goes on with it."""
        self._started += timedelta(minutes=20)
        session = self._start("b")
        take_up(self._history, broken, session)
        self._number, self._t_s = 0, 0.0
        return session

    def _end(self, session: str) -> None:
        missing = self._dice.randrange(120) if self._dice.random() < 0.2 else 0
        quality = {
            "samples": round(self._t_s * 52) - missing,
            "missing": missing,
            "gaps": missing // 40,
            "rate_hz": 52.1,
        }
        self._tell_time()
        self._history.end_session(session, quality=quality)

    def _tell_time(self) -> None:
        self._clock.time = self._started + timedelta(seconds=round(self._t_s))

    def _reps(self, doing: _Doing) -> int:
        return doing.item.reps + min(self._week % 12 // 3, 3)

    def _exercise(self, session: str, doing: _Doing, sore: bool) -> None:
        sides: tuple[Side | None, ...] = ("left", "right") if doing.item.side == "both" else (None,)
        for side in sides:
            if side == "right":
                self._history.add_refit(session, Refit(self._number + 1, None, "side"))
            for number in range(1, doing.item.sets + 1):
                self._set(session, doing, side, sore and number == 1)
                if sore:
                    return

    def _set(self, session: str, doing: _Doing, side: Side | None, sore: bool) -> None:
        self._number += 1
        self._t_s += 60.0
        target, dice = self._reps(doing), self._dice
        done = target if dice.random() < 0.93 else target - dice.randrange(1, 4)
        done = 3 if sore else done
        set_id = self._open(session, doing, side, target)
        begun_s = self._t_s
        self._strap = dice.gauss(1.0, 0.06) if self._strap_moved(side) else self._strap
        reps = [self._rep(number, doing, side) for number in range(1, done + 1)]
        if reps and min(rep.tempo_s.hold for rep in reps) < 0.6 * doing.item.tempo_s.hold:
            self._history.add_cue(set_id, KeptCue("hold-short", "Hold a little longer.", "", reps[-1].end_s))
        if dice.random() < 0.02:
            self._history.add_refit(session, Refit(self._number, begun_s, "slipped"))
        self._tell_time()
        counted = done - 1 if dice.random() < 0.05 and done > 3 else done
        self._history.end_set(
            set_id,
            ended_s=self._t_s + 3.0,
            why="pain" if sore else "target" if done >= target else "stopped",
            counted=counted,
            said=done,
            count_min=counted,
            count_max=counted + any(Flag.GAP in rep.flags for rep in reps),
            reps=reps[:counted],
        )
        self._answers(set_id, sore)

    def _strap_moved(self, side: Side | None) -> bool:
        """Each session and each change of side puts the sensor on another spot."""
        moved = self._number == 1 or (side is not None and side != self._side)
        self._side = side or self._side
        return moved

    def _open(self, session: str, doing: _Doing, side: Side | None, target: int) -> int:
        item, tempo = doing.item, doing.item.tempo_s
        kilograms = None if item.load.value is None else item.load.value + 0.5 * (self._week % 12 // 4)
        return self._history.start_set(
            session,
            self._number,
            started_s=self._t_s,
            target_reps=target,
            exercise=item.exercise,
            side=side,
            load=Load("kg", kilograms) if kilograms else Load(),
            task=SetPrescription(
                doing.title,
                item.sets,
                target,
                TargetTempo(tempo.out, tempo.hold, tempo.back, tempo.rest),
                item.work_revision,
            ),
        )

    def _answers(self, set_id: int, sore: bool) -> None:
        effort = min(10, 3 + self._dice.randrange(3) + (self._number > 4))
        pain = 6 if sore else max(0, 3 - self._week % 12 // 4 - self._dice.randrange(2))
        if self._dice.random() < 0.95 or sore:
            self._history.answer(set_id, "effort", effort)
            self._history.answer(set_id, "pain", pain)

    def _rep(self, number: int, doing: _Doing, side: Side | None) -> Rep:
        dice, tempo = self._dice, doing.item.tempo_s
        learnt = min(1.0, 0.8 + 0.02 * (self._week % 12))
        out, hold, back = (
            max(0.1, round(doing.hurry * learnt * length_s + dice.gauss(0, 0.12), 3))
            for length_s in (tempo.out, tempo.hold, tempo.back)
        )
        rest = None if number == 1 else max(0.2, round(tempo.rest + dice.gauss(0, 0.2), 3))
        more = {"left": doing.left_more / 2, "right": -doing.left_more / 2}.get(side or "", 0.0)
        excursion = self._strap * doing.excursion_deg * (1 + more) * (1 + 0.008 * (self._week % 12) - 0.006 * number)
        start_s = self._t_s + (rest or 2.0)
        self._t_s = end_s = start_s + out + hold + back
        flags = (Flag.GAP,) if dice.random() < 0.005 else ()
        return Rep(
            number=number,
            announced_s=round(end_s + 0.2, 3),
            measured_s=round(end_s + 0.5, 3),
            start_s=round(start_s, 3),
            half_up_s=round(start_s + out / 2, 3),
            turn_s=round(start_s + out + hold / 2, 3),
            half_down_s=round(end_s - back / 2, 3),
            end_s=round(end_s, 3),
            excursion_deg=round(excursion + dice.gauss(0, 0.05 * doing.excursion_deg), 2),
            tempo_s=PhaseTimes(rest, out, hold, back),
            tempo_sd_s=PhaseTimes(None if rest is None else 0.1, 0.1, 0.12, 0.1),
            flags=flags,
        )


def _times(item: PlanItem) -> int:
    return item.sets * (2 if item.side == "both" else 1)

"""The page's state: one plain object, folded from the driver's records and events."""

from __future__ import annotations

import statistics
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from repband_wire import Decoder, Info, WireError

from repband.cue import Cue
from repband.driver.base import Record, Tick
from repband.driver.session import Event, Session
from repband.driver.watch import LooksLike
from repband.mount import MountWarning
from repband.reps import Phase, RepCounted, RepMeasured, RepProgress
from repband.source import Frame, TimedSamples
from repband.stream import Gap
from repband.web.shown import (
    check_shown,
    cue_shown,
    mount_words,
    next_shown,
    plan_shown,
    rep_shown,
    summary_shown,
    task_shown,
)
from repband.web.sounds import Sounds
from repband.workout import (
    Answered,
    CheckAt,
    Corrected,
    CountIn,
    PainStop,
    Practice,
    RestTick,
    Routine,
    SetArmed,
    SetEnded,
    SetTask,
    SideChange,
    TargetChanged,
)

TRACE_S = 20.0
_TRACE_POINTS = round(25 * TRACE_S)
# Frames come ten times a second or so; two seconds of silence are a lost sensor, not a slow link.
LOST_S = 2.0
_SOUNDS_KEPT = 12
_BATTERY_UNKNOWN = 255
# From this many reps on the wearer's usual range is shaded: the middle eight tenths of what they show.
_USUAL_REPS = 3
_CUE_SHOWN_S = 6.0


class PageState:
    """What the page shows. Not thread-safe: `repband.web.board` guards it.

    Args:
        routine: what is done.
        source: what sends the samples.
        session: what the records and events belong to.
        usual_deg: excursions of the wearer's earlier reps by exercise.
        wall_ms: wall clock in ms; injected in tests.
    """

    def __init__(
        self,
        routine: Routine,
        source: str,
        session: Session,
        usual_deg: Mapping[str, Sequence[float]] | None = None,
        wall_ms: Callable[[], float] = lambda: time.time() * 1000.0,
    ) -> None:
        self._session = session
        self._wall_ms = wall_ms
        self._task: SetTask = routine.tasks[0]
        self._own_deg = {name: list(values) for name, values in (usual_deg or {}).items()}
        self._sounds = Sounds()
        self._decoder = Decoder()
        self._last_arrival_s: float | None = None
        self._newest_s = 0.0
        self.trace: deque[tuple[int, float, float]] = deque(maxlen=_TRACE_POINTS)
        self._points = 0
        self._sound_id = 0
        self.plain: dict[str, Any] = {
            "title": routine.title,
            "state": "idle",
            "sets_total": len(routine.tasks),
            "plan": plan_shown(routine),
            "set": task_shown(self._task, 0, self._task.reps),
            "next": next_shown(session.next_task),
            "counted": 0,
            "said": 0,
            "counted_at_ms": None,
            "phase": {"name": "rest", "s": 0.0},
            "excursion_deg": 0.0,
            "usual": None,
            "left_s": None,
            "of_s": None,
            "questions": None,
            "pain": None,
            "side": None,
            "check": None,
            "cue": None,
            "reps": [],
            "sets": [],
            "sensor": {"name": source, "state": "waiting", "battery_percent": None, "missing": 0, "silent_s": 0.0},
            "sounds": [],
        }
        self._range()

    def apply(self, record: Record | None, events: Sequence[Event]) -> bool:
        """Folds in what one record led to; True when the page should hear of it at once."""
        before = self.plain["state"], self._sound_id, self.plain["sensor"]["state"]
        self._hear(record)
        for event in events:
            if isinstance(event, RepProgress):
                self._newest_s = event.t_s
        for event in events:
            self._fold(event)
            for sound in self._sounds.of(event, self._newest_s):
                self._play(sound)
        self.plain["state"] = self._session.state.name.lower().replace("_", "-")
        self.plain["next"] = next_shown(self._session.next_task)
        self._settle()
        return before != (self.plain["state"], self._sound_id, self.plain["sensor"]["state"])

    # The sensor.

    def _hear(self, record: Record | None) -> None:
        sensor = self.plain["sensor"]
        if isinstance(record, Tick):
            if self._last_arrival_s is not None:
                sensor["silent_s"] = round(max(0.0, record.now_s - self._last_arrival_s), 1)
                if sensor["silent_s"] >= LOST_S and sensor["state"] == "ok":
                    sensor["state"] = "lost"
                    self._play("lost")
        elif isinstance(record, Frame | TimedSamples):
            if isinstance(record, Frame):
                self._read_info(record)
            self._arrived(record.arrival_s)

    def _arrived(self, arrival_s: float) -> None:
        sensor = self.plain["sensor"]
        if sensor["state"] == "lost":
            self._play("back")
        self._last_arrival_s = arrival_s
        sensor["state"], sensor["silent_s"] = "ok", 0.0

    def _read_info(self, frame: Frame) -> None:
        try:
            message = self._decoder.decode(frame.data)
        except WireError:
            return
        if isinstance(message, Info) and message.battery_percent != _BATTERY_UNKNOWN:
            self.plain["sensor"]["battery_percent"] = message.battery_percent

    # The session.

    def _fold(self, event: Event) -> None:
        plain = self.plain
        match event:
            case RepProgress():
                self._progress(event)
            case RepCounted():
                plain["said"] += event.number - plain["counted"]
                plain["counted"] = event.number
                plain["counted_at_ms"] = self._wall_ms()
                self._sounds.said = plain["said"]
            case RepMeasured():
                plain["reps"].append(rep_shown(event.rep))
                self._own_deg.setdefault(self._task.exercise.name, []).append(event.rep.excursion_deg)
                self._range()
            case SetArmed():
                self._armed(event)
            case CheckAt():
                plain["check"] = check_shown(event)
                plain["cue"] = None
            case Practice(RepCounted()) if plain["check"]:
                plain["check"]["counted"] += 1
            case Corrected():
                self._corrected(event)
            case TargetChanged():
                self._retargeted(event)
            case SetEnded():
                plain["sets"].append(summary_shown(event.summary, self._task))
                plain["questions"] = {"set": event.summary.number, "effort": None, "pain": None, "say": None}
                plain["of_s"] = self._task.rest_after_s
            case CountIn() | RestTick():
                plain["left_s"] = round(event.left_s, 2)
            case Answered():
                self._answered(event)
            case PainStop():
                plain["pain"] = {"score": event.score, "left_out": event.left_out, "goes_on": event.goes_on}
            case SideChange():
                plain["side"] = event.side
            case Cue():
                plain["cue"] = cue_shown(event.when, event.say, event.because, event.at_s)
            case MountWarning():
                plain["cue"] = cue_shown(event.kind, mount_words(self._task.exercise, event), event.text, event.t_s)
            case LooksLike():
                seen = event.recognition.exercise
                plain["cue"] = cue_shown("looks-like", f"This looks like a {seen}: is it?", "", event.at_s)
            case Gap():
                plain["sensor"]["missing"] += event.missing or 0
            case _:
                pass

    def _progress(self, event: RepProgress) -> None:
        self.plain["phase"] = {"name": str(event.phase), "s": round(event.phase_s, 2)}
        self.plain["excursion_deg"] = round(event.excursion_deg, 1)
        self.trace.append((self._points, round(event.t_s, 2), round(event.excursion_deg, 1)))
        self._points += 1
        cue = self.plain["cue"]
        if cue and event.t_s - cue["at_s"] > _CUE_SHOWN_S:
            self.plain["cue"] = None

    def _armed(self, event: SetArmed) -> None:
        self._task = event.task or self._task
        self.plain |= {
            "set": task_shown(self._task, event.number, event.target_reps),
            "counted": 0,
            "said": 0,
            "reps": [],
            "left_s": None,
            "side": None,
            "cue": None,
            "pain": None,
            "phase": {"name": str(Phase.REST), "s": 0.0},
        }
        self._sounds.said, self._sounds.target = 0, event.target_reps
        self._range()

    def _corrected(self, event: Corrected) -> None:
        for row in self.plain["sets"]:
            if row["number"] == event.set_number:
                row["said"] = event.said
        if event.set_number == self.plain["set"]["index"]:
            self.plain["said"] = self._sounds.said = event.said

    def _retargeted(self, event: TargetChanged) -> None:
        if event.set_number == self.plain["set"]["index"]:
            self.plain["set"]["target"] = self._sounds.target = event.reps

    def _answered(self, event: Answered) -> None:
        questions = self.plain["questions"]
        if questions and questions["set"] == event.set_number:
            questions[event.question] = event.score
            if event.band is not None:
                questions["say"] = event.band.say
        for row in self.plain["sets"]:
            if row["number"] == event.set_number:
                row[event.question] = event.score

    def _settle(self) -> None:
        """What no longer holds in the state the runner is in."""
        if self.plain["state"] not in ("rest", "closing", "stopped", "paused", "side"):
            self.plain["questions"] = None
        if self.plain["state"] not in ("rest", "count-in", "paused"):
            self.plain["left_s"] = None
        if self.plain["state"] not in ("set", "ready", "check"):
            self.plain["cue"] = None
        if self.plain["state"] != "check":
            self.plain["check"] = None

    def _range(self) -> None:
        own = self._own_deg.get(self._task.exercise.name, [])
        if len(own) < _USUAL_REPS:
            self.plain["usual"] = None
            return
        tenths = statistics.quantiles(own, n=10)
        self.plain["usual"] = {"low_deg": round(tenths[0], 1), "high_deg": round(tenths[-1], 1), "reps": len(own)}

    def _play(self, sound: str) -> None:
        self._sound_id += 1
        self.plain["sounds"] = [*self.plain["sounds"][1 - _SOUNDS_KEPT :], {"id": self._sound_id, "name": sound}]

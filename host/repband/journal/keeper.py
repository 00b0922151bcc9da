"""Keeps a session's events in the history, as one listener among others."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self, cast

from repband.cue import Cue
from repband.errors import JournalError
from repband.journal.history import History
from repband.journal.keeping import delete_old_recordings
from repband.journal.kept import KeptCue, Refit, TargetTempo
from repband.journal.meta import Load, RecordingMeta
from repband.journal.plans import keep_plan
from repband.journal.prescribed import SetPrescription, prescribed_in
from repband.journal.resume import take_up
from repband.mount import MountKind, MountWarning
from repband.reps.base import RepMeasured
from repband.stream import StreamStats
from repband.workout.base import Answered, Corrected, SetArmed, SetEnded, SetSummary, SideConfirmed, TargetChanged

if TYPE_CHECKING:
    from repband.plan.base import Plan
    from repband.workout.routine import SetTask


class HistoryKeeper:
    """Begins a session in the history, listens to it, keeps each set, rep, answer, correction and cue when it happens.

    Args:
        meta: what the recording says about itself; its routine names the plan's revision.
        recording: path of the raw recording, or None.
        stats: gives the stream's accounting, asked once at the end.
        target_sets: sets aimed at, by default those of the routine.
        history: the history's file, by default the wearer's own.
        plan: the plan as its file says it, kept in full with the session; None without one.
        resumes: id of the session that broke off and that this one goes on with.
        link: figures of the link by name, asked once at the end and kept beside the stream's.

    Attributes:
        notices: what the wearer should be told about the history's file.
        session: the session's id in the history.

    Raises:
        JournalError: the history can't be opened.
    """

    def __init__(
        self,
        meta: RecordingMeta,
        recording: str | os.PathLike[str] | None,
        stats: Callable[[], StreamStats],
        *,
        target_sets: int | None = None,
        history: str | os.PathLike[str] | None = None,
        plan: Plan | None = None,
        resumes: str | None = None,
        link: Callable[[], Mapping[str, float | None]] | None = None,
    ) -> None:
        self._stats = stats
        self._link = link
        self._plan = plan
        self._history = History(history)
        self.notices = self._history.notices
        try:
            self.session = self._begin(meta, recording, target_sets, resumes)
        except JournalError:
            self._history.close()
            raise
        self._set_ids: dict[int, int] = {}
        self._targets: dict[int, TargetChanged] = {}
        self._current: int | None = None
        self._failed = False

    def _begin(
        self,
        meta: RecordingMeta,
        recording: str | os.PathLike[str] | None,
        target_sets: int | None,
        resumes: str | None,
    ) -> str:
        prescribed, sets = prescribed_in(meta)
        if self._plan is not None:
            kept = keep_plan(self._history, self._plan)
            prescribed = replace(prescribed, plan_name=kept.name, plan_revision=kept.revision)
        self._planned = prescribed.plan_revision is not None
        session = self._history.start_session(
            meta, recording=recording, target_sets=sets or target_sets, prescribed=prescribed
        )
        if resumes is not None:
            take_up(self._history, resumes, session)
        return session

    def __call__(self, record: object, events: Iterable[object]) -> None:
        """Takes the events that a record led to; those that are not its business are passed over.

        Raises:
            JournalError: the history can't be written; what was kept before stays.
        """
        try:
            for event in events:
                self._take(event)
        except JournalError:
            self._failed = True
            raise

    def keep_device_count(self, set_number: int, counted: int) -> None:
        """Keeps what the device counted by itself in a set."""
        self._history.keep_device_count(self._set_ids[set_number], counted)

    def _take(self, event: object) -> None:
        match event:
            case RepMeasured() if self._current is not None:
                self._history.add_rep(self._current, event.rep)
            case SetArmed():
                self._armed(event)
            case SetEnded():
                self._ended(event.summary)
            case Corrected():
                self._history.correct(self._set_ids[event.set_number], event.said)
            case Answered():
                question = cast(Literal["effort", "pain"], event.question)
                self._history.answer(self._set_ids[event.set_number], question, event.score)
            case TargetChanged() if event.set_number in self._set_ids:
                self._history.retarget(self._set_ids[event.set_number], event.reps)
            case SideConfirmed():
                self._history.add_refit(self.session, Refit(len(self._set_ids) + 1, None, "side"))
            case Cue() if self._current is not None:
                self._said(self._current, event)
            case MountWarning(MountKind.SLIPPED) if self._set_ids:
                self._history.add_refit(self.session, Refit(max(self._set_ids), event.t_s, "slipped"))
            case _:
                pass

    def _armed(self, event: SetArmed) -> None:
        task = event.task
        self._current = self._history.start_set(
            self.session,
            event.number,
            started_s=event.armed_s,
            target_reps=event.target_reps,
            exercise=task.exercise.name if task else None,
            side=task.side if task else None,
            load=self._load(task),
            task=self._prescription(task) if task else None,
        )
        self._set_ids[event.number] = self._current

    def _load(self, task: SetTask | None) -> Load | None:
        """The task's load; None, as the session began, where it says nothing of its own."""
        load = Load.read(task.load) if task else Load()
        return None if load == Load() and not self._planned else load

    def _prescription(self, task: SetTask) -> SetPrescription:
        tempo = TargetTempo(task.tempo_s.out, task.tempo_s.hold, task.tempo_s.back, task.tempo_s.rest)
        items = self._plan.exercises if self._plan else ()
        work_revision = items[task.item].work_revision if task.item < len(items) else None
        title = None if task.title == task.exercise.title else task.title
        return SetPrescription(title, task.of, task.reps, tempo, work_revision)

    def _said(self, set_id: int, cue: Cue) -> None:
        self._history.add_cue(set_id, KeptCue(cue.when, cue.say, cue.because, cue.at_s))

    def _ended(self, summary: SetSummary) -> None:
        self._current = None
        set_id = self._set_ids[summary.number]
        self._history.end_set(
            set_id,
            ended_s=summary.ended_s,
            why=str(summary.ended),
            counted=summary.counted,
            said=summary.said,
            count_min=summary.count_min,
            count_max=summary.count_max,
            reps=summary.reps,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if not self._failed:  # the failure has been told; the session stays marked as broken off
                quality = asdict(self._stats())
                quality.update(self._link() if self._link else {})
                self._history.end_session(self.session, quality=quality)
                delete_old_recordings(self._history)
        finally:
            self._history.close()

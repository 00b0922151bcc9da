"""What a session was to be, as the history keeps it beside what was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from repband.journal.kept import TargetTempo
from repband.journal.meta import RecordingMeta


@dataclass(frozen=True, slots=True)
class Prescribed:
    """The plan of a session, as far as it is known.

    Attributes:
        plan_name, plan_revision: the plan, or None without one.
        planned_reps: reps to be done in the whole session, or None where a set is open.
    """

    plan_name: str | None = None
    plan_revision: str | None = None
    planned_reps: int | None = None


@dataclass(frozen=True, slots=True)
class SetPrescription:
    """What the plan says of one set.

    Attributes:
        title: what it is called on the screen.
        of_sets: sets to be done of this exercise on this side.
        planned_reps: the target before the wearer changed it.
        tempo_s: the prescribed phases.
        work_revision: what progress is counted under (`repband.plan.PlanItem.work_revision`).
    """

    title: str | None = None
    of_sets: int | None = None
    planned_reps: int | None = None
    tempo_s: TargetTempo | None = None
    work_revision: str | None = None

    def columns(self) -> dict[str, Any]:
        """Columns of sets."""
        tempo = self.tempo_s
        return {
            "title": self.title,
            "of_sets": self.of_sets,
            "planned_reps": self.planned_reps,
            "work_revision": self.work_revision,
            "tempo_out_s": tempo and tempo.out,
            "tempo_hold_s": tempo and tempo.hold,
            "tempo_back_s": tempo and tempo.back,
            "tempo_rest_s": tempo and tempo.rest,
        }


class _Task(msgspec.Struct):
    reps: int | None = None


class _Routine(msgspec.Struct):
    title: str = ""
    revision: str = ""
    tasks: tuple[_Task, ...] = ()


def prescribed_in(meta: RecordingMeta) -> tuple[Prescribed, int | None]:
    """The plan and the number of sets that a recording's routine names; nothing where it has none."""
    try:
        routine = msgspec.json.decode(meta.extra.get("routine", "{}"), type=_Routine)
    except msgspec.DecodeError:
        routine = _Routine()
    reps = [task.reps for task in routine.tasks]
    planned = sum(one or 0 for one in reps) if reps and None not in reps else None
    name = routine.title if routine.revision else None
    return Prescribed(name or None, routine.revision or None, planned), len(reps) or None

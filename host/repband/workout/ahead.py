"""The sets that lie ahead."""

from __future__ import annotations

from dataclasses import replace

from repband.workout.routine import SetTask


class Ahead:
    """The tasks still to be done, the first of them with the target that the wearer wants.

    Args:
        tasks: in their order.
    """

    def __init__(self, tasks: tuple[SetTask, ...]) -> None:
        self._tasks = list(tasks)
        self._reps: int | None = None

    def __bool__(self) -> bool:
        return bool(self._tasks)

    @property
    def next(self) -> SetTask | None:
        """The next task with the target that holds for it, or None."""
        task = self._tasks[0] if self._tasks else None
        return task and replace(task, reps=self._reps or task.reps)

    @property
    def planned_reps(self) -> int | None:
        """What the plan says of the next task."""
        return self._tasks[0].reps if self._tasks else None

    def retarget(self, reps: int) -> None:
        """The wearer wants so many reps in the next set; the sets behind it stay as planned."""
        self._reps = reps

    def take(self) -> tuple[SetTask, int | None]:
        """Takes the next task out: as planned, and the reps that hold for it."""
        task, reps, self._reps = self._tasks.pop(0), self._reps, None
        return task, reps or task.reps

    def leave_out(self, item: int) -> int:
        """Leaves out all tasks of one prescribed exercise; gives how many there were."""
        kept = [task for task in self._tasks if task.item != item]
        left_out, self._tasks, self._reps = len(self._tasks) - len(kept), kept, None
        return left_out

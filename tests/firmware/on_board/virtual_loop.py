"""Runs the firmware's own tasks in simulated time: hours in minutes, the same way each time."""

import asyncio

from repband_device import clock
from repband_wire.base import MAX_TIME_US


class Task:
    """A coroutine and the time at which it goes on."""

    def __init__(self, coroutine, wake_us):
        self.coroutine = coroutine
        self.wake_us = wake_us

    def done(self):
        return self.coroutine is None

    def cancel(self):
        self.coroutine = None


def _sleep_ms(ms):
    yield ms


class Loop:
    """Stands in for asyncio and the clock; `us` is the true time since boot, which never wraps.

    Device time begins at `start_us`.
    """

    def __init__(self, start_us=0):
        self.us = 0
        self._tasks = []
        clock.now_us = lambda: (start_us + self.us) & MAX_TIME_US
        clock.sleep_ms = _sleep_ms
        asyncio.create_task = self.create_task

    def create_task(self, coroutine):
        task = Task(coroutine, self.us)
        self._tasks.append(task)
        return task

    def run_until(self, end_us):
        """Whoever wakes first goes on first, until `end_us`."""
        while True:
            first = self._tasks[0]
            for task in self._tasks:
                if task.wake_us < first.wake_us:
                    first = task
            if first.wake_us > end_us:
                self.us = end_us
                return
            self._go_on(first)

    def _go_on(self, task):
        self.us = max(self.us, task.wake_us)
        if task.coroutine is not None:
            try:
                task.wake_us = self.us + 1000 * task.coroutine.send(None)
                return
            except StopIteration:
                task.coroutine = None
        self._tasks.remove(task)

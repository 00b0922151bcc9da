"""One led session: plan, source, page, terminal, recording, and a clean end."""

from __future__ import annotations

import socket
import sys
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

import click

from repband.cli.earlier import taken_up, usual_deg
from repband.cli.running import (
    ctrl_c,
    device_lines,
    forget_unbegun,
    keep_device_counts,
    new_recording_path,
    session_meta,
    session_screen,
    somebody_is_there,
    warn,
    with_routine,
)
from repband.cli.sources import follow, link_kept, linked_source, say_link, staying_awake
from repband.cli.today import todays_plan
from repband.cli.tryingout import TryingOut
from repband.driver.devicecount import DeviceCounts
from repband.driver.driver import Driver, Listener
from repband.driver.session import Session
from repband.errors import UsageError
from repband.exercise import load_safety
from repband.journal import History, Recorder
from repband.journal.keeper import HistoryKeeper
from repband.paths import data_dir
from repband.plan import Plan, load_plan
from repband.screen.plain import stats_line, summary_line
from repband.screen.view import View
from repband.simulate import EXERCISES
from repband.simulate.wearer import VirtualWearer
from repband.source import Arrival, Source, StdinSource, open_source
from repband.source.paced import PacedSource
from repband.web.app import Service
from repband.web.board import Board
from repband.web.gate import Gate, Watchers
from repband.web.serve import PageServer, lan_address, listen
from repband.web.state import PageState
from repband.workout import Routine, Target
from repband.workout.following import Following
from repband.workout.prescribed import routine_of_plan

_SAFETY_READ = "safety-read"


@dataclass(frozen=True, slots=True)
class Options:
    """What the person asked for; `repband workout --help` explains each."""

    plan: str
    source: Literal["demo", "stdin", "sensor", "replay"]
    file: str | None = None
    serial: str | None = None
    ble: str | None = None
    count_in_s: float = 0.0
    side: str | None = None
    lan: bool = False
    port: int | None = None
    opens: bool = True
    speed: float = 1.0
    seed: int = 1
    plain: bool = False
    keeps: bool = True
    resumes: bool | None = None
    check: bool | None = None

    @property
    def is_demo(self) -> bool:
        """Whether a virtual wearer or a recording does it: nobody's day."""
        return self.source in ("demo", "replay")


class LedSession:
    """Runs one session from its plan to its summary.

    Args:
        options: what the person asked for.

    Raises:
        RepBandError: the plan or source can't be used.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._plain = options.plain or not sys.stdout.isatty()
        self._plan = load_plan(options.plan)
        self._resumes: str | None = None
        self._usual_deg: dict[str, list[float]] = {}
        self._routine = self._routine_of(self._plan)
        if options.keeps:
            self._look_back()
        self._session = Session(self._routine)
        self._device = DeviceCounts()
        self._follows: list[Listener] = [self._device]
        self._source = self._open_source()
        self._trying = TryingOut(self._source, options.check, asks=True, note=self._note, starts=False)
        first = self._routine.tasks[0]
        target = Target(len(self._routine.tasks), first.reps, first.rest_after_s)
        meta = session_meta(
            first.exercise, target, self._source, options.side or first.side, first.load, demo=options.is_demo
        )
        self._meta = with_routine(meta, self._routine)
        self._path = new_recording_path(first.exercise.name) if options.keeps else None
        self._view = View(first.exercise, target, self._source.name, waits_for="the start on the page")

    def run(self) -> None:
        """Runs until the workout is done, the source ends or Ctrl-C; says the summary, also after an error."""
        listening = listen(self._options.port, lan=self._options.lan)
        gate = self._gate(listening)
        url = f"http://127.0.0.1:{gate.port}/"
        self._say_where(gate, url)
        self._view.source = f"{self._source.name}  ·  {url}"
        try:
            with ExitStack() as stack:
                stack.callback(listening.close)
                self._drive(stack, listening, gate, url)
        finally:
            if self._session.stats.samples:
                self._say_summary()
            elif self._path:
                forget_unbegun(self._meta)
            say_link(self._source)

    def _drive(self, stack: ExitStack, listening: socket.socket, gate: Gate, url: str) -> None:
        keeper = stack.enter_context(Recorder(self._path, self._meta)) if self._path else None
        board = Board(PageState(self._routine, self._source.name, self._session, self._usual_deg))
        listeners: list[Listener] = [self._view.apply, board, self._trying, *self._follows]
        if self._path:
            history = stack.enter_context(self._history(self._path))
            stack.callback(keep_device_counts, history, self._device)
            listeners.append(history)
        listeners.append(stack.enter_context(session_screen(self._view, plain=self._plain)))
        driver = Driver(self._session, keeper, listeners, warn, waits=lambda: self._device.waits)
        stack.enter_context(PageServer(self._service(board, driver, gate), listening))
        self._trying.begin(driver)
        if somebody_is_there():
            stack.enter_context(self._trying.keyboard(driver))
        if self._options.opens:
            webbrowser.open(url)
        stack.enter_context(staying_awake(self._source, self._note))
        with ctrl_c(lambda: driver.ask("stop")):
            driver.run(self._source)

    def _look_back(self) -> None:
        with History() as history:
            asks, revision = somebody_is_there(), self._plan.revision
            found = taken_up(
                history,
                lambda routine: routine.revision == revision,
                self._options.resumes,
                asks=asks,
                demo=self._options.is_demo,
            )
            self._usual_deg = usual_deg(history)
            if found is not None:
                self._routine, self._resumes = found
            elif not self._options.is_demo:
                self._routine = self._routine_of(todays_plan(self._plan, history, date.today(), asks=asks))

    def _routine_of(self, plan: Plan) -> Routine:
        """The routine of a plan with today's targets; it names the revision of the plan's file."""
        routine = begun_on(routine_of_plan(plan, count_in_s=self._options.count_in_s), self._options.side)
        return replace(routine, revision=self._plan.revision)

    def _open_source(self) -> Source:
        options = self._options
        if options.source == "stdin":
            return StdinSource()
        linked = linked_source(options.serial, options.ble)
        if linked is not None:
            follow(linked, self._note)
            return linked
        if options.source == "replay":
            return self._held(PacedSource(open_source(options.file or ""), options.speed))
        unknown = {task.exercise.name for task in self._routine.tasks} - {*EXERCISES}
        if unknown:
            raise UsageError(
                f"the virtual wearer does not know '{unknown.pop()}'", cure=f"use a plan of {', '.join(EXERCISES)}"
            )
        wearer = VirtualWearer(options.seed, speed=options.speed)
        self._follows.append(Following(wearer.ask))
        return wearer

    def _note(self, text: str) -> None:
        """Shows what the link does, beside what the page says of the sensor; from any thread."""
        if self._plain:
            click.echo(f"repband: {text}", err=True)
        else:
            self._view.notes.append(text)

    def _held(self, source: Source) -> Source:
        held = HeldSource(source)
        self._follows.append(lambda _record, events: held.go() if events else None)
        return held

    def _history(self, path: Path) -> HistoryKeeper:
        keeper = HistoryKeeper(
            self._meta,
            path,
            lambda: self._session.stats,
            plan=self._plan,
            resumes=self._resumes,
            link=lambda: link_kept(self._source),
        )
        for notice in keeper.notices:
            click.echo(f"repband: {notice}", err=True)
        return keeper

    def _gate(self, listening: socket.socket) -> Gate:
        port = int(listening.getsockname()[1])
        if not self._options.lan:
            return Gate(port)
        address = lan_address()
        if address is None:
            raise UsageError("this machine has no network", where="--lan", cure="leave it out, or connect first")
        return Gate(port, (address,))

    def _service(self, board: Board, driver: Driver, gate: Gate) -> Service:
        marker = data_dir() / _SAFETY_READ
        return Service(
            board=board,
            ask=driver.ask,
            gate=gate,
            watchers=Watchers(),
            safety=load_safety(),
            first_run=not marker.exists(),
            on_safety_read=lambda: _mark(marker),
            demo=self._options.source == "demo",
            keeps=self._options.keeps,
        )

    def _say_where(self, gate: Gate, url: str) -> None:
        click.echo(f"the page: {url}")
        join = gate.join_url()
        if join:
            import segno

            click.echo(f"on a phone or tablet, once: {join}")
            segno.make(join, error="m").terminal(out=sys.stdout, compact=True)
            click.echo("plain http on a network: the phone's screen may go dark, and others there could listen in")

    def _say_summary(self) -> None:
        if not self._plain:
            for summary in self._view.sets:
                click.echo(summary_line(summary))
        click.echo(stats_line(self._session.stats))
        for line in device_lines(self._device, self._source):
            click.echo(line)
        if self._path:
            click.echo(f"kept: {self._path}  (see it again: repband sessions show last)")


class HeldSource:
    """A recording that waits for the start, as a sensor's wearer would.

    Args:
        source: what is held.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._begun = threading.Event()

    @property
    def name(self) -> str:
        """What a person would call it."""
        return self._source.name

    def go(self) -> None:
        """Lets it run."""
        self._begun.set()

    def close(self) -> None:
        """Ends iterating, from any thread."""
        self._source.close()
        self._begun.set()

    def __iter__(self) -> Iterator[Arrival]:
        self._begun.wait()
        yield from self._source


def begun_on(routine: Routine, side: str | None) -> Routine:
    """The routine with the side the sensor is on already first in each exercise."""
    if side is None:
        return routine
    return replace(routine, tasks=tuple(sorted(routine.tasks, key=lambda t: (t.item, t.side not in (None, side)))))


def _mark(marker: Path) -> None:
    marker.parent.mkdir(parents=True, exist_ok=True)
    marker.touch()

"""What `live`, `record` and `replay` share: the source, the screen, what is kept, and a clean end."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path

import click
import msgspec

from repband.cli.options import parse_load
from repband.cli.sources import counts_itself, link_kept, was_lost
from repband.cli.tryingout import TryingOut
from repband.driver.devicecount import DeviceCounts
from repband.driver.driver import Driver, Listener
from repband.driver.session import Session
from repband.errors import JournalError
from repband.exercise import Exercise
from repband.journal import History, Recorder, RecordingMeta
from repband.journal.forget import forget_sessions
from repband.journal.keeper import HistoryKeeper
from repband.journal.resume import give_back
from repband.paths import data_dir
from repband.reps import DETECTOR_VERSION
from repband.screen.phrases import counts_differ
from repband.screen.plain import PlainScreen, rep_line, stats_line, summary_line
from repband.screen.view import View
from repband.source import Source
from repband.workout import Routine, Target, routine_of


def recordings_dir() -> Path:
    """Where sessions are recorded."""
    return data_dir() / "recordings"


def new_recording_path(exercise: str) -> Path:
    """A fresh name in the recordings folder, by date, time and exercise."""
    stamp = datetime.now().strftime("%Y-%m-%d_%H-%M-%S")
    path = recordings_dir() / f"{stamp}_{exercise}.mcap"
    again = 2
    while path.exists():
        path = recordings_dir() / f"{stamp}_{exercise}_{again}.mcap"
        again += 1
    return path


def session_meta(
    exercise: Exercise, target: Target, source: Source, side: str | None, load: str, *, demo: bool = False
) -> RecordingMeta:
    """What the recording says about itself; with the exercise and target in full, so that a replay needs no file."""
    return RecordingMeta(
        exercise=exercise.name,
        side="left" if side == "left" else "right" if side == "right" else None,
        load=parse_load(load),
        target_reps=target.reps,
        sensor=source.name,
        demo=demo,
        detector=DETECTOR_VERSION,
        extra={
            "exercise": msgspec.json.encode(exercise).decode(),
            "target": msgspec.json.encode(target).decode(),
        },
    )


def with_routine(meta: RecordingMeta, routine: Routine) -> RecordingMeta:
    """The same with the routine in full, where it is more than the exercise and the target say."""
    kept = {**meta.extra, "routine": msgspec.json.encode(routine).decode()}
    return msgspec.structs.replace(meta, extra=kept)


@contextmanager
def ctrl_c(act: Callable[[], None]) -> Generator[None]:
    """The first Ctrl-C calls `act`, so that nothing is interrupted half way; a second one interrupts."""

    def first(_signal: int, _frame: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        act()

    before = signal.signal(signal.SIGINT, first)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def forget_unbegun(meta: RecordingMeta) -> None:
    """Leaves no trace of a session to which no sample ever came; the one it went on with is offered again."""
    with suppress(JournalError), History() as history:
        give_back(history, meta.session)
        forget_sessions(history, [meta.session])


def somebody_is_there() -> bool:
    """Whether there is somebody who can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def warn(error: Exception) -> None:
    """Says on stderr that something failed while the session goes on."""
    click.echo(f"repband: {error} (the session goes on)", err=True)


def keep_device_counts(history: HistoryKeeper, device: DeviceCounts) -> None:
    """Keeps what the sensor counted by itself beside the sets that are over."""
    for one in device.sets:
        counted = device.count(one.number)
        if counted is not None:
            history.keep_device_count(one.number, counted)


def device_lines(device: DeviceCounts, source: Source) -> Iterator[str]:
    """What the sensor counted by itself, set by set, and why it differs where that is known."""
    for one in device.sets:
        counted = device.count(one.number)
        if counted is None:
            continue
        sensors = counts_itself(source)
        text = counts_differ(
            one.counted,
            counted,
            missing=one.count_min != one.count_max,
            rejected=[movement.reason for movement in one.rejected],
            lost=was_lost(source),
            other="" if sensors == one.exercise else sensors,
        )
        yield f"set {one.number}: {text}"


@contextmanager
def session_screen(view: View, *, plain: bool) -> Generator[Listener]:
    """Shows a session in the terminal, or as lines; gives the driver's listener."""
    if plain:
        yield PlainScreen(view, lambda line: click.echo(line))
        return
    from rich.console import Console

    from repband.screen.terminal import TerminalScreen

    with TerminalScreen(view, Console()) as screen:
        yield screen


class LiveRun:
    """One session from a source to its summary: on a screen or as lines, kept or not.

    Args:
        exercise, target: what is done and how much of it.
        source: where the samples come from.
        side, load: as the person gave them.
        keep: record it and write it to the history.
        plain: lines even in a terminal.
        demo: no part of what the wearer has done.
        check: try the sensor out first; None where it is new and somebody is there.
        asks: whether somebody is there to answer.
        follows: further listeners.
        resumes: what is left of a session that broke off, and its id.
    """

    def __init__(
        self,
        exercise: Exercise,
        target: Target,
        source: Source,
        *,
        side: str | None,
        load: str,
        keep: bool,
        plain: bool,
        demo: bool,
        check: bool | None = False,
        asks: bool = False,
        follows: Sequence[Listener] = (),
        resumes: tuple[Routine, str] | None = None,
    ) -> None:
        self._target = target
        self._source = source
        self._routine = resumes[0] if resumes else routine_of(exercise, target)
        self._resumes = resumes[1] if resumes else None
        self._meta = session_meta(exercise, target, source, side, load, demo=demo)
        if resumes:
            self._meta = with_routine(self._meta, self._routine)
        self._path = new_recording_path(exercise.name) if keep else None
        self._plain = plain or not sys.stdout.isatty()
        self._session = Session(self._routine)
        self._view = View(exercise, target, source.name)
        self._trying = TryingOut(source, check, asks=asks, note=self.note)
        self._follows = follows
        self._device = DeviceCounts()

    def run(self) -> None:
        """Runs until the workout is done, the source ends or Ctrl-C; says the summary, also after an error.

        Raises:
            RepBandError: what the source raised, after all that came before it is kept and said.
        """
        try:
            with ExitStack() as stack:
                self._drive(stack)
        finally:
            if self._session.stats.samples:
                self._say_summary()
            elif self._path:
                forget_unbegun(self._meta)

    def _drive(self, stack: ExitStack) -> None:
        keeper = stack.enter_context(Recorder(self._path, self._meta)) if self._path else None
        listeners: list[Listener] = [self._view.apply, self._trying, self._device, *self._follows]
        if self._path:
            history = stack.enter_context(self._history(self._path))
            stack.callback(keep_device_counts, history, self._device)
            listeners.append(history)
        listeners.append(stack.enter_context(session_screen(self._view, plain=self._plain)))
        driver = Driver(self._session, keeper, listeners, warn, waits=lambda: self._device.waits)
        self._trying.begin(driver)
        stack.enter_context(self._trying.keyboard(driver))
        with ctrl_c(lambda: driver.ask("stop")):
            driver.run(self._source)

    def _history(self, path: Path) -> HistoryKeeper:
        keeper = HistoryKeeper(
            self._meta,
            path,
            lambda: self._session.stats,
            target_sets=self._target.sets,
            resumes=self._resumes,
            link=lambda: link_kept(self._source),
        )
        for notice in keeper.notices:
            click.echo(f"repband: {notice}", err=True)
        return keeper

    def note(self, text: str) -> None:
        """Shows something that is no event, such as a lost link; from any thread."""
        if self._plain:
            click.echo(f"repband: {text}", err=True)
        else:
            self._view.notes.append(text)

    def show_source(self, text: str) -> None:
        """What to show as the source of the samples from now on; from any thread."""
        self._view.source = text

    def _say_summary(self) -> None:
        if not self._plain:  # the screen is gone with the session; lines have been said already
            for summary in self._view.sets:
                click.echo(summary_line(summary))
                for rep in summary.reps:
                    click.echo(f"  {rep.number:3}  {rep_line(self._view.exercise, rep)}")
        click.echo(stats_line(self._session.stats))
        for line in device_lines(self._device, self._source):
            click.echo(line)
        if self._path:
            click.echo(f"kept: {self._path}  (see it again: repband sessions show last)")

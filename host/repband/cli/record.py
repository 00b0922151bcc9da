"""`repband record`: keep the samples of a source, without counting; with the true reps on request."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from repband.cli.options import ble_option, load_option, serial_option, side_option, speed_option
from repband.errors import UsageError

if TYPE_CHECKING:
    from repband.label.watch import Watcher


@click.command("record")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--from", "source", default="-", metavar="FILE", help='A recording, or "-" for standard input.  [default: -]'
)
@serial_option
@ble_option
@click.option("--exercise", default="generic", show_default=True, help="What is being done, for the label.")
@click.option("--realtime", is_flag=True, help="Take a file at its own pace, as a sensor would send it.")
@click.option("--truth", is_flag=True, help="Someone watches and presses space for each rep.")
@click.option(
    "--keys", metavar="FILE", help='Keys for --truth: a script ("12.4 mark"), a pipe (one key a line), or "-".'
)
@side_option
@load_option
@speed_option
def command(
    out: Path,
    source: str,
    port: str | None,
    sensor: str | None,
    exercise: str,
    realtime: bool,
    truth: bool,
    keys: str | None,
    side: str | None,
    load: str,
    speed: float,
) -> None:
    """Record to OUT (a new .mcap file) until the source ends or Ctrl-C.

    A crash, or a laptop that dies, costs next to nothing: what was recorded stays readable.

    With --truth someone who watches presses space for each rep, when it is farthest from the start; u undoes, e makes
    the last one doubtful, q ends. The marks lie beside OUT as .reps.csv, on the disk after each press, and repband
    bench reads them; give them bounds with repband label OUT.
    """
    from msgspec import structs

    from repband.cli.running import ctrl_c, session_meta
    from repband.cli.sources import follow, linked_source, say_link, staying_awake
    from repband.exercise import load_exercise
    from repband.journal import Recorder
    from repband.screen.plain import stats_line
    from repband.source import open_source
    from repband.source.paced import PacedSource
    from repband.stream import Stream
    from repband.workout import Target

    linked = linked_source(port, sensor)
    if linked is None:
        _must_make_sense(source, realtime, truth, keys)
        opened = open_source(source)
        taken = PacedSource(opened, speed) if realtime else opened
    else:
        taken = linked
    follow(taken, lambda text: click.echo(f"repband: {text}", err=True))
    stream = Stream()
    meta = structs.replace(session_meta(load_exercise(exercise), Target(), taken, side, load), detector="")
    watching = _watching(out, keys, taken.close, speed if realtime else 1.0) if truth else nullcontext()
    with (
        staying_awake(taken, lambda text: click.echo(f"repband: {text}", err=True)),
        watching as watcher,
        Recorder(out, meta) as recorder,
        ctrl_c(taken.close),
    ):
        for arrival in taken:
            recorder.write(arrival)
            items = stream.feed(arrival)
            recorder.write_items(items)
            if watcher:
                watcher.heard(arrival, items)
        recorder.write_items(stream.finish())
    say_link(taken)
    click.echo(f"{stats_line(stream.stats)}; kept: {out}")


def _must_make_sense(source: str, realtime: bool, truth: bool, keys: str | None) -> None:
    if keys and not truth:
        raise UsageError("marks nothing without --truth", where="--keys", cure="add --truth")
    if keys == "-" and source == "-":
        raise UsageError("standard input can't be samples and keys", where="--keys", cure="give --from FILE")
    scripted = keys is not None and Path(keys).is_file()
    if truth and source != "-" and not realtime and not scripted:
        raise UsageError("nobody can watch a file that fast", where="--truth", cure="add --realtime")


def _watching(
    out: Path, keys: str | None, stop: Callable[[], None], speed: float
) -> AbstractContextManager[Watcher | None]:
    from repband.label.watch import Watcher

    return Watcher(out, keys, stop=stop, say=click.echo, speed=speed)

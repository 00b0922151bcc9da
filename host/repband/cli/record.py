"""`repband record`: keep the samples of a source, without counting."""

from __future__ import annotations

from pathlib import Path

import click

from repband.cli.options import load_option, side_option, speed_option


@click.command("record")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--from", "source", default="-", metavar="FILE", help='A recording, or "-" for standard input.  [default: -]'
)
@click.option("--exercise", default="generic", show_default=True, help="What is being done, for the label.")
@click.option("--realtime", is_flag=True, help="Take a file at its own pace, as a sensor would send it.")
@side_option
@load_option
@speed_option
def command(out: Path, source: str, exercise: str, realtime: bool, side: str | None, load: str, speed: float) -> None:
    """Record to OUT (a new .mcap file) until the source ends or Ctrl-C.

    A crash, or a laptop that dies, costs next to nothing: what was recorded stays readable.
    """
    from repband.cli.running import ctrl_c, session_meta
    from repband.exercise import load_exercise
    from repband.journal import Recorder
    from repband.screen.plain import stats_line
    from repband.source import open_source
    from repband.source.paced import PacedSource
    from repband.stream import Stream
    from repband.workout import Target

    opened = open_source(source)
    taken = PacedSource(opened, speed) if realtime else opened
    stream = Stream()
    meta = session_meta(load_exercise(exercise), Target(), taken, side, load)
    with Recorder(out, meta) as recorder, ctrl_c(taken.close):
        for arrival in taken:
            recorder.write(arrival)
            recorder.write_items(stream.feed(arrival))
        recorder.write_items(stream.finish())
    click.echo(f"{stats_line(stream.stats)}; kept: {out}")

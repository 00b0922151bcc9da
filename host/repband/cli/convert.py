"""`repband convert`: any recording to a CSV that others read, or to a recording of ours."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from repband.errors import JournalError, UsageError

if TYPE_CHECKING:
    from repband.source import Source
    from repband.stream import SampleBlock, Stream, StreamItem


@click.command("convert")
@click.argument("source", metavar="IN")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Overwrite OUT if it exists.")
def command(source: str, out: Path, force: bool) -> None:
    """Convert IN to OUT, a .csv (t_s,ax,ay,az[,gx,gy,gz] in s, g, deg/s) or a .mcap recording.

    IN is anything that can be counted: a recording, a CSV, the export of phyphox or Sensor Logger (file, folder or
    zip), or "-" for standard input. Odd times are repaired, and what was repaired or missing is said.
    """
    from repband.screen.plain import stats_line
    from repband.source import open_source
    from repband.stream import Stream

    writers = {".csv": _write_csv, ".mcap": _write_mcap}
    writer = writers.get(out.suffix.lower())
    if writer is None:
        raise UsageError(f"'{out.suffix}' is no format to write", where=str(out), cure="name OUT .csv or .mcap")
    if out.exists() and not force:
        raise UsageError("exists already", where=str(out), cure="add --force to overwrite it")
    opened, stream = open_source(source), Stream()
    try:
        with _replacing(out) as part:
            writer(opened, stream, part)
    finally:
        opened.close()
    _tell_bad_lines(opened)
    click.echo(f"{out}: {stats_line(stream.stats)}")


@contextmanager
def _replacing(out: Path) -> Generator[Path]:
    """A file beside OUT that takes its place when all went well; so a failure leaves OUT as it was."""
    part = out.with_name(f"{out.stem}.part{out.suffix}")
    try:
        part.unlink(missing_ok=True)
        yield part
        part.replace(out)
    except OSError as error:
        raise JournalError(
            f"can't be written ({error.strerror or error})", where=str(out), cure="check folder and disk"
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _items(source: Source, stream: Stream) -> Iterator[StreamItem]:
    for arrival in source:
        yield from stream.feed(arrival)
    yield from stream.finish()


def _write_csv(source: Source, stream: Stream, part: Path) -> None:
    with part.open("w", encoding="utf-8", newline="\n") as file:
        write_rows(_items(source, stream), file)


def write_rows(items: Iterable[StreamItem], file: TextIO) -> None:
    """Writes header and samples; holes are left as jumps in time.

    Rotation rates are written if the first sample has them; where a gyroscope was switched off later they are nan.
    """
    from repband.stream import SampleBlock

    columns = 0
    for item in items:
        if not isinstance(item, SampleBlock):
            continue
        if not columns:
            columns = 4 if item.gyro_dps is None else 7
            file.write(",".join(("t_s", "ax", "ay", "az", "gx", "gy", "gz")[:columns]) + "\n")
        file.write(_lines(item, columns))


def _lines(block: SampleBlock, columns: int) -> str:
    """Times to a microsecond, accelerations to a micro-g, rates to 0.0001 deg/s: finer than any sensor here."""
    import numpy as np

    parts = [block.t_s[:, None], block.accel_g]
    if columns == 7:
        parts.append(np.full_like(block.accel_g, np.nan) if block.gyro_dps is None else block.gyro_dps)
    form = ",".join(["%.6f"] * 4 + ["%.4f"] * (columns - 4)) + "\n"
    return "".join(form % tuple(row) for row in np.hstack(parts).tolist())


def _write_mcap(source: Source, stream: Stream, part: Path) -> None:
    from repband.journal import Recorder, RecordingMeta

    with Recorder(part, RecordingMeta(sensor=source.name)) as recorder:
        for arrival in source:
            recorder.write(arrival)
            recorder.write_items(stream.feed(arrival))
        recorder.write_items(stream.finish())


def _tell_bad_lines(source: Source) -> None:
    from repband.source import CsvSource

    if isinstance(source, CsvSource) and source.bad_line_count:
        first = source.bad_lines[0]
        click.echo(
            f"repband: {source.name} line {first.line}: {first.why}; {source.bad_line_count} lines left out", err=True
        )

"""`repband count`: the reps of recordings, by the engine that counts live."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from repband.errors import RecordingError, RepBandError
from repband.paths import is_beside_recording

if TYPE_CHECKING:
    from repband.exercise import Exercise
    from repband.screen.counted import Counted

RECORDINGS = (".csv", ".mcap", ".zip")
# A folder with one of these is a phone app's export: one recording in several tables.
_EXPORT_STEMS = {"totalacceleration", "accelerometeruncalibrated", "accelerometer", "raw data"}


@click.command()
@click.argument("recordings", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="RECORDING...")
@click.option("--exercise", metavar="NAME", help="What was done (see repband exercises).  [default: generic]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a recording, on a line of its own.")
def command(recordings: tuple[Path, ...], exercise: str | None, as_json: bool) -> int:
    """Count the reps of recordings: files, or folders of them.

    Reads RepBand's own recordings (.mcap), tables with a header (.csv) and the exports of phyphox and Sensor Logger
    (.csv, .zip or their folder). Without --exercise anything that goes out and comes back is counted; what the
    exercise looks like is only reported.

    A recording that can't be read is named, the rest is counted, and the exit code says so.
    """
    name = exercise or "generic"
    chosen = _chosen(name)
    codes = [_one(path, name, chosen, as_json, progress) for path, progress in _tracked(_files(recordings))]
    return max(codes, default=0)


def _chosen(name: str) -> Exercise | None:
    """The exercise as the engine takes it; None for "generic"."""
    if name == "generic":
        return None
    from repband.exercise import load_exercise

    return load_exercise(name)


def _files(paths: Sequence[Path]) -> list[Path]:
    """The recordings named, and those in the folders named, in order of name."""
    # A shell's *.csv brings the labels along; a label file named alone is a mistake that the reader explains.
    named = [path for path in paths if not is_beside_recording(path)] if len(paths) > 1 else paths
    return [file for path in named for file in (_inside(path) if path.is_dir() and not _is_export(path) else [path])]


def _is_export(folder: Path) -> bool:
    return any(table.stem.lower() in _EXPORT_STEMS for table in folder.glob("*.csv"))


def _inside(folder: Path) -> list[Path]:
    found = sorted(p for p in folder.rglob("*") if _is_recording(p))
    if not found:
        raise RecordingError(f"no recordings ({' or '.join(RECORDINGS)}) in it", where=str(folder))
    return found


def _is_recording(path: Path) -> bool:
    return path.suffix.lower() in RECORDINGS and not is_beside_recording(path) and path.is_file()


def _tracked(files: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
    """Each file, and whether a progress bar stands on the screen meanwhile."""
    if len(files) < 2 or not sys.stderr.isatty():
        yield from ((file, False) for file in files)
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("counting", total=len(files))
        for file in files:
            progress.update(task, description=file.name)
            yield file, True
            progress.advance(task)


def _one(path: Path, name: str, chosen: Exercise | None, as_json: bool, progress: bool) -> int:
    """Counts one recording and prints it; gives its exit code."""
    try:
        counted = _count(path, name, chosen)
    except RepBandError as error:
        click.echo(f"repband: {error}", err=True)
        return error.exit_code
    except OSError as error:
        click.echo(f"repband: {path}: {error.strerror or error}", err=True)
        return RecordingError.exit_code
    _print(counted, as_json, progress)
    return 0


def _count(path: Path, name: str, chosen: Exercise | None) -> Counted:
    from repband.bench.recorded import stream_items
    from repband.recognise import Recogniser
    from repband.reps import count_items
    from repband.screen.counted import Counted

    recogniser = Recogniser()
    result = count_items(stream_items(path), chosen, recogniser.feed)
    recogniser.finish()
    return Counted(str(path), name, result, recogniser.result())


def _print(counted: Counted, as_json: bool, progress: bool) -> None:
    from repband.screen.counted import contract, headline, not_counted, table

    if as_json:
        line = json.dumps(contract(counted), ensure_ascii=False, allow_nan=False)
        # On one screen the bar and the line share the cursor: the line must begin at the margin.
        click.echo(f"\r\033[K{line}" if progress and sys.stdout.isatty() else line)
        return
    from rich.console import Console

    console = Console()
    if counted.result.reps:
        console.print(table(counted))
    else:
        console.print(f"[bold]{counted.recording}[/bold]: {headline(counted)}")
    rejected = not_counted(counted.result.rejected)
    if rejected:
        console.print(f"not counted: {rejected}; repband plot shows each\n", style="dim", highlight=False)

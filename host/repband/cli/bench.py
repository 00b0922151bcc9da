"""`repband bench`: how well the counter counts, on recordings whose truth is known."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from repband.errors import RecordingError, UsageError

if TYPE_CHECKING:
    from repband.bench.jobs import Job
    from repband.bench.outcome import Outcome
    from repband.bench.report import Report

Tick = Callable[[str], None]


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[DIR]")
@click.option("--exercise", metavar="NAME", help="Only recordings of this exercise, as their index names it.")
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write every figure and recording here.")
@click.option("--markdown", "markdown_path", type=click.Path(path_type=Path), help="Write the table here.")
@click.option("--pictures", type=click.Path(path_type=Path), help="Draw every recording into this folder.")
@click.option("--wrong", is_flag=True, help="With --pictures: only those that were not counted exactly.")
@click.option("--short", is_flag=True, help="Only four recordings of each row, and a tenth of what is made.")
@click.option("--splices", type=click.IntRange(0, 999), default=0, help="Splice this many sets from DIR's recordings.")
@click.option("--simulated", type=click.IntRange(0), default=0, help="Simulate this many sets of each exercise.")
@click.option("--jobs", type=click.IntRange(1), help="Recordings counted at a time.  [default: one a processor]")
@click.option("--fetch", type=click.Choice(["mex", "uci730"]), help="Download a public original into the folder -o.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where --fetch puts it.")
@click.option("--url", help="Fetch from here instead (a mirror).")
def command(folder: Path | None, fetch: str | None, output: Path | None, url: str | None, **options: Any) -> int:
    """Count labelled recordings with the live engine and say how well, beside a plain find_peaks counter.

    DIR holds an index.csv, or folders that do; bench/RULES.md says how they look and how reps are matched. Every
    figure comes with its number of recordings and people and its 95 % interval.

    `repband bench --fetch mex -o DIR` downloads the public originals from the UCI repository.
    """
    if fetch:
        _fetch(fetch, output, url)
        return 0
    jobs = _jobs(folder, options)
    if not jobs:
        raise UsageError("nothing to count", cure="give a folder with an index.csv, or --simulated 20")
    report = _run(jobs, folder, options)
    _show(report, options["json_path"], options["markdown_path"])
    if options["pictures"]:
        counted = zip(jobs, report.outcomes, strict=True)
        _draw([job for job, outcome in counted if outcome.is_wrong or not options["wrong"]], options["pictures"])
    for outcome in report.failed:
        click.echo(f"repband: {outcome.error}", err=True)
    return RecordingError.exit_code if report.failed else 0


def _jobs(folder: Path | None, options: dict[str, Any]) -> list[Job]:
    from repband.bench.jobs import OURS, SIMULATED, FileJob, SimulatedJob, SpliceJob
    from repband.bench.rows import short
    from repband.bench.truth import read_folders

    part = 10 if options["short"] else 1
    files = [FileJob(labelled) for labelled in read_folders(folder)] if folder else []
    if options["splices"] and not folder:
        raise UsageError("--splices needs a folder to take reps from", cure="give DIR as well")
    splices = [SpliceJob(folder, n) for n in range(options["splices"] // part)] if folder else []
    simulated = [
        SimulatedJob(kind, e, n) for kind in SIMULATED for e in OURS for n in range(options["simulated"] // part)
    ]
    if options["short"]:
        files = [files[i] for i in short([job.subject for job in files])]
    jobs: list[Job] = [*files, *splices, *simulated]
    wanted = options["exercise"]
    return [job for job in jobs if wanted in (None, job.subject.exercise)]


def _run(jobs: Sequence[Job], folder: Path | None, options: dict[str, Any]) -> Report:
    from repband.bench.report import summarise
    from repband.bench.run import run
    from repband.reps import DETECTOR_VERSION

    processes = options["jobs"] or min(len(jobs), os.cpu_count() or 1)
    with _progress(len(jobs)) as tick:
        outcomes = run(jobs, processes, lambda outcome: tick(_name(outcome)))
    settings = {name: options[name] for name in ("exercise", "short", "splices", "simulated") if options[name]}
    return summarise(outcomes, DETECTOR_VERSION, settings)


def _name(outcome: Outcome) -> str:
    return outcome.subject.name


def _show(report: Report, json_path: Path | None, markdown_path: Path | None) -> None:
    from rich.console import Console

    from repband.bench.report import WIDE, to_json, to_markdown, to_tables

    if json_path:
        json_path.write_text(to_json(report), encoding="utf-8", newline="\n")
    if markdown_path:
        markdown_path.write_text(to_markdown(report), encoding="utf-8", newline="\n")
    # Into a file or a pipe the table keeps its width, whatever terminal nobody looks at.
    console = Console() if sys.stdout.isatty() else Console(width=260)
    for table in to_tables(report, console.width):
        console.print(table)
    if console.width < WIDE and not (json_path or markdown_path):
        click.echo("More columns: a wider terminal, --markdown FILE or --json FILE.")


def _draw(jobs: Sequence[Job], pictures: Path) -> None:
    from repband.bench.pictures import draw_job
    from repband.errors import RepBandError

    with _progress(len(jobs)) as tick:
        for job in jobs:
            try:
                draw_job(job, pictures)
            except RepBandError as error:
                click.echo(f"repband: {error}", err=True)
            tick(job.subject.name)


def _fetch(name: str, output: Path | None, url: str | None) -> None:
    from repband.bench.fetch import fetch

    if output is None:
        raise UsageError("--fetch needs a folder to put it", cure="add -o DIR")
    with _bytes_progress(name) as progress:
        made = fetch(name, output, url=url, progress=progress)
    click.echo(f"{made}: try `repband bench {output}`")


@contextmanager
def _progress(total: int) -> Generator[Tick]:
    """A bar on stderr when that is a terminal, else nothing."""
    if not sys.stderr.isatty():
        yield lambda _name: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("counting", total=total)
        yield lambda name: bar.update(task, advance=1, description=name)


@contextmanager
def _bytes_progress(name: str) -> Generator[Callable[[int, int | None], None]]:
    if not sys.stderr.isatty():
        yield lambda _had, _all: None
        return
    from rich.console import Console
    from rich.progress import DownloadColumn, Progress, TransferSpeedColumn

    columns = (*Progress.get_default_columns(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"fetching {name}", total=None)
        yield lambda had, whole: bar.update(task, completed=had, total=whole)

"""`repband label`: correct the true reps of a recording on its plot, and make a folder of them a yardstick."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from repband.errors import RecordingError, RepBandError, UsageError

if TYPE_CHECKING:
    from repband.label.work import Work


@click.command()
@click.argument("recording", required=False, type=click.Path(path_type=Path), metavar="[FILE]")
@click.option("--exercise", metavar="NAME", help="What was done.  [default: as the recording says, else generic]")
@click.option("--blank", is_flag=True, help="Begin without the engine's proposal: truth independent of it.")
@click.option("--text", is_flag=True, help="Print the labels (or the proposal) as a table to edit.")
@click.option("--from", "table", metavar="TABLE", help='Save the labels of an edited table ("-": standard input).')
@click.option("--check", is_flag=True, help="Check labels against their recording; FILE may be a folder.")
@click.option("--index", "folder", type=click.Path(path_type=Path), metavar="DIR", help="Write DIR's index.csv.")
@click.option("--subject", metavar="WHO", help="For --index: who wore the sensor (a made-up name will do).")
@click.option("--placement", metavar="WHERE", help='For --index: where the sensor was, such as "thigh (left)".')
def command(
    recording: Path | None,
    exercise: str | None,
    blank: bool,
    text: bool,
    table: str | None,
    check: bool,
    folder: Path | None,
    subject: str | None,
    placement: str | None,
) -> int:
    """Mark the true reps of a recording on its plot, for repband bench to count against.

    Opens a window with the labels beside FILE (.reps.csv), or with the engine's own reps as a proposal to correct;
    labels that began as one say so. The keys stand below the plot. Saving keeps the file there was as .bak.

    \b
    Without a window:
      repband label FILE --text > table.txt     (edit it)
      repband label FILE --from table.txt
      repband label FILE --check

    repband label --index DIR lists the labelled recordings of a folder in its index.csv, so that repband bench DIR
    runs on it; what is not given by options is asked for.
    """
    _must_make_sense(recording, folder, text=text, table=table is not None, check=check)
    if folder is not None:
        return _index(folder, {"subject": subject, "exercise": exercise, "placement": placement})
    assert recording is not None
    if check:
        return _check(recording, exercise)
    from repband.label.work import open_work

    work = open_work(recording, exercise, blank=blank)
    if text:
        from repband.label.text import to_table

        click.echo(to_table(work), nl=False)
    elif table is not None:
        _save_table(work, table)
    else:
        _on_the_plot(work)
    return 0


def _must_make_sense(recording: Path | None, folder: Path | None, **modes: bool) -> None:
    chosen = [f"--{'from' if name == 'table' else name}" for name, on in modes.items() if on]
    if folder is not None:
        chosen.insert(0, "--index")
    if len(chosen) > 1:
        raise UsageError(f"{' and '.join(chosen)} can't be had at once", cure="give one of them")
    if (recording is None) == (folder is None):
        raise UsageError("give one recording, or --index DIR", cure="see repband label --help")


def _on_the_plot(work: Work) -> None:
    from repband.label.window import open_window
    from repband.label.work import Saver

    window = open_window(work)
    editor = window.editor
    if not editor.unsaved:
        return
    if not window.given_up and _is_asked() and click.confirm("The window was closed. Save the labels?"):
        click.echo(Saver(work.path).save(editor.labels))
    else:
        state = "is as it was saved last" if work.path.exists() else "was not made"
        click.echo(f"repband: not saved; {work.path.name} {state}", err=True)


def _is_asked() -> bool:
    """Somebody is there to answer."""
    return sys.stdin.isatty()


def _save_table(work: Work, table: str) -> None:
    from repband.label.check import problems
    from repband.label.text import from_table
    from repband.label.work import Saver

    try:
        written = sys.stdin.read() if table == "-" else Path(table).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecordingError("is not UTF-8 text", where=table, cure="save it as UTF-8") from error
    labels = from_table(written, work, "standard input" if table == "-" else table)
    found = problems(sorted(labels, key=lambda x: x.start_s), work.items, work.recorded, work.exercise.movement.rep_s)
    wrong = [problem for problem in found if problem.wrong]
    for problem in found:
        click.echo(f"{'wrong' if problem.wrong else 'unlikely'}: {problem.text}", err=True)
    if wrong:
        raise RecordingError(f"{len(wrong)} of its labels can't be", where=table, cure="correct them; nothing is saved")
    click.echo(Saver(work.path).save(labels))


def _check(path: Path, exercise: str | None) -> int:
    """Checks one recording, or all labelled ones of a folder; gives the exit code."""
    from repband.label.index import labelled_recordings

    recordings = labelled_recordings(path) if path.is_dir() else [path]
    codes = [_check_one(recording, exercise) for recording in recordings]
    return max(codes)


def _check_one(recording: Path, exercise: str | None) -> int:
    from repband.bench.recorded import read_items
    from repband.exercise import load_exercise
    from repband.label import in_words, labels_path, read_labels
    from repband.label.check import problems
    from repband.label.work import exercise_said, recorded_span

    try:
        labels = read_labels(labels_path(recording))
        items = read_items(recording)
        chosen = load_exercise(exercise or exercise_said(recording) or "generic")
        found = problems(labels, items, recorded_span(items, recording), chosen.movement.rep_s)
    except RepBandError as error:
        click.echo(f"repband: {error}", err=True)
        return error.exit_code
    for problem in found:
        click.echo(f"{recording.name}: {'wrong' if problem.wrong else 'unlikely'}: {problem.text}")
    wrong = any(problem.wrong for problem in found)
    if not found:
        click.echo(f"{recording.name}: {in_words(labels)}, in order")
    return RecordingError.exit_code if wrong else 0


def _index(folder: Path, given: dict[str, str | None]) -> int:
    from repband.label.index import write_index

    def ask(file: str, column: str, likely: str) -> str:
        answer = given[column] or (likely if column == "exercise" and likely and not _is_asked() else None)
        if answer:
            return answer
        if not _is_asked():
            raise UsageError(f"the {column} of {file} is not known", cure=f"add --{column}")
        return str(click.prompt(f"{file}: {column}", default=likely or None))

    done = write_index(folder, ask)
    for name in done.gone:
        click.echo(f"repband: {done.path}: {name} is listed but not there", err=True)
    for name in done.unlabelled:
        click.echo(f"repband: {name} has no labels and is left out; repband label {folder / name} makes them", err=True)
    click.echo(f"{done.path}: {len(done.new)} new, {len(done.kept)} as before; repband bench {folder}")
    return 0

"""Reads a folder of labelled recordings: index.csv and, beside a recording, its .reps.csv."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from repband.bench.score import Bounds, Span, Truth
from repband.errors import RecordingError
from repband.label.files import read_labels
from repband.label.rows import rows
from repband.paths import labels_path

INDEX_COLUMNS = ("file", "exercise", "subject", "placement", "rate_hz", "true_reps", "kind", "polarity")
HALF_HEIGHT_FOLDERS = ("mex", "mex_rest")
"""Folders without a `bounds` column whose spans are half-height crossings; all others are onset to return."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One labelled recording.

    Attributes:
        path: the recording.
        folder: name of the folder it lies in.
        exercise, placement, kind: as index.csv says.
        person: who wears the sensor; the same person has the same name in "x" and "x_rest".
        subject: the person's name within the folder.
        truth: what is known of its reps.
    """

    path: Path
    folder: str
    exercise: str
    subject: str
    placement: str
    kind: str
    truth: Truth

    @property
    def person(self) -> str:
        """Unique over folders: "mex/01"."""
        return f"{self.folder.removesuffix('_rest')}/{self.subject}"

    @property
    def odd(self) -> bool:
        """Which half of the people: the last number in the subject's name, or its first letter's place, is odd."""
        digits = "".join(c if c.isdigit() else " " for c in self.subject).split()
        return bool((int(digits[-1]) if digits else ord(self.subject[:1] or "A") - ord("A") + 1) % 2)


def read_folders(root: Path) -> list[Labelled]:
    """All labelled recordings of `root`, which holds index.csv itself or folders that do, in order of name.

    Raises:
        RecordingError: no index.csv is there, or one has a mistake (its line is named).
    """
    if not root.is_dir():
        raise RecordingError("no such folder", where=str(root), cure="give a folder with an index.csv")
    folders = [root] if (root / "index.csv").is_file() else sorted(p.parent for p in root.glob("*/index.csv"))
    if not folders:
        raise RecordingError(
            "no index.csv here or one folder below",
            where=str(root),
            cure=f"write one of what is labelled there: repband label --index {root}",
        )
    return [item for folder in folders for item in read_index(folder)]


def read_index(folder: Path) -> list[Labelled]:
    """The recordings of one folder, in the order of its index.csv."""
    index = folder / "index.csv"
    items: list[Labelled] = []
    seen: set[str] = set()
    for where, row in rows(index, INDEX_COLUMNS):
        if row["file"] in seen:
            raise RecordingError(f"{row['file']} is listed twice", where=where, cure="remove one of the lines")
        seen.add(row["file"])
        items.append(_labelled(folder, row, where))
    return items


def read_reps(path: Path) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The certain reps and the free edges of a .reps.csv, each in order of time; a moment is a span of no length.

    Raises:
        RecordingError: a line is not kind,start_s,...,end_s with kind rep or edge and start before end.
    """
    labels = read_labels(path)
    reps, edges = (sorted(Span(x.start_s, x.end_s) for x in labels if x.doubtful is edge) for edge in (False, True))
    return tuple(reps), tuple(edges)


def _labelled(folder: Path, row: dict[str, str], where: str) -> Labelled:
    if not row["file"] or Path(row["file"]).name != row["file"]:
        raise RecordingError(f"file is {row['file']!r}", where=where, cure="name a file of this folder")
    path = folder / row["file"]
    return Labelled(
        path=path,
        folder=folder.name,
        exercise=row["exercise"],
        subject=row["subject"],
        placement=row["placement"],
        kind=row["kind"],
        truth=_truth(path, row, where),
    )


def _truth(path: Path, row: dict[str, str], where: str) -> Truth:
    polarity = row["polarity"]
    if polarity not in ("", "known", "either"):
        raise RecordingError(f"polarity is {polarity!r}", where=where, cure="write known, either or nothing")
    count, either = _count(row["true_reps"], where), polarity == "either"
    bounds = _bounds(path.parent.name, row.get("bounds", ""), where)
    reps_path = labels_path(path)
    if not reps_path.is_file():
        return Truth(count, None, (), bounds, either)
    reps, edges = read_reps(reps_path)
    if count is not None and count != len(reps):
        raise RecordingError(
            f"true_reps is {count} but {reps_path.name} lists {len(reps)}", where=where, cure="make them agree"
        )
    return Truth(len(reps), reps, edges, bounds, either)


def _bounds(folder: str, written: str, where: str) -> Bounds:
    if not written:
        return Bounds.HALF if folder in HALF_HEIGHT_FOLDERS else Bounds.ONSET
    if written not in (Bounds.HALF, Bounds.ONSET):
        raise RecordingError(f"bounds is {written!r}", where=where, cure="write half, onset or nothing")
    return Bounds(written)


def _count(text: str, where: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise RecordingError(f"true_reps is {text!r}", where=where, cure="write a whole number or nothing")
    return int(text)

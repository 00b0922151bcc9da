"""Makes a yardstick of a folder: writes the index.csv of its labelled recordings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from repband.bench.recorded import read_items
from repband.errors import RecordingError
from repband.label.base import Label, Source
from repband.label.files import back_up, read_labels, write_rows
from repband.label.rows import rows
from repband.label.work import shown_detector
from repband.paths import is_beside_recording, labels_path
from repband.stream import SampleBlock

COLUMNS = (
    "file",
    "exercise",
    "subject",
    "placement",
    "rate_hz",
    "true_reps",
    "kind",
    "polarity",
    "label_source",
    "notes",
    "bounds",
)
ASKED = ("subject", "exercise", "placement")
_OURS = "repband: "  # begins a label_source that is ours to rewrite
_WORDS: dict[str, str] = {
    Source.HAND: "by hand on the plot",
    Source.PRESSED: "pressed while watching, moments only",
    Source.PRESSED_BOUNDED: "pressed while watching, bounds by hand",
    Source.ENGINE: "as proposed",
    Source.ENGINE_MOVED: "proposed and corrected",
}

Ask = Callable[[str, str, str], str]
"""(file, column, what is likely) -> what the person says."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """What was done.

    Attributes:
        path: the index.csv.
        new, kept: files that were added, and those that were listed before.
        unlabelled: recordings of the folder without a .reps.csv that are not listed.
        gone: listed files that are no longer there.
    """

    path: Path
    new: tuple[str, ...]
    kept: tuple[str, ...]
    unlabelled: tuple[str, ...]
    gone: tuple[str, ...]


def write_index(folder: Path, ask: Ask) -> Indexed:
    """Writes or renews index.csv: what is there stays, apart from the number of reps and our own label_source.

    Args:
        folder: holds recordings (.csv, .mcap), some with a .reps.csv.
        ask: asked for each of ASKED of a recording that is new.

    Raises:
        RecordingError: a recording, its labels or the old index can't be read; nothing is written.
        JournalError: index.csv can't be written; the old one is untouched.
    """
    recordings = _recordings(folder)
    header, before = _read(folder / "index.csv")
    listed = {row["file"] for row in before}
    new = [path for path in recordings if path.name not in listed and labels_path(path).is_file()]
    made = [_renewed(folder, row) for row in before] + list(_new_rows(new, ask))
    full = header + [column for column in COLUMNS if column not in header]
    if made != before or full != header:
        back_up(folder / "index.csv")
        write_rows(folder / "index.csv", full, [[row.get(column, "") for column in full] for row in made])
    names = {path.name for path in recordings}
    return Indexed(
        path=folder / "index.csv",
        new=tuple(path.name for path in new),
        kept=tuple(sorted(listed & names)),
        unlabelled=tuple(p.name for p in recordings if p not in new and p.name not in listed),
        gone=tuple(sorted(listed - names)),
    )


def label_source(labels: Sequence[Label]) -> str:
    """Where labels come from, for a reader of index.csv: independent truth, or the engine's own reps looked over."""
    counts = Counter(_WORDS.get(label.source, label.source or "not said") for label in labels)
    text = ", ".join(f"{words} {n}" for words, n in sorted(counts.items())) or "no reps, by hand"
    detector = shown_detector(labels)
    begun = f"; begun as detector {detector}'s proposal: not independent of it" if detector else ""
    return f"{_OURS}{text}{begun}"


def labelled_recordings(folder: Path) -> list[Path]:
    """The recordings of a folder that have labels, in order of name.

    Raises:
        RecordingError: there are none.
    """
    found = [path for path in _recordings(folder) if labels_path(path).is_file()]
    if not found:
        raise RecordingError("no recording in it has labels (.reps.csv)", where=str(folder))
    return found


def _recordings(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise RecordingError("no such folder", where=str(folder), cure="give a folder of recordings")
    found = sorted(path for path in folder.iterdir() if _is_recording(path))
    stems = Counter(path.stem for path in found)
    for path in found:
        if stems[path.stem] > 1 and labels_path(path).exists():
            what = f"{labels_path(path).name} may belong to either of {stems[path.stem]} recordings"
            raise RecordingError(what, where=str(path), cure="rename or move one of them")
    if not found:
        raise RecordingError("no recordings (.csv or .mcap) in it", where=str(folder))
    return found


def _is_recording(path: Path) -> bool:
    return path.suffix.lower() in (".csv", ".mcap") and not is_beside_recording(path) and path.is_file()


def _read(index: Path) -> tuple[list[str], list[dict[str, str]]]:
    if not index.exists():
        return [], []
    before = [row for _, row in rows(index, ("file",))]
    return list(before[0]) if before else [], before


def _renewed(folder: Path, row: Mapping[str, str]) -> dict[str, str]:
    path = labels_path(folder / row["file"])
    if not path.is_file():
        return dict(row)
    labels = read_labels(path)
    said = row.get("label_source", "")
    source = label_source(labels) if not said or said.startswith(_OURS) else said
    return {**row, "true_reps": str(_certain(labels)), "label_source": source}


def _new_rows(recordings: Sequence[Path], ask: Ask) -> Iterator[dict[str, str]]:
    last: dict[str, str] = {}
    for recording in recordings:
        labels = read_labels(labels_path(recording))
        likely = {**last, **_said(recording)}
        answers = {column: ask(recording.name, column, likely.get(column, "")) for column in ASKED}
        last = answers
        yield {
            "file": recording.name,
            **answers,
            "rate_hz": f"{_rate_hz(recording):.4g}",
            "true_reps": str(_certain(labels)),
            "polarity": "known",
            "label_source": label_source(labels),
            "bounds": "onset",
        }


def _said(recording: Path) -> dict[str, str]:
    """What a recording of ours says about itself."""
    if recording.suffix.lower() != ".mcap":
        return {}
    from repband.journal import read_recording

    meta = read_recording(recording).meta
    placement = {"placement": f"thigh ({meta.side})"} if meta.side else {}
    exercise = {"exercise": meta.exercise} if meta.exercise != "generic" else {}
    return {**placement, **exercise}


def _rate_hz(recording: Path) -> float:
    steps = [np.diff(item.t_s) for item in read_items(recording) if isinstance(item, SampleBlock)]
    joined = np.concatenate(steps) if steps else np.empty(0)
    if not len(joined):
        raise RecordingError("holds no samples", where=str(recording))
    return float(1 / np.mean(joined))


def _certain(labels: Sequence[Label]) -> int:
    return sum(not label.doubtful for label in labels)

"""What someone who labels a recording has before them: its samples, and its labels or the engine's proposal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from repband.bench.recorded import read_items
from repband.errors import RecordingError
from repband.exercise import Exercise, exercise_names, load_exercise
from repband.label.base import Label, Source, in_words
from repband.label.edits import Editor, Labels, Recorded, clash, in_order
from repband.label.files import back_up, read_labels, write_labels
from repband.label.rows import rows
from repband.paths import labels_path
from repband.reps import CountResult, count_items
from repband.stream import Gap, StreamItem


@dataclass(frozen=True, slots=True)
class Work:
    """One recording to label.

    Attributes:
        recording: the file.
        exercise: what was done, as far as anyone says.
        items: its samples and gaps.
        recorded: from where to where it goes.
        labels: the labels it has, else the engine's reps as a proposal, else none.
        detector: version of the detector whose reps they are or once began as; empty where they are independent.
        proposed: they are the engine's, and nobody has looked at them yet.
    """

    recording: Path
    exercise: Exercise
    items: Sequence[StreamItem]
    recorded: Recorded
    labels: Labels
    detector: str
    proposed: bool

    @property
    def path(self) -> Path:
        """Where its labels lie."""
        return labels_path(self.recording)

    def editor(self) -> Editor:
        """An editor of its labels.

        Raises:
            RecordingError: the labels there are can't be opened on the plot.
        """
        if problem := clash(self.labels, self.recorded):
            cure = f"mend it in the file; repband label {self.recording} --check finds everything"
            raise RecordingError(problem, where=str(self.path), cure=cure)
        usual_s = self.exercise.movement.rep_s.typical
        return Editor(self.labels, self.recorded, usual_s=usual_s, detector=self.detector, proposed=self.proposed)


def open_work(recording: Path, exercise: str | None = None, *, blank: bool = False) -> Work:
    """Reads a recording with its labels; without labels the engine proposes its own reps.

    Args:
        recording: the file.
        exercise: what was done; without it what the recording or its folder's index.csv says, else generic.
        blank: without labels begin with none, so that what is drawn is independent of the engine.

    Raises:
        RepBandError: the recording, its labels or the exercise can't be read.
    """
    chosen = load_exercise(exercise or exercise_said(recording) or "generic")
    items = read_items(recording)
    recorded = recorded_span(items, recording)
    if labels_path(recording).exists():
        labels = in_order(read_labels(labels_path(recording)))
        return Work(recording, chosen, items, recorded, labels, shown_detector(labels), False)
    if blank:
        return Work(recording, chosen, items, recorded, (), "", False)
    result = count_items(items, None if chosen.name == "generic" else chosen)
    return Work(recording, chosen, items, recorded, proposal(result, recorded), result.detector, True)


def proposal(result: CountResult, recorded: Recorded) -> Labels:
    """The engine's reps as labels."""
    low_s, high_s = recorded.start_s, recorded.end_s
    return in_order(
        [
            Label(
                max(rep.start_s, low_s),
                min(rep.end_s, high_s),
                min(max(rep.turn_s, low_s), high_s),
                source=Source.ENGINE,
                detector=result.detector,
            )
            for rep in result.reps
        ]
    )


def recorded_span(items: Sequence[StreamItem], recording: Path) -> Recorded:
    """From the first sample to where the one after the last would have come: a rep may end with the recording.

    Raises:
        RecordingError: there are no samples.
    """
    blocks = [item for item in items if not isinstance(item, Gap)]
    if not blocks:
        raise RecordingError("holds no samples", where=str(recording))
    last_s = blocks[-1].t_s
    step_s = float(last_s[-1] - last_s[-2]) if len(last_s) > 1 else 0.0
    return Recorded.of(float(blocks[0].t_s[0]), float(last_s[-1]) + step_s)


def exercise_said(recording: Path) -> str | None:
    """The exercise that an MCAP recording names, or the index.csv beside it; None where neither names a known one."""
    said = _recorded_exercise(recording) or _indexed_exercise(recording)
    name = (said or "").casefold()
    return name if name in exercise_names() else None


def _recorded_exercise(recording: Path) -> str | None:
    if recording.suffix.lower() != ".mcap":
        return None
    from repband.journal import read_recording

    name = read_recording(recording).meta.exercise
    return None if name == "generic" else name


def _indexed_exercise(recording: Path) -> str | None:
    index = recording.with_name("index.csv")
    if not index.is_file():
        return None
    return next(
        (row["exercise"] for _, row in rows(index, ("file", "exercise")) if row["file"] == recording.name), None
    )


def shown_detector(labels: Sequence[Label]) -> str:
    """The detector whose proposal these labels began as: later additions are no more independent than they are."""
    return next((label.detector for label in labels if label.detector), "")


class Saver:
    """Saves the labels of one recording; what was there before the first save is kept as `.bak`.

    Args:
        path: the .reps.csv.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._backed_up = False

    def save(self, labels: Sequence[Label]) -> str:
        """Writes them in the place of the file and says what was written.

        Raises:
            JournalError: they can't be written; the old file is untouched.
        """
        backup = None if self._backed_up else back_up(self._path)
        self._backed_up = True
        write_labels(self._path, labels)
        kept = f" (before: {backup.name})" if backup else ""
        return f"saved {in_words(labels)}: {self._path.name}{kept}{_remark(labels)}"


def _remark(labels: Sequence[Label]) -> str:
    """What a reader of these labels must know about where they come from."""
    if not (detector := shown_detector(labels)):
        return ""
    left = sum(label.source == Source.ENGINE for label in labels)
    return f"; begun as detector {detector}'s proposal, {left} left as proposed: not independent truth"

"""Labels as a plain table that can be written and corrected in any editor."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from repband.errors import RecordingError
from repband.label.base import Label, Source, in_words
from repband.label.files import text
from repband.label.work import Work

_KINDS = {"rep": False, "edge": True}
_CURE = "write: rep START TOP END, with - for what is not known"


def to_table(work: Work) -> str:
    """The labels of a recording, or the proposal, one a line, with how to change them above."""
    return "".join(f"{line}\n" for line in (*_heading(work), *(_line(label) for label in work.labels)))


def _heading(work: Work) -> Iterator[str]:
    span = f"{text(work.recorded.start_s)} to {text(work.recorded.end_s)} s"
    yield f"# {work.recording.name}, {work.exercise.title}, {span}: {in_words(work.labels)}"
    if work.proposed:
        yield f"# PROPOSED by detector {work.detector}; nobody has looked yet. Correct it; what is saved will say so."
    yield "# kind: rep, or edge where cut or doubtful. Times in s, from onset to return; - where not known."
    yield "# A moment without bounds is: rep - TOP -. What follows # is not read. Leave the last words as they are."
    yield f"#kind {'start':>9} {'top':>9} {'end':>9}  source detector"


def _line(label: Label) -> str:
    start, end = ("-", "-") if label.is_moment else (text(label.start_s), text(label.end_s))
    top = "-" if label.top_s is None else text(label.top_s)
    kind = "edge" if label.doubtful else "rep"
    return f"{kind:<5} {start:>9} {top:>9} {end:>9}  {label.source or '-'} {label.detector or '-'}"


def from_table(table: str, work: Work, name: str) -> list[Label]:
    """Reads a table; a line whose times or kind differ from what is there now counts as corrected by hand.

    Args:
        table: the text.
        work: the recording as it is now.
        name: what to call the table in messages.

    Raises:
        RecordingError: a line is no label.
    """
    labels: list[Label] = []
    for number, line in enumerate(table.splitlines(), start=1):
        words = line.partition("#")[0].split()
        if words:
            labels.append(_label(words, f"{name} line {number}"))
    detector = next((x.detector for x in labels if x.detector), work.detector)
    return [_honest(label, work.labels, detector) for label in labels]


def _label(words: Sequence[str], where: str) -> Label:
    if words[0] not in _KINDS:
        raise RecordingError(f"kind is {words[0]!r}", where=where, cure="write rep or edge")
    if not 4 <= len(words) <= 6:
        raise RecordingError(f"{len(words)} words", where=where, cure=_CURE)
    start_s, top_s, end_s = (_time(word, where) for word in words[1:4])
    source, detector = ("" if word == "-" else word for word in (*words[4:], "-", "-")[:2])
    doubtful = _KINDS[words[0]]
    if start_s is None and end_s is None and top_s is not None:
        return Label(top_s, top_s, top_s, doubtful, source, detector)
    if start_s is None or end_s is None or not start_s < end_s:
        raise RecordingError("the rep must begin before it ends", where=where, cure=_CURE)
    return Label(start_s, end_s, top_s, doubtful, source, detector)


def _time(word: str, where: str) -> float | None:
    if word == "-":
        return None
    try:
        value = float(word)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise RecordingError(f"{word!r} is no time in seconds", where=where, cure=_CURE)
    return value


def _honest(label: Label, before: Sequence[Label], detector: str) -> Label:
    """Sets the source by what was done, not by what was left standing at the end of the line."""
    label = replace(label, detector=detector)
    if any(label == replace(x, detector=detector) for x in before):
        return label
    match label.source:
        case Source.ENGINE:
            return replace(label, source=Source.ENGINE_MOVED)
        case Source.PRESSED if not label.is_moment:
            return replace(label, source=Source.PRESSED_BOUNDED)
        case "":
            return replace(label, source=Source.HAND)
        case _:
            return label

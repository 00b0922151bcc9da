"""Labels as a plain table, and the check of labels against their recording."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from repband.errors import RecordingError
from repband.exercise.base import DurationSpan
from repband.label import Label, Source, labels_path, read_labels, write_labels
from repband.label.check import problems
from repband.label.edits import Recorded, in_order
from repband.label.text import from_table, to_table
from repband.label.work import Work, open_work
from repband.stream import Gap, GapCause, SampleBlock

REP_S = DurationSpan(least=1.0, typical=3.0, most=10.0, source="made up for this test")
RECORDED = Recorded(0.0, 60.0)


def block(start_s: float, end_s: float) -> SampleBlock:
    t_s = np.arange(start_s, end_s + 0.01, 0.02)
    return SampleBlock(0, t_s, np.zeros((len(t_s), 3)))


ITEMS = [block(0, 30), Gap(30, 40, 500, GapCause.LOST), block(40, 60)]


@pytest.mark.parametrize(
    ("labels", "says", "wrong"),
    [
        ([Label(5, 8), Label(2, 4)], "the rep at 2.0 s stands after the rep at 5.0 s: not in order of time", True),
        ([Label(2, 5), Label(4, 8)], "the rep at 4.0 s begins before the rep at 2.0 s is over", True),
        ([Label.moment(4), Label.moment(4)], "begins before", True),
        ([Label(2, 9), Label.moment(4)], "begins before", True),
        ([Label(58, 61)], "lies outside the recording, which goes from 0 to 60 s", True),
        ([Label(-1, 3)], "lies outside", True),
        ([Label.moment(61)], "lies outside", True),
        ([Label(31, 39)], "has no samples inside", True),
        ([Label(2, 5, 5.5)], "has its top at 5.5 s, outside of it", True),
        ([Label(2, 2.5)], "the rep at 2.0 s takes 0.50 s; 1 to 10 s are plausible", False),
        ([Label(2, 20)], "takes 18.00 s", False),
    ],
)
def test_each_mistake_is_named_with_its_rep(labels: list[Label], says: str, wrong: bool) -> None:
    (problem,) = problems(labels, ITEMS, RECORDED, REP_S)
    assert says in problem.text and problem.wrong is wrong


def test_good_labels_are_left_alone() -> None:
    labels = [Label(1, 4, 2), Label(4, 8), Label.moment(9), Label(29, 41), Label(55, 55.2, doubtful=True)]
    assert problems(labels, ITEMS, RECORDED, replace_most(20)) == []


def replace_most(most: float) -> DurationSpan:
    return DurationSpan(least=REP_S.least, typical=REP_S.typical, most=most, source=REP_S.source)


def times_ms(low: int, high: int) -> st.SearchStrategy[float]:
    return st.integers(low, high).map(lambda ms: ms / 1000)


@st.composite
def any_labels(draw: st.DrawFn) -> list[Label]:
    labels = []
    for _ in range(draw(st.integers(0, 8))):
        start_s = draw(times_ms(-5000, 90000))
        length_s = draw(times_ms(1, 20000))
        top_s = draw(st.none() | times_ms(-5000, 90000))
        source = draw(st.sampled_from([*Source, "", "by-eye"]))
        doubtful, detector = draw(st.booleans()), draw(st.sampled_from(["", "1"]))
        labels.append(Label(start_s, start_s + length_s, top_s, doubtful, source, detector))
        if draw(st.booleans()):
            labels.append(Label.moment(start_s, doubtful=doubtful, source=source))
    return labels


def work_of(labels: list[Label]) -> Work:
    from repband.exercise import load_exercise

    same = next((x.detector for x in labels if x.detector), "")
    labels = [replace(label, detector=same) for label in labels]
    return Work(Path("a.csv"), load_exercise("bridge"), ITEMS, RECORDED, in_order(labels), same, False)


@given(any_labels())
def test_a_table_that_nobody_touched_gives_the_same_labels(labels: list[Label]) -> None:
    work = work_of(labels)
    assert tuple(from_table(to_table(work), work, "t")) == work.labels


@given(any_labels())
def test_a_file_gives_the_same_labels(tmp_path_factory: pytest.TempPathFactory, labels: list[Label]) -> None:
    path = tmp_path_factory.getbasetemp() / "a.reps.csv"
    write_labels(path, in_order(labels))
    assert tuple(read_labels(path)) == in_order(labels)


def test_what_was_corrected_in_the_table_says_so(bridge: Path) -> None:
    work = open_work(bridge, "bridge")
    table = to_table(work)
    assert "PROPOSED by detector" in table
    lines = table.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("rep"))
    moved = lines[first].split()
    moved[1] = f"{float(moved[1]) + 0.2:.3f}"
    lines[first] = " ".join(moved)
    lines[first + 1] = lines[first + 1].replace("rep", "edge", 1)
    lines.append("rep 77 - 78.2")
    read = from_table("\n".join(lines), work, "t")
    assert [x.source for x in read] == [Source.ENGINE_MOVED] * 2 + [Source.ENGINE] * 6 + [Source.HAND]
    assert {x.detector for x in read} == {work.detector}


def test_bounds_given_to_a_pressed_moment_in_the_table_say_so() -> None:
    work = work_of([Label.moment(5.0), Label.moment(9.0)])
    read = from_table("rep 4 5 6.5 pressed\nrep - 9 - pressed\n", work, "t")
    assert read == [Label(4, 6.5, 5, source=Source.PRESSED_BOUNDED), Label.moment(9)]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("lap 1 2 3", "t line 2: kind is 'lap'; write rep or edge"),
        ("rep 1 2", "3 words"),
        ("rep one - 3", "'one' is no time in seconds"),
        ("rep nan - 3", "'nan' is no time"),
        ("rep 3 - 3", "must begin before it ends"),
        ("rep - - -", "must begin before it ends"),
        ("rep - 3 4", "must begin before it ends"),
        ("rep 1 2 3 hand 1 more", "7 words"),
    ],
)
def test_a_line_with_a_mistake_is_named(line: str, says: str) -> None:
    with pytest.raises(RecordingError) as caught:
        from_table(f"# labels\n{line}\n", work_of([]), "t")
    assert says in str(caught.value)


def test_the_proposal_never_leaves_the_recording(bridge: Path) -> None:
    work = open_work(bridge, "bridge")
    assert work.proposed and len(work.labels) == 8
    found = problems(work.labels, work.items, work.recorded, work.exercise.movement.rep_s)
    assert found == []
    assert not labels_path(bridge).exists()  # opening alone writes nothing

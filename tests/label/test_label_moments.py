"""Moments: a rep that somebody saw and pressed a key for, without bounds; written, read and scored."""

from __future__ import annotations

from pathlib import Path

import pytest
from repband.bench.score import Found, Span, Truth, score_set
from repband.bench.truth import read_reps
from repband.errors import RecordingError
from repband.label import Label, labels_path, read_labels, write_labels


def found(*spans: tuple[float, float]) -> list[Found]:
    return [Found(a, a + 0.5, b - 0.5, b, b + 0.2) for a, b in spans]


def moments(*times_s: float) -> Truth:
    return Truth(len(times_s), tuple(Span(t, t) for t in times_s))


def test_a_moment_matches_the_counted_rep_that_holds_it() -> None:
    score = score_set(found((1, 4), (6, 9)), moments(2.5, 6.0))
    assert score is not None
    assert (score.matched, score.missed, score.false, score.exact) == (2, 0, 0, True)


def test_a_moment_outside_every_counted_rep_is_missed() -> None:
    score = score_set(found((1, 4), (6, 9)), moments(2.5, 5.0, 9.001))
    assert score is not None
    assert (score.matched, score.missed, score.false) == (1, 2, 1)


def test_two_moments_in_one_counted_rep_are_one_right_and_one_missed() -> None:
    score = score_set(found((1, 4)), moments(2, 3))
    assert score is not None
    assert (score.matched, score.missed, score.false) == (1, 1, 0)


def test_moments_have_no_say_in_bounds_and_announcement() -> None:
    truth = Truth(2, (Span(2.5, 2.5), Span(6.1, 9.2)))
    score = score_set(found((1, 4), (6, 9)), truth)
    assert score is not None
    assert score.start_errors_s == pytest.approx((-0.1,))
    assert score.end_errors_s == pytest.approx((-0.2,))
    assert score.latencies_s == pytest.approx((0.0,))


def test_a_doubtful_moment_is_free() -> None:
    truth = Truth(1, (Span(2.5, 2.5),), (Span(7, 7), Span(12, 12)))
    score = score_set(found((1, 4), (6, 9)), truth)
    assert score is not None
    assert (score.exact, score.free) == (True, 1)


def test_written_and_read_by_the_yardstick(tmp_path: Path) -> None:
    path = labels_path(tmp_path / "set.mcap")
    labels = [Label(5.0, 8.25, 6.5), Label.moment(2.5), Label.moment(11, doubtful=True)]
    write_labels(path, labels)
    assert path.read_text() == (
        "kind,start_s,top_s,end_s,source,detector\n"
        "rep,,2.500,,pressed,\nrep,5.000,6.500,8.250,,\nedge,,11.000,,pressed,\n"
    )
    assert read_labels(path) == [labels[1], labels[0], labels[2]]
    assert read_reps(path) == ((Span(2.5, 2.5), Span(5, 8.25)), (Span(11, 11),))


@pytest.mark.parametrize("line", ["rep,,,", "rep,,x,", "rep,1,2,", "rep,,2,3", "rep,1,inf,2"])
def test_a_line_that_is_neither_span_nor_moment_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "a.reps.csv"
    path.write_text(f"kind,start_s,top_s,end_s\nrep,1,2,3\n{line}\n")
    with pytest.raises(RecordingError, match=r"line 3: (start|end|top)_s is '\w*'; write a time"):
        read_labels(path)

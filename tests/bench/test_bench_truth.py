"""index.csv and .reps.csv: what they may hold, and what their mistakes are called."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from repband.bench.score import Bounds, Span
from repband.bench.truth import read_folders, read_index, read_reps
from repband.errors import RecordingError

HEADER = "file,exercise,subject,placement,rate_hz,true_reps,kind,polarity,label_source,notes\n"
LINE = "a.csv,bridge,01,thigh,100,2,moving,known,by eye,\n"
REPS = "kind,start_s,top_s,end_s\nrep,4,,5\nedge,0.5,,1\nrep,1.5,2,3\n"


def folder(tmp_path: Path, index: str = HEADER + LINE, reps: str | None = REPS, name: str = "mex") -> Path:
    made = tmp_path / name
    made.mkdir(exist_ok=True)
    (made / "index.csv").write_text(index, encoding="utf-8")
    if reps is not None:
        (made / "a.reps.csv").write_text(reps, encoding="utf-8")
    return made


def test_reads_a_recording_with_its_reps(tmp_path: Path) -> None:
    (item,) = read_index(folder(tmp_path))
    assert item.truth.reps == (Span(1.5, 3), Span(4, 5))
    assert item.truth.edges == (Span(0.5, 1),)
    assert (item.truth.count, item.truth.bounds, item.truth.either) == (2, Bounds.HALF, False)
    assert (item.person, item.odd) == ("mex/01", True)


def test_bounds_are_onset_elsewhere_and_may_be_written(tmp_path: Path) -> None:
    assert read_index(folder(tmp_path, name="mine"))[0].truth.bounds is Bounds.ONSET
    index = HEADER.replace("notes", "bounds") + LINE.replace("by eye,", "by eye,half")
    assert read_index(folder(tmp_path, index, name="mine"))[0].truth.bounds is Bounds.HALF


def test_count_only_and_unknown(tmp_path: Path) -> None:
    index = HEADER + LINE + LINE.replace("a.csv", "b.csv").replace(",2,", ",,")
    known, unknown = read_index(folder(tmp_path, index, reps=None))
    assert (known.truth.count, known.truth.reps) == (2, None)
    assert (unknown.truth.count, unknown.truth.reps) == (None, None)


def test_a_rest_folder_holds_the_same_people(tmp_path: Path) -> None:
    folder(tmp_path, name="mex")
    folder(tmp_path, name="mex_rest")
    assert [item.person for item in read_folders(tmp_path)] == ["mex/01", "mex/01"]


@pytest.mark.parametrize(("subject", "odd"), [("01", True), ("s2", False), ("P13", True), ("A", True), ("B", False)])
def test_people_in_two_halves(tmp_path: Path, subject: str, odd: bool) -> None:
    assert read_index(folder(tmp_path, HEADER + LINE.replace("01", subject)))[0].odd is odd


@pytest.mark.parametrize(
    ("index", "reps", "says"),
    [
        ("file,exercise\n", REPS, "index.csv line 1: no column subject"),
        ("", REPS, "line 1: no column file"),
        (HEADER + LINE + LINE, REPS, "line 3: a.csv is listed twice"),
        (HEADER + LINE.replace(",2,", ",two,"), REPS, "line 2: true_reps is 'two'; write a whole number"),
        (HEADER + LINE.replace(",2,", ",-2,"), REPS, "true_reps is '-2'"),
        (HEADER + LINE.replace(",2,", ",3,"), REPS, "true_reps is 3 but a.reps.csv lists 2; make them agree"),
        (HEADER + LINE.replace("known", "maybe"), REPS, "polarity is 'maybe'"),
        (HEADER + LINE.replace("a.csv", "../a.csv"), REPS, "file is '../a.csv'; name a file of this folder"),
        (HEADER + "a.csv,bridge\n", REPS, "line 2: 2 fields under 10 columns"),
        (HEADER + LINE, "kind,start_s\n", "a.reps.csv line 1: no column end_s"),
        (HEADER + LINE, REPS + "rep,9,,8\n", "a.reps.csv line 5: the rep ends at 8.0 s, not after its start at 9.0 s"),
        (HEADER + LINE, REPS + "rep,x,,8\n", "line 5: start_s is 'x'"),
        (HEADER + LINE, REPS + "rep,nan,,8\n", "line 5: start_s is 'nan'"),
        (HEADER + LINE, REPS + "lap,1,,8\n", "line 5: kind is 'lap'; write rep or edge"),
    ],
)
def test_mistakes_are_named_with_file_line_and_cure(tmp_path: Path, index: str, reps: str, says: str) -> None:
    with pytest.raises(RecordingError) as caught:
        read_index(folder(tmp_path, index, reps))
    assert says in str(caught.value)


def test_no_index_and_no_folder_are_said(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"no index\.csv here"):
        read_folders(tmp_path)
    with pytest.raises(RecordingError, match="no such folder"):
        read_folders(tmp_path / "none")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    st.one_of(st.binary(max_size=200), st.text(alphabet='kind,start_s\n"0123.e-epr\x00', max_size=200).map(str.encode))
)
def test_junk_is_read_or_refused(tmp_path: Path, junk: bytes) -> None:
    path = tmp_path / "a.reps.csv"
    path.write_bytes(junk)
    try:
        reps, edges = read_reps(path)
    except RecordingError as error:
        assert "a.reps.csv" in str(error)
    else:
        assert all(s.start_s < s.end_s for s in reps + edges)


def test_the_recordings_read(recordings: Path) -> None:
    items = read_folders(recordings)
    assert len(items) > 100
    assert all(item.path.is_file() for item in items)

"""The edit model: any sequence of edits keeps the labels in order, apart and inside; undo goes back exactly."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from repband.label import Label, Source
from repband.label.edits import LEAST_S, Bound, EditError, Editor, Recorded

RECORDED = Recorded(2.0, 62.0)
TIMES = st.floats(-10, 80, allow_nan=False)
PLACES = st.integers(0, 1000)


def rep(start_s: float, end_s: float, **more: object) -> Label:
    return Label(start_s, end_s, **more)  # type: ignore[arg-type]


def editor(*labels: Label, detector: str = "") -> Editor:
    return Editor(labels, RECORDED, detector=detector)


def spans(edited: Editor) -> list[tuple[float, float]]:
    return [(label.start_s, label.end_s) for label in edited.labels]


@st.composite
def some_labels(draw: st.DrawFn) -> list[Label]:
    cuts = sorted(draw(st.lists(st.integers(2000, 62000), max_size=12, unique=True)))
    made = [Label(a / 1000, b / 1000, source=Source.ENGINE) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    as_moment = draw(st.lists(st.booleans(), min_size=len(made), max_size=len(made)))
    return [Label.moment(x.start_s) if moment else x for x, moment in zip(made, as_moment, strict=True)]


class Editing(RuleBasedStateMachine):
    @initialize(labels=some_labels(), detector=st.sampled_from(["", "1"]))
    def begin(self, labels: list[Label], detector: str) -> None:
        self.editor = Editor(labels, RECORDED, detector=detector)
        self.past = [self.editor.labels]

    def tried(self, edit: Callable[[], object]) -> None:
        before = self.editor.labels
        try:
            edit()
        except EditError:
            assert self.editor.labels is before
        if self.editor.labels != before:
            self.past.append(self.editor.labels)

    def at(self, place: int) -> int | None:
        return place % len(self.editor.labels) if self.editor.labels else None

    @rule(a=TIMES, b=TIMES)
    def add(self, a: float, b: float) -> None:
        self.tried(lambda: self.editor.add(a, b))

    @rule(a=TIMES)
    def add_at(self, a: float) -> None:
        self.tried(lambda: self.editor.add_at(a))

    @rule(place=PLACES)
    def delete(self, place: int) -> None:
        if (i := self.at(place)) is not None:
            self.tried(lambda: self.editor.delete(i))

    @rule(place=PLACES, bound=st.sampled_from(Bound), to=TIMES)
    def move(self, place: int, bound: Bound, to: float) -> None:
        if (i := self.at(place)) is not None:
            self.tried(lambda: self.editor.move_bound(i, bound, to))

    @rule(place=PLACES, by=st.floats(-70, 70))
    def shift(self, place: int, by: float) -> None:
        if (i := self.at(place)) is not None:
            self.tried(lambda: self.editor.shift(i, by))

    @rule(place=PLACES, at=TIMES)
    def top(self, place: int, at: float) -> None:
        if (i := self.at(place)) is not None:
            self.tried(lambda: self.editor.set_top(i, at))

    @rule(place=PLACES)
    def doubt(self, place: int) -> None:
        if (i := self.at(place)) is not None:
            self.tried(lambda: self.editor.switch_doubt(i))

    @rule()
    def undo(self) -> None:
        assert self.editor.undo() == (len(self.past) > 1)
        if len(self.past) > 1:
            gone = self.past.pop()
            assert self.editor.labels == self.past[-1]
            assert self.editor.redo() and self.editor.labels == gone
            assert self.editor.undo()

    @rule()
    def save(self) -> None:
        self.editor.saved()
        assert not self.editor.unsaved

    @invariant()
    def in_order_apart_and_inside(self) -> None:
        labels = self.editor.labels
        assert labels == self.past[-1]
        for label in labels:
            assert RECORDED.start_s <= label.start_s <= label.end_s <= RECORDED.end_s
            assert label.top_s is None or label.start_s <= label.top_s <= label.end_s
            assert label.start_s == round(label.start_s, 3) and label.end_s == round(label.end_s, 3)
        for a, b in pairwise(labels):
            assert a.end_s <= b.start_s

    def teardown(self) -> None:
        if hasattr(self, "editor"):
            while self.editor.undo():
                self.past.pop()
            assert self.past == [self.editor.labels]


TestEditing = Editing.TestCase


def test_a_drag_adds_a_rep_cut_to_the_room() -> None:
    edited = editor(rep(10, 12), rep(15, 17))
    assert edited.add(13, 20) == 1
    assert spans(edited) == [(10, 12), (13, 15), (15, 17)]
    assert edited.labels[1].source == Source.HAND
    assert edited.add(60, 99) == 3
    assert spans(edited)[-1] == (60, 62)


def test_a_click_adds_one_of_the_usual_length() -> None:
    edited = editor(rep(10, 12), rep(15, 18), rep(20, 24))
    edited.add_at(40)
    assert spans(edited)[-1] == (38.5, 41.5)


@pytest.mark.parametrize("at_s", [10.5, 12.1])
def test_no_rep_on_a_rep_nor_where_there_is_no_room(at_s: float) -> None:
    edited = editor(rep(10, 12), rep(12 + LEAST_S - 0.1, 17))
    with pytest.raises(EditError):
        edited.add_at(at_s)
    assert not edited.unsaved


def test_a_drag_across_a_moment_gives_it_bounds() -> None:
    edited = editor(Label.moment(20, doubtful=True), Label.moment(30))
    edited.add(18, 23)
    assert edited.labels[0] == Label(18, 23, 20, True, Source.PRESSED_BOUNDED)
    with pytest.raises(EditError, match="two marked reps"):
        editor(Label.moment(20), Label.moment(30)).add(19, 31)
    with pytest.raises(EditError, match="drag across it"):
        editor(Label.moment(20)).move_bound(0, Bound.END, 25)


def test_a_bound_stops_at_its_neighbour_and_at_the_other_bound() -> None:
    edited = editor(rep(10, 12), rep(15, 17))
    edited.move_bound(0, Bound.END, 16)
    assert spans(edited)[0] == (10, 15)
    edited.move_bound(1, Bound.END, 3)
    assert spans(edited)[1] == (15, 15 + LEAST_S)


def test_corrected_proposals_say_so_and_lose_a_top_that_is_outside() -> None:
    proposed = rep(10, 14, top_s=11.0, source=Source.ENGINE, detector="1")
    edited = editor(proposed, rep(20, 24, source=Source.ENGINE, detector="1"), detector="1")
    edited.move_bound(0, Bound.START, 11.5)
    assert edited.labels[0] == rep(11.5, 14, source=Source.ENGINE_MOVED, detector="1")
    assert edited.labels[1].source == Source.ENGINE
    edited.undo()
    assert edited.labels[0] == proposed
    new = edited.add_at(40)
    assert edited.labels[new] == rep(38, 42, source=Source.HAND, detector="1")


def test_a_proposal_is_unsaved_until_someone_says_yes() -> None:
    edited = Editor([rep(10, 12, source=Source.ENGINE)], RECORDED, detector="1", proposed=True)
    assert edited.unsaved
    edited.saved()
    assert not edited.unsaved


@given(st.floats(0, 1e5), st.floats(0.1, 1e4))
def test_the_recording_is_rounded_inwards(first_s: float, length_s: float) -> None:
    recorded = Recorded.of(first_s, first_s + length_s)
    assert first_s - 1e-8 <= recorded.start_s <= recorded.end_s <= first_s + length_s + 1e-8


@pytest.mark.parametrize("labels", [[rep(10, 13), rep(12, 15)], [rep(1, 3)], [rep(60, 63)], [Label.moment(5)] * 2])
def test_labels_that_clash_are_not_opened(labels: list[Label]) -> None:
    with pytest.raises(EditError, match=r"overlap|outside"):
        editor(*labels)

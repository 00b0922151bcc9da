"""The labelling window, driven by mouse and keys on a canvas without a screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from matplotlib.backend_bases import KeyEvent, MouseEvent
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from repband.errors import JournalError, RecordingError
from repband.label import Label, Source, labels_path, read_labels, write_labels
from repband.label.picture import rests
from repband.label.window import LabelWindow
from repband.label.work import Saver, open_work


class Canvas(FigureCanvasAgg):
    """Draws when asked to, not after every event: a screen does that when it has time."""

    def draw_idle(self, *_: object, **__: object) -> None:
        pass


HALF_UP = 0.5  # of the panel's height


class Hand:
    """A person at the window: points at times of the recording."""

    def __init__(self, recording: Path, **how: bool) -> None:
        self.work = open_work(recording, "bridge", **how)
        self.closed = 0
        figure = Figure(figsize=(15, 8), dpi=100)
        self.canvas = Canvas(figure)
        self.window = LabelWindow(figure, self.work, Saver(self.work.path).save, self.close)
        self.canvas.draw()

    def close(self) -> None:
        self.closed += 1

    def mouse(self, name: str, at_s: float, axes: object = None, **more: object) -> None:
        picture = self.window.picture
        panel = axes or picture.above
        x, y = panel.transData.transform((at_s, HALF_UP * picture.top_deg))  # type: ignore[attr-defined]
        event = MouseEvent(name, self.canvas, x, y, **more)  # type: ignore[arg-type]
        self.canvas.callbacks.process(name, event)

    def click(self, at_s: float, axes: object = None) -> None:
        self.mouse("button_press_event", at_s, axes, button=1)
        self.mouse("button_release_event", at_s, axes, button=1)

    def drag(self, from_s: float, to_s: float) -> None:
        self.mouse("button_press_event", from_s, button=1)
        for share in (0.3, 0.7, 1.0):
            self.mouse("motion_notify_event", from_s + share * (to_s - from_s), button=1)
        self.mouse("button_release_event", to_s, button=1)

    def key(self, key: str, at_s: float = 30.0) -> None:
        picture = self.window.picture
        x, y = picture.above.transData.transform((at_s, HALF_UP * picture.top_deg))
        self.canvas.callbacks.process("key_press_event", KeyEvent("key_press_event", self.canvas, key, x, y))

    @property
    def labels(self) -> tuple[Label, ...]:
        return self.window.editor.labels

    @property
    def said(self) -> str:
        return self.window.picture._status.get_text()

    @property
    def origin(self) -> str:
        return self.window.picture._origin.get_text()


@pytest.fixture
def hand(labelled: Path) -> Hand:
    return Hand(labelled)


def test_a_click_chooses_and_d_deletes_and_u_brings_back(hand: Hand) -> None:
    before = hand.labels
    hand.click(before[2].middle_s)
    assert hand.window.chosen == 2
    hand.key("d")
    assert hand.labels == before[:2] + before[3:]
    hand.key("u")
    assert hand.labels is before
    hand.key("r")
    assert len(hand.labels) == 7


def test_a_bound_is_dragged_and_is_one_step_back(hand: Hand) -> None:
    before = hand.labels
    end_s = before[1].end_s
    hand.drag(end_s, end_s - 1.5)
    assert hand.labels[1].end_s == pytest.approx(end_s - 1.5, abs=0.1)
    assert hand.labels[0] == before[0] and hand.labels[2:] == before[2:]
    hand.key("ctrl+z")
    assert hand.labels is before


def test_a_whole_rep_is_dragged_as_far_as_its_neighbour(hand: Hand) -> None:
    before = hand.labels
    hand.drag(before[1].middle_s, before[1].middle_s + 40)
    assert hand.labels[1].end_s == before[2].start_s
    assert hand.labels[1].length_s == pytest.approx(before[1].length_s, abs=0.0011)


def test_a_drag_in_the_open_makes_a_rep_and_chooses_it(hand: Hand) -> None:
    hand.key("d", 0)  # the first, chosen at the start
    hand.drag(3.0, 8.0)
    made = hand.labels[hand.window.chosen or 0]
    assert (made.start_s, made.end_s, made.source) == (
        pytest.approx(3.0, abs=0.05), pytest.approx(8.0, abs=0.05), Source.HAND,
    )  # fmt: skip


def test_a_adds_where_the_pointer_is_and_says_where_it_can_not(hand: Hand) -> None:
    hand.click(hand.labels[3].middle_s)
    hand.key("a", hand.labels[0].middle_s)
    assert hand.said == "there is a rep already" and len(hand.labels) == 8
    where = hand.labels[3].middle_s
    hand.key("d")
    hand.key("a", where)
    assert len(hand.labels) == 8
    assert hand.labels[3].middle_s == pytest.approx(where, abs=0.1)


def test_a_small_slip_of_the_hand_changes_nothing(hand: Hand) -> None:
    at_s = hand.labels[1].end_s
    hand.drag(at_s, at_s + 0.05)
    assert not hand.window.editor.unsaved


def test_e_marks_doubtful_and_t_the_farthest_point(hand: Hand) -> None:
    label = hand.labels[4]
    hand.click(label.middle_s)
    hand.key("e")
    hand.key("t", label.start_s + 1.0)
    assert hand.labels[4].doubtful
    assert hand.labels[4].top_s == pytest.approx(label.start_s + 1.0, abs=0.05)
    hand.key("t", label.end_s + 1.0)
    assert "inside its rep" in hand.said


def test_saving_keeps_what_was_there_once_a_session(hand: Hand, labelled: Path) -> None:
    path = labels_path(labelled)
    was = path.read_bytes()
    for count in (7, 6):
        hand.key("n")
        hand.key("d")
        hand.key("n")
        hand.key("s")
        assert hand.said.startswith(f"saved {count} reps")
        assert read_labels(path) == list(hand.labels)
    assert path.with_name(f"{path.name}.bak").read_bytes() == was
    assert sorted(p.name for p in path.parent.iterdir()) == [
        "bridge_8.csv", "bridge_8.reps.csv", "bridge_8.reps.csv.bak",
    ]  # fmt: skip
    assert "(saved)" in hand.window.picture._title.get_text()


def test_quitting_unsaved_asks_once_more(hand: Hand) -> None:
    hand.key("d")
    hand.key("q")
    assert hand.closed == 0 and "NOT SAVED" in hand.said
    hand.key("n")
    hand.key("q")
    assert hand.closed == 0
    hand.key("q")
    assert hand.closed == 1 and hand.window.given_up


def test_quitting_saved_closes_at_once(hand: Hand) -> None:
    hand.key("q")
    assert hand.closed == 1 and not hand.window.given_up


def test_the_engines_reps_are_a_proposal_that_says_so_to_the_end(bridge: Path) -> None:
    hand = Hand(bridge)
    assert "PROPOSAL of detector" in hand.origin and "8 as proposed" in hand.origin
    hand.key("q")
    assert hand.closed == 0  # a proposal nobody has said yes to is not saved
    start_s = hand.labels[0].start_s
    hand.drag(start_s, start_s - 0.5)
    hand.key("s")
    assert "begun as detector" in hand.said and "7 left as proposed: not independent truth" in hand.said
    again = read_labels(labels_path(bridge))
    assert [label.source for label in again] == [Source.ENGINE_MOVED] + [Source.ENGINE] * 7
    assert all(label.detector for label in again)
    assert "not independent" in Hand(bridge).origin


def test_blank_begins_without_the_engine(bridge: Path) -> None:
    hand = Hand(bridge, blank=True)
    assert hand.labels == () and "PROPOSAL" not in hand.origin
    hand.key("e")
    assert "choose a rep first" in hand.said
    hand.drag(3.0, 9.0)
    hand.key("s")
    (label,) = read_labels(labels_path(bridge))
    assert (label.source, label.detector) == (Source.HAND, "")


def test_a_drag_across_a_pressed_moment_gives_it_bounds(bridge: Path) -> None:
    write_labels(labels_path(bridge), [Label.moment(6.0), Label.moment(15.0)])
    hand = Hand(bridge)
    assert "drag across one" in hand.origin
    hand.click(6.0)
    assert hand.window.chosen == 0
    hand.drag(3.0, 9.5)
    assert hand.labels[0].source == Source.PRESSED_BOUNDED and hand.labels[0].top_s == 6.0
    assert hand.labels[1] == Label.moment(15.0)


def test_along_and_closer_never_leaves_the_recording(hand: Hand) -> None:
    recorded, picture = hand.work.recorded, hand.window.picture
    assert picture.span_s == (recorded.start_s, recorded.start_s + 60)
    for key in ["right"] * 5:
        hand.key(key)
    assert picture.span_s[1] == pytest.approx(recorded.end_s)
    for key in ["down"] * 9:
        hand.key(key)
    assert picture.span_s == pytest.approx((recorded.start_s, recorded.end_s))
    for _ in range(30):
        hand.mouse("scroll_event", 30.0, step=1)
    low_s, high_s = picture.span_s
    assert high_s - low_s == pytest.approx(2.0) and low_s < 30 < high_s
    hand.click(70.0, picture.whole)
    assert sum(picture.span_s) / 2 == pytest.approx(70.0, abs=0.5)
    for _ in range(9):
        hand.key("n")
    assert hand.window.chosen == 1 and picture.span_s[0] < hand.labels[1].middle_s < picture.span_s[1]


def test_what_can_not_be_saved_is_said_and_stays_unsaved(labelled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hand = Hand(labelled)

    def full(*_: object) -> str:
        raise JournalError("no room", where="disk")

    hand.window._save_labels = full
    hand.key("d")
    hand.key("s")
    assert hand.said == "disk: no room" and hand.window.editor.unsaved


def test_labels_that_overlap_are_not_opened_on_the_plot(bridge: Path) -> None:
    write_labels(labels_path(bridge), [Label(3, 9), Label(8, 12)])
    with pytest.raises(RecordingError, match=r"overlap.*--check"):
        Hand(bridge)


def test_other_keys_do_nothing(hand: Hand) -> None:
    before = hand.labels
    for key in ("x", "shift", "enter", "f", "k"):
        hand.key(key)
    assert hand.labels is before and hand.closed == 0


def test_the_rest_posture_between_pressed_moments_is_halfway() -> None:
    assert rests((Label.moment(4), Label.moment(10), Label.moment(12))) == [7, 11]
    assert rests((Label(1, 3), Label.moment(10))) == [1, 3]


def test_the_picture_shows_every_label_and_is_not_slow_to_draw_again(hand: Hand) -> None:
    artists: Callable[[], int] = lambda: len(hand.window.picture._drawn)  # noqa: E731
    first = artists()
    for _ in range(3):
        hand.key("n")
    hand.canvas.draw()
    assert artists() == first  # what was drawn before is taken away
    texts = {text.get_text() for text in hand.window.picture.above.texts}
    assert {str(n) for n in range(1, 9)} <= texts

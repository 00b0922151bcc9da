"""The window in which someone labels a recording: mouse and keys become edits."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from repband.errors import RepBandError, UsageError
from repband.label.edits import Bound, EditError, Editor, Labels, added, bound_moved, shifted
from repband.label.picture import Picture
from repband.label.work import Saver, Work

NEAR_PX = 7  # as near as a hand gets to a line without care
MOVED_PX = 4  # less is a click
LEAST_SHOWN_S = 2.0
_STEP = 0.5  # share of what is shown that left and right go along
_ZOOM = 1.4


@dataclass(frozen=True, slots=True)
class _Drag:
    """What the mouse holds: a rep, one of its bounds, or nothing yet (a new rep).

    Attributes:
        x_px: where it was taken.
        at_s: the same as a time.
        index: the rep, or None for a new one.
        bound: its bound, or None for the whole rep.
    """

    x_px: float
    at_s: float
    index: int | None
    bound: Bound | None


class LabelWindow:
    """Connects a figure's events with an editor.

    Args:
        figure: an empty matplotlib figure with any canvas.
        work: the recording.
        save: saves labels and says what was saved.
        close: closes the window.
    """

    def __init__(self, figure: Any, work: Work, save: Callable[[Labels], str], close: Callable[[], None]) -> None:
        self.editor: Editor = work.editor()
        self.picture = Picture(figure, work)
        self.given_up = False  # the person said twice that nothing is to be saved
        self.chosen: int | None = 0 if self.editor.labels else None
        self._recorded = work.recorded
        self._save_labels = save
        self._close = close
        self._drag: _Drag | None = None
        self._sure = False
        for name, act in (
            ("button_press_event", self._pressed),
            ("motion_notify_event", self._moved),
            ("button_release_event", self._released),
            ("scroll_event", self._scrolled),
            ("key_press_event", self._key),
        ):
            figure.canvas.mpl_connect(name, act)
        self._draw()

    def _draw(self, labels: Labels | None = None) -> None:
        shown = self.editor.labels if labels is None else labels
        if self.chosen is not None and self.chosen >= len(shown):
            self.chosen = len(shown) - 1 if shown else None
        self.picture.draw(shown, self.chosen, unsaved=self.editor.unsaved or labels is not None)

    # --- mouse

    def _pressed(self, event: Any) -> None:
        if event.button != 1 or event.xdata is None:
            return
        if event.inaxes is self.picture.whole:
            self._centre(float(event.xdata))
            return
        index, bound = self._under(float(event.x), float(event.xdata))
        self._drag = _Drag(float(event.x), float(event.xdata), index, bound)
        self.chosen = index
        self.picture.say("")
        self._draw()

    def _moved(self, event: Any) -> None:
        if self._drag is None or event.xdata is None or event.inaxes is self.picture.whole:
            return
        if abs(event.x - self._drag.x_px) < MOVED_PX:
            return
        try:
            labels = self._dragged(self._drag, float(event.xdata))
        except EditError as error:
            self.picture.say(error.what)
            labels = self.editor.labels
        self._draw(labels)

    def _released(self, event: Any) -> None:
        drag, self._drag = self._drag, None
        if drag is None:
            return
        at_s = self._time_of(float(event.x))
        if abs(event.x - drag.x_px) >= MOVED_PX:
            self._try(lambda: self._take(self._dragged(drag, at_s), drag, at_s))
        self._draw()

    def _take(self, labels: Labels, drag: _Drag, to_s: float) -> None:
        self.editor.become(labels)
        if drag.index is None:
            middle_s = (drag.at_s + to_s) / 2
            self.chosen = min(range(len(labels)), key=lambda i: abs(labels[i].middle_s - middle_s))

    def _dragged(self, drag: _Drag, to_s: float) -> Labels:
        """The labels as they would be if the mouse were let go there."""
        editor = self.editor
        if drag.index is None:
            return added(editor.labels, editor.recorded, drag.at_s, to_s, editor.detector)[0]
        if drag.bound is None:
            return shifted(editor.labels, editor.recorded, drag.index, to_s - drag.at_s)
        return bound_moved(editor.labels, editor.recorded, drag.index, drag.bound, to_s)

    def _under(self, x_px: float, at_s: float) -> tuple[int | None, Bound | None]:
        """The rep under the pointer and, when it is near one, the bound; the chosen rep's bounds first."""
        labels = self.editor.labels
        bounds = [
            (abs(self._px_of(time_s) - x_px), i != self.chosen, i, bound)
            for i, label in enumerate(labels)
            for bound, time_s in ((Bound.START, label.start_s), (Bound.END, label.end_s))
        ]
        near = [found for found in bounds if found[0] <= NEAR_PX]
        if near:
            _, _, index, bound = min(near, key=lambda found: (found[1], found[0]))
            return index, None if labels[index].is_moment else bound
        inside = (i for i, label in enumerate(labels) if label.start_s <= at_s <= label.end_s)
        return next(inside, None), None

    def _px_of(self, time_s: float) -> float:
        return float(self.picture.above.transData.transform((time_s, 0.0))[0])

    def _time_of(self, x_px: float) -> float:
        return float(self.picture.above.transData.inverted().transform((x_px, 0.0))[0])

    def _scrolled(self, event: Any) -> None:
        if event.xdata is not None and event.inaxes is not self.picture.whole:
            self._zoom(_ZOOM if event.step < 0 else 1 / _ZOOM, float(event.xdata))

    # --- keys

    def _key(self, event: Any) -> None:
        act = self._keys(event).get(str(event.key or ""))
        if act is None:
            return
        if event.key != "q":
            self._sure = False
        self.picture.say("")
        self._try(act)
        self._draw()

    def _keys(self, event: Any) -> dict[str, Callable[[], object]]:
        here_s = None if event.inaxes in (None, self.picture.whole) else event.xdata
        return {
            "a": lambda: self._add(here_s),
            "d": self._delete,
            "delete": self._delete,
            "backspace": self._delete,
            "e": lambda: self.editor.switch_doubt(self._one()),
            "t": lambda: self.editor.set_top(self._one(), self._here(here_s)),
            "u": self._undo,
            "ctrl+z": self._undo,
            "r": self._redo,
            "ctrl+y": self._redo,
            "n": lambda: self._choose(1),
            "p": lambda: self._choose(-1),
            "left": lambda: self._go(-_STEP),
            "right": lambda: self._go(_STEP),
            "up": lambda: self._zoom(1 / _ZOOM, here_s),
            "down": lambda: self._zoom(_ZOOM, here_s),
            "s": self._save,
            "ctrl+s": self._save,
            "q": self._quit,
        }

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except EditError as error:
            self.picture.say(error.what)
        except RepBandError as error:  # a full disk: said here, and everything can still be saved
            self.picture.say(str(error))

    def _one(self) -> int:
        if self.chosen is None:
            raise EditError("choose a rep first: click it, or press n")
        return self.chosen

    def _here(self, here_s: float | None) -> float:
        if here_s is None:
            raise EditError("point at a time in the plot")
        return float(here_s)

    def _add(self, here_s: float | None) -> None:
        self.chosen = self.editor.add_at(self._here(here_s))

    def _delete(self) -> None:
        self.editor.delete(self._one())
        self.chosen = None

    def _undo(self) -> None:
        if not self.editor.undo():
            self.picture.say("nothing to undo")

    def _redo(self) -> None:
        if not self.editor.redo():
            self.picture.say("nothing to redo")

    def _save(self) -> None:
        if not self.editor.unsaved:
            raise EditError("nothing has changed since it was saved")
        said = self._save_labels(self.editor.labels)
        self.editor.saved()
        self.picture.say(said)

    def _quit(self) -> None:
        if self.editor.unsaved and not self._sure:
            self._sure = True
            self.picture.say("NOT SAVED. s: save, q once more: quit without saving")
            return
        self.given_up = self.editor.unsaved
        self._close()

    # --- what is shown

    def _choose(self, by: int) -> None:
        labels = self.editor.labels
        if not labels:
            raise EditError("there are no reps")
        self.chosen = (by < 0) - 1 if self.chosen is None else self.chosen + by
        self.chosen %= len(labels)
        label, (low_s, high_s) = labels[self.chosen], self.picture.span_s
        if label.start_s < low_s or label.end_s > high_s:
            self._centre(label.middle_s)

    def _centre(self, at_s: float) -> None:
        low_s, high_s = self.picture.span_s
        self._show(at_s - (high_s - low_s) / 2, high_s - low_s)

    def _go(self, share: float) -> None:
        low_s, high_s = self.picture.span_s
        self._show(low_s + share * (high_s - low_s), high_s - low_s)

    def _zoom(self, factor: float, about_s: float | None) -> None:
        low_s, high_s = self.picture.span_s
        whole_s = self._recorded.end_s - self._recorded.start_s
        length_s = min(max((high_s - low_s) * factor, min(LEAST_SHOWN_S, whole_s)), whole_s)
        fixed_s = (low_s + high_s) / 2 if about_s is None else about_s
        self._show(fixed_s - (fixed_s - low_s) * length_s / (high_s - low_s), length_s)

    def _show(self, low_s: float, length_s: float) -> None:
        low_s = max(min(low_s, self._recorded.end_s - length_s), self._recorded.start_s)
        self.picture.show_span(low_s, low_s + length_s)
        self._draw()


def open_window(work: Work) -> LabelWindow:
    """Opens the window and waits until it is closed; the editor then says whether anything is unsaved.

    Raises:
        UsageError: matplotlib is missing, or there is no display.
    """
    pyplot = _pyplot()
    figure = _figure(pyplot)
    # Our keys are not the toolbar's: s would open its own dialogue, q close the window at once.
    manager: Any = figure.canvas.manager
    figure.canvas.mpl_disconnect(manager.key_press_handler_id)
    manager.set_window_title(f"repband label {work.recording.name}")
    window = LabelWindow(figure, work, Saver(work.path).save, lambda: pyplot.close(figure))
    pyplot.show()
    return window


_NO_WINDOW = "use --text and --from, which need no window"


def _pyplot() -> Any:
    try:
        return importlib.import_module("matplotlib.pyplot")
    except ImportError as error:
        cure = f"install it with: pip install 'repband[plot]'; or {_NO_WINDOW}"
        raise UsageError("labelling on the plot needs matplotlib", cure=cure) from error


def _figure(pyplot: Any) -> Any:
    try:
        with pyplot.rc_context({"toolbar": "None"}):
            figure = pyplot.figure(figsize=(15, 8), dpi=100)
    except Exception as error:  # each toolkit has its own way to say that there is no screen
        raise _no_display() from error
    if figure.canvas.required_interactive_framework is None:  # a canvas that only draws into files
        pyplot.close(figure)
        raise _no_display()
    return figure


def _no_display() -> UsageError:
    return UsageError("no window can be opened here (there is no display, or no toolkit such as Tk)", cure=_NO_WINDOW)

"""Presses of the wearer's button; apart from the other events, because a board that has none need not load them."""

from .base import MAX_INDEX, MAX_U8, MAX_U16, PRESS, Message

PRESS_SHORT = 1  # pause, or go on
PRESS_LONG = 2  # end the session


class Press(Message):
    """The wearer has pressed the button.

    Attributes:
        session: the session that ran when it was let go.
        index: the next sample then; only afterwards is it known what kind of press it was.
        number: of the press, counted from 0 since boot and round again after 65535; a repeat has the same.
        kind: PRESS_SHORT or PRESS_LONG; kinds unknown to the host are to be ignored.
    """

    KIND = PRESS
    LAYOUT = "<BHIHB"
    FIELDS = (("session", 0, MAX_U16), ("index", 0, MAX_INDEX), ("number", 0, MAX_U16), ("kind", 1, MAX_U8))

    def __init__(self, session: int, index: int, number: int, kind: int) -> None:
        self.session = session
        self.index = index
        self.number = number
        self.kind = kind

"""The keyboard of a terminal: keys as they are pressed, without Enter and without an echo."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager

from repband.errors import UsageError

_POLL_S = 0.1  # how often the reader looks whether nobody listens any more; a press wakes it at once


@contextmanager
def typed(on_char: Callable[[str], None], lacking: UsageError) -> Generator[None]:
    """Calls `on_char`, in a thread of its own, for each key pressed; the terminal is as before when the block ends.

    Standard input may be something else: the keyboard is asked at the terminal itself.

    Args:
        on_char: told of each character.
        lacking: raised where there is no terminal.
    """
    ended = threading.Event()
    opened = _windows_keys if sys.platform == "win32" else _terminal_keys
    with opened(ended, lacking) as pressed:

        def read() -> None:
            for char in pressed:
                on_char(char)

        reader = threading.Thread(target=read, name="keys", daemon=True)
        reader.start()
        try:
            yield
        finally:
            ended.set()
            reader.join()


@contextmanager
def _terminal_keys(ended: threading.Event, lacking: UsageError) -> Generator[Iterator[str]]:
    assert sys.platform != "win32"
    import termios
    import tty

    try:
        number = os.open(os.ctermid(), os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        raise lacking from None
    try:
        before: Sequence[int | list[bytes | int]] = termios.tcgetattr(number)
        tty.setcbreak(number)  # no Enter, no echo; Ctrl-C still interrupts
        try:
            yield _typed(number, ended)
        finally:
            termios.tcsetattr(number, termios.TCSANOW, list(before))
    finally:
        os.close(number)


def _typed(number: int, ended: threading.Event) -> Iterator[str]:
    import select

    while not ended.is_set():
        if select.select([number], [], [], _POLL_S)[0]:
            got = os.read(number, 1)
            if not got:
                return
            yield got.decode("latin-1")


@contextmanager
def _windows_keys(ended: threading.Event, lacking: UsageError) -> Generator[Iterator[str]]:
    if not (sys.stdin.isatty() or sys.stderr.isatty() or sys.stdout.isatty()):
        raise lacking
    yield _typed_in_console(ended)


def _typed_in_console(ended: threading.Event) -> Iterator[str]:
    if sys.platform == "win32":
        import msvcrt

        while not ended.wait(0.01):  # the console has nothing to wait for; a hundredth of a second is no delay
            while msvcrt.kbhit():
                char = msvcrt.getwch()
                if char in ("\x00", "\xe0"):
                    msvcrt.getwch()  # the second half of an arrow or function key
                else:
                    yield char

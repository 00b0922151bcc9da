"""Keys as they are pressed, without Enter; or lines that stand for them, from a file or a pipe."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from repband.errors import UsageError
from repband.label.marks import Key

OnKey = Callable[[Key], None]

KEYS = {
    " ": Key.MARK,
    "\r": Key.MARK,
    "\n": Key.MARK,
    "m": Key.MARK,
    "e": Key.DOUBTFUL,
    "?": Key.DOUBTFUL,
    "u": Key.UNDO,
    "\x7f": Key.UNDO,  # backspace
    "\x08": Key.UNDO,  # backspace on Windows
    "q": Key.QUIT,
}
LEGEND = "space: a rep, at its farthest point   u: undo   e: the last one is doubtful   q: end"
_WORDS = {"": Key.MARK, "edge": Key.DOUBTFUL, **{key.value: key for key in Key}}
_POLL_S = 0.1  # how often the reader looks whether the recording has ended; a press wakes it at once


@dataclass(frozen=True, slots=True)
class TimedKey:
    """A key of a script, and the recording's time at which it acts, in s."""

    at_s: float
    key: Key


def read_script(path: Path) -> list[TimedKey]:
    """Reads a file with a time and a key or word on each line: "12.4 mark", "13 u"; a time alone is a mark.

    Raises:
        UsageError: a line is something else, or goes back in time.
    """
    keys: list[TimedKey] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        where = f"{path} line {number}"
        try:
            keys.append(TimedKey(float(words[0]), _key(" ".join(words[1:]))))
        except (ValueError, KeyError):
            cure = 'write a time and a key, as in "12.4 mark", "13 undo" or "14 edge"'
            raise UsageError(f"{line.strip()!r} is no timed key", where=where, cure=cure) from None
        if len(keys) > 1 and not keys[-2].at_s <= keys[-1].at_s:
            raise UsageError("goes back in time", where=where, cure="sort the lines")
    return keys


def _key(word: str) -> Key:
    return _WORDS[word] if word in _WORDS else KEYS[word]


@contextmanager
def line_keys(lines: IO[str], on_key: OnKey, on_trouble: Callable[[str], None]) -> Generator[None]:
    """Calls `on_key` for each line of a pipe as it comes ("mark", "undo", "edge", "quit" or the key itself).

    It is called in a thread of its own; lines that come after the block has ended are not read.
    """

    def read() -> None:
        for line in lines:
            try:
                on_key(_key(line.strip()))
            except KeyError:
                on_trouble(f"{line.strip()!r} is no key; write {', '.join(key.value for key in Key)}")

    # A pipe whose writer stays can't be waited for: the thread is left behind when the recording ends.
    reader = threading.Thread(target=read, name="keys", daemon=True)
    reader.start()
    yield
    reader.join(timeout=0.5)


@contextmanager
def keyboard(on_key: OnKey) -> Generator[None]:
    """Calls `on_key`, in a thread of its own, for each key pressed; the terminal is as before when the block ends.

    Standard input may be something else: the keyboard is asked at the terminal itself.

    Raises:
        UsageError: there is no terminal.
    """
    ended = threading.Event()
    opened = _windows_keys if sys.platform == "win32" else _terminal_keys
    with opened(ended) as pressed:

        def read() -> None:
            for char in pressed:
                if char.lower() in KEYS:
                    on_key(KEYS[char.lower()])

        reader = threading.Thread(target=read, name="keys", daemon=True)
        reader.start()
        try:
            yield
        finally:
            ended.set()
            reader.join()


def _no_terminal() -> UsageError:
    return UsageError(
        "there is no keyboard to mark reps with", where="--truth", cure="run it in a terminal, or give --keys FILE"
    )


@contextmanager
def _terminal_keys(ended: threading.Event) -> Generator[Iterator[str]]:
    assert sys.platform != "win32"
    import termios
    import tty

    try:
        number = os.open(os.ctermid(), os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        raise _no_terminal() from None
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
def _windows_keys(ended: threading.Event) -> Generator[Iterator[str]]:
    if not (sys.stdin.isatty() or sys.stderr.isatty() or sys.stdout.isatty()):
        raise _no_terminal()
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

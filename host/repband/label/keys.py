"""Keys as they are pressed, without Enter; or lines that stand for them, from a file or a pipe."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from repband.errors import UsageError
from repband.label.marks import Key
from repband.screen.keyboard import typed

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
    """Calls `on_key`, in a thread of its own, for each key that marks; others do nothing.

    Raises:
        UsageError: there is no terminal.
    """

    def pressed(char: str) -> None:
        if char.lower() in KEYS:
            on_key(KEYS[char.lower()])

    lacking = UsageError(
        "there is no keyboard to mark reps with", where="--truth", cure="run it in a terminal, or give --keys FILE"
    )
    with typed(pressed, lacking):
        yield

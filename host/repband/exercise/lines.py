"""Which line of a TOML text a key stands on (tomllib reads values and forgets their places)."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right

KeyPath = tuple[str | int, ...]
"""Keys from the top of the document down; array elements by their index."""

_BLANK = re.compile(r"(?:[ \t]|#[^\n]*)*")
_BLANK_LINES = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^,\]}#\n]+")


def key_lines(text: str) -> dict[KeyPath, int]:
    """The line (from 1) of every table, key and array element of a TOML document.

    Args:
        text: a document that tomllib has accepted (the walk relies on it).

    Returns:
        For each key path the line of the table header, key or element that first names it.
    """
    return _Scanner(text.replace("\r\n", "\n")).scan()


class _Scanner:
    """Walks a valid document once; knows strings, comments and brackets, and leaves values alone."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line_starts = [0] + [found.end() for found in re.finditer("\n", text)]
        self._tables: dict[KeyPath, int] = {}  # arrays of tables: how many so far
        self._lines: dict[KeyPath, int] = {}

    def scan(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        self._skip(_BLANK_LINES)
        while self._at < len(self._text):
            if self._next() == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(_BLANK_LINES)
        return self._lines

    def _header(self) -> KeyPath:
        line = self._line()
        is_array = self._text.startswith("[[", self._at)
        self._at += 2 if is_array else 1
        path: KeyPath = ()
        keys = self._dotted_key()
        for key in keys[:-1]:
            path = self._latest(self._note((*path, key), line))
        path = self._note((*path, *keys[-1:]), line)
        self._at += 2 if is_array else 1
        if not is_array:
            return path
        self._tables[path] = self._tables.get(path, 0) + 1
        return self._note(self._latest(path), line)

    def _latest(self, path: KeyPath) -> KeyPath:
        """In an array of tables, the element last begun."""
        count = self._tables.get(path)
        return path if count is None else (*path, count - 1)

    def _pair(self, table: KeyPath) -> None:
        line = self._line()
        path = table
        for key in self._dotted_key():
            path = self._note((*path, key), line)
        self._at += 1  # the equals sign
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        self._skip(_BLANK)
        match self._next():
            case "[":
                self._array(path)
            case "{":
                self._inline_table(path)
            case '"' | "'":
                self._skip(_STRING)
            case _:
                self._skip(_BARE_VALUE)

    def _array(self, path: KeyPath) -> None:
        self._at += 1
        index = 0
        while self._open("]"):
            element = self._note((*path, index), self._line())
            self._value(element)
            index += 1
        self._at += 1

    def _inline_table(self, path: KeyPath) -> None:
        self._at += 1
        while self._open("}"):
            self._pair(path)
        self._at += 1

    def _open(self, end: str) -> bool:
        """Past blanks and one comma: is there a further element before `end`?"""
        self._skip(_BLANK_LINES)
        if self._next() == ",":
            self._at += 1
            self._skip(_BLANK_LINES)
        return self._next() not in (end, "")

    def _dotted_key(self) -> list[str]:
        keys: list[str] = []
        while True:
            self._skip(_BLANK)
            keys.append(self._key())
            self._skip(_BLANK)
            if self._next() != ".":
                return keys
            self._at += 1

    def _key(self) -> str:
        bare = self._skip(_BARE_KEY)
        if bare:
            return bare
        quoted = self._skip(_STRING)
        return next(iter(tomllib.loads(f"{quoted} = 0"))) if quoted else ""

    def _note(self, path: KeyPath, line: int) -> KeyPath:
        self._lines.setdefault(path, line)
        return path

    def _skip(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            return ""
        self._at = found.end()
        return found.group()

    def _next(self) -> str:
        return self._text[self._at : self._at + 1]

    def _line(self) -> int:
        return bisect_right(self._line_starts, self._at)

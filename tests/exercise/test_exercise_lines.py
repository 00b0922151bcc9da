"""The line of every key, in any TOML that tomllib accepts."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from repband.exercise.lines import KeyPath, key_lines
from repband.paths import shipped

TRICKY = '''\
# a comment with [brackets] and "quotes"
a = 1
"quoted \\"key\\"" = 2
'literal.key' = 3
b.c.d = """
many
lines with ] and }""""
e = [ # a comment, with a comma
  1,
  [2, 3], # ]

  { f = "g", h = { i = 1 } },
]
[table]
x = '[not a table]'
[table.sub]
y = 1979-05-27 07:32:00
[[rows]]
z = 1
[[rows]]
z = 2
[rows.inner]
q = \'\'\'
a'b''c\'\'\'
[[rows.deep]]
w = true
[ spaced . "out" ]
v = -inf
'''

EXPECTED = {
    ("a",): 2,
    ('quoted "key"',): 3,
    ("literal.key",): 4,
    ("b",): 5,
    ("b", "c"): 5,
    ("b", "c", "d"): 5,
    ("e",): 8,
    ("e", 0): 9,
    ("e", 1): 10,
    ("e", 1, 0): 10,
    ("e", 1, 1): 10,
    ("e", 2): 12,
    ("e", 2, "f"): 12,
    ("e", 2, "h"): 12,
    ("e", 2, "h", "i"): 12,
    ("table",): 14,
    ("table", "x"): 15,
    ("table", "sub"): 16,
    ("table", "sub", "y"): 17,
    ("rows",): 18,
    ("rows", 0): 18,
    ("rows", 0, "z"): 19,
    ("rows", 1): 20,
    ("rows", 1, "z"): 21,
    ("rows", 1, "inner"): 22,
    ("rows", 1, "inner", "q"): 23,
    ("rows", 1, "deep"): 25,
    ("rows", 1, "deep", 0): 25,
    ("rows", 1, "deep", 0, "w"): 26,
    ("spaced",): 27,
    ("spaced", "out"): 27,
    ("spaced", "out", "v"): 28,
}


def paths(value: Any, at: KeyPath = ()) -> set[KeyPath]:
    """Every key path of a parsed document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found: set[KeyPath] = set()
    for key, inner in items:
        found |= {(*at, key)} | paths(inner, (*at, key))
    return found


def test_tricky_document():
    assert key_lines(TRICKY) == EXPECTED
    assert set(EXPECTED) == paths(tomllib.loads(TRICKY))


def test_windows_lines():
    assert key_lines(TRICKY.replace("\n", "\r\n")) == EXPECTED


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment", "a=1", "a=[]", "a={}", "[t]", "[[t]]"])
def test_small_documents(text):
    assert set(key_lines(text)) == paths(tomllib.loads(text))


def test_shipped_files():
    for path in shipped("exercises").glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        lines = text.split("\n")
        found = key_lines(text)
        assert set(found) == paths(tomllib.loads(text))
        for key_path, line in found.items():
            if isinstance(key_path[-1], str):
                assert key_path[-1] in lines[line - 1]


KEYS = st.text("abc-_.\" '#[]é", max_size=4)
TEXTS = st.text("ab\"'\\#[]{},=\n\té", max_size=12)
SCALARS = TEXTS.map(json.dumps) | st.integers(-9, 9).map(str) | st.sampled_from(["true", "nan", "0x1f", "1e3"])
GAPS = st.sampled_from(["", " ", "\n", "\n# a, [b], 'c'\n", "\n  "])


@st.composite
def arrays(draw, values):
    inner = draw(st.lists(values, max_size=3))
    gap = draw(GAPS)
    return f"[{gap}" + f",{gap}".join(inner) + f"{gap}]"


@st.composite
def inline_tables(draw, values):
    keys = draw(st.lists(KEYS, max_size=3, unique=True))
    return "{ " + ", ".join(f"{json.dumps(key)} = {draw(values)}" for key in keys) + " }"


VALUES = st.recursive(SCALARS, lambda values: arrays(values) | inline_tables(values), max_leaves=8)


@st.composite
def documents(draw):
    """Top-level keys, then tables and arrays of tables; (text, the line of each top-level name)."""
    names = draw(st.lists(KEYS, max_size=6, unique=True))
    parts, lines, at = [], {}, 1
    for index, name in enumerate(names):
        key = json.dumps(name)
        header = index > draw(st.integers(0, 6))
        part = f"[[{key}]]\nk = {draw(VALUES)}\n" if header else f"{key} = {draw(VALUES)}\n"
        if not header and any(part.startswith("[[") for part in parts):
            part, name = f"[ {key} ]\n", name
        lines[(name,)] = at
        parts.append(part)
        at += part.count("\n")
    return "".join(parts), lines


@given(documents())
def test_any_document(document):
    text, lines = document
    found = key_lines(text)
    assert set(found) == paths(tomllib.loads(text))
    assert {path: found[path] for path in lines} == lines

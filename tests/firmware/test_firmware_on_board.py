"""Unit tests of the firmware that run inside MicroPython, each in a process of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import ROOT, Run
from repband.source.firmware import HEAP

FOLDER = Path(__file__).parent / "on_board"
ROOMY = (
    "driver_tests",
    "radio_tests",
    "part_tests",
    "wake_tests",
    "whole_hours_tests",
)  # six chips, ring after ring, a host beside the board
TESTS = [
    (file.stem, name)
    for file in sorted(FOLDER.glob("*_tests.py"))
    for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
]


@pytest.mark.parametrize(("module", "name"), TESTS)
def test_on_board(micropython: Run, module: str, name: str):
    heap = "1m" if module in ROOMY else HEAP
    if name.endswith("128_kb"):
        heap = "128k"
    done = micropython(str(FOLDER / "run_tests.py"), module, name, heap=heap)
    assert done.stdout.endswith("passed\n"), done.stdout + done.stderr


def test_golden_vectors_both_ways(micropython: Run):
    done = micropython(str(ROOT / "tests/wire/vectors_both.py"), str(ROOT / "protocols/wire"), heap="1m")
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(done.stdout) > 140

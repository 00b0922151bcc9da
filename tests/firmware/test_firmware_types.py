"""The firmware against the stubs of each board: pyright finds nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

STUBS = Path(sys.prefix) / "board-stubs"


@pytest.mark.parametrize("board", ["esp32", "rp2"])
def test_pyright_is_clean_against_the_board_stubs(board: str, tmp_path: Path):
    stubs = STUBS / board
    if not stubs.is_dir():
        missing = f"the stubs for {board} are not installed here: python3 run.py test installs them"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    parts = ("firmware/repband_device", "firmware/boot.py", "firmware/main.py")
    config = {
        "include": [os.path.relpath(ROOT / part, tmp_path) for part in parts],
        "extraPaths": [str(ROOT / "firmware"), str(ROOT / "protocols/wire")],
        "typeshedPath": str(stubs),
        "stubPath": str(stubs),
        "typeCheckingMode": "basic",
        "reportMissingModuleSource": "none",
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(config))
    command = [sys.executable, "-m", "pyright", "-p", str(tmp_path), "--outputjson"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    report = json.loads(done.stdout)
    assert report["summary"]["filesAnalyzed"] > 12
    assert not [f"{finding['file']}: {finding['message']}" for finding in report["generalDiagnostics"]]

"""The firmware against the board stubs: pyright finds nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from conftest import ROOT


def test_pyright_is_clean_against_the_board_stubs(tmp_path: Path):
    try:
        stubs = Path(str(distribution("micropython-esp32-stubs").locate_file("")))
    except PackageNotFoundError:
        pytest.skip("board stubs are not installed here: pip install micropython-esp32-stubs")
    config = {
        "include": [os.path.relpath(ROOT / part, tmp_path) for part in ("firmware/repband_device", "firmware/main.py")],
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

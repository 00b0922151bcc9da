"""Recordings to label: made by our own simulator, copied so that labels can be written beside them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

DATA = Path(__file__).parent.parent / "data"


@pytest.fixture
def bridge(tmp_path: Path) -> Path:
    """Eight bridges without labels."""
    return Path(shutil.copy(DATA / "bridge_8.csv", tmp_path / "bridge_8.csv"))


@pytest.fixture
def labelled(bridge: Path) -> Path:
    """The same with its true reps beside it."""
    shutil.copy(DATA / "bridge_8.reps.csv", bridge.parent)
    return bridge

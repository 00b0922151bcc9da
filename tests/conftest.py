"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_CHECKOUT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def recordings() -> Path:
    """The folder of real recordings: REPBAND_DATA, by default ../shared/data beside the checkout."""
    folder = Path(os.environ.get("REPBAND_DATA") or _CHECKOUT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"real recordings: no folder {folder}; set REPBAND_DATA to where they lie")
    return folder

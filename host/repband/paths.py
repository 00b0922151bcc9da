"""Where things lie: what ships with RepBand, and what belongs to the wearer."""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parent.parent


def shipped(kind: str) -> Path:
    """The folder of what ships with RepBand: "exercises", "plans" or "firmware".

    An installed wheel carries them inside the package; a checkout has them at its top.
    """
    inside = _PACKAGE / "_shipped" / kind
    if inside.is_dir():
        return inside
    return _CHECKOUT / {"exercises": "protocols/exercises", "plans": "protocols/plans", "firmware": "firmware"}[kind]


def data_dir() -> Path:
    """The wearer's own data: history, recordings, exercise files. REPBAND_HOME overrides it."""
    override = os.environ.get("REPBAND_HOME")
    if override:
        return Path(override)
    from platformdirs import user_data_path

    return user_data_path("repband", appauthor=False)

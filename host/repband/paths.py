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


def labels_path(recording: Path) -> Path:
    """Where a recording's labels lie: `x.reps.csv` beside `x.csv` or `x.mcap`."""
    return recording.with_name(f"{recording.stem}.reps.csv")


def is_beside_recording(path: Path) -> bool:
    """Whether a table only lies beside recordings: an index, labels, or a simulated set's other events."""
    return path.name == "index.csv" or path.name.endswith((".reps.csv", ".events.csv"))

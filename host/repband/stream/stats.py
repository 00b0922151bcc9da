"""What a stream knows about its own losses."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StreamStats:
    """Accounts of everything that came and did not come. `samples + missing` is the next stream index.

    Attributes:
        samples: samples given.
        missing: samples in gaps whose size is known.
        gaps: gaps of any cause.
        duplicates: samples that came again.
        late: samples that came after their place had been given up.
        corrupt: frames that could not be decoded, or whose samples make no sense.
        restarts: times the device began a new session.
        clock_jumps: times the source's clock jumped so that the length of the hole is not known.
        retimed: samples whose own time was repaired.
        rate_hz: measured sampling rate on the source's clock, in Hz; None until it is known.
    """

    samples: int = 0
    missing: int = 0
    gaps: int = 0
    duplicates: int = 0
    late: int = 0
    corrupt: int = 0
    restarts: int = 0
    clock_jumps: int = 0
    retimed: int = 0
    rate_hz: float | None = None

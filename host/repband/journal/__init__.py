"""What is kept: raw recordings (MCAP) that survive a crash, and the history (SQLite).

`Recorder` writes what `read_recording` reads; `repair` finishes what a crash cut; `History` keeps sessions and reps.
"""

from repband.journal.meta import Load, RecordingMeta
from repband.journal.recorder import Recorder
from repband.journal.recording import Recording, read_recording

__all__ = ["Load", "Recorder", "Recording", "RecordingMeta", "read_recording"]

"""What is kept: raw recordings (MCAP) that survive a crash, and the history (SQLite).

`Recorder` writes what `read_recording` reads; `repair` finishes what a crash cut; `History` keeps sessions and reps.
"""

from repband.journal.history import History, history_path
from repband.journal.keeper import HistoryKeeper
from repband.journal.kept import Correction, KeptSession, KeptSet
from repband.journal.meta import Load, RecordingMeta
from repband.journal.recorder import Recorder
from repband.journal.recording import Recording, read_recording
from repband.journal.repair import RepairReport, repair

__all__ = [
    "Correction",
    "History",
    "HistoryKeeper",
    "KeptSession",
    "KeptSet",
    "Load",
    "Recorder",
    "Recording",
    "RecordingMeta",
    "RepairReport",
    "history_path",
    "read_recording",
    "repair",
]

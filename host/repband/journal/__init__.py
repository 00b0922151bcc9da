"""What is kept: raw recordings (MCAP) that survive a crash, and the history (SQLite).

`Recorder` writes what `read_recording` reads; `repair` finishes what a crash cut; `History` keeps sessions and reps,
`overview` gives years of them in figures, `unfinished` says what broke off.
"""

from repband.journal.history import History, history_path
from repband.journal.keeper import HistoryKeeper
from repband.journal.keeping import Keeping, backup_reminder, keep_recordings, keeping
from repband.journal.kept import Correction, KeptCue, KeptSession, KeptSet, Recount, Refit, TargetTempo
from repband.journal.meta import Load, RecordingMeta
from repband.journal.overview import SessionLine, SetLine, overview
from repband.journal.plans import KeptPlan, keep_plan, kept_plans
from repband.journal.prescribed import Prescribed, SetPrescription
from repband.journal.recorder import Recorder
from repband.journal.recording import Recording, read_recording
from repband.journal.repair import RepairReport, repair
from repband.journal.resume import Unfinished, decline, unfinished, what_is_left

__all__ = [
    "Correction",
    "History",
    "HistoryKeeper",
    "Keeping",
    "KeptCue",
    "KeptPlan",
    "KeptSession",
    "KeptSet",
    "Load",
    "Prescribed",
    "Recorder",
    "Recording",
    "RecordingMeta",
    "Recount",
    "Refit",
    "RepairReport",
    "SessionLine",
    "SetLine",
    "SetPrescription",
    "TargetTempo",
    "Unfinished",
    "backup_reminder",
    "decline",
    "history_path",
    "keep_plan",
    "keep_recordings",
    "keeping",
    "kept_plans",
    "overview",
    "read_recording",
    "repair",
    "unfinished",
    "what_is_left",
]

"""Where samples come from: a radio, a port, a file, a phone export or a body model, behind one interface.

A source yields what arrived and when; it neither decodes nor repairs. Live, recorded and synthetic are alike.
`open_source` picks the right one for a file, folder, archive or pipe.
"""

from repband.source.base import Arrival, Frame, Source, TimedSamples
from repband.source.bundle import BundleSource
from repband.source.csv import CsvSource
from repband.source.open import open_source
from repband.source.recording import RecordingSource
from repband.source.stdin import StdinSource

__all__ = [
    "Arrival",
    "BundleSource",
    "CsvSource",
    "Frame",
    "RecordingSource",
    "Source",
    "StdinSource",
    "TimedSamples",
    "open_source",
]

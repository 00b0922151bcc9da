"""Where samples come from: a radio, a port, a file, a phone export or a body model, behind one interface.

A source yields what arrived and when; it neither decodes nor repairs. Live, recorded and synthetic are alike.
"""

from repband.source.base import Arrival, Frame, Source, TimedSamples
from repband.source.csv import CsvSource

__all__ = ["Arrival", "CsvSource", "Frame", "Source", "TimedSamples"]

"""From arrivals to samples in device order: decoding, order, loss, time. Nothing is lost silently.

Frames and bare samples have a front end each (`FrameStream`, `SampleStream`); both give `SampleBlock`s and `Gap`s.
`Stream` picks one by the first arrival.
"""

from repband.stream.base import Gap, GapCause, SampleBlock, StreamItem
from repband.stream.clockfit import ClockFit
from repband.stream.frames import FrameStream
from repband.stream.samples import SampleStream
from repband.stream.stats import StreamStats
from repband.stream.stream import Stream

__all__ = [
    "ClockFit",
    "FrameStream",
    "Gap",
    "GapCause",
    "SampleBlock",
    "SampleStream",
    "Stream",
    "StreamItem",
    "StreamStats",
]

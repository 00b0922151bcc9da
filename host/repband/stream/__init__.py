"""From arrivals to samples in device order: decoding, order, loss, time. Nothing is lost silently.

Frames and bare samples have a front end each (`FrameStream`, `SampleStream`); both give `SampleBlock`s and `Gap`s.
"""

from repband.stream.base import Gap, GapCause, SampleBlock, StreamItem
from repband.stream.samples import SampleStream
from repband.stream.stats import StreamStats

__all__ = ["Gap", "GapCause", "SampleBlock", "SampleStream", "StreamItem", "StreamStats"]

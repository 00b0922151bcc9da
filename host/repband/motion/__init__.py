"""From samples to the direction of gravity in the sensor's frame, however the sensor is turned on the thigh."""

from repband.motion.base import FILTER_DELAY_S, FRAME_S, MotionFrame, MotionGap, MotionItem
from repband.motion.motion import BRIDGE_S, Motion

__all__ = ["BRIDGE_S", "FILTER_DELAY_S", "FRAME_S", "Motion", "MotionFrame", "MotionGap", "MotionItem"]

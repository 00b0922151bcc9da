"""The wire format between sensor and host: one codec for CPython and MicroPython.

`decode` turns any bytes into a message or a WireError; every message has `encode`.
protocols/wire/README.md is the spec.
"""

from .base import (
    MAX_MESSAGE,
    MIN_PAYLOAD,
    PROTOCOL_MAX,
    PROTOCOL_MIN,
    TIME_WRAP_US,
    Message,
    time_add_us,
    time_diff_us,
)
from .codec import Decoder, decode
from .control import (
    CONTROLS,
    Control,
    Reply,
    control_values,
    make_control,
    make_reply,
    refuse,
    reply_values,
)
from .errors import WireError
from .events import GAP_FAULT, GAP_GONE, GAP_OVERFLOW, Ack, Gap, Rep
from .framing import Deframer, cobs_decode, cobs_encode, decode_frame, encode_frame
from .info import Info
from .stream import (
    SCALE_FULL,
    SCALE_ST,
    Format,
    Short,
    Stream,
    accel_g_per_lsb,
    accel_range_g,
    axes_of,
    encode_short_into,
    encode_stream_into,
    gyro_dps_per_lsb,
    gyro_range_dps,
    pack_ranges,
    samples_per_packet,
)

__all__ = [
    "CONTROLS",
    "GAP_FAULT",
    "GAP_GONE",
    "GAP_OVERFLOW",
    "MAX_MESSAGE",
    "MIN_PAYLOAD",
    "PROTOCOL_MAX",
    "PROTOCOL_MIN",
    "SCALE_FULL",
    "SCALE_ST",
    "TIME_WRAP_US",
    "Ack",
    "Control",
    "Decoder",
    "Deframer",
    "Format",
    "Gap",
    "Info",
    "Message",
    "Rep",
    "Reply",
    "Short",
    "Stream",
    "WireError",
    "accel_g_per_lsb",
    "accel_range_g",
    "axes_of",
    "cobs_decode",
    "cobs_encode",
    "control_values",
    "decode",
    "decode_frame",
    "encode_frame",
    "encode_short_into",
    "encode_stream_into",
    "gyro_dps_per_lsb",
    "gyro_range_dps",
    "make_control",
    "make_reply",
    "pack_ranges",
    "refuse",
    "reply_values",
    "samples_per_packet",
    "time_add_us",
    "time_diff_us",
]

"""The wire format between sensor and host: one codec for CPython and MicroPython.

`decode` turns any bytes into a message or a WireError; every message has `encode`.
protocols/wire/README.md is the spec.
"""

import sys

if sys.implementation.name != "micropython":
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
    from .events import GAP_FAULT, GAP_GONE, GAP_OVERFLOW, Ack, Entry, Gap, Rep
    from .framing import Deframer, cobs_decode, cobs_encode, decode_frame, encode_frame
    from .info import Info
    from .packets import Short, Stream
    from .press import PRESS_LONG, PRESS_SHORT, Press
    from .stream import (
        SCALE_FULL,
        SCALE_ST,
        Format,
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
else:
    # A board has no room for what it does not use: each part is loaded when one of its names is asked for.
    _PARTS = ("base", "errors", "control", "events", "stream", "packets", "info", "press", "codec", "framing")

    def __getattr__(name: str) -> object:
        """The name out of the part that has it; or a part itself, for `from repband_wire import control`."""
        if name[:1] == "_":
            raise AttributeError(name)
        if name in _PARTS or name in ("gatt", "words"):
            return __import__("repband_wire." + name, None, None, ("",))
        for part in _PARTS:
            module = __import__("repband_wire." + part, None, None, ("",))
            if hasattr(module, name):
                return getattr(module, name)
        raise AttributeError(name)


__all__ = [
    "CONTROLS",
    "GAP_FAULT",
    "GAP_GONE",
    "GAP_OVERFLOW",
    "MAX_MESSAGE",
    "MIN_PAYLOAD",
    "PRESS_LONG",
    "PRESS_SHORT",
    "PROTOCOL_MAX",
    "PROTOCOL_MIN",
    "SCALE_FULL",
    "SCALE_ST",
    "TIME_WRAP_US",
    "Ack",
    "Control",
    "Decoder",
    "Deframer",
    "Entry",
    "Format",
    "Gap",
    "Info",
    "Message",
    "Press",
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

"""Records and decoded items as MCAP messages and back, to the last bit (FORMAT.md is the description for people)."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from repband.driver.base import Command, Plain, Record, Tick
from repband.source.base import Frame, TimedSamples
from repband.stream.base import Gap, GapCause, SampleBlock, StreamItem

Floats = npt.NDArray[np.float64]

_TIME = struct.Struct("<d")
_TIMED_HEAD = struct.Struct("<dIBI")  # arrival_s, samples, 1 if there is rotation, bytes of `where`
_BLOCK_HEAD = struct.Struct("<qIB")  # index of the first sample, samples, 1 if there is rotation


@dataclass(frozen=True, slots=True)
class Topic:
    """One MCAP channel: its name, how its messages are coded, and their description inside the file."""

    name: str
    encoding: str
    schema_name: str
    schema_encoding: str
    schema: str
    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Any]


def _frame_to_bytes(frame: Frame) -> bytes:
    return _TIME.pack(frame.arrival_s) + frame.data


def _frame_from_bytes(data: bytes) -> Frame:
    return Frame(data[_TIME.size :], _TIME.unpack_from(data)[0])


def _tick_to_bytes(tick: Tick) -> bytes:
    return _TIME.pack(tick.now_s)


def _tick_from_bytes(data: bytes) -> Tick:
    return Tick(_TIME.unpack(data)[0])


def _floats_to_bytes(array: Floats) -> bytes:
    return np.ascontiguousarray(array, dtype="<f8").tobytes()


def _samples_to_bytes(t_s: Floats, accel_g: Floats, gyro_dps: Floats | None) -> bytes:
    columns = [t_s, accel_g] if gyro_dps is None else [t_s, accel_g, gyro_dps]
    return b"".join(map(_floats_to_bytes, columns))


def _samples_from_bytes(data: bytes, offset: int, n: int, has_gyro: int) -> tuple[Floats, Floats, Floats | None]:
    values = np.frombuffer(data, dtype="<f8", offset=offset) if offset < len(data) else np.empty(0)
    if len(values) != n * (7 if has_gyro else 4):
        raise ValueError(f"{n} samples announced, {len(values)} numbers found")
    values = values.astype(np.float64)  # a copy: aligned, native and writable
    gyro_dps = values[4 * n :].reshape(n, 3) if has_gyro else None
    return values[:n], values[n : 4 * n].reshape(n, 3), gyro_dps


def _timed_to_bytes(timed: TimedSamples) -> bytes:
    where = timed.where.encode("utf-8", "surrogatepass")  # file names may hold what UTF-8 can't
    head = _TIMED_HEAD.pack(timed.arrival_s, len(timed.t_s), timed.gyro_dps is not None, len(where))
    return head + where + _samples_to_bytes(timed.t_s, timed.accel_g, timed.gyro_dps)


def _timed_from_bytes(data: bytes) -> TimedSamples:
    arrival_s, n, has_gyro, where_size = _TIMED_HEAD.unpack_from(data)
    start = _TIMED_HEAD.size + where_size
    where = data[_TIMED_HEAD.size : start].decode("utf-8", "surrogatepass")
    t_s, accel_g, gyro_dps = _samples_from_bytes(data, start, n, has_gyro)
    return TimedSamples(t_s, accel_g, gyro_dps, arrival_s, where)


def _block_to_bytes(block: SampleBlock) -> bytes:
    head = _BLOCK_HEAD.pack(block.index, len(block.t_s), block.gyro_dps is not None)
    return head + _samples_to_bytes(block.t_s, block.accel_g, block.gyro_dps)


def _block_from_bytes(data: bytes) -> SampleBlock:
    index, n, has_gyro = _BLOCK_HEAD.unpack_from(data)
    return SampleBlock(index, *_samples_from_bytes(data, _BLOCK_HEAD.size, n, has_gyro))


def _command_to_bytes(command: Command) -> bytes:
    return json.dumps({"name": command.name, "at_index": command.at_index, "args": dict(command.args)}).encode()


def _command_from_bytes(data: bytes) -> Command:
    fields = json.loads(data)
    name, at_index, args = fields["name"], fields["at_index"], fields["args"]
    if not (isinstance(name, str) and isinstance(at_index, int) and isinstance(args, dict)):
        raise ValueError("a command's name, at_index or args has the wrong type")
    return Command(name, at_index, cast("dict[str, Plain]", args))


def _gap_to_bytes(gap: Gap) -> bytes:
    fields = {"start_s": gap.start_s, "end_s": gap.end_s, "missing": gap.missing, "cause": str(gap.cause)}
    return json.dumps(fields).encode()


def _gap_from_bytes(data: bytes) -> Gap:
    fields = json.loads(data)
    missing = None if fields["missing"] is None else int(fields["missing"])
    return Gap(float(fields["start_s"]), float(fields["end_s"]), missing, GapCause(fields["cause"]))


_COMMAND_SCHEMA = """{"type": "object", "required": ["name", "at_index", "args"], "properties": {
"name": {"type": "string"}, "at_index": {"type": "integer"},
"args": {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean", "null"]}}}}"""
_GAP_SCHEMA = """{"type": "object", "required": ["start_s", "end_s", "missing", "cause"], "properties": {
"start_s": {"type": "number"}, "end_s": {"type": "number"}, "missing": {"type": ["integer", "null"]},
"cause": {"type": "string"}}}"""
_FRAME_LAYOUT = "little-endian: float64 arrival_s; then one wire packet, byte for byte as it came"
_TIMED_LAYOUT = (
    "little-endian: float64 arrival_s; uint32 n; uint8 has_gyro; uint32 w; w bytes of UTF-8: where; "
    "float64[n] t_s; float64[n][3] accel_g; if has_gyro float64[n][3] gyro_dps"
)
_BLOCK_LAYOUT = (
    "little-endian: int64 index; uint32 n; uint8 has_gyro; "
    "float64[n] t_s; float64[n][3] accel_g; if has_gyro float64[n][3] gyro_dps"
)


def _binary(name: str, schema_name: str, layout: str, encode: Any, decode: Any) -> Topic:
    return Topic(name, "repband", schema_name, "repband", layout, encode, decode)


def _json(name: str, schema_name: str, schema: str, encode: Any, decode: Any) -> Topic:
    return Topic(name, "json", schema_name, "jsonschema", schema, encode, decode)


FRAME = _binary("/record/frame", "repband.Frame", _FRAME_LAYOUT, _frame_to_bytes, _frame_from_bytes)
TIMED = _binary("/record/timed", "repband.TimedSamples", _TIMED_LAYOUT, _timed_to_bytes, _timed_from_bytes)
COMMAND = _json("/record/command", "repband.Command", _COMMAND_SCHEMA, _command_to_bytes, _command_from_bytes)
TICK = _binary("/record/tick", "repband.Tick", "little-endian: float64 now_s", _tick_to_bytes, _tick_from_bytes)
BLOCK = _binary("/item/samples", "repband.SampleBlock", _BLOCK_LAYOUT, _block_to_bytes, _block_from_bytes)
GAP = _json("/item/gap", "repband.Gap", _GAP_SCHEMA, _gap_to_bytes, _gap_from_bytes)

TOPICS = {topic.name: topic for topic in (FRAME, TIMED, COMMAND, TICK, BLOCK, GAP)}
RECORD_TOPICS = frozenset({FRAME.name, TIMED.name, COMMAND.name, TICK.name})
ARRIVAL_TOPICS = frozenset({FRAME.name, TIMED.name})
ITEM_TOPICS = frozenset({BLOCK.name, GAP.name})

_TOPIC_OF_TYPE: dict[type, Topic] = {
    Frame: FRAME,
    TimedSamples: TIMED,
    Command: COMMAND,
    Tick: TICK,
    SampleBlock: BLOCK,
    Gap: GAP,
}


def topic_of(thing: Record | StreamItem) -> Topic:
    """Which channel a record or item belongs to."""
    return _TOPIC_OF_TYPE[type(thing)]


def host_time_s(thing: Record | StreamItem) -> float | None:
    """Host time carried by a record, in s; None for commands and decoded items, which have none of their own."""
    if isinstance(thing, (Frame, TimedSamples)):
        return thing.arrival_s
    return thing.now_s if isinstance(thing, Tick) else None

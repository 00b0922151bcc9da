"""Reads the golden vectors both ways; runs under CPython and under MicroPython alike.

micropython tests/wire/vectors_both.py protocols/wire
"""

import json
import sys


def run(wire_folder):
    """Checks every vector; returns how many there were. Raises AssertionError with the vector's name."""
    import repband_wire as wire

    checked = 0
    for name, check in (("messages", check_message), ("invalid", check_invalid)):
        for vector in load(wire_folder, name):
            check(wire, vector)
            checked += 1
    frames = load(wire_folder, "frames")
    for kind, check in (("frames", check_frame), ("invalid", check_bad_frame), ("streams", check_stream)):
        for vector in frames[kind]:
            check(wire, vector)
            checked += 1
    return checked


def load(wire_folder, name):
    with open(wire_folder + "/vectors/" + name + ".json") as file:  # noqa: PTH123 - MicroPython has no pathlib
        return json.load(file)


def same(got, wanted, name):
    assert got == wanted, f"{name}: {got!r} is not {wanted!r}"


def plain(value):
    if isinstance(value, (bytes, bytearray)):
        return value.hex()
    return list(value) if isinstance(value, tuple) else value


def rich(name, value):
    if name in ("data", "params", "result", "body"):
        return bytes.fromhex(value)
    return tuple(value) if isinstance(value, list) else value


def check_message(wire, vector):
    name = vector["name"]
    message = wire.decode(bytes.fromhex(vector["hex"]))
    same(type(message).__name__, vector["type"], name)
    same({field: plain(getattr(message, field)) for field in message.names()}, vector["fields"], name)
    built = getattr(wire, vector["type"])(**{field: rich(field, value) for field, value in vector["fields"].items()})
    same(built, message, name)
    if not vector.get("one_way"):
        same(built.encode().hex(), vector["hex"], name)
    if "samples" in vector:
        same([list(sample) for sample in message.samples()], vector["samples"], name)
        check_encode_into(wire, message, vector)
    if "values" in vector:
        values = wire.control_values(message) if vector["type"] == "Control" else wire.reply_values(message)
        same({field: plain(value) for field, value in values.items()}, vector["values"], name)


def check_encode_into(wire, message, vector):
    """The samples lie in a ring so that they wrap in the middle."""
    data = message.data
    half = len(data) // 2
    ring = bytearray(data[half:] + data[:half])
    buffer = bytearray(wire.MAX_MESSAGE)
    size = wire.encode_stream_into(
        buffer,
        message.session,
        message.index,
        message.time_us,
        message.rate_chz,
        message.ranges,
        ring,
        len(data) - half,
        message.count,
    )
    same(bytes(buffer[:size]).hex(), vector["hex"], vector["name"])


def check_invalid(wire, vector):
    refused(wire, wire.decode, bytes.fromhex(vector["hex"]), vector)


def check_frame(wire, vector):
    same(wire.encode_frame(bytes.fromhex(vector["message"])).hex(), vector["frame"], vector["name"])
    body = bytes.fromhex(vector["frame"])[1:-1]
    same(wire.decode_frame(body).hex(), vector["message"], vector["name"])


def check_bad_frame(wire, vector):
    refused(wire, wire.decode_frame, bytes.fromhex(vector["body"]), vector)


def refused(wire, action, data, vector):
    try:
        action(data)
    except wire.WireError as error:
        same(error.code, vector["error"], vector["name"])
    else:
        raise AssertionError(vector["name"] + ": accepted")


def check_stream(wire, vector):
    deframer = wire.Deframer()
    messages = deframer.feed(bytes.fromhex(vector["hex"]))
    same([message.hex() for message in messages], vector["messages"], vector["name"])
    same([line.decode() for line in deframer.take_lines()], vector["lines"], vector["name"])
    same(deframer.bad_frames, vector["bad_frames"], vector["name"])


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    print(run(sys.argv[1]))

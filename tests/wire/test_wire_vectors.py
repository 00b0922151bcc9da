"""The golden vectors under CPython (tests/firmware reads them under MicroPython)."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import repband_wire as wire
import vectors_both
from repband_wire import words

WIRE = Path(__file__).parents[2] / "protocols" / "wire"
README = (WIRE / "README.md").read_text(encoding="utf-8")


def test_every_vector_both_ways():
    assert vectors_both.run(str(WIRE)) > 140


def test_vectors_reach_every_message_error_and_code():
    messages = vectors_both.load(str(WIRE), "messages")
    assert {vector["type"] for vector in messages} == {
        "Stream",
        "Short",
        "Format",
        "Gap",
        "Ack",
        "Control",
        "Reply",
        "Info",
        "Rep",
        "Entry",
        "Press",
    }
    codes = {vector["fields"]["code"] for vector in messages if vector["type"] == "Control"}
    assert codes >= set(wire.CONTROLS)
    frames = vectors_both.load(str(WIRE), "frames")
    seen = {vector["error"] for vector in vectors_both.load(str(WIRE), "invalid") + frames["invalid"]}
    assert seen == set(words.ERROR_CODES) - {"context", "code"}  # those two need more than bytes


def test_readme_and_code_have_the_same_tables():
    for code, meaning in words.ERROR_CODES.items():
        assert f"| {code} | {meaning} |" in README
    for number, meaning in words.FAULTS.items():
        assert f"| {number} | {meaning} |" in README
    for number, spec in wire.CONTROLS.items():
        row = re.search(rf"^\| {number} \| {spec.name} \|.*\| (\d+) \|$", README, re.MULTILINE)
        assert row, spec.name
        assert int(row[1]) == spec.since
    for number in words.REASONS:
        assert re.search(rf"^\| {number} \| ", README, re.MULTILINE)


def test_readme_examples_are_what_the_codec_writes():
    block = README.split("## Examples")[1]
    lines = re.findall(r"^(9[0-9a-f] [0-9a-f ]+)$", block, re.MULTILINE)
    assert len(lines) == 3
    for line in lines:
        data = bytes.fromhex(line)
        assert wire.decode(data).encode() == data


def test_readme_program_runs():
    program = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert program
    names: dict[str, object] = {"counts": np.arange(9).reshape(3, 3)}
    exec(program[1], names)
    assert np.array_equal(names["accel_g"], np.arange(9).reshape(3, 3) / 8192)
    assert names["n"] == 38


def test_what_must_work_before_the_mtu_exchange_fits_in_20_bytes():
    for vector in vectors_both.load(str(WIRE), "messages"):
        if vector["type"] not in ("Stream", "Info"):
            assert len(vector["hex"]) <= 2 * wire.MIN_PAYLOAD, vector["name"]

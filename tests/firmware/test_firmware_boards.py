"""The boards' config files against the wiring that hardware/README.md asks for."""

from __future__ import annotations

import json
import re

import pytest
from conftest import ROOT

README = (ROOT / "hardware/README.md").read_text(encoding="utf-8")
WORDS = {
    "button": "button, whose",
    "buzzer": "buzzer through",
    "motion": "wakes it when",
    "sda": "SDA |",
    "scl": "SCL |",
}


def pins(board: str) -> dict[str, int]:
    config = json.loads((ROOT / f"firmware/boards/{board}.json").read_text(encoding="utf-8"))
    return {name: config[name] if name in config else config["i2c"][name] for name in WORDS}


@pytest.mark.parametrize(
    ("board", "heading", "column"),
    [
        ("esp32_c3", "### XIAO", 2),
        ("esp32_s3", "### XIAO", 3),
        ("pico_w", "### Raspberry Pi", 2),
        ("pico2_w", "### Raspberry Pi", 2),
    ],
)
def test_the_config_uses_the_pins_of_the_wiring_table(board: str, heading: str, column: int):
    section = README.split(heading)[1].split("\n### ")[0].split("\n## ")[0]
    for name, pin in pins(board).items():
        rows = [line for line in section.splitlines() if line.startswith("|") and WORDS[name] in line + "|"]
        found = [cells[column].strip() for cells in (row.split("|") for row in rows) if cells[column].strip().isdigit()]
        assert found == [str(pin)], (board, name, rows)


def test_every_drawing_is_shown_and_every_shown_one_is_there():
    shown = set(re.findall(r"\]\((\w[\w-]*\.svg)\)", README))
    assert shown == {path.name for path in (ROOT / "hardware").glob("*.svg")}

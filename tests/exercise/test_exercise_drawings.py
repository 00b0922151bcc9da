"""The sensor page: every picture it shows is there, well-formed, and says in words what it shows."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

HARDWARE = Path(__file__).parents[2] / "hardware"
PICTURES = re.findall(r"!\[.+?\]\((.+?)\)", (HARDWARE / "README.md").read_text(encoding="utf-8"))


def test_the_page_shows_strap_and_wiring():
    assert set(PICTURES) == {path.name for path in HARDWARE.glob("*.svg")}


@pytest.mark.parametrize("name", PICTURES)
def test_picture_has_title_and_description(name):
    root = ElementTree.parse(HARDWARE / name).getroot()
    texts = {element.tag.split("}")[1]: element.text for element in root.iter() if element.text}
    assert texts["title"]
    assert texts["desc"]


def test_battery_sums():
    """Cell times 0.8, over processor and a share of receiving: each row's own figures give its hours."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in (HARDWARE / "README.md").read_text(encoding="utf-8").splitlines()
        if re.search(r"\| \d+ / [\d.]+ = [\d.]+ \|", line)
    ]
    assert len(rows) >= 3
    for _, cell, processor, receiving, seldom, always in rows:
        usable_mah = 0.8 * float(cell.split()[0])
        busy_ma, air_ma = float(processor.split()[0]), float(receiving.split()[0])
        for share, text in ((0.1, seldom), (1.0, always)):
            above, current, hours = (float(number) for number in re.findall(r"[\d.]+", text))
            assert above == pytest.approx(usable_mah)
            assert current == pytest.approx(busy_ma * (1 - share) + air_ma * share, abs=0.06)
            assert hours == pytest.approx(usable_mah / current, abs=0.06)

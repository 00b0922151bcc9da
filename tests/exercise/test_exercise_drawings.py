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


@pytest.mark.parametrize(
    ("capacity_mah", "current_ma", "hours"), [(200, 100, "1.6"), (200, 31, "5.2"), (500, 77, "5.2")]
)
def test_battery_sums(capacity_mah, current_ma, hours):
    text = (HARDWARE / "README.md").read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if f"{capacity_mah} × 0.8 / {current_ma}" in line)
    assert row.rstrip(" |").endswith(hours)
    assert f"{capacity_mah * 0.8 / current_ma:.1f}" == hours

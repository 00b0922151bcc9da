"""Options that more than one command takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from repband.errors import UsageError

if TYPE_CHECKING:
    from repband.journal import Load

side_option = click.option(
    "--side", type=click.Choice(["left", "right"]), help="The thigh the sensor is on (kept with the session)."
)
load_option = click.option(
    "--load",
    default="bodyweight",
    metavar="LOAD",
    help='What you work against: "bodyweight", "12 kg" or "band red".  [default: bodyweight]',
)
serial_option = click.option(
    "--serial",
    "port",
    is_flag=False,
    flag_value="",
    metavar="[PORT]",
    help="From a sensor on a USB cable; without PORT the one that is there.",
)
ble_option = click.option(
    "--ble",
    "sensor",
    is_flag=False,
    flag_value="",
    metavar="[NAME]",
    help="From a sensor on the air, by its name or address; without NAME the one that is near.",
)
check_option = click.option(
    "--check/--no-check",
    default=None,
    help="Try the sensor out first: it moves, three practice reps are three.  [default: when the sensor is new here]",
)
speed_option = click.option(
    "--speed",
    type=click.FloatRange(0.1, 1000),
    default=1.0,
    show_default=True,
    help="1 is real time; 10 plays ten times as fast (virtual sensor and recordings).",
)


def parse_load(text: str) -> Load:
    """Reads a load as a person writes it.

    Args:
        text: "bodyweight", "12 kg", "12.5kg", "band", "band red" or "band 8".

    Raises:
        UsageError: it is none of these.
    """
    from repband.journal import Load

    words = text.strip().lower().split()
    if words == ["bodyweight"]:
        return Load()
    if words[:1] == ["band"] and len(words) <= 2:
        return _band(words[1]) if len(words) == 2 else Load("band")
    kilograms = re.fullmatch(r"(\d+(?:\.\d+)?)\s*kg", text.strip().lower())
    if kilograms:
        return Load("kg", float(kilograms[1]))
    raise UsageError(f'"{text}" is no load', where="--load", cure='write "bodyweight", "12 kg", "band" or "band red"')


def _band(word: str) -> Load:
    from repband.journal import Load

    try:
        return Load("band", float(word))
    except ValueError:
        return Load("band", label=word)

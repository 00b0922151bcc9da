"""`repband exercise`: the page of one exercise."""

from __future__ import annotations

import click

from repband.cli.exercises import json_option, show


@click.command()
@click.argument("name")
@json_option
def command(name: str, as_json: bool) -> None:
    """Show the exercise NAME (or a file): why, how, the sensor, common faults, when to stop.

    The names: repband exercises
    """
    show(name, as_json)

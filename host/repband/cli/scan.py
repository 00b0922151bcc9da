"""`repband scan`: which sensors are near, on the air and on USB."""

from __future__ import annotations

import click


@click.command("scan")
@click.option("--seconds", type=click.FloatRange(0.5, 120), default=5.0, show_default=True, help="How long to listen.")
@click.option("--serial", "kind", flag_value="serial", help="Only the ports.")
@click.option("--ble", "kind", flag_value="ble", help="Only the air.")
def command(seconds: float, kind: str | None) -> None:
    """List the sensors that can be heard over Bluetooth, and the USB ports a sensor may be on."""
    if kind != "serial":
        _scan_air(seconds, alone=kind == "ble")
    if kind != "ble":
        _list_ports()


def _scan_air(seconds: float, *, alone: bool) -> None:
    from repband.errors import SourceError
    from repband.link.radio import make_radio

    try:
        found = make_radio().scan(seconds)
    except SourceError as error:
        if alone:
            raise
        click.echo(f"on the air: {error}")
        return
    click.echo(
        "on the air:" if found else f"on the air: no sensor heard in {seconds:g} s; is it switched on, and free?"
    )
    for one in found:
        click.echo(f"  {one.name or '(no name)':16}  {one.address}  {one.rssi_dbm} dBm")
    if found:
        click.echo(f'use one: repband live bridge --ble "{found[0].name or found[0].address}"')


def _list_ports() -> None:
    from repband.link.ports import LIKELY_VENDORS, list_ports

    ports = list_ports()
    click.echo("on USB:" if ports else "on USB: no serial port; many cables only charge")
    for port in ports:
        likely = LIKELY_VENDORS.get(port.vendor) if port.vendor is not None else None
        click.echo(f"  {port.device:16}  {port.description}{f'  may be a sensor: {likely}' if likely else ''}")

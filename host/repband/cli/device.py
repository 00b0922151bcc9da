"""`repband device`: ask the sensor what it is, set it up, find it, test it, claim it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from repband.errors import UsageError

if TYPE_CHECKING:
    import repband_wire as wire

    from repband.link.dialogue import Dialogue
    from repband.link.transport import Transport

_Function = TypeVar("_Function", bound=Callable[..., Any])
_SIDES = ("unknown", "left", "right")
_KEPT_SIDES: dict[int, Literal["left", "right"]] = {1: "left", 2: "right"}


def _where(function: _Function) -> _Function:
    """The options that say which sensor is meant."""
    serial = click.option(
        "--serial", "port", is_flag=False, flag_value="", metavar="[PORT]", help="On a cable (the default)."
    )
    ble = click.option("--ble", "sensor", is_flag=False, flag_value="", metavar="[NAME]", help="On the air.")
    return serial(ble(function))


@click.group("device")
def command() -> None:
    """Talk to the sensor: what it is, how it is set up, whether it is well, whose it is.

    Without --serial PORT or --ble NAME it is the one on a USB cable.
    """


@command.command("info")
@_where
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
def info(port: str | None, sensor: str | None, as_json: bool) -> None:
    """Say what the sensor is and how it is."""
    import json

    with _dialogue(port, sensor) as dialogue:
        said = dialogue.info
    if as_json:
        fields = {name: getattr(said, name) for name in said.names()}
        click.echo(json.dumps({**fields, "rates_chz": list(said.rates_chz)}))
    else:
        click.echo("\n".join(info_lines(said)))


@command.command("configure", short_help="Change its name, its side, and how it samples.")
@_where
@click.option("--name", metavar="TEXT", help="What to call it; at most 16 bytes.")
@click.option("--side", type=click.Choice(_SIDES), help="The thigh it is worn on.")
@click.option("--rate", "rate_hz", type=click.FloatRange(5, 500), help="Samples a second; it takes the nearest it has.")
@click.option("--accel", "accel_g", type=click.Choice(["2", "4", "8", "16"]), help="Range of the accelerometer, in g.")
@click.option(
    "--gyro",
    "gyro_dps",
    type=click.Choice(["0", "125", "250", "500", "1000", "2000"]),
    help="Range of the gyroscope, in deg/s; 0 leaves it out.",
)
@click.option("--exercise", metavar="NAME", help="What it counts when no laptop is near.")
def configure(
    port: str | None,
    sensor: str | None,
    name: str | None,
    side: str | None,
    rate_hz: float | None,
    accel_g: str | None,
    gyro_dps: str | None,
    exercise: str | None,
) -> None:
    """Change what the sensor is called, where it is worn, and how it samples."""
    from repband_wire import control

    changes: list[tuple[int, int | bytes]] = []
    if name is not None:
        changes.append((control.SET_NAME, _short("--name", name, control.MAX_NAME)))
    if side is not None:
        changes.append((control.SET_SIDE, _SIDES.index(side)))
    if rate_hz is not None:
        changes.append((control.SET_RATE, round(rate_hz * 100)))
    if exercise is not None:
        changes.append((control.SET_EXERCISE, _short("--exercise", exercise, control.MAX_SLUG)))
    if not changes and accel_g is None and gyro_dps is None:
        raise UsageError("nothing to change", cure="give --name, --side, --rate, --accel, --gyro or --exercise")
    with _dialogue(port, sensor) as dialogue:
        if accel_g is not None or gyro_dps is not None:
            changes.append((control.SET_RANGE, _ranges(dialogue.info.ranges, accel_g, gyro_dps)))
        for code, value in changes:
            dialogue.ask(code, value)
        click.echo("\n".join(info_lines(dialogue.refresh())))


@command.command("identify")
@_where
def identify(port: str | None, sensor: str | None) -> None:
    """Let the sensor blink or beep, to see which one it is."""
    from repband_wire import control

    with _dialogue(port, sensor) as dialogue:
        dialogue.ask(control.IDENTIFY)
    click.echo("it blinks or beeps ten times now")


@command.command("selftest", short_help="Let the sensor test itself; save it to share.")
@_where
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also save the report, to share it: without the sensor's name, key or port.",
)
def selftest(port: str | None, sensor: str | None, out: Path | None) -> None:
    """Let the sensor test itself: identity, gravity, noise, rate, memory, battery. Lay it down still first."""
    from repband_wire import control

    with _dialogue(port, sensor) as dialogue:
        values = dialogue.ask(control.SELF_TEST, within_s=30.0)
        said = dialogue.info
    click.echo("\n".join([*info_lines(said), *selftest_lines(values)]))
    if out is not None:
        out.write_text("\n".join(shared_lines(said, values, "USB" if sensor is None else "Bluetooth")) + "\n", "utf-8")
        click.echo(f"saved: {out}")
    if values["faults"]:
        raise click.exceptions.Exit(1)


@command.command("sync")
@_where
def sync(port: str | None, sensor: str | None) -> None:
    """Bring the reps that the sensor counted by itself into the history; what is kept then goes from the sensor."""
    from repband_wire import control

    from repband.cli.spans import counted, wearers_history
    from repband.journal.synced import Sensor, keep_synced, kept_below
    from repband.link.devicelog import read_log

    with _dialogue(port, sensor) as dialogue, wearers_history() as history:
        said = dialogue.info
        log = read_log(dialogue, lambda identity: kept_below(history, identity))
        version = f"sensor {said.major}.{said.minor}.{said.patch}"
        which = Sensor(said.name or "sensor", version, _KEPT_SIDES.get(said.side))
        done = keep_synced(history, log, which)
        dialogue.ask(control.LOG_CLEAR, log.below)
    if done.sessions:
        click.echo(f"kept: {counted(len(done.sessions), 'session')}, {counted(done.reps, 'rep')}: repband history")
    elif not done.counted_here and log.under_way is None:
        click.echo("nothing new: what the sensor counted by itself is kept already, or it counted nothing")
    if done.counted_here:
        click.echo(f"left out: {counted(done.counted_here, 'rep')} that a session on this computer has counted itself")
    if log.under_way is not None:
        reps = counted(len(log.under_way.reps), "rep")
        click.echo(f"a set is under way on the sensor, {reps} so far: it stays there until it is over")


@command.command("claim")
@_where
def claim(port: str | None, sensor: str | None) -> None:
    """Make the sensor obey this computer only. Over a cable nobody can listen in."""
    from repband_wire import control

    from repband.link.key import key_path, make_key

    key = make_key()
    with _dialogue(port, sensor) as dialogue:
        dialogue.ask(control.CLAIM, key)
    click.echo(f"it obeys this computer now; its key is {key_path()}: keep a copy")


@command.command("reset")
@_where
def reset(port: str | None, sensor: str | None) -> None:
    """Let the sensor forget whose it is; hold its button meanwhile."""
    from repband_wire import control

    with _dialogue(port, sensor, introduces=False) as dialogue:
        dialogue.ask(control.RESET)
    click.echo("it belongs to nobody now")


def info_lines(said: wire.Info) -> list[str]:
    """What a sensor says of itself, for people."""
    from repband_wire import accel_range_g, gyro_range_dps
    from repband_wire import info as words

    from repband.link.refusals import fault_text

    name = said.name or "(no name)"
    lines = [f"{name}: firmware {said.major}.{said.minor}.{said.patch}, wire format {said.protocol_max}"]
    if said.rate_chz:
        gyro = gyro_range_dps(said.ranges)
        lines.append(
            f"  {said.imu} on {said.board}, {said.rate_chz / 100:g} Hz, {accel_range_g(said.ranges)} g"
            + (f", {gyro} deg/s" if gyro else ", no gyroscope")
        )
        lines.append(f"  keeps {said.ring_capacity * 100 / said.rate_chz:.0f} s for a host that comes back")
        lines.append(f"  rates: {', '.join(f'{rate / 100:g}' for rate in said.rates_chz)} Hz")
    lines.append(f"  side: {_SIDES[said.side]}; exercise: {said.exercise or 'none'}")
    if said.battery_percent != words.BATTERY_UNKNOWN:
        lines.append(f"  battery: {said.battery_percent} %{', charging' if said.flags & words.CHARGING else ''}")
    lines.append(f"  belongs to {'a computer' if said.flags & words.CLAIMED else 'nobody: claim it'}")
    lines.append(f"  fault: {fault_text(said.fault)}")
    return lines


def selftest_lines(values: dict[str, int | bytes]) -> list[str]:
    """The result of a self-test, for people."""
    from repband.link.refusals import fault_text

    number = {name: value for name, value in values.items() if isinstance(value, int)}
    faults = [fault_text(code) for code in range(1, 16) if number["faults"] >> code & 1]
    return [
        f"self-test: {'; '.join(faults) if faults else 'all is well'}",
        f"  gravity {number['gravity_mg'] / 1000:.3f} g, noise {number['noise_ug'] / 1000:.1f} mg",
        f"  rate {number['rate_chz'] / 100:g} Hz by its own clock",
        f"  free memory {number['heap_free'] / 1024:.0f} KB, free flash {number['flash_free_kb']} KB",
        f"  battery {number['battery_mv']} mV" if number["battery_mv"] else "  battery not measured",
    ]


def shared_lines(said: wire.Info, values: dict[str, int | bytes], link: str) -> list[str]:
    """A self-test that may be shown to anybody: all that matters for the board, and nothing of its owner."""
    import copy
    import platform

    from repband import __version__

    nameless = copy.copy(said)
    nameless.name = ""
    return [
        f"repband {__version__}, Python {platform.python_version()},"
        f" {platform.system()} {platform.release()} {platform.machine()}, over {link}",
        *info_lines(nameless),
        f"  who_am_i {said.who_am_i:#04x}, {said.payload} bytes a message"
        + (f", connection interval {said.interval_units * 1.25:g} ms" if said.interval_units else ""),
        *selftest_lines(values),
    ]


def _dialogue(port: str | None, sensor: str | None, *, introduces: bool = True) -> Dialogue:
    from repband.link.dialogue import Dialogue
    from repband.link.key import load_key

    return Dialogue(_transport(port, sensor), load_key(), introduces=introduces)


def _transport(port: str | None, sensor: str | None) -> Transport:
    if port is not None and sensor is not None:
        raise UsageError("the sensor is either on a cable or on the air", cure="leave --serial or --ble out")
    if sensor is not None:
        from repband.link.bletransport import BleTransport
        from repband.link.radio import make_radio

        return BleTransport(sensor, make_radio())
    from repband.link.ports import choose_port
    from repband.link.serialport import SerialTransport

    return SerialTransport(port or choose_port().device)


def _ranges(now: int, accel_g: str | None, gyro_dps: str | None) -> int:
    from repband_wire import accel_range_g, gyro_range_dps, pack_ranges

    accel = accel_range_g(now) if accel_g is None else int(accel_g)
    return pack_ranges(accel, gyro_range_dps(now) if gyro_dps is None else int(gyro_dps))


def _short(option: str, text: str, most: int) -> bytes:
    data = text.encode()
    if not 1 <= len(data) <= most or any(ord(char) < 0x20 or ord(char) == 0x7F for char in text):
        raise UsageError(f"must be text of 1 to {most} bytes", where=option, cure="shorten it")
    return data

"""`repband workout`: a led session on the live page, mirrored in the terminal."""

from __future__ import annotations

import click

from repband.cli.options import ble_option, check_option, serial_option
from repband.errors import UsageError


@click.command("workout")
@click.argument("plan", required=False, metavar="[PLAN]")
@click.option("--demo", is_flag=True, help="A virtual wearer does the plan; no sensor needed.")
@click.option("--stdin", "kind", flag_value="stdin", help="From standard input: lines of t_s,ax,ay,az[,gx,gy,gz].")
@click.option("--replay", "replayed", metavar="FILE", help="From a recording, at its own pace.")
@serial_option
@ble_option
@click.option("--count-in", "count_in_s", type=click.FloatRange(0, 30), default=0.0, help="Seconds of count-in.")
@click.option("--side", type=click.Choice(["left", "right"]), help="The thigh the sensor is on at the beginning.")
@click.option("--lan", is_flag=True, help="Also for a phone or tablet beside the mat; shows a code to scan.")
@click.option("--port", "page_port", type=click.IntRange(0, 65535), help="Port of the page.")
@click.option("--no-open", is_flag=True, help="Do not open a browser.")
@click.option("--speed", type=click.FloatRange(0.1, 100), default=1.0, help="How fast the virtual wearer lives.")
@click.option("--seed", type=click.IntRange(0), default=1, help="Which virtual wearer.")
@check_option
@click.option("--resume/--no-resume", "resumes", default=None, help="Go on with a session that broke off, or not.")
@click.option("--plain", is_flag=True, help="Lines instead of a screen, also in a terminal.")
@click.option("--no-keep", is_flag=True, help="Neither record nor write to the history.")
def command(
    plan: str | None,
    demo: bool,
    kind: str | None,
    replayed: str | None,
    port: str | None,
    sensor: str | None,
    count_in_s: float,
    side: str | None,
    lan: bool,
    page_port: int | None,
    no_open: bool,
    speed: float,
    seed: int,
    check: bool | None,
    resumes: bool | None,
    plain: bool,
    no_keep: bool,
) -> None:
    """Be led through PLAN (a shipped plan's name or a .toml file; the beginner's by default) on a live page.

    Try it without a sensor: repband workout --demo

    Ctrl-C ends the session at once and keeps it. Stop when it hurts.
    """
    if sum((demo, *(given is not None for given in (kind, replayed, port, sensor)))) != 1:
        raise UsageError(
            "name one source of samples",
            cure="add --ble (the sensor on the air), --serial (on its cable), --demo (no sensor needed), --stdin or"
            " --replay FILE",
        )
    try:
        from repband.cli.led import LedSession, Options
    except ModuleNotFoundError as error:
        raise UsageError(f"the live page needs {error.name}", cure='pip install "repband[web]"') from error
    options = Options(
        plan=plan or "beginner",
        source="demo" if demo else "stdin" if kind else "replay" if replayed is not None else "sensor",
        file=replayed,
        serial=port,
        ble=sensor,
        count_in_s=count_in_s,
        side=side,
        lan=lan,
        port=page_port,
        opens=not no_open,
        speed=speed,
        seed=seed,
        plain=plain,
        keeps=not no_keep,
        resumes=resumes,
        check=check,
    )
    LedSession(options).run()

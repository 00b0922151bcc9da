"""`repband live`: count a set while it happens, and keep the session."""

from __future__ import annotations

from dataclasses import replace

import click

from repband.cli.options import ble_option, check_option, load_option, serial_option, side_option, speed_option
from repband.errors import UsageError


@click.command("live")
@click.argument("exercise", default="generic")
@click.option("--virtual", "kind", flag_value="virtual", help="Samples come from the virtual sensor.")
@click.option("--firmware", "kind", flag_value="firmware", help="From the firmware, run here on a simulated board.")
@click.option("--replay", "replayed", metavar="FILE", help="From a recording, at its own pace.")
@click.option("--stdin", "kind", flag_value="stdin", help="From standard input: lines of t_s,ax,ay,az[,gx,gy,gz].")
@serial_option
@ble_option
@click.option("--reps", type=click.IntRange(1, 1000), help="Reps a set; without it a set goes on until you rest.")
@click.option("--sets", type=click.IntRange(1, 50), default=1, show_default=True, help="Number of sets.")
@click.option("--rest", "rest_s", type=click.FloatRange(0, 3600), help="Seconds of rest between sets.")
@side_option
@load_option
@speed_option
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Which virtual wearer.")
@check_option
@click.option("--resume/--no-resume", "resumes", default=None, help="Go on with a set that broke off, or not.")
@click.option("--plain", is_flag=True, help="Lines instead of a screen, also in a terminal.")
@click.option("--no-keep", is_flag=True, help="Neither record nor write to the history.")
def command(
    exercise: str,
    kind: str | None,
    replayed: str | None,
    port: str | None,
    sensor: str | None,
    reps: int | None,
    sets: int,
    rest_s: float | None,
    side: str | None,
    load: str,
    speed: float,
    seed: int,
    check: bool | None,
    resumes: bool | None,
    plain: bool,
    no_keep: bool,
) -> None:
    """Count the reps of EXERCISE live, with their tempo, and keep the session.

    Try it without a sensor: repband live bridge --virtual

    Ctrl-C ends the session at once and keeps it. Stop when it hurts.
    """
    from repband.cli.earlier import broken_off
    from repband.cli.running import LiveRun, somebody_is_there
    from repband.cli.sources import follow, followers, linked_source, live_source, say_link, staying_awake
    from repband.exercise import load_exercise
    from repband.source import open_source
    from repband.source.paced import PacedSource
    from repband.workout import Target

    if sum(given is not None for given in (kind, replayed, port, sensor)) != 1:
        raise UsageError(
            "name one source of samples",
            cure="add --ble (the sensor on the air), --serial (on its cable), --virtual (no sensor needed), --firmware,"
            " --stdin or --replay FILE",
        )
    what = load_exercise(exercise)
    target = Target(sets, reps, what.dose.rest_s if rest_s is None else rest_s)
    asks, is_demo = somebody_is_there(), port is None and sensor is None and kind != "stdin"
    broken = None if no_keep or replayed is not None else broken_off(what, resumes, asks=asks, demo=is_demo)
    if broken is not None:
        target = replace(target, sets=len(broken[0].tasks), reps=broken[0].tasks[0].reps)
    linked = linked_source(port, sensor)
    if linked is not None:
        source = linked
    elif replayed is not None:
        source = PacedSource(open_source(replayed), speed)
    else:
        source = live_source(kind or "virtual", what, target, seed=seed, speed=speed, check=bool(check))
    run = LiveRun(
        what,
        target,
        source,
        side=side,
        load=load,
        keep=not no_keep,
        plain=plain,
        check=check,
        asks=asks and kind != "firmware",  # what that sensor feels is laid down before: nobody can answer for it
        follows=followers(source),
        resumes=broken,
        demo=is_demo,
    )
    follow(source, run.note, run.show_source)
    try:
        with staying_awake(source, run.note):
            run.run()
    finally:
        say_link(source)

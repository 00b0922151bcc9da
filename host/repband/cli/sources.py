"""Turns what the person asked for into a live source."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

import click
import numpy as np

from repband.driver.driver import Listener
from repband.errors import UsageError
from repband.exercise import Exercise
from repband.link import Change, link_figures, link_line
from repband.link.source import LinkSource
from repband.simulate import EXERCISES, SetPlan, VirtualSensor, simulate_set
from repband.simulate.wearer import VirtualWearer
from repband.source import Source
from repband.workout import Target
from repband.workout.firstcheck import PRACTICE_REPS
from repband.workout.following import Following

# A virtual wearer without a target does a usual set.
_USUAL_REPS = 8
# The virtual wearer settles after the last rep for longer than the set needs to see that it is over, and goes on
# resting through the rest the target asks for.
_SETTLES_S = 12.0
_FIRMWARE_RATE_HZ = 50.0


def live_source(
    kind: str, exercise: Exercise, target: Target, *, seed: int, speed: float, check: bool = False
) -> Source:
    """The source for one live session.

    Args:
        kind: "virtual", "firmware" or "stdin".
        exercise, target: what the virtual wearer does, and how often.
        seed: which virtual wearer.
        speed: how much faster than real time the virtual wearer lives.
        check: the session begins with the check of the sensor, and the virtual wearer does what it asks for.

    Raises:
        UsageError: the virtual wearer does not know the exercise, or the source can't do what is asked.
    """
    if kind == "stdin":
        from repband.source import StdinSource

        return StdinSource()
    if target.sets > 1:
        raise UsageError("the virtual wearer does one set", where="--sets", cure="leave it out, or use a sensor")
    plan = virtual_set(exercise, target.reps or _USUAL_REPS)
    if kind == "virtual":
        return VirtualWearer(seed, speed=speed) if check else VirtualSensor(plan, seed, speed=speed)
    tries = (replace(plan, reps=1, tail_s=1.0), replace(plan, reps=PRACTICE_REPS, lead_s=2.0, tail_s=6.0))
    return _firmware((*tries, plan) if check else (plan,), seed, speed)


def followers(source: Source) -> list[Listener]:
    """The listeners that a source needs: a virtual wearer hears what the session asks for."""
    return [Following(source.ask, guided=False)] if isinstance(source, VirtualWearer) else []


def linked_source(port: str | None, sensor: str | None) -> LinkSource | None:
    """The sensor on a cable or on the air; None where neither was asked for.

    Args:
        port: serial port, "" for the one that looks like a sensor, or None.
        sensor: name or address on the air, "" for any, or None.

    Raises:
        UsageError: both, several candidates, or a missing extra.
        SourceError: there is no such sensor.
    """
    if port is not None and sensor is not None:
        raise UsageError("the sensor is either on a cable or on the air", cure="leave --serial or --ble out")
    if port is not None:
        return _on_serial(port)
    return None if sensor is None else _on_air(sensor)


def follow(source: Source, note: Callable[[str], None], status: Callable[[str], None] | None = None) -> None:
    """Says what a link does, as news and once a second as a short status."""
    if not isinstance(source, LinkSource):
        return
    from repband.link.stats import change_text, status_text

    def changed(change: Change) -> None:
        text = change_text(change, again=source.stats.drops > 0)
        if text:
            note(text)

    source.on_change = changed
    if status is not None:
        source.on_stats = lambda stats: status(", ".join(part for part in (source.name, status_text(stats)) if part))


def staying_awake(source: Source, note: Callable[[str], None]) -> AbstractContextManager[object]:
    """Keeps the computer awake while samples come from a sensor; other sources wait for nobody."""
    if not isinstance(source, LinkSource):
        return nullcontext()
    from repband.link.awake import awake

    return awake(note)


def link_kept(source: Source) -> dict[str, float | None]:
    """The link's figures, to keep with the session; none without a link."""
    return link_figures(source.stats) if isinstance(source, LinkSource) and source.streamed else {}


def counts_itself(source: Source) -> str:
    """The exercise that the sensor counts by itself, as far as is known."""
    return source.exercise if isinstance(source, LinkSource) else ""


def was_lost(source: Source) -> bool:
    """Whether the link was lost in the session."""
    return isinstance(source, LinkSource) and source.stats.drops > 0


def say_link(source: Source) -> None:
    """Says at the end how the link was."""
    if isinstance(source, LinkSource) and source.streamed:
        click.echo(link_line(source.stats))


def _on_air(sensor: str) -> LinkSource:
    from repband.link.bletransport import BleTransport
    from repband.link.key import load_key
    from repband.link.radio import make_radio

    _check_no_exercise(sensor, "--ble")
    return LinkSource(BleTransport(sensor, make_radio()), key=load_key())


def _check_no_exercise(given: str, option: str) -> None:
    from repband.exercise import exercise_names

    if given in exercise_names():
        raise UsageError(
            f"'{given}' is an exercise, no sensor", where=option, cure=f"put it first: repband live {given} {option}"
        )


def _on_serial(port: str) -> LinkSource:
    from repband.link.key import load_key
    from repband.link.ports import choose_port
    from repband.link.serialport import SerialTransport

    _check_no_exercise(port, "--serial")
    return LinkSource(SerialTransport(port or choose_port().device), key=load_key())


def virtual_set(exercise: Exercise, reps: int) -> SetPlan:
    """A set at the exercise's own tempo by a typical virtual wearer, who lies or stands ready when it begins.

    Raises:
        UsageError: the body model does not know the exercise.
    """
    from repband.simulate import Tempo

    if exercise.name not in EXERCISES:
        raise UsageError(
            f"the virtual wearer does not know '{exercise.name}'", cure=f"choose one of {', '.join(EXERCISES)}"
        )
    tempo = exercise.tempo_s
    return SetPlan(
        exercise.name,
        reps,
        tempo_s=Tempo(tempo.out, tempo.hold, tempo.back, max(tempo.rest, 1.0)),
        lead_s=4.0,
        tail_s=_SETTLES_S,
    )


def _firmware(plans: Sequence[SetPlan], seed: int, speed: float) -> Source:
    """The firmware on a simulated board, worn by somebody who does one set after the other."""
    from repband.source.firmware import FirmwareSource

    done = [simulate_set(replace(plan, rate_hz=_FIRMWARE_RATE_HZ, gyro=False), seed).accel_g for plan in plans]
    return FirmwareSource(np.concatenate(done), _FIRMWARE_RATE_HZ, speed=speed)

"""Turns what the person asked for into a live source."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import click

from repband.errors import UsageError
from repband.exercise import Exercise
from repband.link import Change, link_line
from repband.link.source import LinkSource
from repband.simulate import EXERCISES, SetPlan, VirtualSensor, simulate_set
from repband.source import Source
from repband.workout import Target

# A virtual wearer without a target does a usual set.
_USUAL_REPS = 8
# The virtual wearer settles after the last rep for longer than the set needs to see that it is over, and goes on
# resting through the rest the target asks for.
_SETTLES_S = 12.0
_FIRMWARE_RATE_HZ = 50.0


def live_source(kind: str, exercise: Exercise, target: Target, *, seed: int, speed: float) -> Source:
    """The source for one live session.

    Args:
        kind: "virtual", "firmware" or "stdin".
        exercise, target: what the virtual wearer does, and how often.
        seed: which virtual wearer.
        speed: how much faster than real time the virtual wearer lives.

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
        return VirtualSensor(plan, seed, speed=speed)
    return _firmware(plan, seed, speed)


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
    from repband.link.stats import LinkNews, status_text

    news = LinkNews()

    def changed(change: Change) -> None:
        text = news.text(change)
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


def _firmware(plan: SetPlan, seed: int, speed: float) -> Source:
    from repband.source.firmware import FirmwareSource

    recording = simulate_set(dataclasses.replace(plan, rate_hz=_FIRMWARE_RATE_HZ, gyro=False), seed)
    return FirmwareSource(recording.accel_g, _FIRMWARE_RATE_HZ, speed=speed)

"""Turns what the person asked for into a live source."""

from __future__ import annotations

import dataclasses

from repband.errors import UsageError
from repband.exercise import Exercise
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

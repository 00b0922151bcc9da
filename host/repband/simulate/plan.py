"""What a simulated set consists of, and the truth about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int16]
Matrix = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]

EXERCISES = ("bridge", "clamshell", "squat", "deadlift", "lunge")


class Tempo(NamedTuple):
    """Typical time of each phase, in s: out of the rest posture, held, back, rest before the next rep."""

    out: float
    hold: float
    back: float
    rest: float


@dataclass(frozen=True, slots=True)
class PostureChange:
    """Getting into position before the set, or out of it afterwards.

    Attributes:
        angle_deg: by how much gravity turns in the sensor's frame.
        move_s: how long the change takes.
        dwell_s: how long the other posture is kept.
        axis: "plausible" turns in the plane in which people sit up and lie down (a clamshell also rolls over);
            "random" turns about any horizontal axis.
    """

    angle_deg: float
    move_s: float = 2.5
    dwell_s: float = 4.0
    axis: Literal["plausible", "random"] = "random"


@dataclass(frozen=True, slots=True)
class SensorModel:
    """A sensor that reads with errors of its own (MODEL.md gives the data sheets).

    Attributes:
        accel_range_g, gyro_range_dps: full scale of the 16-bit samples; what is larger is clipped.
        accel_noise_g, gyro_noise_dps: standard deviation of a sample.
        accel_bias_g, gyro_bias_dps: offset on each axis.
        accel_scale, gyro_scale: gain error on each axis, as a share.
        clock_ppm: how much faster than true time the device's clock runs, in parts per million.
    """

    accel_range_g: int = 4
    gyro_range_dps: int = 500
    accel_noise_g: float = 0.002
    gyro_noise_dps: float = 0.1
    accel_bias_g: tuple[float, float, float] = (0.0, 0.0, 0.0)
    gyro_bias_dps: tuple[float, float, float] = (0.0, 0.0, 0.0)
    accel_scale: tuple[float, float, float] = (0.0, 0.0, 0.0)
    gyro_scale: tuple[float, float, float] = (0.0, 0.0, 0.0)
    clock_ppm: float = 0.0


@dataclass(frozen=True, slots=True)
class SetPlan:
    """One set of one person. What is left out takes the model's typical value for the exercise.

    Attributes:
        exercise: one of EXERCISES.
        reps: true reps.
        tempo_s: typical phase times; None takes the exercise's.
        excursion_deg: the person's typical excursion of gravity in the thigh's frame; None takes the exercise's.
        rate_hz: sampling rate.
        gyro: whether the sensor has a gyroscope switched on.
        style: "usual", or "from-floor" (deadlift: rest is at the floor, out is concentric) or "step" (lunge: steps
            forward and back; the usual lunge stays in the split stance).
        mount: "random" (even over SO(3)), "aligned", or a rotation matrix sensor -> thigh.
        lead_s, tail_s: rest in the rest posture before the first and after the last movement.
        before, after: posture changes round the set.
        partials: aborted movements among the reps; they must not count.
        partial_share: their size as a range of shares of the person's own typical excursion.
        fidgets: small movements in the rests, before and after.
        pauses: rests within the set drawn out to `pause_s`.
        tempo_sd, excursion_sd: spread from rep to rep, as a share (lognormal).
        rest_sd: spread of the rest posture from rep to rep, as a share of the excursion.
        sag: how much of the excursion is typically lost during the hold.
        fatigue_tempo, fatigue_excursion: by which share the last rep is slower and smaller than the first.
        wobble: strength of the soft tissue's oscillation; 1 is typical, 0 is none.
        unsteady: strength of tremor, sway, breathing and unevenness; 1 is typical, 0 is none.
        slip_deg: the strap turns round the thigh by this much, half-way through the recording; 0 stays put.
        sensor: the sensor's own errors.
    """

    exercise: str
    reps: int = 8
    tempo_s: Tempo | None = None
    excursion_deg: float | None = None
    rate_hz: float = 52.0
    gyro: bool = True
    style: Literal["usual", "from-floor", "step"] = "usual"
    mount: Literal["random", "aligned"] | Matrix = "random"
    lead_s: float = 3.0
    tail_s: float = 3.0
    before: PostureChange | None = None
    after: PostureChange | None = None
    partials: int = 0
    partial_share: tuple[float, float] = (0.15, 0.40)
    fidgets: int = 0
    pauses: int = 0
    pause_s: tuple[float, float] = (4.0, 12.0)
    tempo_sd: float = 0.12
    excursion_sd: float = 0.08
    rest_sd: float = 0.03
    sag: float = 0.05
    fatigue_tempo: float = 0.0
    fatigue_excursion: float = 0.0
    wobble: float = 1.0
    unsteady: float = 1.0
    slip_deg: float = 0.0
    sensor: SensorModel = field(default_factory=SensorModel)


@dataclass(frozen=True, slots=True)
class TrueRep:
    """One true movement. All times are in s on the recording's own time axis.

    Attributes:
        kind: "rep", or "partial" for an aborted movement that must not count.
        start_s, end_s: onset and return of the movement.
        half_up_s, half_down_s: where it crosses half of its height on the way out and back.
        hold_start_s, hold_end_s: end of the way out, start of the way back.
        turn_s: the farthest point.
        excursion_deg: angle by which gravity turned in the thigh's frame, from the rest before to the turn.
    """

    kind: Literal["rep", "partial"]
    start_s: float
    half_up_s: float
    hold_start_s: float
    turn_s: float
    hold_end_s: float
    half_down_s: float
    end_s: float
    excursion_deg: float


@dataclass(frozen=True, slots=True)
class TrueSpan:
    """What else happened: "posture" (a change of posture), "fidget", "pause" (a long rest within the set) or "slip"."""

    kind: Literal["posture", "fidget", "pause", "slip"]
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedRecording:
    """What the sensor read, and the truth.

    Attributes:
        plan, seed: what it was made from.
        rate_hz: nominal sampling rate.
        t_s: sample times on the device's clock, shape (n,): k / rate_hz.
        accel_counts, gyro_counts: the 16-bit samples, shape (n, 3); `gyro_counts` is None without a gyroscope.
        accel_g: specific force as read, shape (n, 3), in g.
        gyro_dps: rotation rate as read, shape (n, 3), in deg/s; zeros without a gyroscope.
        truth: every true rep and partial, in order.
        spans: posture changes, fidgets, pauses and a slip of the strap.
        mount: the rotation sensor -> thigh as the set begins, shape (3, 3).
    """

    plan: SetPlan
    seed: int
    rate_hz: float
    t_s: Floats
    accel_counts: Counts
    gyro_counts: Counts | None
    accel_g: Floats
    gyro_dps: Floats
    truth: tuple[TrueRep, ...]
    spans: tuple[TrueSpan, ...]
    mount: Floats

    @property
    def count(self) -> int:
        """The true count: reps, without partials."""
        return sum(rep.kind == "rep" for rep in self.truth)

    @property
    def reps(self) -> tuple[TrueRep, ...]:
        """The true reps, without partials."""
        return tuple(rep for rep in self.truth if rep.kind == "rep")

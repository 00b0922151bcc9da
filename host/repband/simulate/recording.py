"""Lets the body move and the sensor read: one simulated recording and its truth."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from repband.simulate.choreography import GRAVITY_MPS2, Choreography, Stroke, choreograph
from repband.simulate.dice import Dice
from repband.simulate.imu import in_units, read_accel, read_gyro
from repband.simulate.paths import Hum, chain, rotations, sum_of, turned_back
from repband.simulate.plan import SetPlan, SimulatedRecording, TrueRep, TrueSpan

Floats = npt.NDArray[np.float64]

_UP = np.array([0.0, 0.0, 1.0])
_STEP_S = 0.001  # for differences in time; the paths are smooth, so the error is far below the sensor's noise
_TRUTH_STEP_S = 0.002

MOST_EXCURSION_DEG = 130.0  # a thigh's whole range at the hip
TYPICAL_LEVER_M = 0.22
UNEVEN_G = 0.033  # rms on each axis at full effort, 1.2-12 Hz
SWAY_DEG = 0.35  # rms about each axis, 0.05-0.45 Hz


def simulate_set(plan: SetPlan, seed: int) -> SimulatedRecording:
    """One set as the sensor on that thigh reads it. The same on every machine for the same plan and seed.

    The movement does not depend on the mount, the rate or the sensor: each draws from dice of its own.

    Raises:
        ValueError: an exercise or style the model does not know, or a number nobody can do.
    """
    _check(plan)
    score = choreograph(plan, seed)
    motion = Motion(score, _hums(plan, Dice.of(seed, "unsteadiness")))
    clock = 1.0 + plan.sensor.clock_ppm * 1e-6  # device seconds per true second
    t_s = np.arange(math.floor(score.end_s * clock * plan.rate_hz)) / plan.rate_hz
    mount = _mount(plan, Dice.of(seed, "mount"))
    true_g, true_dps = motion.sensed(t_s / clock, mount)
    noise = Dice.of(seed, "noise")
    accel = read_accel(true_g, plan.sensor, noise)
    gyro = read_gyro(true_dps, plan.sensor, noise) if plan.gyro else None
    return SimulatedRecording(
        plan=plan,
        seed=seed,
        rate_hz=plan.rate_hz,
        t_s=t_s,
        accel_counts=accel,
        gyro_counts=gyro,
        accel_g=in_units(accel, plan.sensor.accel_range_g),
        gyro_dps=np.zeros_like(true_dps) if gyro is None else in_units(gyro, plan.sensor.gyro_range_dps),
        truth=tuple(_true_rep(stroke, score, clock) for stroke in score.strokes),
        spans=tuple(TrueSpan(s.kind, s.start_s * clock, s.end_s * clock) for s in score.spans),
        mount=mount,
    )


def _check(plan: SetPlan) -> None:
    if not plan.rate_hz > 0:
        raise ValueError(f"rate_hz must be positive, not {plan.rate_hz}")
    if plan.excursion_deg is not None and not 0.0 < plan.excursion_deg <= MOST_EXCURSION_DEG:
        raise ValueError(f"excursion_deg must lie in 0 to {MOST_EXCURSION_DEG:g}, not {plan.excursion_deg}")
    if plan.reps < 0 or plan.partials < 0 or (plan.tempo_s and min(plan.tempo_s) < 0):
        raise ValueError("reps, partials and phase times can't be negative")


@dataclass(frozen=True, slots=True)
class Hums:
    """What never stands still: sway and breathing, and how unevenly muscles pull (rad), in gusts (no unit)."""

    sway: Hum
    uneven: Hum
    gusts: Hum


@dataclass(frozen=True, slots=True)
class Motion:
    """The thigh's movement, to be asked at any true time."""

    score: Choreography
    hums: Hums

    def sensed(self, t_s: Floats, mount: Floats) -> tuple[Floats, Floats]:
        """True specific force in g and rotation in deg/s in the sensor's frame, each (n, 3)."""
        before, now, after = (self._pose(t_s + d) for d in (-_STEP_S, 0.0, _STEP_S))
        accel_mps2 = (before[1] - 2.0 * now[1] + after[1]) / _STEP_S**2
        force_g = turned_back(now[0], accel_mps2 / GRAVITY_MPS2 + _UP) + sum_of(self.score.shakes, t_s)
        there, back = chain(after[0], self._twist(t_s + _STEP_S)), chain(before[0], self._twist(t_s - _STEP_S))
        turn = np.einsum("nji,njk->nik", back, there)
        axial = np.stack((turn[:, 2, 1] - turn[:, 1, 2], turn[:, 0, 2] - turn[:, 2, 0], turn[:, 1, 0] - turn[:, 0, 1]))
        rate_dps = np.degrees(axial.T / 2.0 / (2.0 * _STEP_S))
        twist = self._twist(t_s)
        return (turned_back(mount, turned_back(twist, force_g)), turned_back(mount, turned_back(twist, rate_dps)))

    def _pose(self, t_s: Floats) -> tuple[Floats, Floats]:
        """Rotation thigh -> world, (n, 3, 3), and the sensor's place in m, (n, 3)."""
        score = self.score
        angle = score.angle.at(t_s)[:, 0]
        whole = chain(*(rotations(path.at(t_s)) for path in reversed(score.postures)), np.eye(3)[None])
        limb = chain(score.body.rest, rotations(angle[:, None] * score.body.hinge), rotations(self._stray(t_s)))
        place = np.einsum("...ij,...j->...i", whole, score.body.place_m(limb, angle)) + score.place.at(t_s)
        return chain(whole, limb), place

    def _stray(self, t_s: Floats) -> Floats:
        """Small turns about any axis: what differs from rep to rep, and what never stands still."""
        hums = self.hums
        gust = np.exp(0.4 * hums.gusts.at(t_s)[:, :1])
        return self.score.stray.at(t_s) + hums.sway.at(t_s) + gust * self._effort(t_s) * hums.uneven.at(t_s)

    def _effort(self, t_s: Floats) -> Floats:
        """How hard the muscles work, shape (n, 1): 0.4 at rest, 0.5 in a hold, 1 and more in a quick movement."""
        angle = self.score.angle
        width = max((abs(float(move.delta[0])) for move in angle.moves), default=1.0)
        out = np.tanh(np.abs(angle.at(t_s)) / width)
        speed = (angle.at(t_s + 0.1) - angle.at(t_s - 0.1)) / (0.2 * width)
        return 0.4 + 0.2 * out * out + np.tanh(0.8 * speed * speed)

    def _twist(self, t_s: Floats) -> Floats:
        """How the sensor turns against the thigh: with the tissue under it, and when the strap slips."""
        return chain(rotations(sum_of(self.score.twists, t_s)), rotations(self.score.slip.at(t_s)))


def _hums(plan: SetPlan, dice: Dice) -> Hums:
    """Draws one person's hums; MODEL.md gives the accelerations that people were found to have in each band."""
    sway = _hum(dice, 8, 0.05, 0.45)
    uneven = _hum(dice, 20, 1.2, 12.0)
    # Acceleration at the lever plus tilt is to be the same in every line: people's is about even per octave.
    per_mps2 = 1.0 / ((2.0 * np.pi * uneven.hz) ** 2 * TYPICAL_LEVER_M + GRAVITY_MPS2)
    size = plan.unsteady * UNEVEN_G * GRAVITY_MPS2 * per_mps2[:, None] * uneven.size
    return Hums(
        sway=Hum(sway.hz, sway.phase_rad, math.radians(plan.unsteady * SWAY_DEG) * sway.size),
        uneven=Hum(uneven.hz, uneven.phase_rad, size),
        gusts=_hum(dice, 6, 0.1, 0.8),
    )


def _hum(dice: Dice, lines: int, least_hz: float, most_hz: float) -> Hum:
    """Lines spread evenly over the octaves; one unit (rms) on each axis."""
    hz = least_hz * (most_hz / least_hz) ** dice.uniforms(lines)
    phase = 2.0 * np.pi * dice.uniforms(3 * lines).reshape(lines, 3)
    return Hum(hz, phase, math.sqrt(2.0 / lines) * np.abs(dice.normals(3 * lines)).reshape(lines, 3))


def _mount(plan: SetPlan, dice: Dice) -> Floats:
    """Rotation sensor -> thigh."""
    if plan.mount == "random":
        return dice.rotation()
    if plan.mount == "aligned":
        return np.eye(3)
    return np.array(plan.mount)


def _true_rep(stroke: Stroke, score: Choreography, clock: float) -> TrueRep:
    """Reads the truth off the body's own path, before any sensor."""
    t_s = np.arange(stroke.start_s, stroke.end_s + _TRUTH_STEP_S, _TRUTH_STEP_S)
    angle = score.angle.at(t_s)[:, 0]
    height = np.abs(angle - angle[0])
    top = int(np.argmax(height))
    half = 0.5 * height[top]
    up = int(np.argmax(height >= half))
    down = top + int(np.argmax(height[top:] < half))
    turn_s = stroke.start_s + stroke.out_s
    return TrueRep(
        kind=stroke.kind,
        start_s=stroke.start_s * clock,
        half_up_s=float(t_s[up]) * clock,
        hold_start_s=turn_s * clock,
        turn_s=float(t_s[top]) * clock,
        hold_end_s=(turn_s + stroke.hold_s) * clock,
        half_down_s=float(t_s[down]) * clock,
        end_s=stroke.end_s * clock,
        excursion_deg=_excursion_deg(score, t_s[[0, top]]),
    )


def _excursion_deg(score: Choreography, ends_s: Floats) -> float:
    """By how much gravity turns in the thigh's frame between two instants, shape (2,)."""
    up = turned_back(score.body.rest[None], _UP)[0]
    hinged = turned_back(rotations(score.angle.at(ends_s) * score.body.hinge), up)
    ends = turned_back(rotations(score.stray.at(ends_s)), hinged)
    return math.degrees(math.acos(min(1.0, float(np.sum(ends[0] * ends[1])))))

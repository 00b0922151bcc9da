"""How people differ: draws a person, and a set of that person. MODEL.md says where each range comes from."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Literal

import numpy as np

from repband.simulate.dice import Dice
from repband.simulate.plan import PostureChange, SensorModel, SetPlan, Tempo

Style = Literal["usual", "from-floor", "step"]

MODEL_VERSION = "3"
"""Frozen: any change of what a plan and a seed give is a new version (MODEL.md says how)."""


@dataclass(frozen=True, slots=True)
class Range:
    """A lognormal over people: median, spread of the logarithm, and the ends beyond which nobody is drawn."""

    median: float
    log_sd: float
    least: float
    most: float

    def draw(self, dice: Dice) -> float:
        """One person's value."""
        return dice.spread(self.median, self.log_sd, self.least, self.most)


@dataclass(frozen=True, slots=True)
class People:
    """How people do one exercise: each range is over people, not over reps."""

    excursion_deg: Range
    out_s: Range
    hold_s: Range
    back_s: Range
    rest_s: Range
    tempo_sd: Range
    excursion_sd: Range


PEOPLE: dict[tuple[str, Style], People] = {
    ("bridge", "usual"): People(
        excursion_deg=Range(20.0, 0.38, 6.5, 38.0),
        out_s=Range(1.55, 0.25, 0.7, 3.0),
        hold_s=Range(2.2, 0.45, 0.6, 5.5),
        back_s=Range(1.75, 0.22, 0.9, 3.3),
        rest_s=Range(0.65, 1.10, 0.05, 4.0),
        tempo_sd=Range(0.11, 0.40, 0.04, 0.30),
        excursion_sd=Range(0.06, 0.40, 0.02, 0.15),
    ),
    ("clamshell", "usual"): People(
        excursion_deg=Range(49.0, 0.32, 18.0, 80.0),
        out_s=Range(1.5, 0.22, 0.8, 2.4),
        hold_s=Range(0.18, 1.30, 0.02, 1.8),
        back_s=Range(1.5, 0.28, 0.7, 2.8),
        rest_s=Range(0.45, 0.90, 0.05, 2.5),
        tempo_sd=Range(0.09, 0.40, 0.04, 0.27),
        excursion_sd=Range(0.065, 0.45, 0.02, 0.20),
    ),
    ("squat", "usual"): People(
        excursion_deg=Range(76.0, 0.18, 45.0, 105.0),
        out_s=Range(1.35, 0.25, 0.7, 3.0),
        hold_s=Range(0.2, 1.00, 0.02, 2.0),
        back_s=Range(1.25, 0.25, 0.7, 2.5),
        rest_s=Range(0.7, 0.80, 0.05, 4.0),
        tempo_sd=Range(0.12, 0.35, 0.05, 0.30),
        excursion_sd=Range(0.05, 0.40, 0.02, 0.15),
    ),
    ("deadlift", "usual"): People(
        excursion_deg=Range(30.0, 0.25, 16.0, 50.0),
        out_s=Range(1.7, 0.25, 0.9, 3.5),
        hold_s=Range(0.25, 1.00, 0.02, 2.0),
        back_s=Range(1.4, 0.25, 0.8, 3.0),
        rest_s=Range(0.9, 0.80, 0.05, 5.0),
        tempo_sd=Range(0.12, 0.35, 0.05, 0.30),
        excursion_sd=Range(0.07, 0.40, 0.02, 0.15),
    ),
    ("deadlift", "from-floor"): People(
        excursion_deg=Range(42.0, 0.18, 28.0, 60.0),
        out_s=Range(1.5, 0.25, 0.8, 3.0),
        hold_s=Range(0.7, 0.60, 0.1, 3.0),
        back_s=Range(1.5, 0.25, 0.8, 3.0),
        rest_s=Range(1.2, 0.70, 0.3, 6.0),
        tempo_sd=Range(0.12, 0.35, 0.05, 0.30),
        excursion_sd=Range(0.05, 0.40, 0.02, 0.15),
    ),
    ("lunge", "usual"): People(
        excursion_deg=Range(50.0, 0.20, 30.0, 75.0),
        out_s=Range(1.3, 0.25, 0.7, 3.0),
        hold_s=Range(0.3, 1.00, 0.02, 2.5),
        back_s=Range(1.2, 0.25, 0.7, 2.5),
        rest_s=Range(0.8, 0.80, 0.05, 5.0),
        tempo_sd=Range(0.13, 0.35, 0.05, 0.30),
        excursion_sd=Range(0.06, 0.40, 0.02, 0.15),
    ),
    ("lunge", "step"): People(
        excursion_deg=Range(70.0, 0.15, 50.0, 95.0),
        out_s=Range(1.6, 0.20, 1.1, 2.8),
        hold_s=Range(0.25, 1.00, 0.02, 2.0),
        back_s=Range(1.5, 0.20, 1.0, 2.5),
        rest_s=Range(1.2, 0.70, 0.4, 5.0),
        tempo_sd=Range(0.12, 0.35, 0.05, 0.30),
        excursion_sd=Range(0.06, 0.40, 0.02, 0.15),
    ),
}


def typical_excursion_deg(exercise: str, style: Style = "usual") -> float:
    """The median person's excursion.

    Raises:
        ValueError: an exercise or style the model does not know.
    """
    return _people(exercise, style).excursion_deg.median


def typical_tempo_s(exercise: str, style: Style = "usual") -> Tempo:
    """The median person's phase times.

    Raises:
        ValueError: an exercise or style the model does not know.
    """
    people = _people(exercise, style)
    return Tempo(people.out_s.median, people.hold_s.median, people.back_s.median, people.rest_s.median)


def plain_plan(exercise: str, rng: np.random.Generator, *, rate_hz: float = 52.0) -> SetPlan:
    """A set of a person drawn at random, begun and ended in the rest posture, mounted anyhow.

    Args:
        exercise: one of EXERCISES.
        rng: only the raw words of its bit generator are used, so the draw is the same on every machine.
        rate_hz: sampling rate.

    Raises:
        ValueError: an exercise the model does not know.
    """
    dice = Dice(rng.bit_generator)
    style = _style(exercise, dice)
    people = _people(exercise, style)
    tempo = Tempo(people.out_s.draw(dice), people.hold_s.draw(dice), people.back_s.draw(dice), people.rest_s.draw(dice))
    return SetPlan(
        exercise=exercise,
        reps=dice.whole(6, 15),
        tempo_s=tempo,
        excursion_deg=people.excursion_deg.draw(dice),
        rate_hz=rate_hz,
        style=style,
        lead_s=dice.between(1.5, 5.0),
        tail_s=dice.between(1.5, 5.0),
        tempo_sd=people.tempo_sd.draw(dice),
        excursion_sd=people.excursion_sd.draw(dice),
        rest_sd=dice.spread(0.04, 0.5, 0.01, 0.12),
        sag=dice.between(0.0, 0.10),
        fatigue_tempo=dice.between(0.0, 0.25),
        fatigue_excursion=dice.between(0.0, 0.10),
        wobble=dice.spread(1.0, 0.35, 0.4, 2.2),
        unsteady=dice.spread(1.0, 0.35, 0.4, 2.2),
        sensor=_sensor(dice),
    )


def hard_plan(exercise: str, rng: np.random.Generator, *, rate_hz: float = 52.0) -> SetPlan:
    """The same with what real sessions are like: getting into position and out of it, partials, fidgets, a pause.

    Raises:
        ValueError: an exercise the model does not know.
    """
    plain = plain_plan(exercise, rng, rate_hz=rate_hz)
    dice = Dice(rng.bit_generator)
    return dataclasses.replace(
        plain,
        before=_posture(dice),
        after=_posture(dice),
        partials=dice.whole(0, 2),
        fidgets=dice.whole(1, 4),
        pauses=dice.whole(0, 1),
    )


def _people(exercise: str, style: Style) -> People:
    try:
        return PEOPLE[exercise, style]
    except KeyError:
        raise ValueError(f"the body model does not know {exercise!r} in the style {style!r}") from None


def _style(exercise: str, dice: Dice) -> Style:
    """A third of lunges step; deadlifts begin standing unless a plan says otherwise (as the exercise file does)."""
    return "step" if exercise == "lunge" and dice.chance(1 / 3) else "usual"


def _posture(dice: Dice) -> PostureChange:
    return PostureChange(
        angle_deg=dice.between(50.0, 110.0),
        move_s=dice.between(1.5, 4.0),
        dwell_s=dice.between(2.0, 8.0),
        axis="plausible" if dice.chance(0.5) else "random",
    )


def _sensor(dice: Dice) -> SensorModel:
    def three(sd: float) -> tuple[float, float, float]:
        x, y, z = (float(v) for v in sd * dice.normals(3))
        return x, y, z

    return SensorModel(
        accel_noise_g=dice.between(0.001, 0.004),
        gyro_noise_dps=dice.between(0.04, 0.15),
        accel_bias_g=three(0.02),
        gyro_bias_dps=three(2.0),
        accel_scale=three(0.01),
        gyro_scale=three(0.015),
        clock_ppm=dice.between(-100.0, 100.0),
    )

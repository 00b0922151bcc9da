"""How a thigh lies and turns in each exercise.

The thigh's frame: x from hip to knee, y to the left, z to the front. The world's: x ahead (for someone lying: towards
the feet), z up. A sensor sits on the thigh; its place moves with the thigh about a pivot that may move itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from repband.simulate.dice import Dice
from repband.simulate.paths import chain, rotation, turned, turned_back
from repband.simulate.plan import SetPlan

Floats = npt.NDArray[np.float64]

Y_AXIS = np.array([0.0, 1.0, 0.0])


@dataclass(frozen=True, slots=True)
class Body:
    """One person's thigh in one exercise.

    Attributes:
        rest: rotation thigh -> world in the rest posture, shape (3, 3).
        hinge: unit vector in the thigh's frame; turning about it by a positive angle leads out of rest.
        lever_m: from the pivot (knee or hip) to the sensor, in the thigh's frame, shape (3,).
        shank_m: length of the shank that carries the knee, 0 where the pivot is the hip.
        shank_rest_rad: how far the shank leans ahead at rest.
        shank_share: how much further it leans ahead per angle of the thigh.
    """

    rest: Floats
    hinge: Floats
    lever_m: Floats
    shank_m: float
    shank_rest_rad: float
    shank_share: float

    def place_m(self, thigh: Floats, angle_rad: Floats) -> Floats:
        """The sensor's place in the world, for rotations (n, 3, 3) and angles (n,): shape (n, 3), in m."""
        lean = self.shank_rest_rad + self.shank_share * angle_rad
        knee = self.shank_m * np.stack((np.sin(lean), np.zeros_like(lean), np.cos(lean)), axis=1)
        return knee + turned(thigh, self.lever_m)

    def angle_for(self, excursion_rad: float) -> float:
        """The angle about the hinge that turns gravity by this much in the thigh's frame, in rad."""
        along = float(np.sum(turned_back(self.rest[None], np.array([0.0, 0.0, 1.0]))[0] * self.hinge))
        across = 1.0 - along * along
        return math.acos(max(-1.0, (math.cos(excursion_rad) - along * along) / across))


@dataclass(frozen=True, slots=True)
class _Shape:
    """Ranges of one exercise's geometry; MODEL.md says where each comes from."""

    elevation_deg: tuple[float, float]  # of the knee above the hip, at rest
    out: float  # +1: the knee sinks against the hip on the way out, -1: it rises
    shank_rest_deg: tuple[float, float]
    shank_share: tuple[float, float]


_SAGITTAL = {
    ("bridge", "usual"): _Shape((35.0, 60.0), 1.0, (-10.0, 10.0), (0.1, 0.4)),
    ("squat", "usual"): _Shape((-90.0, -78.0), -1.0, (0.0, 6.0), (0.25, 0.45)),
    ("deadlift", "usual"): _Shape((-92.0, -80.0), -1.0, (0.0, 6.0), (-0.1, 0.15)),
    ("deadlift", "from-floor"): _Shape((-60.0, -35.0), 1.0, (10.0, 22.0), (-0.35, -0.2)),
    ("lunge", "usual"): _Shape((-72.0, -55.0), -1.0, (-8.0, 8.0), (0.15, 0.4)),
    ("lunge", "step"): _Shape((-92.0, -84.0), -1.0, (0.0, 4.0), (0.1, 0.3)),
}


def body_for(plan: SetPlan, dice: Dice) -> Body:
    """Draws one person's body for an exercise.

    Raises:
        ValueError: an exercise or style the model does not know.
    """
    if plan.exercise == "clamshell":
        return _clamshell(dice)
    try:
        shape = _SAGITTAL[plan.exercise, plan.style]
    except KeyError:
        raise ValueError(f"no body model for {plan.exercise!r} in the style {plan.style!r}") from None
    return _sagittal(shape, dice)


def _sagittal(shape: _Shape, dice: Dice) -> Body:
    elevation = math.radians(dice.between(*shape.elevation_deg))
    lean = rotation(np.array([math.radians(dice.normal(0.0, 5.0)), 0.0, 0.0]))
    hinge = shape.out * Y_AXIS + 0.08 * dice.normals(3)
    return Body(
        rest=chain(lean, rotation(-elevation * Y_AXIS)),
        hinge=hinge / np.sqrt(np.sum(hinge * hinge)),
        lever_m=np.array([-dice.between(0.12, 0.28), dice.normal(0.0, 0.02), dice.between(0.05, 0.09)]),
        shank_m=dice.between(0.38, 0.46),
        shank_rest_rad=math.radians(dice.between(*shape.shank_rest_deg)),
        shank_share=dice.between(*shape.shank_share),
    )


def _clamshell(dice: Dice) -> Body:
    """Lying on the side, hips and knees bent: the thigh turns about the line from the hip to the feet."""
    to_feet = math.radians(dice.between(30.0, 60.0))
    roll, droop = (math.radians(dice.normal(0.0, 8.0)), math.radians(dice.between(-12.0, 6.0)))
    on_the_side = rotation(np.array([math.pi / 2, 0.0, 0.0]))  # the left side of the thigh looks up: y -> z
    return Body(
        rest=chain(rotation(np.array([roll, 0.0, 0.0])), rotation(-droop * Y_AXIS), on_the_side),
        hinge=np.array([-math.cos(to_feet), 0.0, math.sin(to_feet)]),
        lever_m=np.array([dice.between(0.14, 0.30), 0.05, dice.normal(0.0, 0.03)]),
        shank_m=0.0,
        shank_rest_rad=0.0,
        shank_share=0.0,
    )

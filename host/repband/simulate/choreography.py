"""Turns a plan into movements on a time line: what moves when, and the truth about it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from repband.simulate.body import Body, body_for
from repband.simulate.dice import Dice
from repband.simulate.paths import Path, Ring
from repband.simulate.people import typical_excursion_deg, typical_tempo_s
from repband.simulate.plan import PostureChange, SetPlan, TrueSpan

Floats = npt.NDArray[np.float64]
Kind = Literal["rep", "partial"]

GRAVITY_MPS2 = 9.80665
SHORTEST_PHASE_S = 0.25  # nobody turns a thigh round faster; also keeps accelerations finite
SMALLEST_REP_SHARE = 0.6  # of the person's own typical excursion: what is smaller is no true rep of this model
LARGEST_REP_SHARE = 1.5
LANDING_PITCH = 2.0  # muscles tense for the landing of a foot, and what is tense rings higher
FIDGET_SHARE = 0.3  # of the person's own excursion at most, within 2 to 12 degrees


@dataclass(frozen=True, slots=True)
class Stroke:
    """One rep or partial on the time line, in true time."""

    kind: Kind
    start_s: float
    out_s: float
    hold_s: float
    back_s: float

    @property
    def end_s(self) -> float:
        """When the thigh is back."""
        return self.start_s + self.out_s + self.hold_s + self.back_s


def _zeros(n: int) -> Path:
    return Path(np.zeros(n))


@dataclass(slots=True)
class Choreography:
    """Everything that moves, in true time, each as a path that can be asked at any instant.

    Attributes:
        body: the thigh.
        angle: turn about the hinge, 1 column, in rad.
        stray: small turns about other axes (rests that differ, fidgets), rotation vector in the thigh's frame.
        postures: turns of the whole body about a fixed world axis, rotation vectors; applied in order.
        place: movement of the whole body, in m.
        shakes, twists: soft tissue ringing, in g and in rad, in the thigh's frame.
        slip: turn of the sensor on the thigh, rotation vector in the thigh's frame.
        strokes, spans: the truth.
        end_s: when the recording ends.
    """

    body: Body
    angle: Path = field(default_factory=lambda: _zeros(1))
    stray: Path = field(default_factory=lambda: _zeros(3))
    postures: list[Path] = field(default_factory=lambda: list[Path]())
    place: Path = field(default_factory=lambda: _zeros(3))
    shakes: list[Ring] = field(default_factory=lambda: list[Ring]())
    twists: list[Ring] = field(default_factory=lambda: list[Ring]())
    slip: Path = field(default_factory=lambda: _zeros(3))
    strokes: list[Stroke] = field(default_factory=lambda: list[Stroke]())
    spans: list[TrueSpan] = field(default_factory=lambda: list[TrueSpan]())
    end_s: float = 0.0


def choreograph(plan: SetPlan, seed: int) -> Choreography:
    """Lays out one set.

    Raises:
        ValueError: an exercise or style the model does not know.
    """
    return _Writer(plan, seed).write()


class _Writer:
    """Writes the movements one after the other; `now_s` is how far it has come."""

    def __init__(self, plan: SetPlan, seed: int) -> None:
        self.plan = plan
        self.tempo = plan.tempo_s or typical_tempo_s(plan.exercise, plan.style)
        body = body_for(plan, Dice.of(seed, "body"))
        excursion_deg = plan.excursion_deg or typical_excursion_deg(plan.exercise, plan.style)
        self.full_rad = body.angle_for(math.radians(excursion_deg))
        self.dice = Dice.of(seed, "movement")
        self.tissue = Dice.of(seed, "tissue")
        self.tissue_hz = self.tissue.between(5.0, 12.0)
        self.tissue_damping = self.tissue.between(0.12, 0.35)
        self.now_s = 0.0
        self.level_rad = 0.0  # where the thigh rests now, about the hinge
        self.out = Choreography(body)

    def write(self) -> Choreography:
        """The whole set, from before it to after it."""
        self._posture(self.plan.before, leaving=False)
        kinds = self._order()
        fidgets = self._slots(self.plan.fidgets, len(kinds) + 1)
        pauses = self._slots(self.plan.pauses, len(kinds) - 1)
        self._rest(self.plan.lead_s, fidgets[0])
        for i, kind in enumerate(kinds):
            self._stroke(kind, i / max(len(kinds) - 1, 1))
            if i < len(kinds) - 1:
                self._rest(self._rest_s(pauses[i]), fidgets[i + 1])
        self._rest(self.plan.tail_s, fidgets[-1])
        self._posture(self.plan.after, leaving=True)
        self.out.end_s = self.now_s
        self._slip(0.5 * self.now_s)
        return self.out

    def _slip(self, at_s: float) -> None:
        """The strap turns round the thigh within half a second."""
        if self.plan.slip_deg:
            self.out.slip.add(at_s, 0.5, np.array([math.radians(self.plan.slip_deg), 0.0, 0.0]))
            self.out.spans.append(TrueSpan("slip", at_s, at_s + 0.5))

    def _order(self) -> list[Kind]:
        """Reps and partials; a partial comes anywhere but first."""
        kinds: list[Kind] = ["rep"] * self.plan.reps
        for _ in range(self.plan.partials):
            kinds.insert(self.dice.whole(min(1, len(kinds)), len(kinds)), "partial")
        return kinds

    def _slots(self, count: int, places: int) -> list[int]:
        """Spreads `count` happenings over `places`."""
        slots = [0] * max(places, 1)
        for _ in range(count):
            slots[self.dice.whole(0, len(slots) - 1)] += 1
        return slots

    def _stroke(self, kind: Kind, progress: float) -> None:
        out_s, hold_s, back_s = self._phases_s(kind, progress)
        size_rad = self._size_rad(kind, progress)
        stroke = Stroke(kind, self.now_s, out_s, hold_s, back_s)
        self.out.strokes.append(stroke)
        turn_s, leave_s = stroke.start_s + out_s, stroke.start_s + out_s + hold_s
        sag_rad = min(max(self.dice.normal(self.plan.sag, 0.5 * self.plan.sag), -0.1), 0.25) * size_rad
        if hold_s < 0.3:
            sag_rad = 0.0
        level_rad = self.full_rad * self.dice.normal(0.0, self.plan.rest_sd)
        self._way_out(stroke, size_rad)
        if hold_s >= 0.3:
            self._swing(turn_s, hold_s, -sag_rad)
        self._way_back(leave_s, back_s, level_rad - (self.level_rad + size_rad - sag_rad), stroke)
        self._stray_aside(stroke, size_rad)
        self.level_rad = level_rad
        self.now_s = stroke.end_s

    def _phases_s(self, kind: Kind, progress: float) -> tuple[float, float, float]:
        slower = 1.0 + self.plan.fatigue_tempo * progress
        pace = slower * self._vary(0.7 * self.plan.tempo_sd)  # part of the spread is shared by a rep's phases
        out, hold, back, _ = (pace * s * self._vary(0.7 * self.plan.tempo_sd) for s in self.tempo)
        if kind == "partial":  # aborted: shorter ways, turned round at once
            return max(0.6 * out, SHORTEST_PHASE_S), 0.0, max(0.6 * back, SHORTEST_PHASE_S)
        return max(out, SHORTEST_PHASE_S), hold, max(back, SHORTEST_PHASE_S)

    def _size_rad(self, kind: Kind, progress: float) -> float:
        if kind == "partial":
            return self.full_rad * self.dice.between(*self.plan.partial_share)
        share = self._vary(self.plan.excursion_sd) * (1.0 - self.plan.fatigue_excursion * progress)
        return self.full_rad * min(max(share, SMALLEST_REP_SHARE), LARGEST_REP_SHARE)

    def _vary(self, sd: float) -> float:
        return math.exp(min(max(self.dice.normal(0.0, sd), -2.5 * sd), 2.5 * sd))

    def _way_out(self, stroke: Stroke, size_rad: float) -> None:
        if self.plan.style == "step" and stroke.kind == "rep":
            self._step(stroke.start_s, stroke.out_s, size_rad, 1.0)
        else:
            self._swing(stroke.start_s, stroke.out_s, size_rad)

    def _way_back(self, start_s: float, span_s: float, delta_rad: float, stroke: Stroke) -> None:
        if self.plan.style == "step" and stroke.kind == "rep":
            self._step(start_s, span_s, delta_rad, -1.0)
        else:
            self._swing(start_s, span_s, delta_rad)
            self._jolt(start_s + span_s, self._swing_g(span_s, delta_rad))

    def _swing(self, start_s: float, span_s: float, delta_rad: float) -> None:
        """One smooth turn about the hinge; tissue rings when it is braked."""
        skew = min(max(self.dice.normal(0.0, 0.2), -0.5), 0.5)
        self.out.angle.add(start_s, span_s, np.array([delta_rad]), skew)
        self._jolt(start_s + 0.7 * span_s, self._swing_g(span_s, delta_rad))

    def _step(self, start_s: float, span_s: float, delta_rad: float, ahead: float) -> None:
        """A step ahead and down, or up and back: the foot lands at about half of it."""
        air, land = (0.5, 0.55) if ahead > 0 else (0.5, 0.9)
        first = 0.55 if ahead > 0 else 0.45
        for at, span, share in ((0.0, air, first), (air, 1.0 - air, 1.0 - first)):
            self.out.angle.add(start_s + at * span_s, span * span_s, np.array([share * delta_rad]))
        reach = np.array([ahead * self.dice.between(0.35, 0.6), 0.0, 0.0])
        self.out.place.add(start_s + (0.0 if ahead > 0 else 0.4) * span_s, 0.55 * span_s, reach)
        self._jolt(start_s + land * span_s, self.dice.between(0.6, 2.0), LANDING_PITCH)

    def _swing_g(self, span_s: float, delta_rad: float) -> float:
        """Peak acceleration of a minimum-jerk swing at a lever of 0.25 m (5.77 is minimum jerk's own peak), in g."""
        return 0.25 * 5.77 * abs(delta_rad) / span_s**2 / GRAVITY_MPS2

    def _jolt(self, at_s: float, size_g: float, pitch: float = 1.0) -> None:
        """Soft tissue rings by translation and, over some 5 cm of it, by rotation; its peak is near half `size_g`."""
        hz = pitch * self.tissue_hz
        size = self.plan.wobble * size_g * math.exp(self.tissue.normal(0.0, 0.4)) * self.tissue.direction()
        turn = size * GRAVITY_MPS2 / (2.0 * math.pi * hz) ** 2 / 0.05
        self.out.shakes.append(Ring(at_s, hz, self.tissue_damping, size))
        self.out.twists.append(Ring(at_s, hz, self.tissue_damping, turn[[1, 2, 0]]))

    def _stray_aside(self, stroke: Stroke, size_rad: float) -> None:
        """No two reps run in the same plane: the thigh strays to the side on the way out and comes back."""
        hinge = self.out.body.hinge
        aside = 0.06 * size_rad * self.dice.normals(3)
        aside = aside - np.sum(aside * hinge) * hinge
        self.out.stray.add(stroke.start_s, stroke.out_s, aside)
        self.out.stray.add(stroke.end_s - stroke.back_s, stroke.back_s, -aside)

    def _rest_s(self, pauses: int) -> float:
        rest_s = max(self.tempo.rest * self._vary(2.0 * self.plan.tempo_sd), 0.0)
        if pauses:
            rest_s += self.dice.between(*self.plan.pause_s)
            self.out.spans.append(TrueSpan("pause", self.now_s, self.now_s + rest_s))
        return rest_s

    def _rest(self, rest_s: float, fidgets: int) -> None:
        for _ in range(fidgets):
            self.now_s += self.dice.between(0.4, 1.2)
            self._fidget()
        self.now_s += rest_s

    def _fidget(self) -> None:
        """A short, small turn about any axis and back, with a small shift of the body."""
        span_s = self.dice.between(0.4, 1.4)
        most_rad = min(max(FIDGET_SHARE * self.full_rad, math.radians(2.0)), math.radians(12.0))
        turn = self.dice.between(0.3, 1.0) * most_rad * self.dice.direction()
        lasting = self.dice.between(-0.1, 0.2)
        self.out.stray.add(self.now_s, 0.5 * span_s, turn)
        self.out.stray.add(self.now_s + 0.5 * span_s, 0.5 * span_s, (lasting - 1.0) * turn)
        self.out.place.add(self.now_s, span_s, 0.03 * self.dice.normals(3))
        self._jolt(self.now_s + 0.5 * span_s, self.dice.between(0.02, 0.12))
        self.out.spans.append(TrueSpan("fidget", self.now_s, self.now_s + span_s))
        self.now_s += span_s

    def _posture(self, change: PostureChange | None, *, leaving: bool) -> None:
        """Keeps another posture and changes into the rest posture, or the other way round."""
        if change is None:
            return
        if not leaving:
            self.now_s += change.dwell_s
        self._change(change, leaving=leaving)
        if leaving:
            self.now_s += change.dwell_s

    def _change(self, change: PostureChange, *, leaving: bool) -> None:
        axis = self._posture_axis(change)
        turn = math.radians(change.angle_deg) * axis
        path = Path(np.zeros(3) if leaving else turn)
        path.add(self.now_s, change.move_s, turn if leaving else -turn, self.dice.between(-0.4, 0.4))
        self.out.postures.append(path)
        # The whole body goes along: some half a metre, mostly up or down, in two pieces.
        for at in (0.0, 0.35):
            way = np.array([0.15, 0.1, 0.25]) * self.dice.normals(3)
            self.out.place.add(self.now_s + at * change.move_s, 0.65 * change.move_s, way)
        for _ in range(self.dice.whole(1, 3)):
            self._jolt(self.now_s + self.dice.between(0.2, 1.0) * change.move_s, self.dice.between(0.05, 0.25))
        self.out.spans.append(TrueSpan("posture", self.now_s, self.now_s + change.move_s))
        self.now_s += change.move_s

    def _posture_axis(self, change: PostureChange) -> Floats:
        """A horizontal world axis, so that gravity turns by the whole angle."""
        heading = self.dice.between(0.0, 2.0 * math.pi)
        if change.axis == "plausible":
            heading = math.pi / 2 * (1 if self.dice.chance(0.5) else -1) + self.dice.normal(0.0, 0.25)
        return np.array([math.cos(heading), math.sin(heading), 0.0])

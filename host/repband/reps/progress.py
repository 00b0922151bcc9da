"""Where in a rep the thigh is now: for screens, not for counting."""

from __future__ import annotations

from math import degrees, sqrt

from repband.motion import MotionFrame
from repband.reps.base import Phase, RepProgress
from repband.reps.excursion import Vector, angle_of, dot, minus

# A phase changes where the speed falls under, or rises over, these shares of the fastest of the last seconds: two of
# them, so that a wobble at one does not flicker.
_HALTS, _GOES = 0.25, 0.40


class Progress:
    """Follows one phase after the other, frame by frame."""

    def __init__(self) -> None:
        self._phase = Phase.REST
        self._since_s = 0.0
        self._last_g: Vector | None = None

    def step(self, frame: MotionFrame, rest_g: Vector, is_out: bool, speed2: float, peak2: float) -> RepProgress:
        """Takes the next frame.

        Args:
            frame: the newest frame.
            rest_g: the rest posture it is measured from, in g.
            is_out: whether the thigh has left it and not come back yet.
            speed2, peak2: square of the way gone in the last frames, and its recent maximum, in g.
        """
        here = frame.x, frame.y, frame.z
        away = minus(here, rest_g)
        step = minus(here, self._last_g) if self._last_g is not None else (0.0, 0.0, 0.0)
        self._last_g = here
        phase = self._next(is_out, dot(step, away) > 0.0, speed2, peak2)
        if phase is not self._phase:
            self._phase, self._since_s = phase, frame.t_s
        elif not self._since_s:
            self._since_s = frame.t_s
        return RepProgress(frame.t_s, phase, frame.t_s - self._since_s, degrees(angle_of(sqrt(dot(away, away)))))

    def _next(self, is_out: bool, farther: bool, speed2: float, peak2: float) -> Phase:
        if not is_out:
            # The return is foretold: until the thigh halts, or sets out again, it is still on its way.
            returning = self._phase is not Phase.REST and not farther and speed2 >= _HALTS * _HALTS * peak2
            return Phase.BACK if returning else Phase.REST
        if speed2 < _HALTS * _HALTS * peak2:
            # Slow: it begins from rest, and holds where it has arrived.
            return Phase.OUT if self._phase is Phase.REST else Phase.HOLD if self._phase is Phase.OUT else self._phase
        if speed2 < _GOES * _GOES * peak2:
            return Phase.OUT if self._phase is Phase.REST else self._phase
        return Phase.OUT if farther else Phase.BACK

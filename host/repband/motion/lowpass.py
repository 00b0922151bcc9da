"""The low-pass that leaves gravity and takes the movement out."""

from __future__ import annotations

Vector = tuple[float, float, float]

# Butterworth, 2nd order, 1.0 Hz at 25 frames a second; written out because tan() differs between machines' libraries.
# `scipy.signal.butter(2, 1.0, fs=25)` gives them. 0.8 to 1.2 Hz count alike on real thighs, 2 Hz much worse.
_B0 = float.fromhex("0x1.b5c1179c34f3dp-7")
_B1 = float.fromhex("0x1.b5c1179c34f3dp-6")
_A1 = float.fromhex("-0x1.a5bfeff431c3dp+0")
_A2 = float.fromhex("0x1.66dbf16226d6dp-1")


class _Biquad:
    """One axis, direct form II transposed; starts as if its first value had always been there."""

    __slots__ = ("_s1", "_s2", "_started")

    def __init__(self) -> None:
        self._s1 = self._s2 = 0.0
        self._started = False

    def step(self, value: float) -> float:
        if not self._started:
            self._started = True
            self._s1 = value * (1.0 - _B0)
            self._s2 = value * (_B0 - _A2)
        out = _B0 * value + self._s1
        self._s1 = _B1 * value - _A1 * out + self._s2
        self._s2 = _B0 * value - _A2 * out
        return out


class LowPass:
    """Three axes, one frame at a time, in plain floats: every machine gets the same bits."""

    def __init__(self) -> None:
        self._x, self._y, self._z = _Biquad(), _Biquad(), _Biquad()

    def step(self, x: float, y: float, z: float) -> Vector:
        """Takes the next frame's specific force in g and gives the low-passed one."""
        return self._x.step(x), self._y.step(y), self._z.step(z)

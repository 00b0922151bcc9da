"""A virtual wearer who follows a session: gets into position, does the sets it arms, rests, and starts again."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from repband_wire import PROTOCOL_MAX, PROTOCOL_MIN, TIME_WRAP_US, Info, Stream, pack_ranges

from repband.errors import UsageError
from repband.simulate.dice import Dice
from repband.simulate.plan import EXERCISES, Matrix, SetPlan, Tempo
from repband.simulate.recording import simulate_set
from repband.source import Frame

Floats = npt.NDArray[np.float64]

RATE_HZ = 52.0
PACKET_SAMPLES = 5
_RANGE_G = 4
_LINK_DELAY_S = 0.02
_NOISE_G = 0.002
# Lying still is not stillness: breathing moves a thigh's gravity by a few thousandths of g, about every four seconds.
_BREATH_G = 0.004
_BREATH_HZ = 0.25
_MOVE_S = 2.5  # getting into another position
_LEAD_S = 1.5  # keeping still before the first rep, once in position
_TAIL_S = 1.5
_THINKS_S = 3.0  # notices only after this long that reps are missing
_SAYS_BATTERY_EVERY_S = 20.0


class Wanted(NamedTuple):
    """What the session asks of the wearer: an exercise, its tempo, and how many reps are missing."""

    exercise: str
    tempo_s: Tempo
    missing: int


@dataclass(frozen=True, slots=True)
class _Scene:
    """Samples to be played, shape (n, 3), in g."""

    accel_g: Floats


class VirtualWearer:
    """A source of wire packets from somebody who does what the session asks for.

    `ask` says what the session wants now (None: rest). It may be called from any thread; what the wearer does then
    depends on when it is called, so only the recording of such a session gives the same again.

    Args:
        seed: which wearer.
        speed: how much faster than real time they live.
        battery_percent: what their sensor says of its battery.

    Attributes:
        now_s: how long the wearer has lived.

    Raises:
        UsageError: a speed that never arrives.
    """

    name = "virtual sensor"

    def __init__(self, seed: int = 1, *, speed: float = 1.0, battery_percent: int = 86) -> None:
        if not speed > 0:
            raise UsageError(f"a speed of {speed:g} never arrives", cure="give a speed above 0")
        self._seed = seed
        self._speed = speed
        self._battery_percent = battery_percent
        self._dice = Dice.of(seed, "wearer")
        rows = self._dice.rotation()
        self._mount: Matrix = tuple(tuple(float(x) for x in row) for row in rows)  # pyright: ignore[reportAttributeAccessIssue]
        self._asks: queue.SimpleQueue[Wanted | None] = queue.SimpleQueue()
        self._wanted: Wanted | None = None
        self._sets = 0
        self._here_g: Floats = rows.T @ np.array([0.0, 0.0, 1.0])
        self._posture = ""
        self._deaf_until_s = 0.0
        self.now_s = 0.0
        self._closed = threading.Event()

    def ask(self, wanted: Wanted | None) -> None:
        """Says what the session wants now; None is rest.

        Raises:
            UsageError: the body model does not know the exercise.
        """
        if wanted is not None and wanted.exercise not in EXERCISES:
            raise UsageError(
                f"the virtual wearer does not know '{wanted.exercise}'", cure=f"choose one of {', '.join(EXERCISES)}"
            )
        self._asks.put(wanted)

    def lose_link(self, seconds: float) -> None:
        """Nothing of the next so many seconds of the wearer's time arrives."""
        self._deaf_until_s = self.now_s + seconds

    def close(self) -> None:
        """Ends iterating, from any thread."""
        self._closed.set()

    def __iter__(self) -> Iterator[Frame]:
        begun_s = time.monotonic()
        session, sent = self._dice.whole(1, 0xFFFF), 0
        next_info_s = 0.0
        for accel_g in self._lives():
            sent += len(accel_g)
            self.now_s = sent / RATE_HZ
            self._closed.wait(max(0.0, begun_s + self.now_s / self._speed - time.monotonic()))
            if self._closed.is_set():
                return
            if self.now_s < self._deaf_until_s:
                continue
            arrival_s = self.now_s + _LINK_DELAY_S
            if self.now_s >= next_info_s:
                next_info_s = self.now_s + _SAYS_BATTERY_EVERY_S
                yield Frame(self._info(session), arrival_s)
            yield Frame(_packet(session, sent - len(accel_g), accel_g), arrival_s)

    def _lives(self) -> Iterator[Floats]:
        """The samples of a life, a packet at a time."""
        scene, at, idle_s = _Scene(np.empty((0, 3))), 0, 0.0
        while True:
            if self._heard():
                scene, at, idle_s = _Scene(np.empty((0, 3))), 0, 0.0
            if at >= len(scene.accel_g):
                scene, at = self._next_scene(idle_s), 0
            if len(scene.accel_g):
                accel_g, idle_s = scene.accel_g[at : at + PACKET_SAMPLES], 0.0
                at += len(accel_g)
                self._here_g = accel_g[-1]
            else:
                accel_g, idle_s = self._still(PACKET_SAMPLES), idle_s + PACKET_SAMPLES / RATE_HZ
            yield accel_g

    def _heard(self) -> bool:
        """Takes in what was asked; True when the wearer has to drop what they are doing."""
        before = self._wanted
        while not self._asks.empty():
            self._wanted = self._asks.get()
        dropped = before is not None and self._wanted is None
        if dropped:
            self._posture = ""
        return dropped

    def _next_scene(self, idle_s: float) -> _Scene:
        wanted = self._wanted
        if wanted is None:
            return _Scene(np.empty((0, 3)))
        if self._posture != wanted.exercise:
            self._posture = wanted.exercise
            self._sets += 1  # each set has a rest posture of its own, and keeps it
            return _Scene(self._moved(self._set(wanted, 1).accel_g[0]))
        if wanted.missing <= 0 or idle_s < _THINKS_S:
            return _Scene(np.empty((0, 3)))
        accel_g = self._set(wanted, wanted.missing).accel_g
        return _Scene(np.concatenate((self._moved(accel_g[0], 0.3), accel_g)))

    def _set(self, wanted: Wanted, reps: int) -> _Scene:
        plan = SetPlan(
            wanted.exercise,
            reps,
            tempo_s=wanted.tempo_s,
            rate_hz=RATE_HZ,
            gyro=False,
            mount=self._mount,
            lead_s=_LEAD_S,
            tail_s=_TAIL_S,
        )
        return _Scene(simulate_set(plan, self._seed * 1000 + self._sets).accel_g)

    def _moved(self, to_g: Floats, move_s: float = _MOVE_S) -> Floats:
        """From here to there: gravity turns the short way round."""
        share = np.linspace(0.0, 1.0, max(2, round(move_s * RATE_HZ)))[:, None]
        smooth = share * share * (3.0 - 2.0 * share)
        path = (1.0 - smooth) * self._here_g + smooth * to_g
        return path / np.maximum(np.linalg.norm(path, axis=1, keepdims=True), 0.3) + self._noise(len(path))

    def _still(self, n: int) -> Floats:
        t_s = self.now_s + np.arange(n) / RATE_HZ
        breath = _BREATH_G * np.sin(2.0 * np.pi * _BREATH_HZ * t_s)[:, None]
        return self._here_g / np.linalg.norm(self._here_g) + breath * np.array([0.6, -0.3, 0.2]) + self._noise(n)

    def _noise(self, n: int) -> Floats:
        return _NOISE_G * self._dice.normals(3 * n).reshape(n, 3)

    def _info(self, session: int) -> bytes:
        return Info(
            PROTOCOL_MIN, PROTOCOL_MAX, 0, 1, 0, battery_percent=self._battery_percent, session=session
        ).encode()


def _packet(session: int, index: int, accel_g: Sequence[float] | Floats) -> bytes:
    counts = np.clip(np.round(np.asarray(accel_g) * 32768.0 / _RANGE_G), -32768, 32767).astype("<i2")
    time_us = round(index * 1e6 / RATE_HZ) % TIME_WRAP_US
    return Stream(session, index, time_us, round(RATE_HZ * 100), pack_ranges(_RANGE_G), counts.tobytes()).encode()

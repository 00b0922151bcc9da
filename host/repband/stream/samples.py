"""The front end for bare samples that carry their own times."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from repband.errors import RecordingError
from repband.source import TimedSamples
from repband.stream.base import Gap, GapCause, SampleBlock, StreamItem
from repband.stream.firstlook import look
from repband.stream.retime import Hole, Late, Retimer, Sort, Times
from repband.stream.stats import StreamStats

Floats = npt.NDArray[np.float64]


class SampleStream:
    """Bare samples in, samples with sound times and named gaps out.

    Stamps that follow their samples pass unchanged. Bursts, repeats and jitter are evened out; holes become gaps
    (`SOURCE`), as do clocks that are set (`CLOCK`: from there on time runs on and is no longer the recording's own).
    What comes out does not depend on how the input is cut. The first look takes 16 regular samples or 2 s of odd
    ones; later, samples wait at a long step only, until 0.25 s of newer ones settle what it is.
    """

    def __init__(self) -> None:
        self._rows = _Rows()
        self._retimer: Retimer | None = None
        self._drop_repeats = False
        self._where = "samples"
        self._index = 0
        self._last_s: float | None = None
        self._hole: Hole | None = None
        self._given: list[StreamItem] = []
        self._stats = StreamStats()

    @property
    def stats(self) -> StreamStats:
        """The accounts so far."""
        rate_hz = None if self._retimer is None else 1.0 / self._retimer.period_s
        return replace(self._stats, rate_hz=rate_hz)

    @property
    def received_until(self) -> int:
        """Stream index after the newest sample that has come, given or waiting."""
        return self._index + len(self._rows.t_s)

    def feed(self, arrival: TimedSamples) -> list[StreamItem]:
        """Takes further samples.

        Raises:
            RecordingError: the rate is outside 10 to 400 Hz, stamps never advance, or the rotation rates come and go.
        """
        self._where = arrival.where
        self._add(arrival)
        return self._advance(final=False)

    def finish(self) -> list[StreamItem]:
        """Gives what was still held: nothing more will come."""
        return self._advance(final=True)

    def _add(self, arrival: TimedSamples) -> None:
        values = _values(arrival)
        if not self._rows.add(arrival.t_s, values):
            raise RecordingError(
                "rotation rates begin or end in the middle", where=arrival.where, cure="give them throughout or not"
            )
        if self._drop_repeats:
            self._drop_copies(len(arrival.t_s))

    def _drop_copies(self, new: int) -> None:
        self._count(duplicates=self._stats.duplicates + self._rows.drop_copies(new))

    def _advance(self, *, final: bool) -> list[StreamItem]:
        if len(self._rows.t_s) and self._retimer is None:
            self._begin(final=final)
        if self._retimer is not None:
            self._decide(self._retimer, final=final)
        given, self._given = self._given, []
        return given

    def _begin(self, *, final: bool) -> None:
        seen = look(self._rows.t_s, self._rows.copies(), self._where, final=final)
        if seen is None:
            return
        self._retimer = Retimer(seen)
        self._drop_repeats = seen.drop_repeats
        if seen.drop_repeats:
            self._drop_copies(len(self._rows.t_s))

    def _decide(self, retimer: Retimer, *, final: bool) -> None:
        while len(self._rows.t_s):
            step = retimer.step(self._rows.t_s, final=final)
            match step:
                case None:
                    break
                case Times():
                    self._give(step.t_s)
                case Hole():
                    self._hole = step
                    self._rows.shift(step.shift_s)
                case Sort():
                    self._rows.sort(step.count)
                case Late():
                    self._rows.take(1)
                    self._count(late=self._stats.late + 1)
        self._rows.compact()

    def _give(self, t_s: Floats) -> None:
        stamps, values = self._rows.take(len(t_s))
        if self._hole is not None:
            self._give_gap(self._hole, float(t_s[0]))
            self._hole = None
        gyro = values[:, 3:] if values.shape[1] == 6 else None
        self._given.append(SampleBlock(self._index, t_s, values[:, :3], gyro))
        self._index += len(t_s)
        self._last_s = float(t_s[-1])
        self._count(
            samples=self._stats.samples + len(t_s),
            retimed=self._stats.retimed + int(np.count_nonzero(stamps != t_s)),
        )

    def _give_gap(self, hole: Hole, end_s: float) -> None:
        start_s = end_s if self._last_s is None else self._last_s
        cause = GapCause.CLOCK if hole.missing is None else GapCause.SOURCE
        self._given.append(Gap(start_s, end_s, hole.missing, cause))
        self._index += hole.missing or 0
        self._count(
            gaps=self._stats.gaps + 1,
            missing=self._stats.missing + (hole.missing or 0),
            clock_jumps=self._stats.clock_jumps + (hole.missing is None),
        )

    def _count(self, **changes: int) -> None:
        self._stats = replace(self._stats, **changes)


def _values(arrival: TimedSamples) -> Floats:
    if arrival.gyro_dps is None:
        return arrival.accel_g
    return np.hstack([arrival.accel_g, arrival.gyro_dps])


class _Rows:
    """Samples that wait: their stamps, as written and shifted, shape (n,), and values, shape (n, 3 or 6)."""

    def __init__(self) -> None:
        self.t_s: Floats = np.empty(0)
        self.values: Floats = np.empty((0, 3))
        self._written_s: Floats = self.t_s
        self._shift_s = 0.0
        self._before: tuple[float, Floats] | None = None
        self._started = False

    def add(self, t_s: Floats, values: Floats) -> bool:
        """False when the width does not fit what came before."""
        if not len(t_s):
            return True
        if not self._started:
            self._started, self.values = True, np.empty((0, values.shape[1]))
        if values.shape[1] != self.values.shape[1]:
            return False
        self._written_s = np.concatenate([self._written_s, t_s])
        self.values = np.concatenate([self.values, values])
        self._stamp()
        return True

    def shift(self, shift_s: float) -> None:
        """Moves all stamps from here on by so much more."""
        self._shift_s += shift_s
        self._stamp()

    def copies(self) -> npt.NDArray[np.bool_]:
        """Which samples have the time and the values of the one before."""
        return self._copies_from(0)

    def drop_copies(self, new: int) -> int:
        """Drops those among the last `new` samples; gives how many."""
        if not new:
            return 0
        begin = len(self.t_s) - new
        same = self._copies_from(begin)
        self._before = (float(self._written_s[-1]), self.values[-1])
        if same.any():
            self._keep(np.flatnonzero(np.concatenate([np.ones(begin, dtype=np.bool_), ~same])))
        return int(np.count_nonzero(same))

    def take(self, count: int) -> tuple[Floats, Floats]:
        """Takes the first so many away."""
        taken = self.t_s[:count], self.values[:count]
        self.t_s, self._written_s, self.values = self.t_s[count:], self._written_s[count:], self.values[count:]
        return taken

    def sort(self, count: int) -> None:
        """Puts the first so many in order of their stamps."""
        order = np.argsort(self.t_s[:count], kind="stable")
        self._keep(np.concatenate([order, np.arange(count, len(self.t_s))]))

    def compact(self) -> None:
        """Lets go of the memory behind what was taken."""
        self.values, self._written_s = self.values.copy(), self._written_s.copy()
        self._stamp()

    def _copies_from(self, begin: int) -> npt.NDArray[np.bool_]:
        t_s, values = self._written_s[begin:], self.values[begin:]
        same = np.zeros(len(t_s), dtype=np.bool_)
        same[1:] = (t_s[1:] == t_s[:-1]) & (values[1:] == values[:-1]).all(axis=1)
        if len(t_s) and self._before is not None:
            same[0] = bool(t_s[0] == self._before[0]) and bool((values[0] == self._before[1]).all())
        return same

    def _keep(self, which: npt.NDArray[np.intp]) -> None:
        self._written_s, self.values = self._written_s[which], self.values[which]
        self._stamp()

    def _stamp(self) -> None:
        # Shifted in one step, so that rounding does not depend on when a sample came.
        self.t_s = self._written_s + self._shift_s if self._shift_s else self._written_s

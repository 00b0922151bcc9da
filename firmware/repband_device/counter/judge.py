"""Decides what an excursion is: the host's Judge with the same limits, in units, 2**-12 rad and 64ths of a frame."""

from .excursion import Excursion
from .table import STAYS_AT_REST, STAYS_AT_TURN, Table
from .whole import chord_of, median

COUNT = 0  # a rep
WAIT = 1  # a rep if a second one like it follows
REJECT = 2  # not a rep

LEAST_KNOWN = 266  # 0.065 g
LEAST_WIDTH = 880  # 0.55 s
MOST_WIDTH = 25600  # 16 s
LEAST_APART = 2080  # 1.3 s
MOST_STAY = 45  # frames, 1.8 s
MOST_TURN = 75  # frames, 3 s
MOST_JERK = 2867  # 0.70 g
MOST_LIVELY = 170393  # 0.65 g, in 64ths of a unit
FORGET = 3000  # frames, 120 s
SWITCH = 625  # frames, 25 s
_MEMORY = 5


class Judge:
    """Knows the wearer's own reps so far.

    Attributes:
        last: the rep counted last, once `known`.
        angle, width: medians of the wearer's last five reps; 0 before the first.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self.last = Excursion()
        self._angles = [0] * _MEMORY
        self._widths = [0] * _MEMORY
        self.clear()

    def clear(self) -> None:
        """Forgets the wearer."""
        self.known = False
        self.angle = self.width = 0
        self.leave = self._table.least_chord
        self._kept = 0
        self._next = 0
        self._active = 0

    def tick(self, number: int) -> None:
        """Forgets the wearer's size after a while without a rep."""
        if self.known and number - self.last.end > FORGET:
            self.clear()

    def weigh(self, e: Excursion, lively: int) -> int:
        """The verdict on an excursion."""
        width = e.width()
        if width < LEAST_WIDTH or width > MOST_WIDTH or e.jerk > MOST_JERK or lively > MOST_LIVELY:
            return REJECT
        if not self.known:
            return WAIT if self._doubtful(e) else COUNT
        last = self.last
        if e.up_behind_down(last) < -(last.width() >> 2):
            return REJECT
        if e.up_behind_up(last) < LEAST_APART and e.chord * 2 > last.chord:
            return REJECT
        if not self._like_the_last(e):
            return REJECT if e.end - self._active < SWITCH and self._on_the_way(e) else WAIT
        self._active = e.end
        return REJECT if self._aborted(e) else COUNT

    def precise(self, e: Excursion, x: int, y: int, z: int) -> bool:
        """Whether a waiting first excursion is confirmed by a halt at the very place where it began."""
        if self.angle or not self._sizeable(e) or not self._brief(e):
            return False
        dx, dy, dz = x - e.rest_x, y - e.rest_y, z - e.rest_z
        near = e.chord * 3 // 25
        return dx * dx + dy * dy + dz * dz < near * near

    def small(self, e: Excursion) -> bool:
        """Much smaller than the wearer's own reps."""
        return self._kept > 1 and e.angle * 5 < self.angle * 3

    def at_turn(self, x: int, y: int, z: int) -> bool:
        """Whether a place is where the wearer's reps turn."""
        if not self.known:
            return False
        last = self.last
        dx, dy, dz = x - last.rest_x - last.x, y - last.rest_y - last.y, z - last.rest_z - last.z
        return dx * dx + dy * dy + dz * dz < last.chord * last.chord >> 2

    def alike(self, a: Excursion, b: Excursion) -> bool:
        """Whether two excursions are reps of one set, `b` before `a`."""
        if not self._similar(a, b) or a.up_behind_down(b) < 0:
            return False
        chord = max(a.chord, b.chord)
        if a.rest_apart2(b) > chord * chord >> 2:
            return False
        return a.along(b) > a.chord * b.chord // 5 * 4

    def complementary(self, a: Excursion, b: Excursion) -> bool:
        """Whether two excursions are one movement with work and rest swapped."""
        return self._similar(a, b) and a.along(b) < -(a.chord * b.chord // 10 * 7)

    def prefers(self, mine: Excursion, my_missed: int, other: Excursion, other_missed: int) -> bool:
        """Whether, of two readings of the same movement (work and rest swapped), mine is the likelier."""
        stay = self._table.longer_stay
        longer, shorter = max(mine.stay, other.stay), min(mine.stay, other.stay)
        chord = max(mine.chord, other.chord)
        earlier = mine.up_behind_up(other) < 0
        clear = 300 if (my_missed if earlier else other_missed) * 20 < chord else 167
        if stay == STAYS_AT_REST and longer * 100 > shorter * clear:
            return mine.stay < other.stay
        faint = min(mine.chord, other.chord) < 2 * self._table.least_chord
        if stay == STAYS_AT_TURN and longer > 2 * shorter and faint:
            return mine.stay > other.stay
        fifth = chord // 5
        return my_missed < other_missed + fifth if earlier else my_missed <= other_missed - fifth

    @property
    def rests_longer(self) -> bool:
        """Whether most people stay longer at rest in this exercise."""
        return self._table.longer_stay == STAYS_AT_REST

    def accept(self, e: Excursion) -> None:
        """Learns from a counted rep; whoever has it keeps it at least until the next one."""
        if self._kept and e.angle * 2 > self.angle * 5:
            self._kept = self._next = 0
        self._angles[self._next] = e.angle
        self._widths[self._next] = e.width()
        self._next = (self._next + 1) % _MEMORY
        self._kept = min(self._kept + 1, _MEMORY)
        self.angle = median(self._angles, self._kept)
        self.width = median(self._widths, self._kept)
        self.leave = max(LEAST_KNOWN, chord_of(self.angle >> 2))
        self.known = True
        self._active = e.end
        self.last = e

    def _similar(self, a: Excursion, b: Excursion) -> bool:
        return b.chord < a.chord * 2 and a.chord < b.chord * 2

    def _aborted(self, e: Excursion) -> bool:
        """Small and short beside the wearer's own reps: real small reps take as long as the large ones."""
        if e.angle * 4 < self.angle:
            return True
        if e.angle * 5 >= self.angle * 3:
            return False
        # Shares in 256ths: below 154, and below 25600 * 256 / 880 = 7447.
        return (e.angle * 256 // self.angle) * (e.width() * 256 // self.width) < 23593

    def _on_the_way(self, e: Excursion) -> bool:
        """Whether an excursion from elsewhere is a piece of the wearer's own reps, read another way."""
        last = self.last
        if e.chord * 2 > last.chord * 3:
            return False
        off_x, off_y, off_z = e.rest_x - last.rest_x, e.rest_y - last.rest_y, e.rest_z - last.rest_z
        product = off_x * last.x + off_y * last.y + off_z * last.z
        square = last.along(last)
        along = product // max(square >> 8, 1)  # in 256ths of its chord
        if not 38 < along < 358:
            return False
        # (along share of the chord)**2 is product * along, less than off2.
        aside2 = off_x * off_x + off_y * off_y + off_z * off_z - (product >> 8) * along
        return aside2 <= square // 100 * 9 and abs(e.along(last)) > e.chord * last.chord // 5 * 3

    def _like_the_last(self, e: Excursion) -> bool:
        last = self.last
        if e.angle * 2 > self.angle * 5:
            return False
        chord = max(chord_of(self.angle), e.chord)
        if e.rest_apart2(last) > chord * chord >> 2:
            return False
        return e.along(last) > e.chord * last.chord // 10 * 7

    def _doubtful(self, e: Excursion) -> bool:
        """Whether a first excursion may be something else: a fidget, or getting into position."""
        if not self._sizeable(e):
            return True
        return self._table.longer_stay != STAYS_AT_TURN and e.stay > MOST_STAY

    def _sizeable(self, e: Excursion) -> bool:
        return e.chord >= self._table.sure_chord and e.angle <= self._table.most_angle

    def _brief(self, e: Excursion) -> bool:
        return self._table.longer_stay != STAYS_AT_REST or e.stay < MOST_TURN

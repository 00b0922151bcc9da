"""The preallocated store of the last minutes of samples, addressed by their index."""

from array import array

from micropython import const

_MOST_GAPS = const(16)


class Ring:
    """Samples by index, oldest overwritten; what was never read is a gap, remembered with its cause.

    A gap takes up its place in the ring, so an index maps to a place without a search.

    Attributes:
        data: the bytes; samples lie where the wire format wants them, int16 little endian.
        stride: bytes a sample, 6 or 12.
        capacity: samples it holds.
        first, head: oldest index still kept, and the next to come.
    """

    def __init__(self, size: int) -> None:
        self.data = bytearray(size - size % 12)
        self._gap_index = array("i", [0] * _MOST_GAPS)
        self._gap_missing = array("i", [0] * _MOST_GAPS)
        self._gap_cause = bytearray(_MOST_GAPS)
        self.reset(6)

    def reset(self, stride: int) -> None:
        """Forgets everything; numbering begins at 0."""
        self.stride = stride
        self.capacity = len(self.data) // stride
        self.first = 0
        self.head = 0
        self._slot = 0
        self._gaps = 0

    def slot(self) -> int:
        """Where in `data` the next sample's bytes go; commit() makes it count."""
        return self._slot

    def commit(self) -> None:
        """The sample at slot() is complete."""
        self.head += 1
        self._slot += self.stride
        if self._slot >= len(self.data):
            self._slot = 0
        if self.head - self.first > self.capacity:
            self.first += 1

    def skip(self, missing: int, cause: int) -> None:
        """Leaves out `missing` samples that were never read."""
        last = (self._gaps - 1) % _MOST_GAPS
        if self._gaps and self._gap_cause[last] == cause and self._gap_end(last) == self.head:
            self._gap_missing[last] += missing
        else:
            self._new_gap(missing, cause)
        self.head += missing
        self._slot = self.offset(self.head)
        if self.head - self.first > self.capacity:
            self.first = self.head - self.capacity

    def _new_gap(self, missing: int, cause: int) -> None:
        at = self._gaps % _MOST_GAPS
        if self._gaps >= _MOST_GAPS:  # what lies before a forgotten gap can't be told from it
            self.first = max(self.first, self._gap_end(at))
        self._gap_index[at] = self.head
        self._gap_missing[at] = missing
        self._gap_cause[at] = cause
        self._gaps += 1

    def _gap_end(self, at: int) -> int:
        return self._gap_index[at] + self._gap_missing[at]

    def offset(self, index: int) -> int:
        """Where in `data` the sample lies."""
        return index % self.capacity * self.stride

    def gap_missing(self, index: int) -> int:
        """How many samples from `index` on belong to a gap; 0 when it is a sample."""
        at = self._gap_at(index)
        return 0 if at < 0 else self._gap_end(at) - index

    def gap_cause(self, index: int) -> int:
        """Why the sample at `index` is missing; 0 when it is not."""
        at = self._gap_at(index)
        return 0 if at < 0 else self._gap_cause[at]

    def run(self, index: int, most: int) -> int:
        """How many samples from `index` on can be sent together: at most `most`, up to the head or the next gap."""
        end = min(index + most, self.head)
        for at in range(min(self._gaps, _MOST_GAPS)):
            if index < self._gap_index[at] < end:
                end = self._gap_index[at]
        return end - index

    def _gap_at(self, index: int) -> int:
        for at in range(min(self._gaps, _MOST_GAPS)):
            if self._gap_index[at] <= index < self._gap_end(at):
                return at
        return -1
